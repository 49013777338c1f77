"""The nearest words and concepts of a word under a model, a look at what it has learned.

Alsentzer et al. 2019, Table 3, compare models by the nearest neighbours of words that mean
something else in the clinic. Here a word's vector is the model's output for the word alone, not its
input embedding, so that words of several wordpieces and names of concepts have one too.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from spacy_umlsbert.batching import chunks
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.model.embed import Pooling, embed_names
from spacy_umlsbert.model.modeling import UmlsBertModel
from spacy_umlsbert.model.vector_files import NameRow

_SHORTEST = 3  # letters
_PART = 2048  # names between two steps of the progress bar


class Neighbour(NamedTuple):
    """A word or a name of a concept, and its cosine with the word asked for."""

    name: str
    score: float
    concept_id: str = ""

    def as_dict(self) -> dict[str, Any]:
        """It as plain data; without a concept, if it is a word."""
        return {name: value for name, value in self._asdict().items() if value != ""}


def whole_words(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """The words of a vocabulary: wordpieces that begin a word, of three letters or more.

    Numbers, single letters and the wordpieces that only go on with a word have no meaning of
    their own.
    """
    ordered = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    special = set(tokenizer.all_special_tokens)
    return [
        word
        for word, _ in ordered
        if len(word) >= _SHORTEST and word.isalpha() and word not in special
    ]


class Neighbourhood:
    """The vectors of words under one model, in which to look for neighbours.

    Cosines are taken after the mean of all words is subtracted: the vectors of a BERT share one
    large direction, because of which all cosines are close to 1 (Mu and Viswanath 2018).

    Args:
        model: The model.
        tokenizer: Its tokenizer.
        words: The words to look among; by default those of the vocabulary.
        pooling: See `embed_names`.
        centre: False for cosines of the vectors as they are.
        progress: Whether to show progress.

    Raises:
        ValueError: If there are no words.
    """

    def __init__(
        self,
        model: UmlsBertModel,
        tokenizer: PreTrainedTokenizerBase,
        words: Iterable[str] | None = None,
        *,
        pooling: Pooling = "mean",
        centre: bool = True,
        progress: bool = False,
    ) -> None:
        self._progress = progress
        self._model, self._tokenizer, self._pooling = model, tokenizer, pooling
        self.words = list(dict.fromkeys(whole_words(tokenizer) if words is None else words))
        if not self.words:
            raise UsageError("there are no words to look for neighbours among")
        vectors = self._embed(self.words)
        self._centre = vectors.mean(axis=0) if centre else np.zeros_like(vectors[0])
        self._vectors = self._unit(vectors)

    def nearest_words(self, queries: Sequence[str], k: int = 10) -> list[list[Neighbour]]:
        """For each query, the k nearest words, best first; not the query itself in any case."""
        scores = self._queries(queries) @ self._vectors.T
        result = []
        for query, row in zip(queries, scores, strict=True):
            found = (
                Neighbour(self.words[i], float(row[i]))
                for i in np.argsort(-row, kind="stable")
                if self.words[i].casefold() != query.casefold()
            )
            result.append([n for n, _ in zip(found, range(k), strict=False)])
        return result

    def nearest_concepts(
        self, queries: Sequence[str], rows: Iterable[NameRow], k: int = 10
    ) -> list[list[Neighbour]]:
        """For each query, the k concepts with the nearest names, best first.

        Args:
            queries: Words or names.
            rows: All names of the concepts; read as a stream.
            k: How many.
        """
        vectors = self._queries(queries)
        best: list[dict[str, Neighbour]] = [{} for _ in queries]
        for chunk in chunks(rows):
            scores = vectors @ self._unit(self._embed([row.name for row in chunk])).T
            for i, row in enumerate(scores):
                # A concept among the k best of all is among the k best of the chunk that has its
                # best name.
                for neighbour in _best_of_chunk(chunk, row, k):
                    known = best[i].get(neighbour.concept_id)
                    if known is None or neighbour.score > known.score:
                        best[i][neighbour.concept_id] = neighbour
                best[i] = {n.concept_id: n for n in sorted(best[i].values(), key=_order)[:k]}
        return [list(found.values()) for found in best]

    def _queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        return self._unit(self._embed(queries))

    def _embed(self, names: Sequence[str]) -> NDArray[np.float32]:
        parts: list[NDArray[np.floating]] = []
        quiet = not self._progress or len(names) <= _PART
        with progress_bar(
            doing="encoding", total=len(names), unit="names", show=not quiet, keep=True
        ) as bar:
            for start in range(0, len(names), _PART):
                part = names[start : start + _PART]
                parts += embed_names(self._model, self._tokenizer, part, pooling=self._pooling)
                bar.update(len(part))
        return np.concatenate([part.astype(np.float32) for part in parts])

    def _unit(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        vectors = vectors - self._centre
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def _order(neighbour: Neighbour) -> tuple[float, str]:
    return -neighbour.score, neighbour.name


def _best_of_chunk(
    rows: Sequence[NameRow], scores: NDArray[np.float32], k: int
) -> Iterable[Neighbour]:
    found: dict[str, Neighbour] = {}
    for i in np.argsort(-scores, kind="stable"):
        name, concept_id = rows[i]
        found.setdefault(concept_id, Neighbour(name, float(scores[i]), concept_id))
        if len(found) == k:
            break
    return found.values()
