"""Values in a text, and what they belong to.

Values are spans of ``doc.spans["values"]``, whose label is the kind. With each is kept what is
known of it, and the place of what it belongs to; with that the places of its values. Places count
from the span, and a check of the text there is kept with them (`relative`).

A value that belongs to several, as one dose of two drugs, is a span for each, with ids from 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations import stored
from spacy_umlsbert.annotations.relative import relative_to, span_at
from spacy_umlsbert.guard import hide_in_repr

VALUES = "values"
"""The span group."""

_VALUE, _OF, _VALUES = "value", "of", "values"

PerDay = float | tuple[float, float] | None


@hide_in_repr("text", "written")
class Value(NamedTuple):
    """What is known of a value.

    Attributes:
        kind: Strength, dose, value, blood_pressure …: the label of its span.
        text: As it is written.
        numbers: The numbers: one, two of a range or a blood pressure, none of words.
        unit: The UCUM code of the unit; as written if nobody knows it; empty if there is none.
        comparator: ``<``, ``<=``, ``>``, ``>=``, ``~`` or empty.
        per_day: Of a frequency how many times a day, a pair if it is a range.
        code: Of a route the code of SNOMED CT, of a form the name of RxNorm's dose form.
        timing: Of a frequency the ``Timing`` of FHIR.
        flag: Of a result: ``L``, ``H``, ``LL``, ``HH``, ``A`` (abnormal), ``AA``, ``N`` (normal),
            as in HL7's ObservationInterpretation, or empty.
        name: What is measured, where only the place in a figure or table says it.
        oxygen: Of a saturation what it was measured on, as written ("RA", "2L NC").
        instruction: Of a drug with several instructions, such as a taper, which one, from 0.
        written: The numbers as they are written ("4.10").
        worked_out: Names of attributes that are not written but follow from the rest: the unit of
            a pulse, the flag of a result out of its range.
        doubts: What may be otherwise, such as ``decimal comma``.
        probability: Where a trained head had its say, that it belongs to what it is tied to.
    """

    kind: str
    text: str
    numbers: tuple[float, ...] = ()
    unit: str = ""
    comparator: str = ""
    per_day: PerDay = None
    code: str = ""
    timing: Mapping[str, Any] = {}
    flag: str = ""
    name: str = ""
    oxygen: str = ""
    instruction: int = 0
    written: tuple[str, ...] = ()
    worked_out: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    probability: float | None = None


_TUPLES = ("numbers", "written", "worked_out", "doubts")


def set_values(doc: Doc, values: Iterable[tuple[Span, Value, Span | None]], key: str) -> None:
    """Write the values of a Doc, in place of those that it has.

    Args:
        doc: The Doc.
        values: Each as a span whose label is its kind, with what is known of it and what it
            belongs to, if anything.
        key: The span group.
    """
    chosen = list(values)
    old = [span for span in doc.spans.get(key, ()) if stored.is_in_place(span)]
    owners = [owner for span in old if (owner := of(span)) is not None]
    stored.set_values(doc, _VALUES, ((owner, None) for owner in owners))
    for name in (_VALUE, _OF):
        stored.set_values(doc, name, ((span, None) for span in old))
    doc.spans[key] = [span for span, _, _ in chosen]
    stored.set_values(doc, _VALUE, ((span, _plain(value)) for span, value, _ in chosen))
    kept = ((span, owner and relative_to(span, owner)) for span, _, owner in chosen)
    stored.set_values(doc, _OF, kept)
    by_owner: dict[tuple[int, int, str], tuple[Span, list[list[Any]]]] = {}
    for span, _, owner in chosen:
        if owner is not None:
            place = (owner.start_char, owner.end_char, stored.key_of(owner))
            by_owner.setdefault(place, (owner, []))[1].append(relative_to(owner, span))
    stored.set_values(doc, _VALUES, by_owner.values())


def value_of(span: Span) -> Value | None:
    """What is known of a value; None of a span that is none."""
    kept = stored.get_value(span, _VALUE)
    if kept is None:
        return None
    known = dict(kept)
    known.update({name: tuple(known[name]) for name in _TUPLES if name in known})
    if isinstance(known.get("per_day"), list | tuple):
        known["per_day"] = tuple(known["per_day"])
    if "timing" in known:
        known["timing"] = _with_lists(known["timing"])
    return Value(span.label_, **known)


def _with_lists(data: Any) -> Any:
    """Data as it was before msgpack, which makes tuples of lists."""
    if isinstance(data, Mapping):
        return {name: _with_lists(one) for name, one in data.items()}
    return [_with_lists(one) for one in data] if isinstance(data, list | tuple) else data


def set_value(span: Span, value: Value | None) -> None:
    """Keep with a span what is known of it as a value; None takes it away."""
    stored.set_value(span, _VALUE, None if value is None else _plain(value))


def of(span: Span) -> Span | None:
    """What a value belongs to; None if it belongs to nothing."""
    kept = stored.get_value(span, _OF)
    return None if kept is None else span_at(span, *kept)


def set_of(span: Span, owner: Span | None) -> None:
    """Say what a value belongs to; None takes it away."""
    before = of(span)
    if before is not None:
        place = relative_to(before, span)
        rest = [one for one in stored.get_value(before, _VALUES) or [] if list(one) != place]
        stored.set_value(before, _VALUES, rest or None)
    stored.set_value(span, _OF, None if owner is None else relative_to(span, owner))
    if owner is not None:
        known = stored.get_value(owner, _VALUES) or []
        stored.set_value(owner, _VALUES, [*known, relative_to(owner, span)])


def values_of(span: Span) -> list[Span]:
    """The values of a span, in the order of the text."""
    kept = stored.get_value(span, _VALUES)
    found = (span_at(span, *place) for place in ([] if kept is None else kept))
    return sorted(value for value in found if value is not None)


def instructions_of(span: Span) -> list[list[Span]]:
    """The values of a drug by instruction: each step of a taper is one."""
    steps: dict[int, list[Span]] = {}
    for one in values_of(span):
        value = value_of(one)
        steps.setdefault(0 if value is None else value.instruction, []).append(one)
    return [steps[number] for number in sorted(steps)]


def _plain(value: Value) -> dict[str, Any]:
    """What is known of a value, without what its span says and what is empty."""
    plain: dict[str, Any] = {"text": value.text}
    for name in Value._fields[2:]:
        one = getattr(value, name)
        if one not in ((), "", None, 0, {}):
            plain[name] = list(one) if isinstance(one, tuple) else one
    return plain


def spans_of_values(doc: Doc, places: Sequence[tuple[int, int, str]]) -> list[Span | None]:
    """The spans of values, as the tokens that they touch; those that are repeated get ids from 2.

    None where there are no tokens.
    """
    seen: dict[tuple[int, int, str], int] = {}
    spans: list[Span | None] = []
    for start, end, kind in places:
        span = doc.char_span(start, end, label=kind, alignment_mode="expand")
        if span is not None:
            place = (span.start, span.end, kind)
            seen[place] = seen.get(place, 0) + 1
            if seen[place] > 1:
                span = Span(doc, span.start, span.end, kind, span_id=str(seen[place]))
        spans.append(span)
    return spans
