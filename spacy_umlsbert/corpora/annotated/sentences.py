"""Divides documents into sentences without cutting through a gold mention."""

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Doc, Span

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText
from spacy_umlsbert.text.marked_sentences import mark_sentences
from spacy_umlsbert.text.sentences import SentenceFinder


def sentences(doc: Doc, text: AnnotatedText) -> Iterator[AnnotatedText]:
    """The sentences of a text, or the corpus's own if it has any.

    Those of a text are those of `spacy_umlsbert.text.sentences`. A boundary that falls inside an
    annotation is dropped. The sentences are numbered in their ids: ``12345#0``.

    Args:
        doc: The tokenized text, which keeps the boundaries.
        text: The text with its annotations.
    """
    if not text.sentence_starts:
        mark_sentences(doc, SentenceFinder())
    for annotation in text.annotations:
        span = doc.char_span(annotation.start, annotation.end, alignment_mode="expand")
        for token in span[1:] if span is not None else ():
            token.is_sent_start = False
    for number, sentence in enumerate(doc.sents):
        yield _part(text, sentence, number)


def _part(text: AnnotatedText, sentence: Span, number: int) -> AnnotatedText:
    start, end = sentence.start_char, sentence.end_char
    inside = (a for a in text.annotations if start <= a.start and a.end <= end)
    return replace(
        text,
        document_id=f"{text.document_id}#{number}",
        text=text.text[start:end],
        offset=text.offset + start,
        annotations=[a.moved(-start) for a in inside],
        words=None if text.words is None else [token.text for token in sentence],
        sentence_starts=[],
    )
