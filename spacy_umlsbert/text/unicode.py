"""Texts that are none, because a part of a character is missing."""


def is_unicode(text: str) -> bool:
    """Whether a text can be encoded: JSON can hold half of a surrogate pair."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
