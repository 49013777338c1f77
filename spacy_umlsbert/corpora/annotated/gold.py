"""What a gold Doc of the readers holds beside its entities, and how to get at it.

- ``doc.spans["gold"]``: all mentions made of whole tokens, nested and overlapping ones too.
- ``doc._.document_id``: the document's id in the corpus.
- ``doc._.unaligned_mentions``: the mentions that are not made of whole tokens.
- ``span.kb_id_``: the ids of a mention's concepts, joined with "|"; `concept_ids` takes them apart.
- ``span._.composite_names``: the names that a composite mention stands for.

All of it travels with the Doc, the custom attributes with ``DocBin(store_user_data=True)``.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from spacy.tokens import Doc, Span

GOLD = "gold"
"""Key of the span group."""

PHI = "phi"
"""The span group of gold PHI on Docs that have entities besides."""

ID_SEPARATOR = "|"

_DOCUMENT_ID = ("umls", "document_id")
_UNALIGNED = ("umls", "unaligned_mentions")


class UnalignedMention(NamedTuple):
    """A gold mention that does not begin and end with a token.

    Attributes:
        start_char: Its first character.
        end_char: The character after its last.
        label: Its label.
        kb_id: Its concepts, as in ``span.kb_id_``.
    """

    start_char: int
    end_char: int
    label: str
    kb_id: str


def concept_ids(span: Span) -> list[str]:
    """The concepts of a gold span: none (NIL), one, or several if the mention is composite.

    An id such as ``D008581+D012008``, for a concept that only two ids together express, is one.
    """
    return span.kb_id_.split(ID_SEPARATOR) if span.kb_id_ else []


def set_document_id(doc: Doc, document_id: str) -> None:
    """Keep the document's id."""
    _user_data(doc)[_DOCUMENT_ID] = document_id


def set_unaligned(doc: Doc, mentions: Iterable[UnalignedMention]) -> None:
    """Keep the mentions that could not be aligned."""
    kept = [list(mention) for mention in mentions]
    if kept:
        _user_data(doc)[_UNALIGNED] = kept


def set_composite_names(span: Span, names: Iterable[str]) -> None:
    """Keep the names that a composite mention stands for."""
    _user_data(span.doc)[_names_key(span)] = list(names)


def document_id(doc: Doc) -> str:
    """The document's id in its corpus; empty if there is none."""
    return str(_user_data(doc).get(_DOCUMENT_ID, ""))


def unaligned_mentions(doc: Doc) -> list[UnalignedMention]:
    """The gold mentions that are not made of whole tokens."""
    return [UnalignedMention(*mention) for mention in _user_data(doc).get(_UNALIGNED, ())]


def composite_names(span: Span) -> list[str]:
    """The names that a composite mention stands for; empty if the corpus does not say."""
    return list(_user_data(span.doc).get(_names_key(span), ()))


def install_gold_extensions() -> None:
    """The custom attributes. None replaces one that is there already."""
    if not Doc.has_extension("document_id"):
        Doc.set_extension("document_id", getter=document_id)
    if not Doc.has_extension("unaligned_mentions"):
        Doc.set_extension("unaligned_mentions", getter=unaligned_mentions)
    if not Span.has_extension("composite_names"):
        Span.set_extension("composite_names", getter=composite_names)


def _names_key(span: Span) -> tuple[str, str, int, int]:
    return ("umls", "composite_names", span.start_char, span.end_char)


def _user_data(doc: Doc) -> dict[Any, Any]:  # spaCy types the keys as str, and uses tuples itself
    return doc.user_data
