"""What names may mean besides what the knowledge base says, and how like a context a sense is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from spacy_umlsbert.files.resources import package_table

if TYPE_CHECKING:
    import numpy as np
    from spacy.tokens import Doc


class Vectors(Protocol):
    """Vectors of names and of what stands around a name, from one encoder."""

    def of_names(self, names: Sequence[str]) -> np.ndarray:
        """The vectors of names, of length 1: (names, width)."""
        ...

    def around(self, doc: Doc, start: int, end: int) -> np.ndarray | None:
        """The vector of the tokens around some, of length 1; None if the Doc has no vectors."""
        ...


@lru_cache(maxsize=1)
def _senses() -> Mapping[str, tuple[str, ...]]:
    senses: dict[str, list[str]] = {}
    for row in package_table(__package__, "senses.tsv"):
        senses.setdefault(row["name"].casefold(), []).append(row["sense"])
    return {name: tuple(of) for name, of in senses.items()}


def senses_of(name: str) -> tuple[str, ...]:
    """What a name may mean, in words, as the table of this package says."""
    return _senses().get(name.casefold(), ())
