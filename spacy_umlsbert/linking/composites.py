"""Composite mentions: several concepts in one phrase ("colon and rectal cancer").

The rules are those that BioSyn's preparation of NCBI-Disease and BC5CDR applies (Sung et al. 2020,
section 4.1), on words instead of with regular expressions, whose time can grow without bound with
the length of a mention.
"""

import re
from collections.abc import Sequence

_WORD = re.compile(r"[a-zA-Z-]+")
_WORD_OF_LIST = re.compile(r"[a-zA-Z-]+,?")
_CONJUNCTIONS = frozenset({"and", "or"})
_LIST_CONJUNCTIONS = _CONJUNCTIONS | {"and/or"}


def split_composite(mention: str, parts: int | None = None) -> list[str]:
    """The names of the concepts in a mention.

    Args:
        mention: The mention.
        parts: How many concepts it names, if that is known, as it is in an annotated corpus.
            Without it only lists and slashes are split, of which it is sure enough.

    Returns:
        ``["colon cancer", "rectal cancer"]`` for "colon and rectal cancer". If nothing is found, or
        not as many as `parts`, the mention alone.
    """
    words = mention.split()
    if parts == 1 or not words:
        return [mention]
    found = (
        _after_of(words)
        or _before_a_common_head(words, nested=True)
        or _before_a_common_head(words, nested=False)
        or _around_a_slash(words)
    )
    if not found and parts == len(words):
        found = words
    return found if found and parts in (None, len(found)) else [mention]


def split_list(mention: str) -> list[str]:
    """The parts of a list as they stand there: "nausea and fever", "fever, chills or cough".

    Args:
        mention: The mention.

    Returns:
        The parts; the mention alone if it is no list.
    """
    parts: list[list[str]] = [[]]
    for word in mention.split():
        if word in _LIST_CONJUNCTIONS:
            parts.append([])
            continue
        parts[-1].append(word.removesuffix(","))
        if word.endswith(","):
            parts.append([])
    found = [" ".join(filter(None, part)) for part in parts]
    found = [part for part in found if part]
    return found if len(found) > 1 else [mention]


def _after_of(words: Sequence[str]) -> list[str]:
    """ "cancer of the breast and ovary": cancer of breast, cancer of ovary."""
    if len(words) < 5 or words[1] != "of" or not _WORD.fullmatch(words[0]):
        return []
    start = 2 + (words[2] == "both")
    start += words[start] == "the"
    end = _end_of_words(words, start, _WORD)
    conjunction = _last(words, _CONJUNCTIONS, start + 1, end - 1)
    if conjunction is None:
        return []
    second = conjunction + 1 + (words[conjunction + 1] == "the" and conjunction + 2 < end)
    sides = (words[start:conjunction], words[second:end])
    return [" ".join([words[0], "of", *side]) for side in sides]


def _before_a_common_head(words: Sequence[str], nested: bool) -> list[str]:
    """ "breast, colon and rectal cancer"; nested: "breast or head and neck cancer"."""
    end = _end_of_words(words, 0, _WORD_OF_LIST)
    for conjunction in range(min(end, len(words) - 2), 0, -1):
        if words[conjunction] not in _LIST_CONJUNCTIONS:
            continue
        last = _last_modifier(words, conjunction + 1, nested)
        if last is None or last >= len(words):
            continue
        before = " ".join(words[:conjunction]).split(",")
        modifiers = [*before, " ".join(words[conjunction + 1 : last])]
        head = " ".join(words[last:])
        return [f"{modifier.strip()} {head}" for modifier in modifiers if modifier.strip()]
    return []


def _last_modifier(words: Sequence[str], start: int, nested: bool) -> int | None:
    """Where the last modifier ends that starts at a word; None if there is none."""
    if nested:
        shape = words[start : start + 3]
        fits = len(shape) == 3 and shape[1] == "and" and _WORD.fullmatch(shape[0])
        return start + 3 if fits and _WORD.fullmatch(shape[2]) else None
    if words[start] == "the" and start + 2 < len(words) and _WORD.fullmatch(words[start + 1]):
        return start + 2
    return start + 1 if _WORD.fullmatch(words[start]) else None


def _around_a_slash(words: Sequence[str]) -> list[str]:
    """ "type 1/2 diabetes": type 1 diabetes, type 2 diabetes."""
    if "and/or" in words:
        return []
    for i in range(len(words) - 1, -1, -1):
        first, slash, second = words[i].rpartition("/")
        if slash and first and second:
            return [" ".join([*words[:i], part, *words[i + 1 :]]) for part in (first, second)]
    return []


def _end_of_words(words: Sequence[str], start: int, pattern: re.Pattern[str]) -> int:
    """The first word from `start` on that has not the form."""
    return next(
        (i for i in range(start, len(words)) if not pattern.fullmatch(words[i])), len(words)
    )


def _last(words: Sequence[str], wanted: frozenset[str], start: int, end: int) -> int | None:
    """The place of the last wanted word between two places."""
    return next((i for i in range(end - 1, start - 1, -1) if words[i] in wanted), None)
