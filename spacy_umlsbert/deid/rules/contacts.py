"""Ways to reach somebody: telephone and fax numbers, e-mail, web and network addresses."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING

from spacy_umlsbert.deid.phi import Phi

if TYPE_CHECKING:
    from phonenumbers import PhoneNumberMatch

_I = re.IGNORECASE
_EMAIL = re.compile(r"(?<![\w.+'\-])[\w.+'\-]{1,64}\s?@\s?[\w\-]+(?:\.[\w\-]+)*\.[a-z]{2,}", _I)
_URL = re.compile(
    r"(?:https?://|ftp://|www\.)[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]"
    r"|(?<![@\w.\-])(?:[a-z0-9\-]+\.)+(?:com|org|net|edu|gov|health|info|io|us|co\.uk|ca|de|fr)\b"
    r"(?!@)(?:/[^\s<>\"')\]]*[^\s<>\"')\].,;:!?])?",
    _I,
)
_IP = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:]+)(?![\w:]|\.\d)", _I
)
_SEVEN_DIGITS = re.compile(r"(?<![\w\-/.])\d{3}[-.]\d{4}(?![\w\-/]|\.\d)")
_SAID = (
    r"(?:tel(?:ephone)?|phone|ph|cell|mobile|pager|beeper|page|fax|contact|call(?:ed)?|reached\s+at"
    r"|callback|home|work|office|voicemail)"
)
_AFTER_WORD = re.compile(
    rf"\b{_SAID}\b\s*(?:no\.?|number|\#|line)?\s*(?:is|at|on|:|\#|=|-)*\s*"
    r"(?P<phi>(?:\+?\d[\d\-(). ]{2,18}\d)(?:\s*(?:x|ext\.?)\s*\d{2,6})?)(?!\w|[/%]|\.\d)",
    _I,
)
_EXTENSION = re.compile(r"\b(?:x|ext(?:ension)?)\.?\s*:?\s*(?P<phi>\d{3,6})(?![\w%])", _I)
_FAX = re.compile(r"\b(?:fax|facsimile|f)\W{0,3}(?:no\.?|number)?\W{0,3}$", _I)
_LOOKS_DIALLED = re.compile(r"\+|\(\d|\d[\-. ]\d{3}[\-. ]|\d{3}[\-.]\d{4}")


def find_contacts(text: str) -> Iterator[Phi]:
    """Telephone and fax numbers, e-mail, web and IP addresses of a text."""
    for match in _EMAIL.finditer(text):
        yield Phi(match.start(), match.end(), "EMAIL", "e-mail")
    for match in _URL.finditer(text):
        yield Phi(match.start(), match.end(), "URL", "web address")
    for match in _IP.finditer(text):
        if _is_ip(match[0]):
            yield Phi(match.start(), match.end(), "IPADDR", "IP address")
    yield from _find_phones(text)


def _find_phones(text: str) -> Iterator[Phi]:
    import phonenumbers  # noqa: PLC0415 - sixty modules
    from phonenumbers import Leniency  # noqa: PLC0415

    for match in _AFTER_WORD.finditer(text):
        if 4 <= sum(map(str.isdigit, match["phi"])) <= 15:
            yield _phone(text, match.start("phi"), match.end("phi"), "number after its word")
    for match in _EXTENSION.finditer(text):
        yield _phone(text, match.start("phi"), match.end("phi"), "extension")
    for match in _SEVEN_DIGITS.finditer(text):
        yield _phone(text, match.start(), match.end(), "seven digits")
    for found in phonenumbers.PhoneNumberMatcher(
        text, "US", leniency=Leniency.POSSIBLE, max_tries=1 << 30
    ):
        valid = phonenumbers.is_valid_number(found.number)
        if _LOOKS_DIALLED.search(found.raw_string) and (valid or _is_fictional(found)):
            yield _phone(text, found.start, found.end, "telephone number")


def _phone(text: str, start: int, end: int, rule: str) -> Phi:
    is_fax = _FAX.search(text, max(0, start - 20), start) is not None
    return Phi(start, end, "FAX" if is_fax else "PHONE", rule)


def _is_fictional(found: "PhoneNumberMatch") -> bool:
    """Ten digits as numbers in North America are written, whether or not they are given out."""
    digits = sum(map(str.isdigit, found.raw_string)) - len(found.number.extension or "")
    return digits in (10, 11)


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return text.count(":") != 2 or "::" in text  # 10:22:05 is a time
