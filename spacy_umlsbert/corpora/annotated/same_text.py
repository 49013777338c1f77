"""Whether the text of a mention, as a corpus repeats it, is the text of a document at a place.

Corpora write it with Greek letters spelt out, without accents, with other quotes, dashes and
blanks, in other case, or with what is not ASCII lost. Two texts are the same if their letters and
digits are. Other signs do not count within a text, but a plus, a comparison and what parts two
digits do, and so do signs at its ends.
"""

import html
import re
import unicodedata
from functools import lru_cache

ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d+|#[xX][0-9a-fA-F]+);")
_NAMED_ENTITY = re.compile(r"&#?\w+;")
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("™®©℠", ""),
        **dict.fromkeys("'\"`´′″ʼ‘’‚‛“”„‟", "'"),
        **{"≥": ">=", "≤": "<=", "×": "x", "→": "->", "−": "-", "&": "and"},
    }
)
_GREEK_NAME = re.compile(r"GREEK (?:SMALL|CAPITAL) LETTER (?:FINAL )?([A-Z]+)")
_LATIN_NAME = re.compile(
    r"LATIN (?:SMALL|CAPITAL) (?:LETTER|LIGATURE) (?:DOTLESS )?([A-Z]{1,2})(?: WITH .*)?"
)
_READINGS: tuple[dict[str, str], ...] = (
    {"ß": "ss"},  # Greek letters by name
    # … as the Latin letters that stand in for them,
    {**dict(zip("αβγδεικμνοπρστυχ", "abgdeikuvoprstux", strict=True)), "ß": "b"},
    # … and as units have them.
    {"ß": "beta", "μ": "micro"},
    {"μ": "mc"},
)
_AS = {"Mn": "", "Cf": "", "Pd": "-"}
"""Accents and what cannot be seen are nothing, and a dash is a dash."""
_KEPT = frozenset("+<>=%")
_LOST = re.compile(r"[?\ufffd]|[^\x00-\x7f]")
_FEWEST_LEFT = 3


def unescape(text: str) -> str:
    """The text with XML's own character references resolved, and nothing else (not "&not")."""
    return ENTITY.sub(lambda match: html.unescape(match[0]), text)


def same_text(found: str, expected: str) -> bool:
    """Whether two texts are the same but for how they are written."""
    if found == expected:
        return True
    if found.isascii() and expected.isascii() and "&" not in expected:
        readings = 1
    else:
        readings = len(_READINGS)
    for reading in range(readings):
        form = _form(found, reading)
        if any(form) and form == _form(expected, reading):
            return True
    return readings > 1 and _same_but_lost(found, expected)


@lru_cache(maxsize=1 << 12)
def letters_of(character: str) -> str:
    """The letters and digits that a character stands for, small and without accents."""
    return "".join(c for c in _spelt(character, 0) if c.isalnum() or c in _KEPT)


def _same_but_lost(found: str, expected: str) -> bool:
    """Whether one of the texts is the other without its characters that are not ASCII."""
    if found.replace("\ufffd", "").isascii() == expected.replace("\ufffd", "").isascii():
        return False
    left, right = (
        "".join(map(letters_of, _LOST.sub("", unescape(text)))) for text in (found, expected)
    )
    enough = max(_FEWEST_LEFT, sum(len(letters_of(c)) for c in found) / 2)
    return left == right and len(left) >= enough


def _form(text: str, reading: int) -> tuple[str, str, str]:
    """The signs before the first letter, the letters, and the signs after the last."""
    if "&" in text:
        text = _NAMED_ENTITY.sub(lambda match: html.unescape(match[0]), text)
    text = "".join(_spelt(c, reading) for c in text)
    first = next((i for i, c in enumerate(text) if c.isalnum()), len(text))
    last = next((i for i in range(len(text), first, -1) if text[i - 1].isalnum()), first)
    core: list[str] = []
    apart = False
    for c in text[first:last]:
        if c.isalnum() or c in _KEPT:
            core += [" ", c] if apart and core[-1].isdigit() and c.isdigit() else [c]
        apart = not c.isalnum()
    return "".join(text[:first].split()), "".join(core), "".join(text[last:].split())


@lru_cache(maxsize=1 << 12)
def _spelt(character: str, reading: int) -> str:
    """A character in small letters, and in ASCII where that can be."""
    parts = unicodedata.normalize("NFKD", character.translate(_SIGNS)).casefold()
    if character in "ßẞ":
        parts = "ß"
    return "".join(_plain(part, reading) for part in parts)


def _plain(character: str, reading: int) -> str:
    if character.isascii():
        return character
    if character in _READINGS[reading]:
        return _READINGS[reading][character]
    category = unicodedata.category(character)
    if category in _AS:
        return _AS[category]
    name = unicodedata.name(character, "")
    letter = _GREEK_NAME.match(name) or _LATIN_NAME.fullmatch(name)
    return character if letter is None else letter[1].lower().replace("lamda", "lambda")
