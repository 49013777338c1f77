"""Texts as sequences for the backbone: wordpieces with semantic types, packed to full length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Literal, NamedTuple

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.tokens import Doc, Span

from spacy_umlsbert.batching import chunks
from spacy_umlsbert.layers.transformer.encode_docs import encode_docs
from spacy_umlsbert.layers.transformer.encoded_doc import SPECIAL_WORDPIECES, EncodedDoc
from spacy_umlsbert.layers.transformer.semantic_types import SpanLookup
from spacy_umlsbert.layers.transformer.wordpiece_alignment import Ints
from spacy_umlsbert.pretraining.text import Document
from spacy_umlsbert.umls import KnowledgeBase
from spacy_umlsbert.umls.concept_types import ConceptTypes

Packing = Literal["documents", "corpus", "none"]

BATCH_DOCUMENTS = 256
SPANS_KEY = "umls"


class Piece(NamedTuple):
    """A stretch of wordpieces: their ids and their semantic-type ids, both (n,)."""

    ids: Ints
    types: Ints


class Sequence(NamedTuple):
    """What the backbone reads at once, [CLS] and [SEP] included; both (n,)."""

    input_ids: NDArray[np.int32]
    semantic_type_ids: NDArray[np.int16]


class Encoder:
    """Turns documents into sequences.

    Semantic types come from a longest match over the text, as `umls_lookup` does it in a pipeline.

    Args:
        tokenizer: A fast BERT tokenizer.
        max_length: Most wordpieces in a sequence, special ones included.
        packing: "documents" fills a sequence with texts of one document, as many as fit; "corpus"
            fills every sequence to the last wordpiece, over the ends of documents, which a [SEP]
            marks; "none" makes every text a sequence of its own. A text that is too long is cut
            into pieces of about the same length.
        kb: Where semantic types come from; without one there are none.
        type_ids: TUI -> id, as `UmlsBertConfig.semantic_type_ids`.
    """

    def __init__(
        self,
        tokenizer: Any,
        max_length: int = 128,
        packing: Packing = "documents",
        kb: KnowledgeBase | None = None,
        type_ids: Mapping[str, int] | None = None,
    ) -> None:
        self.tokenizer = tokenizer
        self.room = max_length - SPECIAL_WORDPIECES
        self.packing = packing
        self._kb = kb
        self._types = ConceptTypes(kb) if kb is not None else None
        self._lookup = SpanLookup(SPANS_KEY, type_ids or {}) if kb is not None else None
        self._tokenize = spacy.blank("en").tokenizer

    def __call__(self, documents: Iterable[Document]) -> Iterator[Sequence]:
        """Encode documents, a few hundred at a time."""
        encoded = self._encode(documents)
        if self.packing == "corpus":
            yield from self._fill(encoded)
            return
        for texts in encoded:
            pieces = (piece for text in texts for piece in _cut(text))
            yield from map(self._sequence, self._pack(pieces))

    def _encode(self, documents: Iterable[Document]) -> Iterator[list[EncodedDoc]]:
        for batch in chunks(documents, BATCH_DOCUMENTS):
            docs = [self._tokenize(text) for document in batch for text in document]
            self._annotate(docs)
            encoded = encode_docs(
                docs, self.tokenizer, self._lookup, self.room, self.room, parallel=True
            )
            texts = iter(encoded)
            for document in batch:
                yield list(islice(texts, len(document)))

    def _annotate(self, docs: list[Doc]) -> None:
        """Leave the mentions of concepts on the Docs, labelled with their semantic type."""
        if self._kb is None or self._types is None:
            return
        for doc, matches in zip(docs, self._kb.match(docs), strict=True):
            doc.spans[SPANS_KEY] = [
                Span(doc, match.start, match.end, label=self._types.first(match.concept_ids[0]))
                for match in matches
            ]

    def _pack(self, pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
        if self.packing == "none":
            yield from ([piece] for piece in pieces)
            return
        packed: list[Piece] = []
        size = 0
        for piece in pieces:
            if packed and size + len(piece.ids) > self.room:
                yield packed
                packed, size = [], 0
            packed.append(piece)
            size += len(piece.ids)
        if packed:
            yield packed

    def _fill(self, encoded: Iterable[list[EncodedDoc]]) -> Iterator[Sequence]:
        end = Piece(np.array([self.tokenizer.sep_token_id]), np.zeros(1, np.int64))
        buffer: list[Piece] = []
        size = 0
        for texts in encoded:
            parts = [Piece(text.ids, text.semantic_type_ids) for text in texts if len(text.ids)]
            if buffer and parts:
                parts.insert(0, end)
            buffer += parts
            size += sum(len(part.ids) for part in parts)
            if size < self.room:
                continue
            whole = _join(buffer)
            full = size - size % self.room
            for start in range(0, full, self.room):
                stop = start + self.room
                yield self._sequence([Piece(whole.ids[start:stop], whole.types[start:stop])])
            buffer = [Piece(whole.ids[full:], whole.types[full:])] if full < size else []
            size -= full
        if buffer:
            yield self._sequence(buffer)

    def _sequence(self, pieces: list[Piece]) -> Sequence:
        joined = _join(pieces)
        ids = np.empty(len(joined.ids) + SPECIAL_WORDPIECES, dtype=np.int32)
        types = np.zeros(len(ids), dtype=np.int16)
        ids[0], ids[-1] = self.tokenizer.cls_token_id, self.tokenizer.sep_token_id
        ids[1:-1] = joined.ids
        types[1:-1] = joined.types
        return Sequence(ids, types)


def _cut(text: EncodedDoc) -> Iterator[Piece]:
    for window in text.windows:
        # Windows are all of one length and may overlap a little; what they own does not.
        part = slice(window.owned_start, window.owned_end)
        if part.start < part.stop:
            yield Piece(text.ids[part], text.semantic_type_ids[part])


def _join(pieces: list[Piece]) -> Piece:
    if len(pieces) == 1:
        return pieces[0]
    return Piece(
        np.concatenate([piece.ids for piece in pieces]),
        np.concatenate([piece.types for piece in pieces]),
    )
