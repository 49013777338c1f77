"""Sentences as they stand in notes, with what is true of each mention.

``sentences.txt`` has one a line; ``\\n`` and ``\\t`` in it are line ends and tabs.
"""

from pathlib import Path

import pytest
import spacy

from spacy_umlsbert.assertion.by_rules import DetectorByRules
from tests.assertion.marked import MARK, parse, read, wrong_of

LINES = (Path(__file__).parent / "sentences.txt").read_text("utf-8").splitlines()
SENTENCES = [line.replace("\\n", "\n").replace("\\t", "\t") for line in LINES]


def test_there_are_enough():
    assert sum(len(MARK.findall(one)) for one in SENTENCES) > 400


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence(sentence):
    assert read(sentence) == []


def test_the_same_of_docs_with_sentences_of_their_own():
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_sentences")
    detector = DetectorByRules()
    for sentence in SENTENCES:
        text, places, truths = parse(sentence)
        doc = nlp(text)
        # As a pipeline has them: "(-)fever" is two tokens, "(" and "-)fever".
        spans = [doc.char_span(*place, alignment_mode="expand") for place in places]
        (findings,) = detector.detect([doc], [spans])
        assert wrong_of(text, places, truths, findings.verdicts) == [], sentence
