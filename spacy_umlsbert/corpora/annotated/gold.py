"""What a gold Doc of the readers holds beside its entities, and how to get at it.

- ``doc.spans["gold"]``: all mentions made of whole tokens, nested and overlapping ones too.
- ``doc._.document_id``: the document's id in the corpus.
- ``doc._.unaligned_mentions``: the mentions that are not made of whole tokens.
- ``span.kb_id_``: the ids of a mention's concepts, joined with "|"; `concept_ids` takes them apart.
- ``doc.spans["values"]``: doses, results and the like, with ``span._.of``, if the corpus has them.
- ``span._.composite_names``: the names that a composite mention stands for.

How each travels is declared in `spacy_umlsbert.annotations.attributes`.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.assertions import assertion
from spacy_umlsbert.annotations.attributes import get, put
from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.annotations.values import VALUES, of
from spacy_umlsbert.values.kinds import KINDS

GOLD = "gold"
"""Key of the span group."""

PHI = "phi"
"""The span group of gold PHI on Docs that have entities besides."""

ID_SEPARATOR = "|"


def concept_ids(span: Span) -> list[str]:
    """The concepts of a gold span: none (NIL), one, or several if the mention is composite.

    An id such as ``D008581+D012008``, for a concept that only two ids together express, is one.
    """
    return span.kb_id_.split(ID_SEPARATOR) if span.kb_id_ else []


def set_document_id(doc: Doc, document_id: str) -> None:
    """Keep the document's id."""
    put(doc, "document_id", document_id)


def set_composite_names(span: Span, names: Iterable[str]) -> None:
    """Keep the names that a composite mention stands for."""
    put(span, "composite_names", names)


def document_id(doc: Doc) -> str:
    """The document's id in its corpus; empty if there is none."""
    return str(get(doc, "document_id"))


def composite_names(span: Span) -> list[str]:
    """The names that a composite mention stands for; empty if the corpus does not say."""
    return list(get(span, "composite_names"))


def gold_assertions(doc: Doc, labels: Collection[str] = ()) -> Iterator[Span]:
    """The gold mentions of which it is known whether they are present, absent, possible …

    Args:
        doc: A gold Doc.
        labels: Labels of the mentions that are wanted; all if none.
    """
    for span in _mentions(doc):
        if assertion(span) is not None and (not labels or span.label_ in labels):
            yield span


def gold_mentions(doc: Doc) -> Iterator[Span]:
    """The mentions of a gold Doc that values may belong to: all that are no values themselves."""
    values = {(one.start_char, one.end_char, one.label_) for one in spans_of(doc, VALUES)}
    seen = set()
    for span in _mentions(doc):
        place = (span.start_char, span.end_char, span.label_)
        if place not in values and place not in seen:
            seen.add(place)
            yield span


def _mentions(doc: Doc) -> Iterable[Span]:
    """All mentions of a gold Doc: those of the group, else its entities."""
    return spans_of(doc, GOLD) if GOLD in doc.spans else doc.ents


class GoldValue(NamedTuple):
    """A value of a gold Doc, and what it belongs to."""

    span: Span
    of: list[Span]


def gold_values(doc: Doc) -> list[GoldValue] | None:
    """The values of a gold Doc, each once; None if it is not known which it has.

    Labels that are no kinds of values are left out; a corpus's own names are renamed when it is
    read.
    """
    if VALUES not in doc.spans:
        return None
    found: dict[tuple[int, int, str], GoldValue] = {}
    for span in spans_of(doc, VALUES):
        if span.label_ not in KINDS:
            continue
        place = (span.start, span.end, span.label_)
        owner = of(span)
        owners = found.setdefault(place, GoldValue(span, [])).of
        if owner is not None:
            owners.append(owner)
    return list(found.values())
