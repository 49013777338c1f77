"""Where a found span begins and ends: within a sentence, and without the signs around it."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from spacy.tokens import Doc, Token

from spacy_umlsbert.layers.heads.iob import SpanOffsets

_SIGNS = frozenset(".,;:")


def within_sentences(doc: Doc, spans: Iterable[SpanOffsets]) -> list[SpanOffsets]:
    """Spans that cross no sentence's start and have no blank or sentence's sign at their ends.

    A span that crosses one becomes two with its label; a part without a word is none. Only whole
    tokens are left out, and not the full stop of an abbreviation ("b.i.d."). Where a Doc has no
    sentences nothing is cut.

    Args:
        doc: The Doc.
        spans: What was found in it, in its order.
    """
    return [part for span in spans for part in _parts(doc, span)]


def _parts(doc: Doc, span: SpanOffsets) -> Iterator[SpanOffsets]:
    first, last, label = span
    starts = [i for i in range(first + 1, last) if doc[i].is_sent_start]
    for begin, stop in pairwise([first, *starts, last]):
        start, end = _without_signs(doc, begin, stop)
        if start < end and (not starts or _has_word(doc, start, end)):
            yield start, end, label


def _without_signs(doc: Doc, start: int, end: int) -> tuple[int, int]:
    while start < end and _is_sign(doc[start]):
        start += 1
    while start < end and _is_sign(doc[end - 1]) and not _is_of_abbreviation(doc, end - 1):
        end -= 1
    return start, end


def _is_sign(token: Token) -> bool:
    return token.is_space or token.text in _SIGNS


def _is_of_abbreviation(doc: Doc, i: int) -> bool:
    """Whether a full stop is the last of an abbreviation that has others."""
    if doc[i].text != "." or i == 0:
        return False
    before = doc[i - 1]
    return "." in before.text and before.text[0].isalpha() and not before.whitespace_


def _has_word(doc: Doc, start: int, end: int) -> bool:
    return any(char.isalnum() for token in doc[start:end] for char in token.text)
