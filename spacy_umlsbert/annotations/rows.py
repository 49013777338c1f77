"""An entity as a flat row: what ``ent._.as_row()`` gives, and `umls extract` writes.

`COLUMNS` has all columns in their order, each with its type and meaning; a row has them all, with
None where nothing is known. What is exported to tables is made of these rows.

A value is a row too: as an entity that has itself, with its kind as the label and, in ``of``, the
text that it belongs to.

Of several values of a kind the columns have that of the first instruction which comes first in the
text; ``values`` has all of them as JSON. Weights are in kg, heights in cm, temperatures in Cel, and
strengths and doses that are masses in mg; other numbers have the unit as written, as a code of
UCUM.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from spacy.tokens import Span

from spacy_umlsbert.annotations import assertions, attributes, concepts, sections, values
from spacy_umlsbert.annotations.values import Value

Row = dict[str, Any]
Name = Callable[[str], str]
"""The name of a concept by its id."""

TEXT, INTEGER, NUMBER, FLAG = str, int, float, bool
"""The types of columns."""

SEPARATOR = "|"
"""Between several codes, or semantic types, in one column."""


class Column(NamedTuple):
    """A column of the rows.

    Attributes:
        name: Its name.
        type: str, int, float or bool.
        meaning: What it says.
    """

    name: str
    type: type
    meaning: str


_ENTITY = (
    Column("note_id", TEXT, "doc._.document_id"),
    Column("start", INTEGER, "the first character in the note"),
    Column("end", INTEGER, "the character after the last"),
    Column("text", TEXT, "as written"),
    Column("label", TEXT, "the label"),
    Column("of", TEXT, "of a value: what it belongs to, as written"),
    Column("concept_id", TEXT, "the best concept"),
    Column("canonical_name", TEXT, "its name"),
    Column("score", NUMBER, "how sure the linker is of it, 0 to 1"),
    Column("codes", TEXT, "its codes: ICD10CM:I10|SNOMEDCT_US:38341003"),
    Column("semantic_types", TEXT, "its semantic types: T121|T109"),
    Column("section", TEXT, "category of the section"),
    Column("assertion", TEXT, "present, absent, possible …"),
    *(Column(f"is_{flag}", FLAG, meaning) for flag, meaning in assertions.FLAG_MEANINGS.items()),
    Column("clinical_drug", TEXT, "a drug with strength and form, as in RxNorm"),
)
_QUANTITIES = {
    "strength": "of a drug", "dose": "how much is taken", "duration": "how long",
    "value": "the result of a test", "temperature": "temperature", "heart_rate": "pulse",
    "respiratory_rate": "respirations", "oxygen_saturation": "saturation", "weight": "weight",
    "height": "height", "bmi": "body mass index", "pain_score": "pain, 0 to 10", "age": "age",
}  # fmt: skip
"""Kinds with a number and a unit."""

_PAIRS = {
    "blood_pressure": (("systolic", "systolic pressure"), ("diastolic", "diastolic pressure")),
    "reference_range": (("reference_low", "normal from"), ("reference_high", "normal to")),
}
_WORDS = {
    "form": ("tablet, cream …", "RxNorm's name of the form"),
    "route": ("how it is given", "SNOMED CT's code of the route"),
}


def _columns_of_kinds() -> Iterator[Column]:
    for kind, meaning in _QUANTITIES.items():
        yield Column(kind, NUMBER, f"{meaning}: the number, or the first of a range")
        yield Column(f"{kind}_high", NUMBER, "the second number of a range")
        yield Column(f"{kind}_unit", TEXT, "the unit (UCUM)")
        yield Column(f"{kind}_comparator", TEXT, "<, <=, >, >= or ~")
        yield Column(f"{kind}_text", TEXT, "as written")
    for kind, pair in _PAIRS.items():
        for name, meaning in pair:
            yield Column(name, NUMBER, meaning)
        yield Column(f"{kind}_unit", TEXT, "the unit (UCUM)")
        yield Column(f"{kind}_text", TEXT, "as written")
    for kind, (meaning, of_code) in _WORDS.items():
        yield Column(kind, TEXT, meaning)
        yield Column(f"{kind}_code", TEXT, of_code)
    yield Column("frequency", TEXT, "how often, as written")
    yield Column("per_day", NUMBER, "how many times a day, or the first of a range")
    yield Column("per_day_high", NUMBER, "the second number of a range")
    yield Column("as_needed", FLAG, "taken as needed")
    yield Column("indication", TEXT, "what for, as written")
    yield Column("flag", TEXT, "L, H, LL, HH, A, AA or N (HL7)")
    yield Column("values", TEXT, "all values as JSON")


COLUMNS: tuple[Column, ...] = (*_ENTITY, *_columns_of_kinds())
"""The columns in their order."""

_UNITS: dict[str, tuple[str, dict[str, tuple[float, float]]]] = {
    "weight": (
        "kg",
        {"g": (0.001, 0.0), "[lb_av]": (0.45359237, 0.0), "[oz_av]": (0.028349523125, 0.0)},
    ),
    "height": ("cm", {"m": (100.0, 0.0), "mm": (0.1, 0.0), "[in_i]": (2.54, 0.0),
                      "[ft_i]": (30.48, 0.0)}),
    "temperature": ("Cel", {"[degF]": (5 / 9, -160 / 9)}),
    "strength": ("mg", {"g": (1000.0, 0.0), "ug": (0.001, 0.0), "ng": (0.000001, 0.0)}),
    "dose": ("mg", {"g": (1000.0, 0.0), "ug": (0.001, 0.0), "ng": (0.000001, 0.0)}),
}  # fmt: skip
"""Kind -> its unit, and of other units the factor and what is added (NIST SP 811)."""

_TUI = re.compile(r"T\d{3}")


def as_row(span: Span, name: Name | None = None) -> Row:
    """A span as a row: `COLUMNS` by name, None where nothing is known.

    Args:
        span: An entity, a value, or a span of any other group.
        name: Gives names of concepts, for spans that do not have them: those of `umls_lookup`.
    """
    row: Row = dict.fromkeys(_NAMES)
    row |= {
        "note_id": attributes.get(span.doc, "document_id") or None,
        "start": span.start_char,
        "end": span.end_char,
        "text": span.text,
        "label": span.label_ or None,
        "section": sections.section_of_span(span) or None,
        "clinical_drug": _read(span, "clinical_drug") or None,
    }
    if span.kb_id_:
        row |= _concept(span, name)
    said = assertions.assertion(span)
    if said is not None:
        held = set(assertions.flags(span))
        row["assertion"] = said
        row |= {f"is_{flag}": flag in held for flag in assertions.FLAGS}
    of = values.of(span)
    row["of"] = None if of is None else of.text
    spans = [span, *values.values_of(span)]
    found = [value for one in spans if (value := values.value_of(one))]
    if found:
        taken: set[str] = set()
        for value in sorted(found, key=lambda one: one.instruction):
            if value.kind in _CONTENT and value.kind not in taken:
                taken.add(value.kind)
                of_value = _CONTENT[value.kind](value).items()
                row |= {column: content for column, content in of_value if row[column] is None}
        row["values"] = json.dumps([_plain(one) for one in found], ensure_ascii=False)
    return row


_NAMES = tuple(column.name for column in COLUMNS)


def _concept(span: Span, name: Name | None) -> Row:
    known = concepts.concept_of(span)
    best = [score for concept, score in attributes.get(span, "kb_ents") if concept == span.kb_id_]
    codes = concepts.codes_of(span)
    types = known.semantic_types or [t for t in attributes.get(span, "tuis") if _TUI.fullmatch(t)]
    named = known.name or ("" if name is None else name(span.kb_id_))
    return {
        "concept_id": span.kb_id_,
        "canonical_name": named or None,
        "score": best[0] if best else None,
        "codes": SEPARATOR.join(f"{of}:{one}" for of in codes for one in codes[of]) or None,
        "semantic_types": SEPARATOR.join(types) or None,
    }


def _quantity(value: Value) -> Row:
    numbers, unit = _normalized(value)
    kind = value.kind
    return {
        kind: _at(numbers, 0),
        f"{kind}_high": _at(numbers, 1),
        f"{kind}_unit": unit or None,
        f"{kind}_comparator": value.comparator or None,
        f"{kind}_text": value.text,
    } | ({"flag": value.flag} if value.flag else {})


def _pair(value: Value) -> Row:
    kind = value.kind
    (first, _), (second, _) = _PAIRS[kind]
    low, high = _at(value.numbers, 0), _at(value.numbers, 1)
    if kind == "reference_range" and high is None and value.comparator.startswith("<"):
        low, high = None, low
    unit = value.unit or None
    return {first: low, second: high, f"{kind}_unit": unit, f"{kind}_text": value.text}


def _frequency(value: Value) -> Row:
    per_day = value.per_day if isinstance(value.per_day, tuple) else (value.per_day,)
    return {
        "frequency": value.text, "per_day": _at(per_day, 0), "per_day_high": _at(per_day, 1),
    }  # fmt: skip


_CONTENT: dict[str, Callable[[Value], Row]] = {
    **dict.fromkeys(_QUANTITIES, _quantity),
    **dict.fromkeys(_PAIRS, _pair),
    **dict.fromkeys(
        _WORDS, lambda value: {value.kind: value.text, f"{value.kind}_code": value.code or None}
    ),
    "frequency": _frequency,
    "as_needed": lambda value: {value.kind: True},
    "indication": lambda value: {value.kind: value.text},
    "flag": lambda value: {value.kind: value.flag or value.text},
}
"""What a value says, by column; by its kind. A corpus's own kinds have no columns."""

VALUE_KINDS = tuple(_CONTENT)
"""The kinds of values that have columns."""


def _normalized(value: Value) -> tuple[tuple[float, ...], str]:
    """The numbers in the unit of the kind, if they can be in it."""
    unit, others = _UNITS.get(value.kind, ("", {}))
    if value.unit not in others:
        return value.numbers, value.unit
    factor, added = others[value.unit]
    return tuple(float(f"{one * factor + added:.10g}") for one in value.numbers), unit


def _at(numbers: tuple[float | None, ...], place: int) -> float | None:
    return numbers[place] if place < len(numbers) else None


def _plain(value: Value) -> dict[str, Any]:
    """A value for JSON: what is known of it."""
    empty = Value(kind="", text="")._asdict()
    return {name: known for name, known in value._asdict().items() if known != empty[name]}


def _read(span: Span, attribute: str) -> Any:
    """An attribute, if a component of the pipeline writes it."""
    return getattr(span._, attribute) if Span.has_extension(attribute) else None
