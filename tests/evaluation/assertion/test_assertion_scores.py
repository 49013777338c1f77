"""Scores of assertions, from gold mentions to the report."""

import json

import pytest
import spacy
from typer.testing import CliRunner

from spacy_umlsbert.annotations.assertions import Assertion, set_assertions
from spacy_umlsbert.annotations.attributes import install
from spacy_umlsbert.assertion.by_rules import DetectorByRules
from spacy_umlsbert.assertion.verdicts import Verdict
from spacy_umlsbert.cli import app
from spacy_umlsbert.corpora.docbin import write_docs
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.evaluation.assertion.evaluate import evaluate_assertions
from spacy_umlsbert.evaluation.assertion.report import assertion_tables
from spacy_umlsbert.evaluation.assertion.scores import AssertionScores

NLP = spacy.blank("en")


def gold(text, *said):
    """A gold Doc: of each word what is said."""
    install("readers")
    doc = NLP.make_doc(text)
    doc.ents = [
        doc.char_span(text.index(word), text.index(word) + len(word), label="problem")
        for word, *_ in said
    ]
    assertions = [Assertion(label, flags) for _, label, *flags in said]
    set_assertions(doc, zip(doc.ents, assertions, strict=True))
    return doc


def docs():
    return [
        gold("No gout.", ("gout", "absent", "negated")),
        gold("Cough, perhaps.", ("Cough", "possible", "uncertain")),
        gold("Rash.", ("Rash", "present")),
        gold("Old hives.", ("hives", "present", "historical")),
    ]


def test_gold_mentions_are_judged_and_scored():
    scores = evaluate_assertions(NLP, DetectorByRules(), docs())
    figures = scores.as_dict()
    assert scores.classes == ["present", "absent", "possible"]
    assert (figures["documents"], figures["mentions"], figures["micro"]) == (4, 4, 0.75)
    assert figures["per_class"]["absent"]["f"] == 1.0
    assert figures["per_class"]["present"] == pytest.approx(
        {"p": 2 / 3, "r": 1.0, "f": 0.8, "correct": 2, "found": 3, "gold": 2, "unjudged": 0}
    )
    assert figures["per_class"]["possible"]["f"] == 0.0
    assert figures["macro"]["f"] == pytest.approx((1.0 + 0.8 + 0.0) / 3)
    assert figures["flags"]["historical"]["f"] == 1.0
    assert "family" not in figures["flags"]


def test_what_a_corpus_does_not_tell_apart_counts_as_what_it_does():
    scores = AssertionScores(["present", "absent"])
    scores.add(
        [("absent", frozenset({"negated"})), ("present", frozenset())],
        [
            Verdict("hypothetical", frozenset({"hypothetical", "negated"})),
            Verdict("possible", frozenset({"uncertain"})),
        ],
    )
    assert scores.as_dict()["micro"] == 1.0
    with pytest.raises(UsageError, match="present"):
        AssertionScores(["absent"])


def test_the_command(tmp_path):
    write_docs(docs(), tmp_path / "gold.spacy")
    arguments = ["evaluate-assertion", "rules", str(tmp_path / "gold.spacy"), str(tmp_path / "out")]
    done = CliRunner().invoke(app, [*arguments, "--quiet"])
    assert done.exit_code == 0, done.output
    assert "absent" in done.output and "is_historical" in done.output
    figures = json.loads((tmp_path / "out" / "assertions.json").read_text())
    assert figures["micro"] == 0.75
    table = (tmp_path / "out" / "assertions.md").read_text()
    assert "| absent | 100.00 | 100.00 | 100.00 | 1 | 1 | 1 |" in table
    assert "75.00 %" in table and "gout" not in table


def test_labels_that_count():
    scores = evaluate_assertions(NLP, DetectorByRules(), docs(), labels=["other"])
    assert scores.gold == []


def test_how_far_probabilities_are_off():
    scores = AssertionScores(["present", "absent"])
    sure = Verdict("absent", frozenset({"negated"}), probabilities={"absent": 0.9, "present": 0.1})
    wrong = Verdict("present", probabilities={"absent": 0.1, "present": 0.9})
    said = [("absent", frozenset({"negated"}))] * 4
    scores.add(said, [sure, sure, wrong, Verdict("present")])
    assert scores.as_dict()["calibration_error"] == pytest.approx(0.9 - 2 / 3)
    assert "percent points" in assertion_tables(scores.as_dict(), "Title")
    by_rules = AssertionScores(["present", "absent"])
    by_rules.add(said[:1], [Verdict("present")])
    assert by_rules.as_dict()["calibration_error"] is None
    assert "ECE" not in assertion_tables(by_rules.as_dict(), "Title")


def test_without_gold_there_is_an_error_that_says_so():
    scores = evaluate_assertions(NLP, DetectorByRules(), [NLP.make_doc("No gout.")])
    with pytest.raises(UsageError, match="no gold mention"):
        scores.as_dict()
