"""Mentions of an annotated corpus as BioSyn prepares them (Sung et al. 2020, section 4.1).

Abbreviations that the text defines are written out, composite mentions are taken apart, and what
is left is written as `NameNormalizer` says.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from spacy.language import Language

from ..corpora.annotated_text import AnnotatedText
from ..pipeline.abbreviations import AbbreviationFinder
from .composites import split_composite
from .gold_mentions import GoldMention, ids_of

_MOST_EXPANSIONS = 5
"""An abbreviation may be written out with another one; two may stand for each other."""


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


def expanded(mention: str, long_forms: Mapping[str, str]) -> str:
    """A mention with its abbreviations written out, also on either side of a slash."""
    for _ in range(_MOST_EXPANSIONS if long_forms else 0):
        words = [
            "/".join(_long(part, long_forms) for part in word.split("/"))
            for word in mention.split()
        ]
        longer = " ".join(words)
        if longer == mention:
            break
        mention = longer
    return mention


def _long(word: str, long_forms: Mapping[str, str]) -> str:
    bare = word.removesuffix(",")
    return long_forms.get(bare, bare) + word[len(bare) :]
