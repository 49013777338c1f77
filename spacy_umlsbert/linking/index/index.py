"""An index of names: finds the concepts of mentions by spelling and by meaning."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Sized
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_matrix

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.folders import TemporaryFolder
from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.files.storage import Files, Kind, atomic_directory, write_meta
from spacy_umlsbert.linking.dense_encoder import Floats, NameEncoder
from spacy_umlsbert.linking.index.dense_search import DenseSearch
from spacy_umlsbert.linking.index.names import IndexedNames, OpenedNames
from spacy_umlsbert.linking.index.sparse_search import SparseSearch
from spacy_umlsbert.linking.index.vectors import Rows, VectorType
from spacy_umlsbert.linking.known_mentions import KnownMention
from spacy_umlsbert.linking.name_normalizer import NameNormalizer
from spacy_umlsbert.umls import KnowledgeBase

INDEX = Kind(
    format="spacy-umlsbert linker index",
    version=1,
    noun="linker index",
    remedy="Remove it: it is built again when the linker needs it.",
    check="Check the path.",
)
_COUNTS = "counts.json"
_AT_A_TIME = 512

Best = dict[int, tuple[float, int]]
"""For concepts, by their rows in the knowledge base: the score and the row of their best name."""


class LinkedConcept(NamedTuple):
    """A concept that a mention may be.

    Attributes:
        concept_id: Its id.
        score: How alike mention and name are, 0 … 1; 1 if they are the same.
        name: The name that is most alike, as the knowledge base writes it.
    """

    concept_id: str
    score: float
    name: str


class LinkerIndex:
    """All names of a knowledge base, by spelling and, with an encoder, by meaning.

    Sung et al. 2020, section 3.2, with an index in place of all scores: those names are scored
    that are among the nearest by spelling or by meaning. The score of a name is the mean of both
    cosines, that of spelling weighted as the encoder says. The score of a concept is that of its
    best name; with an encoder, the mean cosine of all its names counts a little, and how often
    the concept is meant, where a corpus says that.
    """

    def __init__(self, files: Files, kb: KnowledgeBase, encoder: NameEncoder | None) -> None:
        """Used by ``open`` and ``from_bytes``.

        Raises:
            TerminologyError: If the index was built for another knowledge base or encoder.
        """
        _check(files, kb, encoder)
        self.files = files
        self.folder: TemporaryFolder | None = None
        """If it is in one, which is removed with it."""
        self.encoder = encoder
        self.names = OpenedNames(files)
        self.sparse = SparseSearch(files, len(self.names))
        self.dense: DenseSearch | None = None
        if encoder is not None:
            self.dense = DenseSearch(files, encoder.width)
        self._prior: dict[int, float] = {}
        if encoder is not None:
            weight = encoder.prior_weight / (1 + encoder.sparse_weight)
            counts = json.loads(files.buffer(_COUNTS).to_pybytes())
            self._prior = {int(row): weight * math.log1p(n) for row, n in counts.items()}
        self._normalize = NameNormalizer()
        self._kb = kb
        self._n_known: int = files.meta["known_names"]

    @classmethod
    def open(cls, path: Path, kb: KnowledgeBase, encoder: NameEncoder | None) -> LinkerIndex:
        """Open an index that is there.

        Raises:
            TerminologyError: If there is none, it is damaged, or was built for another knowledge
                base or encoder.
        """
        return cls(Files.from_directory(path, INDEX), kb, encoder)

    @classmethod
    def from_bytes(cls, data: bytes, kb: KnowledgeBase, encoder: NameEncoder | None) -> LinkerIndex:
        """Open what ``files.to_bytes`` gave; errors as for `open`."""
        return cls(Files.from_bytes(data, INDEX), kb, encoder)

    @staticmethod
    def build(
        path: Path,
        kb: KnowledgeBase,
        encoder: NameEncoder | None = None,
        known: Sequence[KnownMention] = (),
        vector_type: VectorType = "int8",
        progress: bool = True,
    ) -> None:
        """Build an index; the directory appears only when everything is in it.

        Args:
            path: The directory to make; an index that is there is replaced.
            kb: The knowledge base.
            encoder: Makes the dense vectors; without it names are found by spelling alone.
            known: Mentions whose concept is known, which are names too.
            vector_type: How dense vectors are kept.
            progress: Whether to show progress.
        """
        names = IndexedNames.gather(kb, known)
        with atomic_directory(path, overwrite=True, kind=INDEX) as directory:
            names.write(directory)
            SparseSearch.build(directory, names.names)
            if encoder is not None:
                with progress_bar(
                    total=len(names), doing="indexing", unit="names", show=progress, keep=True
                ) as bar:
                    blocks = encoder.stream(names.names, bar.update)
                    shape = (len(names), encoder.width)
                    of_concepts = pa.array(names.of_concepts, pa.list_(pa.int64()))
                    DenseSearch.build(directory, blocks, shape, vector_type, of_concepts)
            counts = Counter[int]()
            for mention in known:
                rows = (kb.row(one) for one in mention.ids if one in kb)
                counts.update(dict.fromkeys(rows, mention.count))
            (directory / _COUNTS).write_text(json.dumps(counts), encoding="utf-8")
            write_meta(
                directory,
                {
                    "kb": kb.fingerprint,
                    "encoder": encoder.fingerprint if encoder is not None else None,
                    "known_mentions": fingerprint_of(known),
                    "vector_type": vector_type,
                    "names": len(names),
                    "known_names": names.n_known,
                },
                INDEX,
            )

    def search(self, mentions: Sequence[str], k: int) -> list[list[LinkedConcept]]:
        """The concepts of the names that are most like each mention, best first.

        Args:
            mentions: Texts; each distinct one is looked up once. One without a letter or digit
                has no concepts.
            k: Number of names to find by spelling, and as many by meaning.
        """
        written = [self._normalize(mention) for mention in mentions]
        distinct = [name for name in dict.fromkeys(written) if name]
        found: dict[str, list[LinkedConcept]] = {"": []}
        for start in range(0, len(distinct), _AT_A_TIME):
            part = distinct[start : start + _AT_A_TIME]
            found.update(zip(part, self._search(part, k), strict=True))
        return [found[name] for name in written]

    def _search(self, mentions: Sequence[str], k: int) -> Iterator[list[LinkedConcept]]:
        spelling = self.sparse.encode(mentions)
        rows = self.sparse.search(spelling, k)
        meaning: Floats | None = None
        if self.encoder is not None and self.dense is not None:
            meaning = self.encoder(mentions)
            near = self.dense.search(meaning, k)
            rows = [np.union1d(*both) for both in zip(rows, near, strict=True)]
        scores = self._name_scores(spelling, meaning, rows)
        best = [self._best_names(*found) for found in zip(rows, scores, strict=True)]
        exact = [self._exact(mention) for mention in mentions]
        for found, (row, concepts) in zip(best, exact, strict=True):
            found.update((concept, (1.0, row)) for concept in concepts)
        totals = self._concept_scores(meaning, best)
        for found, (row, concepts), total in zip(best, exact, totals, strict=True):
            yield self._ranked(found, concepts, total, row < self._n_known)

    def _name_scores(
        self, spelling: csr_matrix, meaning: Floats | None, rows: Sequence[Rows]
    ) -> list[Floats]:
        """How alike each mention and its names are: the weighted mean of both cosines."""
        which, names = _pairs(rows)
        scores = self.sparse.scores(spelling[which], names)
        if meaning is not None and self.dense is not None and self.encoder is not None:
            weight = self.encoder.sparse_weight
            scores = (self.dense.scores(meaning[which], names) + weight * scores) / (1 + weight)
        return _parts(scores, rows)

    def _best_names(self, rows: Rows, scores: Floats) -> Best:
        """The score and the row of the best name of each concept."""
        best: Best = {}
        for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
            for concept in self.names.concepts(row):
                if concept not in best or score > best[concept][0]:
                    best[concept] = (score, row)
        return best

    def _exact(self, mention: str) -> tuple[int, list[int]]:
        """The row of the name that the mention is, and its concepts."""
        row = self.names.find(mention)
        return (len(self.names), []) if row is None else (row, self.names.concepts(row))

    def _concept_scores(
        self, meaning: Floats | None, best: Sequence[Best]
    ) -> list[dict[int, float]]:
        """The scores of the concepts: of their best name, all names, and frequency."""
        if meaning is None or self.dense is None or self.encoder is None:
            return [{concept: score for concept, (score, _) in found.items()} for found in best]
        which, concepts = _pairs([np.fromiter(found, dtype=np.int64) for found in best])
        means = _parts(self.dense.concept_scores(meaning[which], concepts), best)
        weight = self.encoder.concept_weight
        return [
            {
                concept: (1 - weight) * score + weight * mean + self._prior.get(concept, 0.0)
                for (concept, (score, _)), mean in zip(found.items(), of_found, strict=True)
            }
            for found, of_found in zip(best, (part.tolist() for part in means), strict=True)
        ]

    def _ranked(
        self, best: Best, exact: Sequence[int], totals: dict[int, float], is_known: bool
    ) -> list[LinkedConcept]:
        """Best first: those whose name the mention is, then the others.

        Among several of the same name, those known from a corpus are in order; without an
        encoder they all are.
        """
        ordered = is_known or self.encoder is None
        first = list(exact) if ordered else sorted(exact, key=lambda one: -totals[one])
        others = sorted(totals.keys() - set(exact), key=lambda one: (-totals[one], best[one][1]))
        scores = {**totals, **dict.fromkeys(exact, 1.0)}
        ids = self._kb.concept_ids
        return [
            LinkedConcept(
                ids[concept].as_py(),
                min(max(scores[concept], 0.0), 1.0),
                self.names.written(best[concept][1]),
            )
            for concept in [*first, *others]
        ]


def _pairs(rows: Sequence[Rows]) -> tuple[Rows, Rows]:
    """For all rows, one after the other, which mention they belong to; and the rows."""
    which = np.repeat(np.arange(len(rows)), [len(found) for found in rows])
    return which, np.concatenate(rows)


def _parts(values: Floats, like: Sequence[Sized]) -> list[Floats]:
    return np.split(values, np.cumsum([len(found) for found in like])[:-1])


def _check(files: Files, kb: KnowledgeBase, encoder: NameEncoder | None) -> None:
    wanted = encoder.fingerprint if encoder is not None else None
    for what, built_for, given in (
        ("knowledge base", files.meta["kb"], kb.fingerprint),
        ("encoder", files.meta["encoder"], wanted),
    ):
        if built_for != given:
            raise TerminologyError(
                f"the linker index was built for another {what}.",
                path=files.path,
                remedy=f"Use it with the {what} it was built for, or remove it: it is built again "
                "when the linker needs it.",
            )


def fingerprint_of(known: Iterable[KnownMention]) -> str:
    """A hash of known mentions."""
    rows = [[m.mention, m.ids, m.count] for m in known]
    return hashlib.sha256(json.dumps(rows).encode("ascii")).hexdigest()
