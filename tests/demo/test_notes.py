"""The generated notes: exact gold, the same each time, honest splits, varied content."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import spacy
import srsly
from spacy.tokens import DocBin

from demo.generator import (
    Mention,
    MisalignedMentionError,
    NoteGenerator,
    ReleaseError,
    SyntheticNote,
    to_doc,
    write_notes,
)
from demo.generator.docs import NEW_NAMES, NEW_TEMPLATES
from demo.generator.mention_words import MentionWords
from tests.demo.conftest import CONCEPTS, DEMO, N, make_generator

TABLE = CONCEPTS.read_text(encoding="utf8")


@pytest.fixture(scope="module")
def dev(generator: NoteGenerator) -> list[SyntheticNote]:
    return list(generator.notes(N, "dev"))


def mention_texts(notes: list[SyntheticNote]) -> Counter[str]:
    return Counter(n.text[m.start : m.end].lower() for n in notes for m in n.spans)


def test_every_mention_is_whole_tokens_of_a_blank_pipeline(
    train: list[SyntheticNote], dev: list[SyntheticNote]
) -> None:
    nlp = spacy.blank("en")
    for note in (*train, *dev):
        doc = to_doc(note, nlp)
        assert [(e.start_char, e.end_char) for e in doc.ents] == [
            (m.start, m.end) for m in note.spans
        ]
        assert [(e.label_, e.kb_id_) for e in doc.ents] == [(m.label, m.kb_id) for m in note.spans]
        assert not any(e[0].is_space or e[-1].is_space for e in doc.ents)


def test_a_mention_off_the_tokens_is_an_error_without_the_text() -> None:
    note = SyntheticNote("chest pain", (Mention(0, 7, "problem"),), "letter", "general")
    with pytest.raises(MisalignedMentionError, match="0 to 7") as error:
        to_doc(note, spacy.blank("en").vocab)
    assert "chest" not in str(error.value)


def test_same_seed_same_notes_in_any_process(
    train: list[SyntheticNote], of_another_process: tuple[str, list[list[str]]]
) -> None:
    assert list(make_generator().notes(5, "train")) == train[:5]
    assert list(make_generator(1).notes(5, "train")) != train[:5]
    assert of_another_process[0] == make_generator().draw(7, "dev").text


def test_training_shows_no_held_out_template_or_name(
    generator: NoteGenerator, train: list[SyntheticNote], dev: list[SyntheticNote]
) -> None:
    assert not any(s.held_out for n in train for s in n.sentences)
    assert not any(m.held_out for n in train for m in n.spans)
    held_out = generator.expander_of["train"].lexicon.held_out
    assert len(held_out) > 100
    assert not held_out & set(mention_texts(train))
    seen = {s.template for n in train for s in n.sentences}
    assert not seen & {s.template for n in dev for s in n.sentences if s.held_out}


def test_dev_has_a_fair_share_of_what_is_new(dev: list[SyntheticNote]) -> None:
    sentences = [s.held_out for n in dev for s in n.sentences]
    mentions = [m.held_out for n in dev for m in n.spans]
    assert 0.3 < sum(sentences) / len(sentences) < 0.65
    assert 0.05 < sum(mentions) / len(mentions) < 0.4
    nlp = spacy.blank("en")
    docs = [to_doc(n, nlp) for n in dev]
    assert sum(len(d.spans[NEW_NAMES]) for d in docs) == sum(mentions)
    assert 0 < sum(len(d.spans[NEW_TEMPLATES]) for d in docs) < len(mentions)


def test_all_labels_and_many_names(train: list[SyntheticNote]) -> None:
    labels = Counter(m.label for n in train for m in n.spans)
    total = labels.total()
    assert set(labels) == {"problem", "test", "treatment"}
    assert min(labels.values()) / total > 0.1
    assert len(mention_texts(train)) > total / 4
    assert len({n.note_type for n in train}) >= 10
    assert len({n.specialty for n in train}) >= 10
    bare = [s for n in train for s in n.sentences if not _mentions_in(n, s.start, s.end)]
    assert len(bare) / sum(len(n.sentences) for n in train) > 0.1


def test_a_mention_has_a_cui_where_the_release_has_its_name(train: list[SyntheticNote]) -> None:
    found = {(n.text[m.start : m.end].lower(), m.kb_id) for n in train for m in n.spans}
    cuis = dict(re.findall(r"^(C\d{7})\t\S+\t\w+\t([^\t]+)", TABLE, re.M))
    by_name = {name.lower(): cui for cui, name in cuis.items()}
    named = {(text, kb_id) for text, kb_id in found if text in by_name}
    assert len(named) > 8
    assert all(by_name[text] == kb_id for text, kb_id in named)
    assert {kb_id for _, kb_id in found} - set(cuis) == {""}


@pytest.mark.parametrize(
    ("text", "label", "cui"),
    [
        ("severe chest pain", "problem", "C0008031"),
        ("Left-sided headaches", "problem", "C0018681"),
        ("metformin injection", "treatment", "C0025598"),
        ("chest pain", "treatment", ""),
        ("knee pain", "problem", ""),
        ("elevated creatinine", "problem", ""),
    ],
)
def test_what_changes_the_concept_and_what_does_not(
    generator: NoteGenerator, text: str, label: str, cui: str
) -> None:
    assert generator.expander_of["train"].lexicon.resolver.resolve(text, label) == cui


def test_modifiers_in_front_are_inside_the_mention(
    train: list[SyntheticNote], dev: list[SyntheticNote]
) -> None:
    words = MentionWords.from_file(DEMO / "notes" / "mentions.yml").modifiers
    grading = {w for w in words if len(w) > 5 and " " not in w} - {"bilateral"}
    for note in (*train, *dev):
        for m in note.spans:
            before = note.text[: m.start].lower()
            word = re.search(r"([\w-]+) $", before)
            assert word is None or word.group(1) not in grading, note.text[m.start - 40 : m.end]


def test_too_general_names_are_no_mentions(
    train: list[SyntheticNote], dev: list[SyntheticNote]
) -> None:
    not_mentions = MentionWords.from_file(DEMO / "notes" / "mentions.yml").not_mentions
    assert set(mention_texts([*train, *dev])) & not_mentions == set()


def test_sentences_are_where_their_records_say(train: list[SyntheticNote]) -> None:
    for note in train:
        ends = [0, *(s.end for s in note.sentences)]
        assert all(e <= s.start < s.end for e, s in zip(ends, note.sentences, strict=False))
        inside = sum(len(_mentions_in(note, s.start, s.end)) for s in note.sentences)
        assert inside == len(note.spans)


def test_files_hold_what_was_generated(tmp_path: Path) -> None:
    figures = write_notes(make_generator(), tmp_path, train=4, dev=2)
    nlp = spacy.blank("en")
    docs = list(DocBin().from_disk(tmp_path / "train" / "notes.spacy").get_docs(nlp.vocab))
    records = list(srsly.read_jsonl(tmp_path / "train" / "notes.jsonl"))
    assert [d.text for d in docs] == [r["text"] for r in records]
    assert sum(len(d.ents) for d in docs) == figures["train"]["mentions"] > 0
    assert {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.*")} == {
        "train/notes.spacy", "train/notes.jsonl", "dev/notes.spacy", "dev/notes.jsonl",
        "figures.json", "labels/umls_ner.json", "labels/umls_deid.json",
        "labels/umls_assertion.json",
    }  # fmt: skip
    assert srsly.read_json(tmp_path / "labels" / "umls_ner.json") == sorted(
        {ent.label_ for doc in docs for ent in doc.ents}
    )


def test_the_demo_note_is_nothing_the_generator_makes(train: list[SyntheticNote]) -> None:
    demo = (DEMO / "notes" / "demo_note.txt").read_text(encoding="utf8")
    lines = {line.strip() for n in train for line in n.text.splitlines()}
    assert not lines & {line.strip() for line in demo.splitlines() if line.strip()}


def test_unknown_split_and_broken_table(generator: NoteGenerator, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="train, dev, test"):
        next(generator.notes(1, "verify"))
    table = tmp_path / "concepts.tsv"
    with pytest.raises(ReleaseError, match="no such file"):
        NoteGenerator.from_folder(DEMO, table)
    table.write_text("cui\trole\tname\n", encoding="utf8")
    with pytest.raises(ReleaseError, match="line 1: no column tuis"):
        NoteGenerator.from_folder(DEMO, table)
    header = CONCEPTS.read_text(encoding="utf8").splitlines()[0]
    table.write_text(header + "\nC0000001\tT047\tproblem\t" + "\t" * 5 + "\n", encoding="utf8")
    with pytest.raises(ReleaseError, match="line 2"):
        NoteGenerator.from_folder(DEMO, table)


def _mentions_in(note: SyntheticNote, start: int, end: int) -> list[Mention]:
    return [m for m in note.spans if start <= m.start and m.end <= end]
