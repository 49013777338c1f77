"""The generated pairs: sure labels that no side gives away, honest splits, the same each time."""

from __future__ import annotations

import random
import re
import shutil
import statistics
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import spacy
import srsly
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from spacy.tokens import DocBin

from demo.generator import TemplateError
from demo.generator.nli import LABELS, Pair, PairGenerator, write_pairs
from demo.generator.nli.hand_written import normal_text, sentences
from demo.generator.nli.measurements import Range, between
from demo.generator.nli.names import Names
from demo.generator.nli.subject import NO, YES, Subject, conflict
from spacy_umlsbert.annotations.pairs import gold_label, is_pair, sides_of
from tests.demo.conftest import DEMO, ROOT, drawn

NLI = DEMO / "nli"
TABLE = ROOT / "assets" / "umls" / "concepts.tsv"
N_TRAIN, N_DEV = 3000, 900
SWAPPED = ("value", "dose", "schedule", "duration")
"""What has two values, one of which is said."""


@pytest.fixture(scope="module")
def pair_generator() -> PairGenerator:
    return PairGenerator.from_folder(DEMO, TABLE)


@pytest.fixture(scope="module")
def train_pairs(pair_generator: PairGenerator) -> list[Pair]:
    return list(pair_generator.pairs(N_TRAIN, "train"))


@pytest.fixture(scope="module")
def dev_pairs(pair_generator: PairGenerator) -> list[Pair]:
    return list(pair_generator.pairs(N_DEV, "dev"))


@pytest.fixture(scope="module")
def names() -> Names:
    return Names.from_files(NLI / "concepts.yml", TABLE)


def hand_written(name: str) -> list[dict[str, str]]:
    return list(srsly.read_jsonl(NLI / name))


def subjects(generator: PairGenerator, kind: str, times: int = 3) -> list[Subject]:
    """Settled subjects of a kind."""
    rng = random.Random(0)
    return [c.settle(rng) for c in generator.topics.candidates[kind] for _ in range(times)]


def subject(generator: PairGenerator, kind: str, key: str) -> Subject:
    candidates = generator.topics.candidates[kind]
    return next(c for c in candidates if c.key == key).settle(random.Random(0))


def test_labels_are_in_balance(train_pairs: list[Pair], dev_pairs: list[Pair]) -> None:
    for pairs in (train_pairs, dev_pairs):
        counts = Counter(p.label for p in pairs)
        assert set(counts) == set(LABELS)
        assert max(counts.values()) - min(counts.values()) <= 6


def test_a_hypothesis_has_every_label_and_so_has_a_premise_of_three(
    train_pairs: list[Pair],
) -> None:
    labels_of: dict[str, Counter[str]] = defaultdict(Counter)
    labels_after: dict[str, set[str]] = defaultdict(set)
    for pair in train_pairs:
        labels_of[pair.hypothesis][pair.label] += 1
        labels_after[pair.premise].add(pair.label)
    even = sum(len(c) == 3 and len(set(c.values())) == 1 for c in labels_of.values())
    assert even / len(labels_of) > 0.97
    assert sum(len(labels) == 3 for labels in labels_after.values()) > len(labels_after) / 4


def test_no_side_gives_the_label_away(train_pairs: list[Pair], dev_pairs: list[Pair]) -> None:
    truth, wanted = ([p.label for p in pairs] for pairs in (train_pairs, dev_pairs))
    for side, limit in (("hypothesis", 0.40), ("premise", 0.42)):
        words = TfidfVectorizer(ngram_range=(1, 2))
        model = make_pipeline(words, LogisticRegression(max_iter=1000))
        model.fit([getattr(p, side) for p in train_pairs], truth)
        score = model.score([getattr(p, side) for p in dev_pairs], wanted)
        assert 1 / 3 - 0.05 < score < limit


