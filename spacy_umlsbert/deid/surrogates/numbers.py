"""Numbers, codes and addresses of the net in the form of others."""

import re

from spacy_umlsbert.deid.rules.identifiers import proof_of
from spacy_umlsbert.deid.surrogates.allowed_words import OF_NUMBERS
from spacy_umlsbert.deid.surrogates.keyed_choice import Keyed

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_MOST_TRIES = 1000
_FOREIGN = re.compile(r"\s*\(?\+(?!1(?!\d))")
_OF_NORTH_AMERICA = re.compile(r"\s*(?:\+\s?)?1(?=[\s\-.(])")


def surrogate_number(keyed: Keyed, kind: str, text: str) -> str:
    """`surrogate_code`, with the right check digit if the original has one that shows what it is.

    Else nobody could find it again, nor tell what it stands for.
    """
    proof = proof_of(text)
    letters = (proof and proof.letters) or _LETTERS
    for attempt in range(_MOST_TRIES):
        made = surrogate_code(keyed, kind + attempt * "+", text, letters)
        if proof_of(made) == proof:
            break
    return made


def surrogate_code(keyed: Keyed, kind: str, text: str, letters: str = _LETTERS) -> str:
    """Other digits and letters in the same places; signs stay. Never the same code.

    The same code always becomes the same other one, however it is divided by spaces and signs.
    """
    plain = "".join(filter(str.isalnum, text)).upper()
    number = keyed.number("code", kind, plain)
    result: list[str] = []
    for character in text:
        if character.isalnum() and not character.isalpha():  # also "½" and "²"
            number, digit = divmod(number, 10)
            # A number does not begin with a zero unless it did.
            first = not any(c.isalnum() for c in result)
            result.append("1" if first and digit == 0 and character != "0" else str(digit))
        elif character.isalpha():
            number, letter = divmod(number, len(letters))
            new = letters[letter]
            result.append(new if character.isupper() else new.lower())
        else:
            result.append(character)
    made = "".join(result)
    return made if made != text or not plain else surrogate_code(keyed, kind + "+", text, letters)


def surrogate_phone(keyed: Keyed, text: str) -> str:
    """Another number in the same form, with 555 for the exchange where there is one.

    A number of another country becomes one of North America: where there is no such exchange, it
    might be somebody's.
    """
    if _FOREIGN.match(text):
        number = keyed.number("phone", "".join(filter(str.isalnum, text)))
        return f"+1 {200 + number % 800}-555-{number // 800 % 10000:04}"
    country = _OF_NORTH_AMERICA.match(text)
    kept = "" if country is None else country[0]
    words = re.split(r"([a-z]+)", text[len(kept) :], flags=re.IGNORECASE)
    made = "".join(
        part if part.lower() in OF_NUMBERS or not part else surrogate_code(keyed, "phone", part)
        for part in words
    )
    return kept + re.sub(r"\d{3}(?=[\-. ]\d{4}(?!\d))", "555", made)


def surrogate_email(keyed: Keyed, text: str) -> str:
    """An address at a domain that is nobody's (RFC 2606)."""
    return f"user{keyed.number('email', text.lower()) % 10**6:06}@example.org"


def surrogate_url(keyed: Keyed, text: str) -> str:
    """A page of a domain that is nobody's."""
    return f"www.example.org/page{keyed.number('url', text.lower()) % 10**6:06}"


def surrogate_ip(keyed: Keyed, text: str) -> str:
    """An address that is set aside for documentation (RFC 5737, RFC 3849)."""
    number = keyed.number("ip", text.lower())
    if ":" in text:
        return f"2001:db8::{number % 0x10000:x}:{number // 0x10000 % 0x10000:x}"
    return f"198.51.100.{1 + number % 254}"


def surrogate_ssn(keyed: Keyed, text: str) -> str:
    """A number that nobody has: those from 900 on are not given out as such."""
    return re.sub(r"\d", "9", surrogate_code(keyed, "ssn", text), count=1)
