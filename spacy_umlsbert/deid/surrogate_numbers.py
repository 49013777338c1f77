"""Numbers, codes and addresses of the net in the form of others."""

import re

from .keyed import Keyed

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def surrogate_code(keyed: Keyed, kind: str, text: str) -> str:
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
            number, letter = divmod(number, len(_LETTERS))
            new = _LETTERS[letter]
            result.append(new if character.isupper() else new.lower())
        else:
            result.append(character)
    made = "".join(result)
    return made if made != text or not plain else surrogate_code(keyed, kind + "+", text)


def surrogate_phone(keyed: Keyed, text: str) -> str:
    """Another number in the same form, with 555 for the exchange where there is one."""
    words = re.split(r"([a-z]+)", text, flags=re.IGNORECASE)  # "ext" is no code
    made = "".join(
        part if part.isalpha() else surrogate_code(keyed, "phone", part) if part else part
        for part in words
    )
    return re.sub(r"\d{3}(?=[\-. ]\d{4}(?!\d))", "555", made)


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
