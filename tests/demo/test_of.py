"""Values of generated notes, and what they belong to: in templates, on Docs and in files."""

from __future__ import annotations

import random
from collections import Counter

import pytest
import srsly

from demo.generator import TemplateError, to_doc
from demo.generator.case import draw_case
from demo.generator.docs import to_record
from demo.generator.of import tied, with_values
from demo.generator.template import Template, parse, without_marks
from demo.generator.tracked import Edit, TrackedText
from spacy_umlsbert.corpora.annotated.gold import gold_values
from spacy_umlsbert.corpora.docbin import read_docs, write_docs
from spacy_umlsbert.values.kinds import KINDS, OF_DRUGS
from tests.demo.conftest import make_generator


@pytest.fixture(scope="module")
def generator():
    return make_generator()


@pytest.fixture(scope="module")
def notes(generator):
    return list(generator.notes(25, "train"))


def values_in(generator, source):
    """The values of a template, each with its kind and what it belongs to."""
    expander = generator.expander_of["train"]
    rng = random.Random(0)
    case = draw_case(rng, expander.lexicon, expander.drawing)
    cast = expander.phi.cast(rng, case.sex, case.age)
    found = expander.expand(rng, Template("test", source, parse(source)), case, cast)
    text, mentions = found.text, found.mentions
    of = tied(found.values, mentions, [(0, len(text))])
    return [
        (
            text[one.start : one.end],
            one.label,
            None if i is None else text[mentions[i].start : mentions[i].end],
        )
        for one, i in of
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "[Aspirin](treatment) [81 mg](strength) [daily](frequency), [Hgb](test) [9](value).",
            [
                ("81 mg", "strength", "Aspirin"),
                ("daily", "frequency", "Aspirin"),
                ("9", "value", "Hgb"),
            ],
        ),
        ("Given [2 units](dose) of [insulin](treatment).", [("2 units", "dose", "insulin")]),
        (
            "[CT](test) at noon. Now [120/80](blood_pressure), [BP](test) [130/70](blood_pressure)",
            [("120/80", "blood_pressure", None), ("130/70", "blood_pressure", "BP")],
        ),
        ("[9](value) of [Hgb](test)", [("9", "value", None)]),
        ("[aspirin [81 mg](strength)](treatment)", []),
    ],
)
def test_a_value_is_of_what_its_sentence_names(generator, source, expected):
    assert values_in(generator, source) == expected
    assert without_marks(source) == without_marks(without_marks(source))
    assert not any(f"]({kind})" in without_marks(source) for kind in KINDS)


def test_slots_are_values(generator):
    (strength, often) = values_in(generator, "[Aspirin](treatment) {dose} {freq}")
    assert strength[1] in ("strength", "dose") and often[1] in ("frequency", "as_needed")
    assert {strength[2], often[2]} == {"Aspirin"}
    flagged = with_values("labvalue", TrackedText("9.1 (L)"))
    assert [(v.start, v.end, v.label) for v in flagged.values] == [(0, 3, "value"), (5, 6, "flag")]


def test_an_edit_across_the_edge_of_a_value_takes_it_away():
    text = TrackedText("at ") + TrackedText("5 mg").as_value("strength") + " daily"
    assert text.edited([Edit(0, 3, "")]).values[0].start == 0
    assert text.edited([Edit(5, 9, "x")]).values == ()
    assert text.upper().values == text.values


def test_a_value_needs_words():
    with pytest.raises(TemplateError):
        parse("[](dose)")


def test_values_are_on_docs_and_in_files(generator, notes, tmp_path):
    docs = [to_doc(note, generator.tokenizer) for note in notes]
    write_docs(docs, tmp_path / "notes.spacy")
    read = list(read_docs(tmp_path / "notes.spacy", generator.tokenizer.vocab))
    kinds: Counter[str] = Counter()
    tied_ones = 0
    for note, doc, other in zip(notes, docs, read, strict=True):
        gold = [(str(v.span), v.span.label_, [str(of) for of in v.of]) for v in gold_values(doc)]
        again = [(str(v.span), v.span.label_, [str(of) for of in v.of]) for v in gold_values(other)]
        assert gold == again
        kinds.update(kind for _, kind, _ in gold)
        for value in gold_values(doc):
            assert all(owner in doc.ents for owner in value.of)
            wanted = "treatment" if value.span.label_ in OF_DRUGS else "test"
            assert {owner.label_ for owner in value.of} <= {wanted}
            tied_ones += bool(value.of)
        for one in to_record(note)["values"]:
            assert note.text[one["start"] : one["end"]] == one["text"]
            assert one["of"] is None or one["of"] < len(note.spans)
        assert srsly.json_dumps(to_record(note))
    assert {"strength", "frequency", "value", "blood_pressure"} <= set(kinds)
    assert tied_ones > 0.8 * sum(kinds.values())
