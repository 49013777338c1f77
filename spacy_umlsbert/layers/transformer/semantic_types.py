"""Where the semantic-type ids of wordpieces come from: one small class per lookup."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from spacy.tokens import Doc
from transformers import PreTrainedTokenizerBase

from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.layers.transformer.wordpiece_alignment import Ints
from spacy_umlsbert.model import UmlsBertConfig
from spacy_umlsbert.model.published.wordpiece_types import wordpiece_type_ids


class SemanticTypeLookup(Protocol):
    """Gives every wordpiece of a Doc its semantic-type id."""

    def __call__(self, doc: Doc, ids: Ints, tokens: Ints, wordpieces: Ints) -> Ints:
        """The semantic-type ids of the wordpieces of a Doc.

        Args:
            doc: The Doc.
            ids: (n,) wordpiece ids, special ones not included.
            tokens: Token numbers, with ``wordpieces`` the pairs of `align_wordpieces`.
            wordpieces: Wordpiece numbers of the same pairs.

        Returns:
            (n,) ids, as `UmlsBertConfig.semantic_type_ids` has them; 0 is no type.
        """

    def check(self, docs: Sequence[Doc]) -> None:
        """Warn if these Docs lack what the lookup needs."""


@dataclass(frozen=True)
class SpanLookup:
    """From the spans that `umls_lookup` leaves on a Doc, labelled with their TUI.

    Attributes:
        lookup_key: The span group.
        type_ids: TUI -> id.
    """

    lookup_key: str
    type_ids: Mapping[str, int]

    def __call__(self, doc: Doc, ids: Ints, tokens: Ints, wordpieces: Ints) -> Ints:
        """See `SemanticTypeLookup`. A mention whose TUI has no id counts as none."""
        of_token = np.zeros(len(doc), dtype=np.int64)
        for span in spans_of(doc, self.lookup_key):
            of_token[span.start : span.end] = self.type_ids.get(span.label_, 0)
        result = np.zeros(len(ids), dtype=np.int64)
        # Reversed, so that a wordpiece over several tokens takes the type of the first.
        result[wordpieces[::-1]] = of_token[tokens[::-1]]
        return result

    def check(self, docs: Sequence[Doc]) -> None:
        """Warn that a backbone with semantic types is used without a lookup before it."""
        if docs and not any(self.lookup_key in doc.spans for doc in docs):
            warnings.warn(
                "The transformer uses semantic types, but no Doc has "
                f"doc.spans[{self.lookup_key!r}]: its vectors are those of plain BERT. Add the "
                "component 'umls_lookup' before 'transformer' (and to "
                "training.annotating_components), or set semantic_type_embeddings = false in the "
                "transformer's model.",
                UserWarning,
                stacklevel=2,
            )


@dataclass(frozen=True)
class WordpieceLookup:
    """Every wordpiece by itself, as in UmlsBERT's pretraining and MedNLI.

    Attributes:
        table: (vocabulary,) semantic-type id of every wordpiece id.
    """

    table: Ints

    def __call__(self, doc: Doc, ids: Ints, tokens: Ints, wordpieces: Ints) -> Ints:
        """See `SemanticTypeLookup`."""
        return self.table[ids]

    def check(self, docs: Sequence[Doc]) -> None:
        """Nothing is needed of a Doc."""


@dataclass(frozen=True)
class WholeWordLookup(WordpieceLookup):
    """Only wordpieces that are a whole token, and all of it, as in UmlsBERT's NER."""

    def __call__(self, doc: Doc, ids: Ints, tokens: Ints, wordpieces: Ints) -> Ints:
        """See `SemanticTypeLookup`."""
        pieces_of_token = np.bincount(tokens, minlength=len(doc))
        tokens_of_piece = np.bincount(wordpieces, minlength=len(ids))
        alone = (pieces_of_token[tokens] == 1) & (tokens_of_piece[wordpieces] == 1)
        whole = wordpieces[alone]
        result = np.zeros(len(ids), dtype=np.int64)
        result[whole] = self.table[ids[whole]]
        return result


def make_lookup(
    kind: str, config: UmlsBertConfig, tokenizer: PreTrainedTokenizerBase, lookup_key: str
) -> SemanticTypeLookup:
    """The lookup of this name: ``spans``, ``wordpieces`` or ``whole_words``.

    Raises:
        ValueError: If there is none of this name, or the backbone has no table of wordpieces.
    """
    if kind == "spans":
        return SpanLookup(lookup_key, config.semantic_type_ids)
    if kind == "wordpieces":
        return WordpieceLookup(wordpiece_type_ids(config, tokenizer))
    if kind == "whole_words":
        return WholeWordLookup(wordpiece_type_ids(config, tokenizer))
    raise UsageError(f"{kind!r} is no lookup of semantic types: spans, wordpieces or whole_words")
