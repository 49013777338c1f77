"""What generated notes say of their mentions: marks of templates, and gold of Docs and files."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
import srsly
from spacy.util import registry

from demo.generator import NoteGenerator, SyntheticNote, TemplateError, to_doc, write_notes
from demo.generator.case import draw_case
from demo.generator.grammar import Grammar
from demo.generator.outline import Outline
from demo.generator.said import UNKNOWN, as_marks, assertion_of, inside
from demo.generator.template import Template, parse, without_marks
from spacy_umlsbert.annotations.assertions import assertion, flags
from spacy_umlsbert.assertion.verdicts import CLASSES
from tests.demo.conftest import CONCEPTS, DEMO, make_generator

NOTES = DEMO / "notes"


def said_in(generator: NoteGenerator, source: str, seed: int = 0) -> list[tuple[str, list[str]]]:
    """Class and flags of each mention of a template; "" where they are unknown."""
    expander = generator.expander_of["train"]
    rng = random.Random(seed)
    case = draw_case(rng, expander.lexicon, expander.drawing)
    cast = expander.phi.cast(rng, case.sex, case.age)
    tracked = expander.expand(rng, Template("test", source, parse(source)), case, cast)
    found = [assertion_of(m.marks) for m in tracked.mentions]
    return [("", []) if one is None else (one.label, list(one.flags)) for one in found]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[cough](problem)", [("present", [])]),
        (
            "[No [cough](problem) or {symptom}](negated), {symptom}.",
            [("absent", ["negated"])] * 2 + [("present", [])],
        ),
        (
            "[No [cough](problem), [possible [flu](problem)](uncertain)](negated)",
            [("absent", ["negated"]), ("possible", ["negated", "uncertain"])],
        ),
        (
            "[No family history of {disease}](family negated)",
            [("associated_with_someone_else", ["family", "negated"])],
        ),
        (
            "[[asthma](problem), on [{drug}](present)](historical)",
            [("present", ["historical"]), ("present", [])],
        ),
        (
            "[PMH: [gout](problem), [no [cough](problem)](present negated)](historical)",
            [("present", ["historical"]), ("absent", ["negated"])],
        ),
        ("[Resolved {disease}](ended)", [("absent", ["historical"])]),
        ("[No history of {disease}](negated historical)", [("absent", ["historical", "negated"])]),
        ("[{imaging}](unknown) is booked.", [("", [])]),
        ("[<no[](negated)> wheeze](problem)", [("absent", ["negated"])]),
        (
            "[{symptom} <gone[](ended)>]() after {drug}",
            [("absent", ["historical"]), ("present", [])],
        ),
        ("{symptom} <was[](negated)> denied", [("absent", ["negated"])]),
    ],
)
def test_marks(
    generator: NoteGenerator, source: str, expected: list[tuple[str, list[str]]]
) -> None:
    assert said_in(generator, source) == expected


def test_what_a_building_block_says_is_said_of_the_bracket_around_it(
    generator: NoteGenerator,
) -> None:
    asked = [said_in(generator, "[{symptom} {time_of_day}]() {drug}", seed) for seed in range(60)]
    assert {found[0][0] for found in asked} == {"present", "conditional", ""}
    assert {found[1][0] for found in asked} == {"present"}
    unasked = [said_in(generator, "{symptom} {time_of_day}", seed) for seed in range(60)]
    assert {found[0][0] for found in unasked} == {"present"}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("[x](absent)", "what is said of the mentions inside: negated"),
        ("[x](negated problem)", "what is said"),
        ("[]()", "label one of"),
    ],
)
def test_an_unknown_mark_is_named(source: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        parse(source)


def test_present_ends_what_is_said_around_it() -> None:
    family, present = as_marks("family"), as_marks("present historical")
    assert family is not None and present is not None
    assert inside(present, family) == present
    assert inside(family, ["negated"]) == {"family", "negated"}
    assert as_marks("denied") is None


def test_a_mark_changes_neither_the_id_nor_the_choice_of_a_template(tmp_path: Path) -> None:
    plain = [f"No {{symptom}} <{i}|\\[x\\]> [cough](problem)" for i in range(40)]
    marked = [
        f"[No {{symptom}}](negated) <{i}[](present)|\\[x\\]> [cough](problem)" for i in range(40)
    ]
    assert [without_marks(line) for line in marked] == plain
    grammars = []
    for group, lines in (("many", plain), ("many (historical)", marked)):
        text = "".join(f"  {line}\n" for line in lines)
        (tmp_path / "some.yml").write_text(f"{group}: |\n{text}", encoding="utf8")
        (tmp_path / "names.yml").write_text("symptom: |\n  pain\n", encoding="utf8")
        grammars.append(Grammar.from_folder(tmp_path, held_out=0.3)["many"])
    assert [(t.id, t.held_out) for t in grammars[0]] == [(t.id, t.held_out) for t in grammars[1]]
    (tmp_path / "some.yml").write_text("many (denied): |\n  x\n", encoding="utf8")
    with pytest.raises(TemplateError, match=r"some\.yml.*many \(denied\)"):
        Grammar.from_folder(tmp_path, held_out=0.3)


@pytest.fixture(scope="module")
def unmarked(tmp_path_factory: pytest.TempPathFactory) -> NoteGenerator:
    """The generator with templates that say nothing."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(NOTES, folder / "notes")
    for path in (folder / "notes" / "templates").glob("*.yml"):
        lines = path.read_text(encoding="utf8").splitlines()
        bare = [re.sub(r"^(\w+) \([\w ]+\):", r"\1:", line) for line in lines]
        plain = [without_marks(line) if line.startswith("  ") else line for line in bare]
        path.write_text("\n".join(plain) + "\n", encoding="utf8")
    return NoteGenerator.from_folder(folder, CONCEPTS, 0)


