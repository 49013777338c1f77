"""Vectors of names and of what stands around them, from the transformer of the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.model import Model
from thinc.util import to_numpy

from spacy_umlsbert._compat import weights_of

_REMEMBERED = 1 << 14
_SMALLEST = 1e-9
WORDS = 8
"""How many tokens on each side count."""


class ContextVectors:
    """Compares contexts with names by the output of the pipeline's transformer.

    A vector is the mean of the wordpieces' vectors. Those of a context are there already, since
    the transformer has seen the text; those of names are remembered until its weights change, as
    they do in training.

    Args:
        nlp: The pipeline.
        lookup_key: The span group from which the transformer takes semantic types.
    """

    def __init__(self, nlp: Language, lookup_key: str = "umls") -> None:
        self._nlp: Language | None = nlp
        self._lookup_key = lookup_key
        self._transformer: Any = None
        self._known: dict[str, np.ndarray] = {}
        self._weights = 0

    def __getstate__(self) -> dict[str, Any]:
        # A component that is pickled alone takes the transformer along, not the whole pipeline.
        return {**self.__dict__, "_nlp": None, "_transformer": self.transformer, "_known": {}}

    @property
    def transformer(self) -> Any:
        """The component that wrote ``doc._.trf_data``; None if there is none."""
        if self._transformer is None and self._nlp is not None:
            pipes = (pipe for _, pipe in self._nlp.pipeline)
            self._transformer = next(
                (p for p in pipes if hasattr(p, "set_extra_annotations")), None
            )
        return self._transformer

    @property
    def available(self) -> bool:
        """Whether the pipeline has a transformer."""
        return self.transformer is not None

    def of_names(self, names: Sequence[str]) -> np.ndarray:
        """The vectors of names, of length 1: (names, width)."""
        weights = _fingerprint(self.transformer.model)
        if weights != self._weights:
            self._known.clear()
            self._weights = weights
        new = [name for name in dict.fromkeys(names) if name not in self._known]
        if new:
            if len(self._known) + len(new) > _REMEMBERED:
                self._known.clear()
                new = list(dict.fromkeys(names))
            vocab = Vocab()
            docs = [Doc(vocab, words=name.split()) for name in new]
            for doc in docs:  # the transformer would warn of Docs that were not looked at
                doc.spans[self._lookup_key] = []
            for name, data in zip(new, self.transformer.predict(docs).doc_data, strict=True):
                self._known[name] = _mean(data, slice(0, len(data.align.lengths)))
        return np.stack([self._known[name] for name in names])

    def around(self, doc: Doc, start: int, end: int) -> np.ndarray | None:
        """The vector of the tokens around some, of length 1; None if the Doc has no vectors."""
        data = doc._.trf_data if Doc.has_extension("trf_data") else None
        if data is None:
            return None
        return _mean(data, slice(max(start - WORDS, 0), start), slice(end, end + WORDS))


def _fingerprint(model: Model) -> int:
    """Differs when the weights do: of biases and scales, which every step of training moves."""
    return hash(
        b"".join(w.detach().cpu().numpy().tobytes() for w in weights_of(model) if w.ndim == 1)
    )


def _mean(data: Any, *tokens: slice) -> np.ndarray:
    """The mean of the wordpieces of some tokens, of length 1; zero if they have none."""
    pieces = np.concatenate([to_numpy(data.align[some].dataXd).ravel() for some in tokens])
    output = data.model_output.last_hidden_state
    if not len(pieces):
        return np.zeros(output.shape[-1], np.float32)
    mean = to_numpy(output.reshape(-1, output.shape[-1])[pieces]).mean(axis=0)
    return mean / max(float(np.linalg.norm(mean)), _SMALLEST)
