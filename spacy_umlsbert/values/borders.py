"""Where the stretches of a text begin in which names and numbers are tied to each other."""

from __future__ import annotations

from collections.abc import Sequence

from spacy_umlsbert.text.list_marks import NO_ITEM, item_of
from spacy_umlsbert.text.sentences import sentences as text_sentences


def borders_of(text: str, sentences: Sequence[int] | None) -> list[int]:
    """Where stretches begin: sentences, and items of lists."""
    if sentences is None:
        sentences = [one.start for one in text_sentences(text)]
        return sorted({0, *(at for at in sentences if not _is_flag_before(text, at))})
    borders = {0, *(at for at in sentences if not _is_flag_before(text, at))}
    start = 0
    for line in text.split("\n"):
        stripped = line.lstrip()
        if stripped and item_of(stripped) != NO_ITEM:
            borders.add(start + len(line) - len(stripped))
        start += len(line) + 1
    return sorted(borders)


def _is_flag_before(text: str, start: int) -> bool:
    """Whether a mark stands before a place that ends no sentence: "BP (!) 168/94"."""
    return text[max(0, start - 8) : start].rstrip(" ").endswith("(!)")
