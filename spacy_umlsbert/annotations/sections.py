"""The sections of a Doc: spans with title and text, and the category of any place."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple

from spacy.tokens import Doc, Span, SpanGroup, Token

from spacy_umlsbert.annotations import stored
from spacy_umlsbert.annotations.groups import Place, places_of

SECTIONS = "sections"
"""The span group; its spans are in the order of the text, outer ones before those in them."""

_KEPT = "section_parts"


class SectionSpans(NamedTuple):
    """A section of a Doc, by its tokens.

    Attributes:
        start: Its first token.
        end: The token after its last.
        title: The first token of its title, and the token after the last; the same if it has none.
        body: The same of its text.
        category: Its category.
        code: Its LOINC code; empty if there is none.
    """

    start: int
    end: int
    title: tuple[int, int]
    body: tuple[int, int]
    category: str
    code: str


def set_sections(doc: Doc, sections: Iterable[SectionSpans], text: str) -> None:
    """Write the sections of a Doc, in place of those that it has.

    Args:
        doc: The Doc.
        sections: Its sections, in the order of the text, outer ones before those in them.
        text: Its text.
    """
    found = [(Span(doc, one.start, one.end, label=one.category), one) for one in sections]
    doc.spans[SECTIONS] = SpanGroup(doc, name=SECTIONS, spans=[span for span, _ in found])
    stored.set_values(doc, _KEPT, ((span, _parts(span, one)) for span, one in found), text)


def _parts(span: Span, section: SectionSpans) -> list[Any]:
    """Where title and text are, counted in characters of the section, and the code."""
    places = []
    for start, end in (section.title, section.body):
        if start < end:
            part = span.doc[start:end]
            places += [part.start_char - span.start_char, part.end_char - span.start_char]
        else:  # an empty one, at the beginning or the end
            place = 0 if start == span.start else span.end_char - span.start_char
            places += [place, place]
    return [*places, section.code]


def title_of(span: Span) -> Span | None:
    """The title of a section, empty if it has none; None if the span is no section."""
    return _part(span, 0)


def body_of(span: Span) -> Span | None:
    """The text of a section, empty if it has none; None if the span is no section."""
    return _part(span, 2)


def code_of(span: Span) -> str:
    """The LOINC code of a section; empty if there is none."""
    kept = stored.get_value(span, _KEPT)
    return kept[4] if kept is not None else ""


def _part(span: Span, at: int) -> Span | None:
    kept = stored.get_value(span, _KEPT)
    if kept is None:
        return None
    start, end = kept[at : at + 2]
    if start == end:
        place = span.end if start else span.start
        return span.doc[place:place]
    return span.doc.char_span(span.start_char + start, span.start_char + end)


def section_of_token(token: Token) -> str:
    """The category of the innermost section that a token is in; empty if it is in none."""
    return _category(token.doc, token.idx)


def section_of_span(span: Span) -> str:
    """The category of the innermost section that a span begins in; empty if it is in none."""
    return _category(span.doc, span.start_char)


def _category(doc: Doc, char: int) -> str:
    if SECTIONS not in doc.spans:
        return ""
    group = doc.spans[SECTIONS]
    try:
        i = bisect_right(range(len(group)), char, key=lambda i: group[i].start_char)
        while i > 0:
            i -= 1
            span = group[i]
            if char < span.end_char:
                return span.label_
    except IndexError:  # spaCy does not renumber groups in merges: it is out of the Doc
        places = [one for one in places_of(doc, SECTIONS) if one.start_char <= char < one.end_char]
        return doc.vocab.strings[_innermost(places).label] if places else ""
    return ""


def _innermost(places: list[Place]) -> Place:
    return max(places, key=lambda place: (place.start_char, -place.end_char))
