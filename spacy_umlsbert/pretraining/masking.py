"""Hide words for the masked LM: 15 % of them, of which 80 % as [MASK], 10 % as random words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.model.masked_lm import IGNORED
from spacy_umlsbert.pretraining.concept_vocabulary import CONTINUATION

Batch = dict[str, torch.Tensor]
Example = dict[str, Any]


class Masking:
    """Chooses the positions to predict and hides what is there (Devlin et al. 2019).

    Each wordpiece that is not special is chosen with the given probability. Of the chosen ones 80 %
    are replaced by [MASK], 10 % by a random wordpiece, and 10 % are left as they are.

    A chosen position must not carry its own semantic type, or the type would tell what to predict.
    With types from spans every chosen position has type 0, whichever way it was hidden. With types
    by wordpiece, the type is that of the wordpiece that is now there: none for [MASK], its own for
    a random one, and for one that was left as it is the type that it has anyway, which tells
    nothing that the word does not. This is what the published code did.

    Args:
        tokenizer: A BERT tokenizer.
        probability: The share of the wordpieces that is chosen.
        whole_words: Choose words with all their wordpieces, instead of wordpieces.
        type_ids: (vocabulary,) the semantic-type id of each wordpiece; None if types come with the
            examples, from spans.
        masked: The share of the chosen ones that becomes [MASK].
        random: The share that becomes a random wordpiece.
    """

    def __init__(
        self,
        tokenizer: Any,
        probability: float = 0.15,
        whole_words: bool = False,
        type_ids: torch.Tensor | None = None,
        masked: float = 0.8,
        random: float = 0.1,
    ) -> None:
        if tokenizer.mask_token_id is None:
            raise UsageError("the tokenizer has no [MASK] token")
        self.mask_id: int = tokenizer.mask_token_id
        self.probability = probability
        self.whole_words = whole_words
        self.type_ids = type_ids
        self.masked = masked
        self.random = random
        wordpieces = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
        self._special = torch.zeros(len(wordpieces), dtype=torch.bool)
        self._special[tokenizer.all_special_ids] = True
        self._continues = torch.tensor([w.startswith(CONTINUATION) for w in wordpieces])
        self._ordinary = torch.nonzero(~self._special).squeeze(1)

    def __call__(self, batch: Batch, generator: torch.Generator | None = None) -> Batch:
        """Hide words.

        Args:
            batch: ``input_ids`` and, if types come from spans, ``semantic_type_ids``, both (batch,
                length), padded; and what else there is, which is left alone.
            generator: Where chance comes from; torch's own generator if not given, whose state
                Trainer saves and restores.

        Returns:
            The batch with words hidden and ``labels``, -100 where there is nothing to predict.
        """
        input_ids = batch["input_ids"]
        chosen = self._choose(input_ids, generator)
        return self.hide(batch, chosen, generator)

    def hide(
        self, batch: Batch, chosen: torch.Tensor, generator: torch.Generator | None = None
    ) -> Batch:
        """Hide the words at chosen positions; see ``__call__``.

        Args:
            batch: As for ``__call__``.
            chosen: (batch, length) booleans.
            generator: As for ``__call__``.
        """
        input_ids = batch["input_ids"]
        how = torch.rand(input_ids.shape, generator=generator)
        as_mask = chosen & (how < self.masked)
        as_random = chosen & (how >= self.masked) & (how < self.masked + self.random)
        draws = torch.randint(len(self._ordinary), input_ids.shape, generator=generator)
        hidden = torch.where(as_random, self._ordinary[draws], input_ids)
        hidden = hidden.masked_fill(as_mask, self.mask_id)
        result = {**batch, "input_ids": hidden, "labels": input_ids.masked_fill(~chosen, IGNORED)}
        if self.type_ids is not None:
            result["semantic_type_ids"] = self.type_ids[hidden]
        elif "semantic_type_ids" in batch:
            result["semantic_type_ids"] = batch["semantic_type_ids"].masked_fill(chosen, 0)
        return result

    def _choose(self, input_ids: torch.Tensor, generator: torch.Generator | None) -> torch.Tensor:
        draws = torch.rand(input_ids.shape, generator=generator)
        if self.whole_words:
            # All wordpieces of a word take the draw of its first.
            word = (~self._continues[input_ids]).cumsum(1) - 1
            draws = draws.gather(1, word.clamp(min=0))
        return (draws < self.probability) & ~self._special[input_ids]


class Collator:
    """Makes padded batches of encoded sequences and hides words in them, anew each time.

    Args:
        tokenizer: A BERT tokenizer.
        masking: What hides the words.
        span_types: Whether examples bring semantic types, from spans, for the model to see.
        pad_to_multiple_of: Round the length of a batch up; 8 suits tensor cores.
    """

    def __init__(
        self,
        tokenizer: Any,
        masking: Masking,
        span_types: bool = True,
        pad_to_multiple_of: int = 1,
    ) -> None:
        self._padding = {"input_ids": tokenizer.pad_token_id, "labels": IGNORED}
        if span_types:
            self._padding["semantic_type_ids"] = 0
        self.masking = masking
        self.multiple = pad_to_multiple_of

    def __call__(self, examples: Sequence[Example]) -> Batch:
        """A batch of sequences with words hidden."""
        return self.masking(self.pad(examples))

    def pad(self, examples: Sequence[Example]) -> Batch:
        """A padded batch.

        Args:
            examples: Each with ``input_ids`` and perhaps ``semantic_type_ids`` and ``labels``, 1-d
                arrays.

        Returns:
            The same and ``attention_mask``, of shape (batch, length); semantic types only if the
            model is to see them.
        """
        lengths = np.array([len(example["input_ids"]) for example in examples])
        width = -(-int(lengths.max()) // self.multiple) * self.multiple
        present = np.arange(width) < lengths[:, None]
        batch = {"attention_mask": torch.from_numpy(present.astype(np.int64))}
        for key in self._padding.keys() & examples[0].keys():
            values = np.full(present.shape, self._padding[key], np.int64)
            values[present] = np.concatenate([example[key] for example in examples])
            batch[key] = torch.from_numpy(values)
        return batch