@pytest.mark.parametrize("split", ["train", "dev"])
def test_marks_change_no_text(
    generator: NoteGenerator, unmarked: NoteGenerator, split: str
) -> None:
    for with_marks, without in zip(
        generator.notes(12, split), unmarked.notes(12, split), strict=True
    ):
        assert with_marks.text == without.text
        assert [replace(m, marks=frozenset()) for m in with_marks.spans] == [
            replace(m, marks=frozenset()) for m in without.spans
        ]


def test_what_stands_beside_leaves_the_rest_as_it_is(generator: NoteGenerator) -> None:
    frame = replace(generator.outline.frame, chance_beside=0.0)
    bare = replace(generator, outline=replace(generator.outline, frame=frame))
    longer = 0
    for index in range(60):
        whole, part = generator.draw(index, "train").text, bare.draw(index, "train").text
        first = next((i for i, (a, b) in enumerate(zip(whole, part, strict=False)) if a != b), None)
        kept = len(part) if first is None else first
        assert whole.startswith(part[:kept]) and whole.endswith(part[kept:])
        longer += whole != part
    assert 8 < longer < 40


def test_a_section_speaks_through_its_title_alone(generator: NoteGenerator) -> None:
    section = generator.outline.sections["pmh"]
    assert section.says["PMH"] == {"historical"}
    assert "Active Problems" not in section.says
    notes = list(generator.notes(200, "train"))
    under = [m for n in notes for m in _in_section(n, "famhx") if "FAMILY MEDICAL" in n.text]
    assert under
    assert all("family" in m.marks or "present" in m.marks for m in under)


def _in_section(note: SyntheticNote, section: str) -> list:
    places = [(s.start, s.end) for s in note.sentences if s.section == section]
    return [m for m in note.spans if any(a <= m.start and m.end <= b for a, b in places)]


@pytest.mark.parametrize(
    ("says", "message"),
    [("{denied: Labs}", r"says: 'denied' is none"), ("{negated: Tests}", "no title Tests")],
)
def test_a_section_that_says_something_unknown(tmp_path: Path, says: str, message: str) -> None:
    (tmp_path / "sections").mkdir()
    text = f"labs:\n  titles: Labs; Data\n  says: {says}\n  bodies: [{{parts: [plain]}}]\n"
    (tmp_path / "sections" / "some.yml").write_text(text, encoding="utf8")
    with pytest.raises(TemplateError, match=message):
        Outline.from_folder(tmp_path)


def test_every_class_is_there_and_some_are_unknown(train: list[SyntheticNote]) -> None:
    said = [assertion_of(m.marks) for n in train for m in n.spans]
    classes = Counter(UNKNOWN if one is None else one.label for one in said)
    assert set(classes) == {*CLASSES, UNKNOWN}
    assert min(classes[name] for name in CLASSES) > 15
    assert classes["present"] < 0.85 * classes.total()


def test_docs_have_what_is_said(train: list[SyntheticNote]) -> None:
    nlp = spacy.blank("en")
    for note in train[:20]:
        doc = to_doc(note, nlp)
        for ent, mention in zip(doc.ents, note.spans, strict=True):
            said = assertion_of(mention.marks)
            assert assertion(ent) == (said and said.label) == ent._.assertion
            assert flags(ent) == (list(said.flags) if said else [])
            assert ent._.is_negated == bool(said and "negated" in said.flags)


def test_files_keep_what_is_said(tmp_path: Path) -> None:
    figures = write_notes(make_generator(), tmp_path, train=12, dev=0)["train"]
    nlp = spacy.blank("en")
    corpus = registry.readers.get("spacy_umlsbert.Corpus.v1")(str(tmp_path / "train"))
    docs = [example.reference for example in corpus(nlp)]
    read = [[(assertion(e), flags(e)) for e in doc.ents] for doc in docs]
    records = list(srsly.read_jsonl(tmp_path / "train" / "notes.jsonl"))
    written = [[(s["assertion"], s["flags"] or []) for s in r["spans"]] for r in records]
    assert read == written
    counts = Counter(label or UNKNOWN for found in read for label, _ in found)
    assert figures["assertions"] == dict(counts)
    assert figures["flags"] == dict(Counter(f for found in read for _, fs in found for f in fs))
    assert "marks" not in records[0]["spans"][0]
    assert set(records[0]["phi"][0] if records[0]["phi"] else {}) <= {
        "start", "end", "label", "kb_id", "held_out", "text",
    }  # fmt: skip
