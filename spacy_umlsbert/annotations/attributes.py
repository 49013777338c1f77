"""Every attribute that the package writes on Docs, declared once.

To add one, add an entry to `ATTRIBUTES`: the component that it names installs it with
``install(component)``, and README's table has it from here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from spacy.tokens import Doc, Span, Token

from spacy_umlsbert.annotations import (
    assertions,
    concepts,
    saved_by_0_1,
    sections,
    stored,
    values,
)

Value = Any


@dataclass(frozen=True)
class Travel:
    """How an attribute travels with a Doc.

    Attributes:
        name: For the table in the README.
        kept: Where it stays right; elsewhere it is absent.
    """

    name: str
    kept: str


WITH_SPAN = Travel(
    "with the span",
    "as_doc(copy_user_data=True), from_docs, copy, merges and splits of other tokens, pickle, "
    "to_bytes, DocBin(store_user_data=True)",
)
WITH_DOC = Travel("with the Doc", "copy, pickle, to_bytes, DocBin(store_user_data=True)")
FROM_SPANS = Travel(
    "computed from spans", "wherever spaCy keeps span groups: all but as_doc, which drops them"
)


def _as_it_is(value: Value) -> Value:
    return value


def _none(_: Any) -> None:
    return None


def _empty_list(_: Any) -> list[Any]:
    return []


def _empty_text(_: Any) -> str:
    return ""


@dataclass(frozen=True)
class Attribute:
    """An extension attribute.

    Attributes:
        name: As in ``span._.name``.
        on: Doc, Span or Token.
        meaning: What it says, for the README.
        written_by: The components that install it, or "readers" for those of corpora.
        travel: How it travels.
        absent: Makes what is read where nothing is kept, from the Doc or span.
        plain: Makes a value into what msgpack can hold.
        value: Makes what msgpack gives back into the value.
        getter: Computes it, if it is not kept; the component that installs it may give another.
        setter: Takes a new value of what a getter computes, if it may be set.
        method: In place of a getter: what is called with the span and further arguments.
    """

    name: str
    on: type[Doc] | type[Span] | type[Token]
    meaning: str
    written_by: tuple[str, ...]
    travel: Travel
    absent: Callable[[Any], Value] = _none
    plain: Callable[[Value], Value] = _as_it_is
    value: Callable[[Value], Value] = _as_it_is
    getter: Callable[[Any], Value] | None = None
    setter: Callable[[Any, Value], None] | None = None
    method: Callable[..., Value] | None = None


EXACT = "exact"
ABBREVIATION = "abbreviation"
"""Kind of a match by an abbreviation that the text defines; the matcher has the other kinds."""

_MATCH_KINDS = frozenset((EXACT, "normalized", "acronym", "approximate", ABBREVIATION))


def _best_concept(span: Span) -> list[str]:
    return [span.kb_id_] if span.kb_id_ and stored.is_in_place(span) else []


def _best_type(span: Span) -> list[str]:
    return [span.label_] if span.kb_id_ and stored.is_in_place(span) else []


def _match_kind(span: Span) -> str:
    kind = span.id_ or saved_by_0_1.value_of(span, "match_kind")
    return kind if kind in _MATCH_KINDS else EXACT


def _as_row(span: Span, name: Callable[[str], str] | None = None) -> dict[str, Any]:
    """See `annotations.rows.as_row`, which reads attributes."""
    from spacy_umlsbert.annotations.rows import as_row  # noqa: PLC0415

    return as_row(span, name)


def _scored(candidates: Any) -> list[list[Any]]:
    return [[concept_id, float(score)] for concept_id, score in candidates]


def _tuples(candidates: Any) -> list[tuple[Any, ...]]:
    return [tuple(candidate) for candidate in candidates]


class DeidCheck(NamedTuple):
    """What `umls_deid` did with a stretch of text that it read.

    Attributes:
        spans_key: The span group with its PHI.
        output: What it writes in place of PHI.
        found: How many spans of PHI it found.
    """

    spans_key: str
    output: str
    found: int


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


_UNALIGNED = "unaligned"


def set_unaligned(doc: Doc, mentions: Iterable[UnalignedMention]) -> None:
    """Keep the gold mentions that are not made of whole tokens."""
    for start, end, label, kb_id in mentions:
        stored.set_value_at(doc, start, end, label, _UNALIGNED, kb_id)


def unaligned_mentions(doc: Doc) -> list[UnalignedMention]:
    """The gold mentions that are not made of whole tokens, in the order of the text."""
    kept = saved_by_0_1.value_of(doc, "unaligned_mentions")
    if kept is not None:
        return [UnalignedMention(*mention) for mention in kept]
    return [
        UnalignedMention(start, end, label, values[_UNALIGNED])
        for start, end in stored.places(doc)
        for label, values in stored.values_at(doc, start, end).items()
        if _UNALIGNED in values
    ]


ATTRIBUTES = (
    Attribute(
        "cuis", Span, "ids of all concepts that have this name, best first; the best alone where "
        "the others are lost",
        ("umls_lookup",), WITH_SPAN, _best_concept, list, list,
    ),
    Attribute(
        "tuis", Span, "semantic types of all these concepts, best first; the best alone where the "
        "others are lost",
        ("umls_lookup", "readers"), WITH_SPAN, _best_type, list, list,
    ),
    Attribute(
        "match_kind", Span, "how the name was found: exact, normalized, acronym, approximate or "
        "abbreviation; it is the span's id if it is not exact",
        ("umls_lookup",), FROM_SPANS, getter=_match_kind,
    ),
    Attribute(
        "kb_ents", Span, "concepts and their scores, best first: (id, score), as in scispaCy",
        ("umls_linker",), WITH_SPAN, _empty_list, _scored, _tuples,
    ),
    Attribute(
        "link_kind", Span, "how the best concept was found: exact, by a name that is the mention; "
        "broader, by what is left without modifiers and place, or by the head; similar, by a name "
        "much like it",
        ("umls_linker",), WITH_SPAN, getter=concepts.link_kind,
    ),
    Attribute(
        "codes", Span, "codes of the best concept by vocabulary, {'ICD10CM': ('I10',)}; none where "
        "the knowledge base has none",
        ("umls_lookup", "umls_linker"), WITH_SPAN, getter=concepts.codes_of,
    ),
    Attribute(
        "canonical_name", Span, "the name of the best concept; empty if there is none",
        ("umls_linker",), WITH_SPAN, getter=concepts.canonical_name,
    ),
    Attribute(
        "semantic_types", Span, "the semantic types of the best concept",
        ("umls_linker",), WITH_SPAN, getter=concepts.semantic_types,
    ),
    Attribute(
        "surrogate", Span, "what stands in place of a span of PHI where surrogates are written",
        ("umls_deid",), WITH_SPAN,
    ),
    Attribute(
        "deid_check", Span, "of a whole text: what umls_deid did with it",
        ("umls_deid",), WITH_SPAN, _none, list, lambda kept: DeidCheck(*kept),
    ),
    Attribute(
        "deidentified", Doc, "the text without its PHI; None if not all of it was read, or what "
        "was found is lost",
        ("umls_deid",), FROM_SPANS, getter=_none,
    ),
    Attribute(
        "deid_map", Doc, "the same with a map of offsets",
        ("umls_deid",), FROM_SPANS, getter=_none,
    ),
    Attribute(
        "assertion", Span, "present, absent, possible … (i2b2 2010); None if nothing is said of it",
        ("umls_assertion", "readers"), WITH_SPAN, getter=assertions.assertion,
    ),
    *(
        Attribute(f"is_{flag}", Span, meaning, ("umls_assertion", "readers"), WITH_SPAN,
                  getter=assertions.FLAG_GETTERS[flag], setter=assertions.FLAG_SETTERS[flag])
        for flag, meaning in assertions.FLAG_MEANINGS.items()
    ),
    Attribute(
        "assertion_cues", Span, "the cues that decided, as spans whose label is their category",
        ("umls_assertion",), WITH_SPAN, getter=assertions.cues,
    ),
    Attribute(
        "assertion_scope", Span, "of a span of doc.spans['assertion_cues']: the text it reaches",
        ("umls_assertion",), WITH_SPAN, getter=assertions.scope,
    ),
    Attribute(
        "assertion_probabilities", Span, "probabilities of the classes, where a model decided",
        ("umls_assertion",), WITH_SPAN, getter=assertions.probabilities,
    ),
    Attribute(
        "value", Span, "of a span of doc.spans['values']: numbers, unit (UCUM), comparator, times "
        "a day; None of other spans",
        ("umls_values", "readers"), WITH_SPAN, getter=values.value_of,
        setter=values.set_value,
    ),
    Attribute(
        "of", Span, "of such a span: what it belongs to; None if it belongs to nothing",
        ("umls_values", "readers"), WITH_SPAN, getter=values.of, setter=values.set_of,
    ),
    Attribute(
        "values", Span, "the other way round: the values of a span, in the order of the text",
        ("umls_values", "readers"), WITH_SPAN, getter=values.values_of,
    ),
    Attribute(
        "clinical_drug", Span, "of a drug with values: its name, strength and form, written as in "
        "RxNorm; empty of others",
        ("umls_values",), WITH_SPAN, getter=_empty_text,
    ),
    Attribute(
        "as_row", Span, "a method: the entity as a flat dict, see annotations.rows",
        ("umls_linker", "umls_assertion", "umls_values", "umls_lookup", "readers"), FROM_SPANS,
        method=_as_row,
    ),
    Attribute(
        "patient_id", Doc, "whose note it is; set it before umls_deid",
        ("umls_deid",), WITH_DOC,
    ),
    Attribute(
        "document_id", Doc, "the document's id in its corpus",
        ("readers",), WITH_DOC, _empty_text,
    ),
    Attribute(
        "unaligned_mentions", Doc, "gold mentions that are not made of whole tokens",
        ("readers",), WITH_SPAN, getter=unaligned_mentions,
    ),
    Attribute(
        "composite_names", Span, "the names that a composite gold mention stands for",
        ("readers",), WITH_SPAN, _empty_list, list, list,
    ),
    Attribute(
        "section", Span, "category of the section that it begins in, the innermost; empty if none",
        ("umls_sections",), FROM_SPANS, getter=sections.section_of_span,
    ),
    Attribute(
        "section", Token, "the same of a token",
        ("umls_sections",), FROM_SPANS, getter=sections.section_of_token,
    ),
    Attribute(
        "section_title", Span, "of a span of doc.spans['sections']: its title as a span, without "
        "colon, number and marks; empty before the first heading",
        ("umls_sections",), WITH_SPAN, getter=sections.title_of,
    ),
    Attribute(
        "section_body", Span, "the same of what follows the title; empty if nothing does",
        ("umls_sections",), WITH_SPAN, getter=sections.body_of,
    ),
    Attribute(
        "section_code", Span, "the LOINC code of the section; empty if there is none",
        ("umls_sections",), WITH_SPAN, getter=sections.code_of,
    ),
)  # fmt: skip

_BY_NAME = {attribute.name: attribute for attribute in ATTRIBUTES}


def install(component: str, getters: Mapping[str, Callable[[Any], Value]] | None = None) -> None:
    """Register the attributes that a component writes.

    None replaces one that is there already, except that what computes an attribute takes the place
    of our own getter that computes nothing.

    Args:
        component: A component, or "readers".
        getters: What computes those of them that the component's own code computes. They are
            functions of modules: spaCy pickles them for other processes.
    """
    for attribute in ATTRIBUTES:
        if component in attribute.written_by:
            _register(attribute, (getters or {}).get(attribute.name, attribute.getter))
    if not Span.has_extension(stored.NAME):
        Span.set_extension(stored.NAME, default=None)


def _register(attribute: Attribute, getter: Callable[[Any], Value] | None) -> None:
    name = attribute.name
    if attribute.on.has_extension(name):
        nothing = (_none, _empty_text)
        computes_nothing = attribute.getter in nothing and getter not in nothing
        if computes_nothing and attribute.on.get_extension(name)[2] in nothing:
            attribute.on.set_extension(name, getter=getter, force=True)
    elif attribute.method is not None:
        attribute.on.set_extension(name, method=attribute.method)
    elif getter is not None:
        attribute.on.set_extension(name, getter=getter, setter=attribute.setter)
    else:
        attribute.on.set_extension(name, getter=partial(_get, name), setter=partial(_set, name))


def _get(name: str, thing: Doc | Span) -> Value:
    return get(thing, name)


def _set(name: str, thing: Doc | Span, value: Value) -> None:
    put(thing, name, value)


def get(thing: Doc | Span, name: str) -> Value:
    """The value of an attribute that is kept, whether or not it is installed."""
    attribute = _BY_NAME[name]
    if isinstance(thing, Span):
        kept = stored.get_value(thing, name)
    else:
        kept = stored.get_value_of_doc(thing, name)
    if kept is None:
        kept = saved_by_0_1.value_of(thing, name)
    return attribute.absent(thing) if kept is None else attribute.value(kept)


def put(thing: Doc | Span, name: str, value: Value) -> None:
    """Keep the value of an attribute; None takes it away."""
    plain = None if value is None else _BY_NAME[name].plain(value)
    if isinstance(thing, Span):
        stored.set_value(thing, name, plain)
    else:
        stored.set_value_of_doc(thing, name, plain)


def set_ambiguous(span: Span, cuis: list[str], tuis: list[str]) -> None:
    """Keep all concept ids and semantic types of a mention that has several, best first.

    Of most mentions nothing is kept, since the span itself says it, so that a Doc stays small.
    """
    if len(cuis) > 1:
        put(span, "cuis", cuis)
    if len(tuis) > 1:
        put(span, "tuis", tuis)


def readme_table() -> str:
    """The attributes as a table in Markdown, which the README has."""
    lines = ["| attribute | says | written by | travels |", "|---|---|---|---|"]
    for one in ATTRIBUTES:
        name = f"`{one.on.__name__.lower()}._.{one.name}`"
        by = ", ".join(f"`{who}`" if who != "readers" else who for who in one.written_by)
        lines.append(f"| {name} | {one.meaning} | {by} | {one.travel.name} |")
    return "\n".join(lines)
