"""Kinds of sentences with a dozen relatives of each: other verbs, orders, signs, spellings.

``relatives.txt`` has a kind after ``#`` and then its sentences, marked as in ``sentences.txt``;
they are read as a pipeline with sentences and sections reads them.
"""

from pathlib import Path

import pytest
import spacy

from spacy_umlsbert.assertion.by_rules import DetectorByRules
from tests.assertion.marked import parse, wrong_of


def _kinds():
    kinds = {}
    for line in (Path(__file__).parent / "relatives.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            sentences = kinds.setdefault(line[2:], [])
        elif line:
            sentences.append(line.replace("\\n", "\n").replace("\\t", "\t"))
    return kinds


KINDS = _kinds()
DETECTOR = DetectorByRules()


@pytest.fixture(scope="module")
def nlp():
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_sentences")
    nlp.add_pipe("umls_sections")
    return nlp


def test_there_are_enough():
    assert min(map(len, KINDS.values())) >= 5
    assert sum(map(len, KINDS.values())) > 300


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind(kind, nlp):
    wrong = {}
    for sentence in KINDS[kind]:
        text, places, truths = parse(sentence)
        doc = nlp(text)
        spans = [doc.char_span(*place, alignment_mode="expand") for place in places]
        (findings,) = DETECTOR.detect([doc], [spans])
        found = wrong_of(text, places, truths, findings.verdicts)
        if found:
            wrong[text] = found
    assert wrong == {}
