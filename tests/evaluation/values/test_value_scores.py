"""Scores of values, from gold relations to figures."""

import pytest
import spacy
from spacy.training import Example

from spacy_umlsbert.annotations.attributes import install
from spacy_umlsbert.annotations.values import VALUES, Value, set_values, spans_of_values
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.evaluation.values.matching import Item, lenient, strict
from spacy_umlsbert.evaluation.values.schemes import SCHEMES
from spacy_umlsbert.evaluation.values.scorer import make_values_scorer, score_values
from spacy_umlsbert.evaluation.values.scores import ValueScores, kinds_among
from spacy_umlsbert.evaluation.values.tied import TiedValue, values_of_doc
from spacy_umlsbert.values.detector import DetectorByRules

NLP = spacy.blank("en")


def gold(text, entities, *values):
    """A gold Doc: entities as (words, label), values as (words, kind, words of its owner)."""
    install("readers")
    doc = NLP.make_doc(text)

    def at(words):
        return text.index(words), text.index(words) + len(words)

    doc.ents = [doc.char_span(*at(words), label=label) for words, label in entities]
    owners = {ent.text: ent for ent in doc.ents}
    spans = spans_of_values(doc, [(*at(words), kind) for words, kind, _ in values])
    kept = [
        (span, Value(kind, words), owners.get(owner))
        for span, (words, kind, owner) in zip(spans, values, strict=True)
    ]
    set_values(doc, kept, VALUES)
    return doc


def counts(score):
    return score.tp, score.fp, score.fn


def test_lenient_counts_are_those_of_the_challenge():
    one, other = Item(0, 10), Item(20, 30)
    assert counts(strict([one, Item(20, 29)], [one, other])) == (1, 1, 1)
    assert counts(lenient([one, Item(20, 29)], [one, other])) == (2, 0, 0)
    # Of several over one gold span the first counts, the others neither way.
    assert counts(lenient([Item(0, 3), Item(5, 7)], [one])) == (1, 0, 0)
    # One over several gold spans finds one of them.
    assert counts(lenient([Item(0, 30)], [one, other])) == (1, 0, 1)
    assert counts(lenient([Item(10, 20)], [one, other])) == (0, 1, 2)


def test_a_relation_is_right_if_both_ends_are():
    right = Item(0, 4, (10, 20))
    assert counts(strict([Item(0, 4, (10, 19))], [right])) == (0, 1, 1)
    assert counts(lenient([Item(0, 4, (10, 19))], [right])) == (1, 0, 0)
    assert counts(lenient([Item(0, 4, (30, 39))], [right])) == (0, 1, 1)


def test_scores_by_kind_micro_and_the_mean_of_documents():
    scores = ValueScores(["dose", "route"])
    scores.add(
        [TiedValue(0, 4, "dose", (9, 12)), TiedValue(5, 7, "route"), TiedValue(0, 1, "age")],
        [TiedValue(0, 4, "dose", (9, 12)), TiedValue(5, 8, "route", (9, 12))],
    )
    scores.add([], [TiedValue(3, 5, "dose", (9, 12))])
    figures = scores.as_dict()
    spans, relations = figures["spans"]["strict"], figures["relations"]["strict"]
    assert figures["documents"] == 2
    assert spans["per_kind"]["dose"] == pytest.approx(
        {"p": 1.0, "r": 0.5, "f": 2 / 3, "correct": 1, "found": 1, "gold": 2}
    )
    assert (spans["micro"]["correct"], spans["micro"]["found"], spans["micro"]["gold"]) == (1, 2, 3)
    assert spans["macro"]["p"] == pytest.approx((0.5 + 0) / 2)
    assert figures["spans"]["lenient"]["per_kind"]["route"]["f"] == 1.0
    assert relations["per_kind"]["route"]["r"] == 0.0
    assert relations["micro"]["p"] == 1.0
    assert "age" not in spans["per_kind"]


def test_many_values_take_linear_time():
    values = [TiedValue(5 * i, 5 * i + 4, "value", (0, 4)) for i in range(20_000)]
    scores = ValueScores(kinds_among(values))
    scores.add(values, values)
    assert scores.micro("relations", "lenient").fscore == 1.0


def test_the_scorer_gives_the_detector_the_gold_mentions():
    doc = gold(
        "Aspirin 81 mg daily. Lasix 40 mg.",
        [("Aspirin", "treatment"), ("Lasix", "treatment")],
        ("81 mg", "strength", "Aspirin"),
        ("40 mg", "strength", "Aspirin"),
    )
    example = Example(NLP.make_doc(doc.text), doc)
    assert score_values([example])["values_f"] == 0.0  # nothing is on the Doc
    scores = score_values([example], detector=DetectorByRules())
    assert scores["values_spans_f"] == 1.0
    assert (scores["values_p"], scores["values_r"], scores["values_f"]) == (0.5, 0.5, 0.5)
    assert set(scores["values_per_kind"]) == {"strength"}  # the gold values have no frequency


def test_without_gold_values_there_are_no_scores():
    doc = gold("Aspirin 81 mg.", [("Aspirin", "treatment")])
    scores = score_values([Example(NLP.make_doc(doc.text), doc)], detector=DetectorByRules())
    assert set(scores.values()) == {None}


def test_a_component_is_scored():
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_values")
    doc = gold("Lasix 40 mg.", [("Lasix", "treatment")], ("40 mg", "strength", "Lasix"))
    scores = nlp.evaluate([Example(nlp.make_doc(doc.text), doc)])
    assert (scores["values_f"], scores["values_lenient_f"]) == (1.0, 1.0)


def test_a_value_within_a_token_has_its_own_characters():
    doc = gold("Lasix x40mgx.", [("Lasix", "treatment")], ("40mg", "strength", "Lasix"))
    (value,) = values_of_doc(doc)
    assert (value.start, value.end, value.of, value.role) == (7, 11, (0, 5), "drug")


def test_schemes():
    text = "Aspirin 81 mg, PO daily as needed. Hgb 9.1 g"
    drug, test = (0, 7), (35, 38)
    values = [
        TiedValue(8, 13, "strength", drug, "drug"),
        TiedValue(15, 17, "route", drug, "drug"),
        TiedValue(18, 23, "frequency", drug, "drug"),
        TiedValue(24, 33, "as_needed", drug, "drug"),
        TiedValue(39, 44, "value", test, "test"),
    ]

    def made(scheme):
        return [(text[one.start : one.end], one.kind) for one in SCHEMES[scheme](text, values)]

    assert SCHEMES["as-they-are"](text, values) == values
    assert made("n2c2-2018")[:3] == [
        ("81 mg", "strength"), ("PO", "route"), ("daily as needed", "frequency"),
    ]  # fmt: skip
    assert made("i2b2-2009")[0] == ("81 mg", "dose")
    assert made("maccrobat")[:3] == [
        ("81 mg", "Dosage"), ("PO", "Administration"), ("daily", "Dosage"),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="n2c2-2018"):
        make_values_scorer("n2c2")
