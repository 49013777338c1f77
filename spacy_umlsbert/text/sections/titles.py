"""The words of a heading, in a form in which headings that mean the same are the same."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

LONGEST_TITLE = 80
"""Characters; what is longer is no heading."""

AND = "and"
_ASIDE = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}")
_DOTTED = re.compile(r"\b[^\W\d_](?:\.[^\W\d_])+\b\.?")
_LETTERS = re.compile(r"\b[^\W\d_](?:\s?[/&+]\s?[^\W\d_])+\b")
_JOINED = re.compile(r"\b(post|pre|intra|peri)[\s-]+(?=op|procedur|admission)")
_OP = re.compile(r"\b(post|pre|intra|peri)op\b")
_FOLLOW_UP = re.compile(r"\bfollow[\s-]?ups?\b")
_WORKUP = re.compile(r"\bwork[\s-]?up\b")
_SPACED = re.compile(r"(?:[^\W\d_]\s+){3,}[^\W\d_]")
_WORD = re.compile(r"\d[\d/.:,-]*\d|[^\W\d_]/(?:[^\W\d_]/?)+|[^\W_]+(?:'[^\W_]+)*|[&+/,]")
_SIGNS = frozenset("&+/,")


def words_of(title: str, same: Mapping[str, str]) -> list[str]:
    """The words of a title in small letters: "S/P H.P.I. & Hx" is "s/p hpi and history".

    Args:
        title: The title, without colon; what is in brackets counts as the rest does.
        same: What words mean that are other ways to write one.
    """
    text = title.casefold().replace("’", "'").replace("`", "'").replace("_", " ").strip()
    if _SPACED.fullmatch(text):  # p a s t   h i s t o r y
        text = " ".join(word.replace(" ", "") for word in re.split(r"\s{2,}", text))
    text = _DOTTED.sub(lambda m: m[0].replace(".", ""), text)
    text = _LETTERS.sub(lambda m: re.sub(r"\s?[/&+]\s?", "/", m[0]), text)
    text = _JOINED.sub(r"\1", text)
    text = _OP.sub(r"\1operative", text)
    text = _WORKUP.sub("workup", _FOLLOW_UP.sub("follow up", text))
    words: list[str] = []
    for word in _WORD.findall(text):
        meant = AND if word in _SIGNS else same.get(word, word)
        if meant != AND or (words and words[-1] != AND):
            words.append(meant)
    while words and words[-1] == AND:
        words.pop()
    return words


def without_asides(title: str) -> tuple[str, list[str]]:
    """A title without what it has in brackets, and what that is if it is at its end."""
    found = list(_ASIDE.finditer(title))
    last = [one for one in found if one.end() == len(title)] if len(found) == 1 else []
    return (_ASIDE.sub(" ", title), [next(filter(None, one.groups()), "") for one in last])


def are_measured(words: Sequence[str]) -> bool:
    """Whether numbers among words are results: "98.6", "130/78", "72 16", but no date or time."""
    numbers = [word for word in words if word[0].isdigit()]
    pairs = pairwise(words)
    return any(map(_is_result, numbers)) or any(_is_short(a) and _is_short(b) for a, b in pairs)


def _is_short(word: str) -> bool:
    return word.isdigit() and len(word) < 4  # longer ones are years, times and numbers of files


def _is_result(number: str) -> bool:
    """Whether a number can be nothing else than a result: a decimal, or a ratio that is no date."""
    if number.count(".") == 1:
        return number.replace(".", "").isdigit()
    parts = number.split("/")
    if len(parts) != 2 or not all(map(_is_short, parts)):
        return False
    return max(map(int, parts)) > 31
