"""Which words of a BERT's vocabulary name the same concept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import spacy
import torch
from spacy.tokens import Doc

from spacy_umlsbert.umls import KnowledgeBase

SHORTEST_WORD = 3
CONTINUATION = "##"


class ConceptVocabulary:
    """For every wordpiece id its concept, and the wordpiece ids that name the same concept.

    The targets of the concept-aware masked LM (Michalopoulos et al. 2021, section 3.2.1): where a
    word is masked, every word of the vocabulary with the same CUI is right. They are held as one
    flat array with offsets, because nearly all words have one target, themselves.

    Args:
        concept_ids: For every wordpiece id its concept, None if it has none.
    """

    def __init__(self, concept_ids: Sequence[str | None]) -> None:
        self.concept_ids = list(concept_ids)
        n = len(self.concept_ids)
        # Words without a concept are each a concept of their own.
        keys = [cui if cui else i for i, cui in enumerate(self.concept_ids)]
        number_of = {key: i for i, key in enumerate(dict.fromkeys(keys))}
        concept = np.fromiter((number_of[key] for key in keys), np.int64, n)
        members = np.argsort(concept, kind="stable")  # words by concept
        sizes = np.bincount(concept, minlength=len(number_of))
        starts = np.cumsum(sizes) - sizes
        counts = sizes[concept]
        offsets = np.concatenate([[0], np.cumsum(counts)])
        nth = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
        self.offsets = torch.from_numpy(offsets)
        """(vocabulary + 1,) where the targets of each word begin in ``targets``."""
        self.targets = torch.from_numpy(members[np.repeat(starts[concept], counts) + nth])
        """(n,) the targets of all words, ascending for each; a word is always one of its own."""
        self.has_concept = torch.tensor([bool(cui) for cui in self.concept_ids], dtype=torch.bool)
        """(vocabulary,) which words have a concept."""

    def __len__(self) -> int:
        """The number of wordpieces."""
        return len(self.concept_ids)

    @property
    def has_synonym(self) -> torch.Tensor:
        """(vocabulary,) which words have a concept that another word has too."""
        return self.offsets.diff() > 1

    def to(self, device: torch.device) -> ConceptVocabulary:
        """Move the arrays to a device."""
        self.offsets = self.offsets.to(device)
        self.targets = self.targets.to(device)
        self.has_concept = self.has_concept.to(device)
        return self

    def pairs(self, words: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The targets of words, as pairs.

        Args:
            words: (n,) wordpiece ids.

        Returns:
            Two arrays of one length: 0 … n-1, which of ``words`` a target belongs to, ascending;
            and the target, a wordpiece id.
        """
        starts = self.offsets[words]
        counts = self.offsets[words + 1] - starts
        rows = torch.repeat_interleave(counts)
        first = counts.cumsum(0) - counts
        nth = torch.arange(len(rows), device=rows.device) - first[rows]
        return rows, self.targets[starts[rows] + nth]

    @classmethod
    def from_entries(
        cls, entries: Iterable[tuple[str, str | None]], wordpieces: Sequence[str]
    ) -> ConceptVocabulary:
        """Take the concepts from pairs of wordpiece and CUI, such as a published vocabulary.

        Args:
            entries: Wordpieces with their CUI, or None.
            wordpieces: The vocabulary of the model, by id. Entries that are not in it are ignored.
        """
        concepts = {wordpiece: cui for wordpiece, cui in entries if cui}
        return cls([concepts.get(wordpiece) for wordpiece in wordpieces])

    @classmethod
    def from_knowledge_base(
        cls, kb: KnowledgeBase, wordpieces: Sequence[str], special: Iterable[str] = ()
    ) -> ConceptVocabulary:
        """Look every word of the vocabulary up in a knowledge base.

        A wordpiece counts as a word if it is no continuation (``##…``), not special, and longer
        than two characters. It is looked up as a text of its own, so that the matcher's guards
        hold: an ordinary word that happens to be a name has no concept. Of several concepts it
        gets the best by the order of `KnowledgeBase.match`.

        Args:
            kb: The knowledge base.
            wordpieces: The vocabulary of the model, by id.
            special: Its special tokens.
        """
        excluded = set(special)
        vocab = spacy.blank("en").vocab
        words = [
            (i, wordpiece)
            for i, wordpiece in enumerate(wordpieces)
            if len(wordpiece) >= SHORTEST_WORD
            and not wordpiece.startswith(CONTINUATION)
            and wordpiece not in excluded
        ]
        matches = kb.match([Doc(vocab, words=[word]) for _, word in words])
        concepts: list[str | None] = [None] * len(wordpieces)
        for (i, _), found in zip(words, matches, strict=True):
            if found:
                concepts[i] = found[0].concept_ids[0]
        return cls(concepts)
