"""The PHI of generated notes: marked exactly, of one cast, and honestly held out."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.util import registry

from demo.generator import NoteGenerator, SyntheticNote, TemplateError, to_doc
from demo.generator.blocks import Blocks
from demo.generator.case import Case, draw_case
from demo.generator.phi import PHI_SLOTS
from demo.generator.phi.drawing import PhiDrawing
from demo.generator.phi.forms import Forms
from demo.generator.template import Template, parse
from demo.generator.tracked import TrackedText
from spacy_umlsbert.corpora.annotated.gold import PHI
from spacy_umlsbert.deid.labels import LABELS
from spacy_umlsbert.evaluation.deid.leak_scores import gold_phi
from tests.demo.conftest import DEMO, ROOT, N

NOTES = DEMO / "notes"


@pytest.fixture(scope="module")
def test(generator: NoteGenerator) -> list[SyntheticNote]:
    return list(generator.notes(N, "test"))


def texts(notes: Iterable[SyntheticNote], *labels: str) -> Counter[str]:
    return Counter(n.text[m.start : m.end] for n in notes for m in n.phi if m.label in labels)


def test_nearly_all_kinds_are_there_and_no_other(train: list[SyntheticNote]) -> None:
    found = {m.label for n in train for m in n.phi}
    assert found <= {label.name for label in LABELS}
    assert len(found) > 20
    assert {"PATIENT", "DOCTOR", "DATE", "HOSPITAL", "PHONE", "MEDICALRECORD"} <= found


def test_phi_and_entities_never_share_a_character(
    train: list[SyntheticNote], test: list[SyntheticNote]
) -> None:
    for note in (*train, *test):
        marked = sorted((m.start, m.end) for m in (*note.phi, *note.spans))
        assert all(a[1] <= b[0] for a, b in pairwise(marked))


def test_a_doc_has_the_phi_as_a_span_group(train: list[SyntheticNote]) -> None:
    nlp = spacy.blank("en")
    for note in train[:40]:
        doc = to_doc(note, nlp)
        covered = {i for s in doc.spans[PHI] for i in range(s.start_char, s.end_char)}
        assert covered >= {i for m in note.phi for i in range(m.start, m.end)}


def test_what_the_test_pool_has_was_never_in_training(
    train: list[SyntheticNote], test: list[SyntheticNote]
) -> None:
    # By whole words: an initial, or a word of another kind, may be anywhere.
    def words(notes: list[SyntheticNote]) -> set[str]:
        names = texts(notes, "PATIENT", "DOCTOR")
        return {w.lower() for name in names for w in re.findall(r"[^\W\d_]{4,}", name)}

    shared = words(train) & words(test)
    assert len(words(test)) > 100
    assert len(shared) / len(words(test)) < 0.02, shared  # misspelled ones may meet


def test_names_of_the_hand_labelled_notes_are_never_drawn() -> None:
    nlp = spacy.blank("en")
    reader = registry.readers.get("spacy_umlsbert.Marked.v1")
    docs = list(reader(str(ROOT / "benchmarks" / "deid" / "notes")).docs(nlp))
    people = {"PATIENT", "DOCTOR"}
    said = {
        word.lower()
        for doc in docs
        for phi in gold_phi(doc)
        if phi.label in people
        for word in re.findall(r"[^\W\d_]{2,}", doc.text[phi.start : phi.end])
    }
    forms = Forms.from_file(NOTES / "phi.yml")
    drawn = {name.lower() for pool in forms.names.values() for name in (*pool.seen, *pool.held_out)}
    assert len(docs) == 20
    assert len(said) > 100
    assert not said & drawn


def test_templates_with_phi_are_held_out_too(
    train: list[SyntheticNote], test: list[SyntheticNote]
) -> None:
    assert not any(s.held_out for n in train for s in n.sentences)
    with_phi = [
        s.held_out
        for n in test
        for s in n.sentences
        if any(s.start <= m.start and m.end <= s.end for m in n.phi)
    ]
    assert len(with_phi) > 300
    assert all(with_phi)


def test_a_patient_has_one_name_and_one_record_number(generator: NoteGenerator) -> None:
    writer = generator.expander_of["train"].phi
    rng = random.Random(3)
    cast = writer.cast(rng, "F", 40)
    last = {writer.write(rng, cast, "patient", ("last",)).text for _ in range(9)}
    numbers = Counter(writer.write(rng, cast, "mrn", ()).text for _ in range(60))
    assert len(last) == 1
    assert numbers.most_common(1)[0][1] > 20
    full = writer.write(rng, cast, "patient", ("comma",))
    assert full.mention_texts()[0].startswith(last.pop())


@pytest.mark.parametrize("slot", sorted(PHI_SLOTS))
def test_each_slot_is_marked(generator: NoteGenerator, slot: str) -> None:
    for split in ("train", "test"):
        writer = generator.expander_of[split].phi
        for seed in range(40):
            rng = random.Random(seed)
            written = writer.write(rng, writer.cast(rng, "M", 67), slot, ())
            assert written.mentions
            assert not set("{}|^~") & set(written.text), written.text


def test_titles_and_degrees_are_outside(generator: NoteGenerator) -> None:
    writer = generator.expander_of["train"].phi
    for seed in range(30):
        rng = random.Random(seed)
        cast = writer.cast(rng, "M", 67)
        for form in ("title", "degree"):
            name = writer.write(rng, cast, "doctor", (form,)).mention_texts()[0]
            assert not re.search(r"\b(Dr|Prof|MD|DO)\b", name), name


def test_an_old_patients_age_is_phi(generator: NoteGenerator) -> None:
    writer = generator.expander_of["train"].phi
    assert writer.old_age("93-year-old", 93).mention_texts() == ["93"]
    assert writer.old_age("ninety-three-year-old", 93).mention_texts() == ["ninety-three"]


def test_an_unknown_form_is_an_error(generator: NoteGenerator) -> None:
    writer = generator.expander_of["train"].phi
    rng = random.Random(0)
    cast = writer.cast(rng, "F", 30)
    for slot, form in (("doctor", "whole"), ("date", "long"), ("phone", "home")):
        with pytest.raises(TemplateError, match=form):
            writer.write(rng, cast, slot, (form,))


def test_an_entity_cannot_hold_phi(generator: NoteGenerator) -> None:
    expander = generator.expander_of["train"]
    rng = random.Random(0)
    cast = expander.phi.cast(rng, "F", 30)
    broken = Template("plain", "x", parse("[scan of {date}](test)"))
    with pytest.raises(TemplateError, match="cannot hold"):
        expander.expand(rng, broken, Case("F", 30, "general", ("cardiology",)), cast)


@pytest.mark.parametrize(
    ("forms", "message"),
    [
        ("date: 'x {nothing}'", "nothing fills {nothing}"),
        ("date: 'x |{d}'", "bars come in pairs"),
    ],
)
def test_a_form_that_is_not_well_formed(tmp_path: Path, forms: str, message: str) -> None:
    path = tmp_path / "phi.yml"
    path.write_text(f"forms:\n  {forms}\nwords: {{}}\nnames: {{}}\n", encoding="utf8")
    with pytest.raises(TemplateError, match=re.escape(message)):
        Forms.from_file(path)


_word = st.text("abcXYZ 19", min_size=1, max_size=8).filter(lambda t: t == t.strip())


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(_word, min_size=1, max_size=4), min_size=1, max_size=5),
    seed=st.integers(0, 999),
    kind=st.sampled_from(["form", "table"]),
)
def test_forms_and_tables_keep_what_is_marked(rows: list[list[str]], seed: int, kind: str) -> None:
    blocks = Blocks.from_file(NOTES / "surface.yml")
    lines = []
    for row in rows:
        cells = [TrackedText(row[0]), *(TrackedText.mention(cell, "DATE") for cell in row[1:])]
        line = cells[0]
        for cell in cells[1:]:
            line = line + " :: " + cell
        lines.append(line)
    set_out = blocks.form if kind == "form" else blocks.table
    found = set_out(random.Random(seed), PhiDrawing("test"), lines)
    assert [t for block in found for t in block.mention_texts()] == [
        cell for row in rows for cell in row[1:]
    ]


@pytest.mark.parametrize("split", ["train", "test"])
def test_every_template_expands(generator: NoteGenerator, split: str) -> None:
    expander = generator.expander_of[split]
    for seed in range(2):
        rng = random.Random(seed)
        case = draw_case(rng, expander.lexicon, expander.drawing)
        cast = expander.phi.cast(rng, case.sex, case.age)
        for template in expander.grammar.templates():
            assert expander.expand(rng, template, case, cast).text.strip()
