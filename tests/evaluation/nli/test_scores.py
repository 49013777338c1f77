"""Scores of judged pairs, the baselines they stand beside, and the report."""

import json

import numpy as np
import pytest
import spacy
import srsly
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.annotations.pairs import make_pair, set_label
from spacy_umlsbert.evaluation import report_files
from spacy_umlsbert.evaluation.nli.baselines import Likeness, baseline_labels
from spacy_umlsbert.evaluation.nli.gold_pairs import gold_pairs
from spacy_umlsbert.evaluation.nli.report import write_pair_report
from spacy_umlsbert.evaluation.nli.scores import UNJUDGED, PairScores

GOLD = ["yes", "yes", "no", "no", "maybe"]
FOUND = ["yes", "no", "no", UNJUDGED, "no"]  # the pipeline does not know "maybe"


def test_figures_of_a_small_example():
    figures = PairScores(GOLD, FOUND).as_dict()
    assert (figures["pairs"], figures["unjudged"]) == (5, 1)
    assert figures["accuracy"] == 2 / 5
    assert figures["labels"] == ["maybe", "no", "yes"]
    assert figures["confusion"] == [[0, 1, 0], [0, 1, 0], [0, 1, 1]]
    assert figures["per_label"]["no"] == {
        "p": pytest.approx(1 / 3), "r": 0.5, "f": pytest.approx(0.4),
        "correct": 1, "found": 3, "gold": 2, "unjudged": 1,
    }  # fmt: skip
    assert figures["per_label"]["maybe"]["f"] == 0
    assert figures["macro_f"] == pytest.approx((0 + 0.4 + 2 / 3) / 3)
    assert figures == json.loads(json.dumps(figures)), "plain data"


def test_the_interval_is_wilsons():
    # Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263 and 0 of 20, method 3.
    low, high = PairScores(["a"] * 263, ["a"] * 81 + ["b"] * 182).accuracy_interval
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    low, high = PairScores(["a"] * 20, ["b"] * 20).accuracy_interval
    assert (round(low, 4), round(high, 4)) == (0.0, 0.1611)


PAIRS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["a", "b", "d", UNJUDGED])),
    min_size=1,
    max_size=30,
)


@given(PAIRS)
def test_every_pair_is_counted_once(pairs):
    gold, found = zip(*pairs, strict=True)
    figures = PairScores(gold, found).as_dict()
    per_label = figures["per_label"].values()
    assert sum(row["gold"] for row in per_label) == len(pairs)
    assert sum(map(sum, figures["confusion"])) + figures["unjudged"] == len(pairs)
    right = sum(one == other for one, other in pairs)
    assert sum(row["correct"] for row in per_label) == right
    assert figures["accuracy"] == pytest.approx(right / len(pairs))
    low, high = figures["accuracy_interval"]
    assert low - 1e-9 <= figures["accuracy"] <= high + 1e-9


@pytest.mark.parametrize(("gold", "found"), [([], []), (["a"], []), (["a", UNJUDGED], ["a", "a"])])
def test_what_cannot_be_scored_is_an_error(gold, found):
    with pytest.raises(ValueError):
        PairScores(gold, found)


def test_a_report_has_tables_figures_and_a_picture(tmp_path, monkeypatch):
    scores, majority = PairScores(GOLD, FOUND), PairScores(GOLD, ["no"] * 5)
    written = write_pair_report(
        scores, tmp_path / "report", title="Some pairs", facts={"seed": "1"},
        baselines={"majority label": majority},
    )  # fmt: skip
    assert [path.name for path in written] == ["pairs.md", "pairs.json", "confusion.png"]
    assert written[2].read_bytes().startswith(b"\x89PNG")
    table = written[0].read_text("utf8")
    assert "- seed: 1" in table and "1 pairs could not be judged" in table
    assert "| pipeline | 40.00 | 11.8–76.9 | 35.56 |" in table
    assert "| majority label | 40.00 | 11.8–76.9 | 19.05 |" in table
    assert "| no | 33.33 | 50.00 | 40.00 | 1 | 3 | 2 |" in table
    assert "| | maybe | no | yes | (not judged) |" in table
    assert "| no | 0 | 1 | 0 | 1 |" in table
    figures = json.loads(written[1].read_text("utf8"))
    srsly.write_json(tmp_path / "own.json", [scores.as_dict(), majority.as_dict()])
    own, others = json.loads((tmp_path / "own.json").read_text("utf8"))
    assert figures == {
        "title": "Some pairs", "seed": "1", **own, "baselines": {"majority label": others},
    }  # fmt: skip
    monkeypatch.setattr(report_files, "can_plot", lambda: False)
    assert len(write_pair_report(scores, tmp_path / "plain", title="Some pairs")) == 2


def test_labels_that_mean_something_to_markdown_or_matplotlib(tmp_path):
    odd = "a|b\n$x"
    written = write_pair_report(PairScores([odd, "c"], ["c", "c"]), tmp_path, title="Of $x")
    assert "| a\\|b $x | 0.00 | 0.00 | 0.00 | 0 | 0 | 1 |" in written[0].read_text("utf8")
    assert len(written) == 3


TEXTS = ["He has a fever .", "She takes metformin .", "Pain in the chest .", "Lives alone ."]
# What the hypothesis is says nothing, unless one knows the premise.
ALIKE = [(one, two, "yes" if one == two else "no") for one in TEXTS for two in TEXTS]
# What the hypothesis begins with says all.
GIVEN_AWAY = [
    (text, f"{word} {text}", label)
    for text in TEXTS
    for word, label in (("not", "no"), ("surely", "yes"))
]
ALONE, BOTH = "TF-IDF of the hypothesis alone", "TF-IDF of both sides"


def test_baselines_judge_by_what_they_may_see():
    found = baseline_labels(ALIKE * 5, [texts for *texts, _ in ALIKE])
    assert list(found) == ["majority label", ALONE, BOTH]
    assert found["majority label"] == found[ALONE] == ["no"] * len(ALIKE)
    assert found[BOTH] == [label for *_, label in ALIKE]
    new = [("", "not a cold"), ("", "surely a cold"), ("Not a cold .", "surely a cold")]
    assert baseline_labels(GIVEN_AWAY, new)[ALONE] == ["no", "yes", "yes"]


def test_likeness_is_cosine_and_share_of_words():
    sides = np.array(
        [("a b", "a b"), ("a b", "c d"), ("type 2", "Type 2 or 1"), ("a", "!")], dtype=object
    )
    cosine, share = Likeness().fit(sides).transform(sides).T
    assert cosine[:2] == pytest.approx([1, 0]) and 0 < cosine[2] < 1 and cosine[3] == 0
    assert share == pytest.approx([1, 0, 0.5, 0])


def test_baselines_of_one_label_or_none():
    one = [("He has a fever .", "He is ill .", "yes")]
    assert baseline_labels(one, [("a", "b")]) == {"majority label": ["yes"]}
    assert set(map(len, baseline_labels(ALIKE, []).values())) == {0}
    with pytest.raises(ValueError, match="no pairs"):
        baseline_labels([], [("a", "b")])


def test_gold_pairs_leave_out_what_has_no_label():
    nlp = spacy.blank("en")
    labelled, unlabelled = (make_pair(nlp, "He has a fever.", "He is ill.") for _ in range(2))
    set_label(labelled, "yes")
    pairs = gold_pairs([nlp("He is ill."), labelled, unlabelled])
    assert pairs.labelled == [("He has a fever.", "He is ill.", "yes")]
    assert (pairs.ordinary, pairs.unlabelled) == (1, 1)
    assert set(pairs.facts().values()) == {"1"}
