"""Gold mentions out of files of any of the formats that have concepts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import spacy
from spacy.language import Language

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.concept_ids import parse_concept_ids
from spacy_umlsbert.corpora.annotated.formats.pubtator import read_pubtator
from spacy_umlsbert.corpora.annotated.gold import GOLD, document_id
from spacy_umlsbert.corpora.docbin import read_docs
from spacy_umlsbert.corpora.report import CorpusReport
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.linking.biosyn_mentions import biosyn_mentions
from spacy_umlsbert.linking.gold_mentions import GoldMention, read_concept_folder
from spacy_umlsbert.linking.name_normalizer import NameNormalizer


def read_mentions(
    paths: Iterable[Path],
    normalize: NameNormalizer,
    labels: Collection[str] = (),
    nlp: Language | None = None,
) -> Iterator[GoldMention]:
    """Read mentions as BioSyn's protocol prepares them.

    Args:
        paths: PubTator files; ``.spacy`` files of gold Docs; folders of ``.concept`` files, whose
            mentions are prepared already and are written as ``normalize`` says.
        normalize: How mentions are written.
        labels: Only mentions with one of these labels; empty for all (``.concept`` files are
            always read whole).
        nlp: Its tokenizer is used to find abbreviations; by default English.

    Raises:
        InputError: If a file cannot be read, or there is no such file.
    """
    nlp = nlp or spacy.blank("en")
    for path in paths:
        if path.is_dir():
            for mention in read_concept_folder(path):
                parts = tuple(filter(None, map(normalize, mention.parts)))
                yield replace(mention, parts=parts or mention.parts)
        else:
            texts = (_only(text, labels) for text in read_texts(path, nlp))
            yield from biosyn_mentions(texts, nlp, normalize)


def read_texts(path: Path, nlp: Language) -> Iterator[AnnotatedText]:
    """The annotated texts of a PubTator or ``.spacy`` file.

    Raises:
        InputError: If it cannot be read.
    """
    if not path.is_file():
        raise InputError("there is no such file.", path=path)
    if path.suffix != ".spacy":
        yield from read_pubtator(path, CorpusReport())
        return
    for number, doc in enumerate(read_docs(path, nlp.vocab)):
        spans = list(doc.spans.get(GOLD, doc.ents))
        annotations = [
            Annotation(s.start_char, s.end_char, s.label_, parse_concept_ids(s.kb_id_))
            for s in spans
        ]
        name = document_id(doc) or f"{path.stem}-{number}"
        yield AnnotatedText(name, doc.text, annotations, path)


def _only(text: AnnotatedText, labels: Collection[str]) -> AnnotatedText:
    if not labels:
        return text
    return replace(text, annotations=[a for a in text.annotations if a.label in labels])
