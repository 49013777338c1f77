"""Dense vectors of names: a BERT that puts names of a concept next to each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from ..model import UmlsBertModel
from ..model.embed import Pooling, embed_names

Floats = NDArray[np.float32]


@dataclass
class NameEncoder:
    """Meaning as a vector of length 1.

    Liu et al., "Self-alignment pretraining for biomedical entity representations", NAACL 2021
    (SapBERT). Names longer than the encoder was made for are cut off: there is nothing to say of
    them that their beginning does not.

    Attributes:
        model: The backbone.
        tokenizer: Its tokenizer.
        pooling: ``cls`` or ``mean``.
        max_length: Most wordpieces, [CLS] and [SEP] included.
    """

    model: UmlsBertModel
    tokenizer: PreTrainedTokenizerBase
    pooling: Pooling = "mean"
    max_length: int = 64

    @property
    def width(self) -> int:
        """Of the vectors."""
        return int(self.model.config.hidden_size)

    def __call__(self, names: Sequence[str]) -> Floats:
        """The vectors (names, width) of names; each distinct name is encoded once."""
        distinct, place = np.unique(np.asarray(names, dtype=object), return_inverse=True)
        options: dict[str, Any] = {"pooling": self.pooling, "max_length": self.max_length}
        blocks = list(embed_names(self.model, self.tokenizer, distinct.tolist(), **options))
        if not blocks:
            return np.empty((0, self.width), dtype=np.float32)
        vectors = np.concatenate(blocks)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return np.asarray(vectors[place], dtype=np.float32)
