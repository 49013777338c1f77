"""The nearest words and concepts of words under several models, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transformers import PreTrainedTokenizerBase

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.model.embed import Pooling
from spacy_umlsbert.model.modeling import UmlsBertModel
from spacy_umlsbert.model.neighbours import Neighbour, Neighbourhood
from spacy_umlsbert.model.vector_files import NameRow, read_name_rows

ByModel = dict[str, list[list[Neighbour]]]
"""Model -> for each word asked for, its neighbours, best first."""


@dataclass
class SideBySide:
    """Neighbours of words, by model.

    Attributes:
        queries: The words asked for.
        words: Their nearest words.
        concepts: Their nearest concepts; empty if none were looked among.
        in_pieces: Model -> the words that are not one wordpiece to it, and what they are.
    """

    queries: Sequence[str]
    words: ByModel = field(default_factory=dict)
    concepts: ByModel = field(default_factory=dict)
    in_pieces: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @property
    def kinds(self) -> dict[str, ByModel]:
        """What was looked among: words, and concepts if so."""
        return {"words": self.words} | ({"concepts": self.concepts} if self.concepts else {})

    def as_dict(self) -> dict[str, dict[str, dict[str, list[dict[str, Any]]]]]:
        """Word -> words or concepts -> model -> its neighbours, as plain data."""
        return {
            query: {
                kind: {model: [n.as_dict() for n in found[i]] for model, found in by_model.items()}
                for kind, by_model in self.kinds.items()
            }
            for i, query in enumerate(self.queries)
        }


def side_by_side(
    queries: Sequence[str],
    models: Iterable[str],
    load: Callable[[str], tuple[UmlsBertModel, PreTrainedTokenizerBase]],
    *,
    words: Iterable[str] | None = None,
    concepts: Callable[[], Iterable[tuple[str, str]]] | None = None,
    k: int = 10,
    pooling: Pooling = "mean",
    centre: bool = True,
    progress: bool = False,
) -> SideBySide:
    """Find the neighbours of words under models, which are loaded one after the other.

    Args:
        queries: Words or names.
        models: Names of models.
        load: Gives the model and its tokenizer.
        words: The words to look among; by default those of each model's vocabulary.
        concepts: Gives the names and concept ids to look among, anew for each model.
        k: How many neighbours.
        pooling: See `Neighbourhood`.
        centre: The same.
        progress: The same.
    """
    found = SideBySide(queries)
    for name in models:
        model, tokenizer = load(name)
        pieces = {query: tokenizer.tokenize(query) for query in queries}
        found.in_pieces[name] = {
            query: its
            for query, its in pieces.items()
            if len(its) != 1 or its == [tokenizer.unk_token]
        }
        neighbourhood = Neighbourhood(
            model, tokenizer, words, pooling=pooling, centre=centre, progress=progress
        )
        found.words[name] = neighbourhood.nearest_words(queries, k)
        if concepts is not None:
            rows = (NameRow(*row) for row in concepts())
            found.concepts[name] = neighbourhood.nearest_concepts(queries, rows, k)
    return found


def read_words(path: Path) -> list[str]:
    """Read the words to look among from a file of names.

    Raises:
        InputError: If it has none, or cannot be read.
    """
    words = [row.name for row in read_name_rows(path)]
    if not words:
        raise InputError("has no words.", path=path)
    return words
