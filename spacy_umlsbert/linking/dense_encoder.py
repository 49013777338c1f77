"""Dense vectors of names: a BERT that puts names of a concept next to each other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from spacy_umlsbert.model import UmlsBertModel
    from spacy_umlsbert.model.embed import Pooling

Floats = NDArray[np.float32]

SPARSE_WEIGHT = 0.5
"""Weight of spelling beside meaning where it was not learned."""

CONCEPT_WEIGHT = 0.2
"""Weight of all names of a concept beside the best one."""


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
        sparse_weight: What the cosine of spelling counts beside that of these vectors.
        prior_weight: What the logarithm of a concept's frequency counts beside it, where
            frequencies are known.
        concept_weight: What the mean cosine of all names of a concept counts, of 1 in all; the
            best name counts the rest.
        half_precision: Whether to compute in bfloat16 on a CPU that has it, in half of the time.
    """

    model: UmlsBertModel
    tokenizer: PreTrainedTokenizerBase
    pooling: Pooling = "mean"
    max_length: int = 64
    sparse_weight: float = SPARSE_WEIGHT
    prior_weight: float = 0.0
    concept_weight: float = CONCEPT_WEIGHT
    half_precision: bool = True

    @property
    def width(self) -> int:
        """Of the vectors."""
        return int(self.model.config.hidden_size)

    @property
    def fingerprint(self) -> str:
        """A hash of all that decides the vectors: equal for encoders whose vectors are equal."""
        content = hashlib.sha256()
        for name, weight in sorted(self.model.state_dict().items()):
            if not name.startswith("pooler."):
                content.update(name.encode())
                content.update(weight.detach().cpu().numpy().tobytes())
        tokenizer = json.loads(self.tokenizer.backend_tokenizer.to_str())
        for set_by_use in ("truncation", "padding"):
            tokenizer.pop(set_by_use, None)
        content.update(json.dumps(tokenizer, sort_keys=True).encode())
        content.update(f"{self.pooling} {self.max_length}".encode())
        return content.hexdigest()

    def __call__(self, names: Sequence[str]) -> Floats:
        """The vectors (names, width) of names; each distinct name is encoded once."""
        distinct, place = np.unique(np.asarray(names, dtype=object), return_inverse=True)
        blocks = list(self.stream(distinct.tolist()))
        vectors = np.concatenate(blocks) if blocks else np.empty((0, self.width), np.float32)
        return np.asarray(vectors[place], dtype=np.float32)

    def stream(
        self, names: Iterable[str], progress: Callable[[int], object] | None = None
    ) -> Iterator[Floats]:
        """Blocks of the vectors of names, in their order.

        Args:
            names: The names.
            progress: Told the number of names of each block.
        """
        from spacy_umlsbert.model.embed import embed_names  # noqa: PLC0415 - heavy
        from spacy_umlsbert.model.precision import cpu_autocast  # noqa: PLC0415 - heavy

        blocks = embed_names(
            self.model,
            self.tokenizer,
            names,
            pooling=self.pooling,
            max_length=min(self.max_length, self.model.config.max_position_embeddings),
        )
        while True:
            with cpu_autocast(self.half_precision):  # not while the block is with the caller
                block = next(blocks, None)
            if block is None:
                return
            lengths = np.linalg.norm(block, axis=1, keepdims=True)
            yield np.asarray(block / np.maximum(lengths, 1e-12), dtype=np.float32)
            if progress is not None:
                progress(len(block))
