"""Mentions of an annotated corpus as BioSyn prepares them (Sung et al. 2020, section 4.1).

Abbreviations that the text defines are written out, composite mentions are taken apart, and what
is left is written as `NameNormalizer` says.
"""

from collections.abc import Callable, Iterable, Iterator

from spacy.language import Language

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText
from spacy_umlsbert.linking.abbreviation_expansion import expanded
from spacy_umlsbert.linking.composites import split_composite
from spacy_umlsbert.linking.gold_mentions import GoldMention, ids_of
from spacy_umlsbert.text.abbreviations import AbbreviationFinder


def biosyn_mentions(
    texts: Iterable[AnnotatedText], nlp: Language, normalize: Callable[[str], str]
) -> Iterator[GoldMention]:
    """The mentions of texts that have a concept.

    Args:
        texts: Annotated texts.
        nlp: Its tokenizer is used to find abbreviations.
        normalize: How mentions are written.
    """
    find = AbbreviationFinder(nlp.vocab)
    for text in texts:
        doc = nlp.make_doc(text.text)
        long_forms = {found.short.text: found.long.text for found in find(doc)}
        for annotation in text.annotations:
            if not annotation.concept_ids:
                continue
            ids = ids_of("|".join(annotation.concept_ids))
            mention = expanded(text.text[annotation.start : annotation.end], long_forms)
            parts = split_composite(mention, len(ids))
            written = tuple(filter(None, map(normalize, parts)))
            yield GoldMention(text.document_id, written or (mention,), ids)
