"""What learns in a synonym marginalisation, and the names and mentions it learns from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from wasabi import Printer

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.evaluation.linking.scores import score_mentions
from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.linking.concept_counts import ConceptCounts
from spacy_umlsbert.linking.dense_encoder import Floats, NameEncoder
from spacy_umlsbert.linking.equivalent_ids import EquivalentIds
from spacy_umlsbert.linking.exact_search import ExactSearch
from spacy_umlsbert.linking.gold_mentions import GoldMention, simple_mentions
from spacy_umlsbert.linking.marginalization.candidates import CandidateNames
from spacy_umlsbert.linking.marginalization.config import MarginalizationConfig
from spacy_umlsbert.linking.mention_files import read_mentions
from spacy_umlsbert.linking.name_normalizer import NameNormalizer, read_spelling
from spacy_umlsbert.linking.name_table import NameTable
from spacy_umlsbert.linking.sparse_encoder import SparseEncoder
from spacy_umlsbert.linking.trainable_encoder import TrainableEncoder
from spacy_umlsbert.umls import KnowledgeBase

K = 20


@dataclass
class Learner:
    """What learns, and from what.

    Attributes:
        encoder: The encoder.
        module: The same as a module that learns.
        table: The names, those of the training mentions among them.
        train: The mentions to learn from.
        dev: The held-out ones that have a concept of the knowledge base.
        sparse: Gives sparse vectors.
        candidates: The training mentions with their candidates.
        in_candidates: (names,) which names of the table may be candidates in training.
        progress: Whether to show progress.
    """

    encoder: NameEncoder
    module: TrainableEncoder
    table: NameTable
    train: list[GoldMention]
    dev: list[GoldMention]
    sparse: SparseEncoder
    candidates: CandidateNames
    in_candidates: NDArray[np.int64]
    progress: bool = False
    _vectors: Floats | None = None

    def retrieve(self) -> None:
        """Find candidates with the encoder as it is now."""
        vectors = self.vectors()
        self._vectors = None  # it learns from now on
        self.candidates.retrieve(self.encoder, vectors[self.in_candidates])

    def evaluate(self) -> dict[str, float]:
        """Link the held-out mentions with the encoder as it is now."""
        self._vectors = None
        search = ExactSearch(
            self.table,
            sparse=self.sparse,
            dense=self.module.learned(),
            sparse_weight=self.encoder.sparse_weight,
            vectors=self.vectors(),
            prior=self.prior(),
        )
        scores = score_mentions(
            self.dev,
            lambda names: ([c.concept_ids for c in found] for found in search.search(names, K)),
        )
        return {**scores.as_dict(at=(1, 5, K)), **self.weights()}

    def prior(self) -> Floats:
        """(names,) what the frequency of its concept adds to the score of a name."""
        frequency = [self.candidates.counts.frequency(ids) for ids in self.table.concept_ids]
        return np.float32(self.encoder.prior_weight) * np.array(frequency, dtype=np.float32)

    def weights(self) -> dict[str, float]:
        """The weights of spelling and frequency."""
        encoder = self.module.learned()
        return {"sparse_weight": encoder.sparse_weight, "prior_weight": encoder.prior_weight}

    def vectors(self) -> Floats:
        """(names, width) the vectors of all names."""
        if self._vectors is None:
            hidden = not self.progress
            with progress_bar(total=len(self.table), unit="names", show=not hidden) as bar:
                blocks = list(self.encoder.stream(self.table.names, bar.update))
            self._vectors = np.concatenate(blocks)
        return self._vectors


def prepare_learner(config: MarginalizationConfig, msg: Printer) -> Learner:
    """Load the encoder, the names of the knowledge base and the mentions.

    Raises:
        InputError: If one of them cannot be used, or no mention has a concept that is known.
    """
    encoder = config.model.load()
    corpus = config.corpus
    normalize = NameNormalizer(spelling=read_spelling(corpus.spelling) if corpus.spelling else {})
    kb = KnowledgeBase.open(config.concepts.kb)
    equivalents = EquivalentIds.read(config.concepts.equivalent_ids)
    names = NameTable.of_kb(kb, normalize)
    train, dev = (
        list(equivalents.of_mentions(read_mentions(paths, normalize, corpus.labels), kb))
        for paths in (corpus.train, corpus.dev)
    )
    pairs = [
        pair
        for pair in dict.fromkeys(simple_mentions(train))
        if names.known_ids.issuperset(pair[1])
    ]
    known = [mention for mention in dev if names.known_ids.issuperset(mention.concept_ids)]
    for part, asked, found in (("training", True, pairs), ("held-out", bool(corpus.dev), known)):
        if asked and not found:
            raise InputError(
                f"no mention of the {part} part has a concept of the knowledge base.",
                path=config.concepts.kb,
                remedy="Choose the knowledge base whose ids the corpus uses.",
            )
    msg.info(
        f"{len(names):,} names; {len(pairs):,} distinct mentions to learn from; "
        f"{len(known):,} of {len(dev):,} held-out mentions have concepts that are known"
    )
    table = names.with_mentions(train)
    own = set(names.rows())
    from_corpus = np.array([row not in own for row in table.rows()], dtype=bool)
    taken = np.flatnonzero(~from_corpus | config.candidates.mentions)
    sparse = SparseEncoder.fit(table.names)
    candidates = CandidateNames(
        pairs,
        ConceptCounts.of(train),
        NameTable([table.names[i] for i in taken], [table.concept_ids[i] for i in taken]),
        from_corpus[taken],
        sparse,
        config.candidates.k,
        config.candidates.dense_share,
    )
    module = TrainableEncoder(encoder, learn_weights=config.objective.learn_weights)
    progress = not msg.no_print
    return Learner(encoder, module, table, train, known, sparse, candidates, taken, progress)