def test_words_in_common_do_not_give_it_away(
    train_pairs: list[Pair], dev_pairs: list[Pair]
) -> None:
    negation = re.compile(r"\b(no|not|denies|without|negative|never|none|w/o)\b", re.I)

    def features(pair: Pair) -> list[float]:
        words = set(pair.hypothesis.lower().split()) - {"the", "patient", "has", "is"}
        common = len(words & set(pair.premise.lower().split()))
        one, other = (bool(negation.search(t)) for t in (pair.premise, pair.hypothesis))
        same = float(one == other)
        return [common, common / (len(words) + 1), same, same * common, float(one), float(other)]

    model = LogisticRegression(max_iter=1000)
    model.fit([features(p) for p in train_pairs], [p.label for p in train_pairs])
    score = model.score([features(p) for p in dev_pairs], [p.label for p in dev_pairs])
    assert score < 0.65


def test_training_has_no_shape_of_a_dev_hypothesis(
    pair_generator: PairGenerator, train_pairs: list[Pair], dev_pairs: list[Pair]
) -> None:
    assert not {p.shape for p in train_pairs} & {p.shape for p in dev_pairs}
    assert not {p.hypothesis for p in train_pairs} & {p.hypothesis for p in dev_pairs}
    # A premise of one line may be in both.
    premises = {p.premise for p in train_pairs}
    assert sum(p.premise in premises for p in dev_pairs) < 0.03 * len(dev_pairs)
    assert len({p.shape for p in dev_pairs}) > 80
    for topic in pair_generator.topics.topics:
        for shapes in topic.says.values():
            assert {s.held_out for s in shapes} == {True, False}, topic.name


def test_training_has_no_held_out_subject(
    pair_generator: PairGenerator, train_pairs: list[Pair], dev_pairs: list[Pair]
) -> None:
    held_out = [c for c in pair_generator.topics.candidates["symptom"] if c.held_out]
    assert len(held_out) > 3
    for candidate in held_out:
        shown = [p for p in train_pairs if p.topic == "symptom" and candidate.key in p.hypothesis]
        longer = [c.key for c in pair_generator.topics.candidates["symptom"] if not c.held_out]
        assert all(any(k in p.hypothesis for k in longer) for p in shown)
    symptoms = [p.hypothesis.lower() for p in dev_pairs if p.topic == "symptom"]
    assert any(c.key in h for c in held_out for h in symptoms)


def test_many_ways_to_say_it(pair_generator: PairGenerator, train_pairs: list[Pair]) -> None:
    lengths = [len(p.premise.split()) for p in train_pairs]
    assert min(lengths) >= 3
    assert max(lengths) <= 60
    assert 12 <= statistics.median(lengths) <= 24
    assert len({p.shape for p in train_pairs}) > 450
    assert len({p.topic for p in train_pairs}) == len(pair_generator.topics.topics) > 50
    assert {p.state for p in train_pairs} == {YES, NO}


def test_same_seed_same_pairs_in_any_process(
    pair_generator: PairGenerator,
    train_pairs: list[Pair],
    of_another_process: tuple[str, list[list[str]]],
) -> None:
    assert list(pair_generator.pairs(40, "train")) == train_pairs[:40]
    assert list(PairGenerator.from_folder(DEMO, TABLE, 1).pairs(40, "train")) != train_pairs[:40]
    assert of_another_process[1] == drawn(train_pairs[:40])


def test_no_pair_comes_twice(train_pairs: list[Pair]) -> None:
    sides = [(normal_text(p.premise), normal_text(p.hypothesis)) for p in train_pairs]
    assert len(sides) == len(set(sides))


@pytest.mark.parametrize(("name", "each"), [("demo_pairs.jsonl", 1), ("hand_pairs.jsonl", 20)])
def test_pairs_by_hand_are_complete_and_nothing_of_them_is_in_training(
    name: str, each: int, train_pairs: list[Pair], dev_pairs: list[Pair]
) -> None:
    records = hand_written(name)
    assert Counter(r["label"] for r in records) == dict.fromkeys(LABELS, each)
    by_hand = {s for r in records for side in ("premise", "hypothesis") for s in sentences(r[side])}
    made = {s for p in (*train_pairs, *dev_pairs) for t in (p.premise, p.hypothesis)
            for s in sentences(t)}  # fmt: skip
    assert not by_hand & made


