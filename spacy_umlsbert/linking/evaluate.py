"""Scores of a linker: on gold mentions, and on those that a pipeline finds in texts.

The scores and reports themselves are in `evaluation.linking`. This module is not there, because it
needs the readers and the index of this folder, and `evaluation` may not import `linking`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spacy.language import Language

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.evaluation.linking.report import EndToEndScores, Place
from spacy_umlsbert.evaluation.linking.scores import LinkingScores, score_mentions
from spacy_umlsbert.linking.equivalent_ids import EquivalentIds
from spacy_umlsbert.linking.index import LinkedConcept
from spacy_umlsbert.linking.mention_files import read_mentions, read_texts
from spacy_umlsbert.linking.name_normalizer import NameNormalizer
from spacy_umlsbert.umls import KnowledgeBase

Search = Callable[[Sequence[str], int], list[list[LinkedConcept]]]
"""Finds as many candidates as are wanted for each of some names."""

K = 30
"""Candidates that are looked at."""


@dataclass(frozen=True)
class GoldMentionScores:
    """Scores of gold mentions.

    Attributes:
        scores: The scores.
        left_out: Number of mentions whose concept the knowledge base does not have.
    """

    scores: LinkingScores
    left_out: int


def score_gold_mentions(
    data: Path,
    kb: KnowledgeBase,
    search: Search,
    *,
    labels: Collection[str] = (),
    equivalents: EquivalentIds,
    normalize: NameNormalizer,
) -> GoldMentionScores:
    """Score the candidates that a linker finds for gold mentions.

    Args:
        data: A PubTator or ``.spacy`` file, or a folder of ``.concept`` files.
        kb: The linker's knowledge base.
        search: Finds candidates in it.
        labels: Only mentions with one of these labels; empty for all.
        equivalents: Ids that mean the same concept.
        normalize: How mentions are written.

    Raises:
        InputError: If there is no mention whose concept the knowledge base has.
    """
    read = read_mentions([data], normalize, labels)
    mentions = list(equivalents.of_mentions(read, kb))
    known = [m for m in mentions if all(one in kb for one in m.concept_ids)]
    if not known:
        raise InputError(
            "has no mention whose concept is in the knowledge base.",
            path=data,
            remedy="Check that both use the same ids, or give --equivalent-ids.",
        )
    scores = score_mentions(
        known, lambda names: ([[c.concept_id] for c in found] for found in search(names, K))
    )
    return GoldMentionScores(scores, len(mentions) - len(known))


def score_found_mentions(
    nlp: Language,
    data: Path,
    kb: KnowledgeBase,
    *,
    spans_key: str | None = None,
    labels: Collection[str] = (),
    equivalents: EquivalentIds,
    n_process: int = 1,
    batch_size: int | None = None,
    progress: Callable[[Iterable[Any]], Iterable[Any]] = iter,
) -> EndToEndScores | None:
    """Run a pipeline on texts, and score the mentions that it finds and links.

    Args:
        nlp: A pipeline with an `umls_linker`.
        data: A PubTator or ``.spacy`` file.
        kb: The linker's knowledge base.
        spans_key: The span group that it links; None for the entities.
        labels: Only mentions with one of these labels; empty for all.
        equivalents: Ids that mean the same concept.
        n_process: As for ``nlp.pipe``.
        batch_size: The same.
        progress: Wraps the texts, to show how far it is.

    Returns:
        The scores; None for a folder of ``.concept`` files, which have no texts.
    """
    if data.is_dir():
        return None
    texts = list(read_texts(data, nlp))
    found: dict[Place, Sequence[str]] = {}
    gold: dict[Place, Sequence[str]] = {}
    docs = nlp.pipe((text.text for text in texts), n_process=n_process, batch_size=batch_size)
    for text, doc in zip(progress(texts), docs, strict=True):
        for span in doc.ents if spans_key is None else doc.spans.get(spans_key, ()):
            if not labels or span.label_ in labels:
                place = (text.document_id, span.start_char, span.end_char)
                found[place] = [one for one, _ in span._.kb_ents]
        for annotation in text.annotations:
            if annotation.concept_ids and (not labels or annotation.label in labels):
                place = (text.document_id, annotation.start, annotation.end)
                gold[place] = [equivalents.known(one, kb) for one in annotation.concept_ids]
    return EndToEndScores.of(found, gold)
