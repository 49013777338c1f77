"""Pair Docs as gold, and as what a pipeline gets to see of it."""

from spacy.language import Language
from spacy.tokens import Doc

from spacy_umlsbert.annotations.attributes import install
from spacy_umlsbert.annotations.pairs import HYPOTHESIS, PREMISE, make_pair, set_label, sides_of
from spacy_umlsbert.corpora.annotated.gold import set_document_id
from spacy_umlsbert.corpora.pairs.labelled_pair import LabelledPair


def gold_pair(unlabelled: Doc, pair: LabelledPair) -> Doc:
    """A copy of a pair Doc with the label and the id of the pair that it was made of."""
    install("readers")
    doc = unlabelled.copy()
    set_label(doc, pair.label)
    set_document_id(doc, pair.document_id)
    return doc


def unlabelled_pair(nlp: Language, gold: Doc, *, gold_tokens: bool = False) -> Doc:
    """A pair Doc with the texts of a gold one and nothing else: what a pipeline gets.

    Args:
        nlp: The pipeline, whose tokenizer is used.
        gold: A pair Doc.
        gold_tokens: Keep the tokens of the gold Doc. They are kept in any case if its spaces are
            unknown, or if it is not made like those of `make_pair`.
    """
    premise, hypothesis = sides_of(gold)
    if not gold_tokens and not gold.has_unknown_spaces:
        doc = make_pair(nlp, premise.text, hypothesis.text)
        if doc.text == gold.text:
            return doc
    spaces = [bool(token.whitespace_) for token in gold]
    doc = Doc(nlp.vocab, words=[token.text for token in gold], spaces=spaces)
    for name, side in ((PREMISE, premise), (HYPOTHESIS, hypothesis)):
        doc.spans[name] = [doc[side.start : side.end]]
    return doc