def test_what_is_written_by_hand_is_not_generated(pair_generator: PairGenerator) -> None:
    pair = next(pair_generator.pairs(1))
    known = frozenset(sentences(pair.premise)) | {normal_text(pair.hypothesis)}
    other = PairGenerator(pair_generator.topics, pair_generator.composers, known)
    made = [s for p in other.pairs(30) for t in (p.premise, p.hypothesis) for s in sentences(t)]
    assert not known.intersection(made)


@pytest.mark.parametrize("kind", SWAPPED)
def test_the_other_value_is_another_one(pair_generator: PairGenerator, kind: str) -> None:
    rng = random.Random(1)
    for one in subjects(pair_generator, kind):
        said, other = (one.draw(rng, "hypothesis", state)["v"] for state in (YES, NO))
        assert said != other


def test_a_value_is_in_the_premise_that_entails_it(train_pairs: list[Pair]) -> None:
    found = 0
    for pair in train_pairs:
        if pair.topic == "value" and pair.label == "entailment":
            value = re.findall(r"\d+(?:\.\d+)?(?:/\d+)?", pair.hypothesis.replace("A1c", ""))[-1]
            assert re.search(rf"(?<![\d.]){re.escape(value)}(?![\d]|\.\d)", pair.premise)
            found += 1
    assert found > 20


@pytest.mark.parametrize("kind", ["high", "low"])
def test_high_and_low_are_far_from_normal(pair_generator: PairGenerator, kind: str) -> None:
    rng = random.Random(2)
    for one in subjects(pair_generator, kind, times=10):
        values = one.draw(rng, "premise", YES)
        normal, other = (float(values[v].split("/")[0]) for v in ("normal", kind))
        assert (other > normal) == (kind == "high"), one.key
        if "limit" in values:
            limit = float(values["limit"])
            assert min(normal, other) < limit < max(normal, other), one.key


def test_a_limit_lies_between_two_ranges() -> None:
    assert between(Range.parse("3.8-4.7"), Range.parse("5.8-7.2")) == "5.2"
    assert between(Range.parse("90-120/60-80"), Range.parse("150-190/95-110")) is None


def test_trends_have_two_values(pair_generator: PairGenerator) -> None:
    for one in subjects(pair_generator, "trend"):
        values = one.draw(random.Random(3), "premise", YES)
        assert float(values["less"]) < float(values["more"])


def test_a_side_is_left_or_right_and_not_both(pair_generator: PairGenerator) -> None:
    for one in subjects(pair_generator, "side", times=1):
        sides = {one.draw(random.Random(0), "premise", state)["side"] for state in (YES, NO)}
        assert sides == {"left", "right"}


def test_an_open_sex_or_age_is_told_by_no_word(train_pairs: list[Pair]) -> None:
    sexed = re.compile(
        r"\b(he|she|his|him|her|m|f|(fe)?male|(gentle|wo)?man|lady|husband|wife)\b", re.I
    )
    aged = re.compile(r"\d ?(y/?o|yo|year|-year)|elderly|middle-aged", re.I)
    seen = Counter[str]()
    for pair in train_pairs:
        if pair.label == "neutral" and pair.topic in ("sex", "age"):
            telling = sexed if pair.topic == "sex" else aged
            assert not telling.search(pair.premise)
            seen[pair.topic] += 1
    assert seen["sex"] > 3 < seen["age"]


@pytest.mark.parametrize(
    ("kind", "key", "other_kind", "other", "related"),
    [
        ("symptom", "cough", "symptom", "productive cough", True),
        ("symptom", "chest pain", "group", "any pain", True),
        ("drug", "metformin", "high", "test hemoglobin A1c", True),
        ("chronic", "asthma", "relative", "asthma", True),
        ("chronic", "glaucoma", "drug", "lisinopril", False),
        ("symptom", "rash", "high", "test creatinine", False),
    ],
)
def test_what_says_something_of_another_never_shares_a_premise(
    pair_generator: PairGenerator,
    kind: str,
    key: str,
    other_kind: str,
    other: str,
    related: bool,
) -> None:
    one, two = subject(pair_generator, kind, key), subject(pair_generator, other_kind, other)
    assert conflict(one, two) is conflict(two, one) is related


