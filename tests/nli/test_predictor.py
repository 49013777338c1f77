"""Predictions for pair Docs, whatever the pipeline did with their tokens."""

import spacy

from spacy_umlsbert.annotations.pairs import make_pair, set_left_out
from spacy_umlsbert.nli.predictor import prediction_of


def test_what_was_left_out_is_counted_after_tokens_were_merged():
    nlp = spacy.blank("en")
    doc = make_pair(nlp, "Denies any fever. Has a cold.", "The patient has no fever.")
    set_left_out(doc, [doc[4:8], doc[-3:]])
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[0:3])
    assert prediction_of(doc, {"entailment": 1.0}).left_out == 7