@pytest.mark.parametrize(
    ("name", "written", "verb"),
    [
        ("rash", "a rash", "is"),
        ("infection of bone", "an infection of bone", "is"),
        ("chest pain", "chest pain", "is"),
        ("palpitations", "palpitations", "are"),
        ("enlarged lymph nodes", "enlarged lymph nodes", "are"),
        ("type 2 diabetes", "type 2 diabetes", "is"),
        ("GI bleed", "a GI bleed", "is"),
    ],
)
def test_names_have_their_article_and_verb(
    names: Names, name: str, written: str, verb: str
) -> None:
    words = names.words(name)
    assert (words["ax"], words["is"]) == (written, verb)


def test_related_names_are_of_something(names: Names, pair_generator: PairGenerator) -> None:
    """A name that is misspelt in `related`, or not in it, guards nothing."""
    for kind in ("symptom", "chronic", "acute", "event"):
        unguarded = [n for n in names.kinds[kind] if not names.related([n])]
        assert unguarded == []
    for group, members in names.groups.items():
        assert names.related([group.name])
        assert all(names.related([concept]) for concept in members)
    for drug in pair_generator.topics.candidates["drug"]:
        assert drug.settle(random.Random(0)).related


def test_files_hold_what_was_generated(tmp_path: Path, pair_generator: PairGenerator) -> None:
    counts = write_pairs(pair_generator, tmp_path, train=30, dev=9)
    assert {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.*")} == {
        "train/pairs.spacy", "train/pairs.jsonl", "dev/pairs.spacy", "dev/pairs.jsonl",
        "labels/umls_nli.json",
    }  # fmt: skip
    nlp = spacy.blank("en")
    docs = list(DocBin().from_disk(tmp_path / "train" / "pairs.spacy").get_docs(nlp.vocab))
    records = list(srsly.read_jsonl(tmp_path / "train" / "pairs.jsonl"))
    assert all(is_pair(doc) for doc in docs)
    assert [tuple(s.text for s in sides_of(d)) for d in docs] == [
        (r["premise"], r["hypothesis"]) for r in records
    ]
    assert [gold_label(d) for d in docs] == [r["label"] for r in records]
    assert counts["train"].total() == 30 == len(docs)
    assert write_pairs(pair_generator, tmp_path / "none") == {}


def test_unknown_split(pair_generator: PairGenerator) -> None:
    with pytest.raises(ValueError, match="train, dev"):
        next(pair_generator.pairs(1, "test"))


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("topics/patient.yml", "  open: |", "  opn: |", "patient.yml: sex: unknown opn"),
        ("topics/patient.yml", "Current smoker", "Current {smoker", "patient.yml: smoking: yes"),
        ("topics/drugs.yml", "about: drugclass", "about: drugklass", "nothing is called drugklass"),
        ("concepts.yml", "chest pain; dyspnea", "chest payn; dyspnea", "'chest payn' is no pref"),
        ("drugs.yml", "lisinopril: 5 mg", "lisinopril 5 mg", "drugs.yml"),
        ("frames.yml", "vitals: |", "vitls: |", "frames.yml: no vitals"),
    ],
)
def test_a_broken_file_is_named(
    tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    shutil.copytree(NLI, tmp_path / "nli")
    path = tmp_path / "nli" / file
    text = path.read_text(encoding="utf8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf8")
    (tmp_path / "notes").mkdir()
    shutil.copy(DEMO / "notes" / "surface.yml", tmp_path / "notes")
    with pytest.raises(TemplateError, match=re.escape(message)):
        PairGenerator.from_folder(tmp_path, TABLE)
