"""The texts of a pretraining, encoded: those to learn from, and the held-out ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from spacy_umlsbert.pretraining.config import PretrainingConfig
from spacy_umlsbert.pretraining.corpus import EncodedCorpus, StreamedCorpus, empty_corpus
from spacy_umlsbert.pretraining.encoding import Encoder
from spacy_umlsbert.pretraining.learner import Learner
from spacy_umlsbert.pretraining.text import read_documents

_DATA = "data"


def prepare_corpora(
    config: PretrainingConfig, learner: Learner, progress: bool
) -> tuple[EncodedCorpus | StreamedCorpus, EncodedCorpus | None]:
    """The texts to learn from, and the held-out ones, encoded.

    Encoded texts are kept in ``output/data``, and used again as long as texts, knowledge base and
    settings are the same.
    """
    settings = config.corpus
    encode = Encoder(
        learner.tokenizer,
        settings.max_length,
        settings.packing,
        learner.kb if learner.by_span else None,
        learner.model.config.semantic_type_ids,
    )

    def stored(name: str, paths: list[Path]) -> EncodedCorpus:
        path = config.output / _DATA / f"{name}.arrow"
        fingerprint = _fingerprint(config, learner, paths)
        documents = read_documents(paths, settings.field, settings.document_field)
        return EncodedCorpus.reuse(path, fingerprint) or EncodedCorpus.write(
            path, encode(documents), fingerprint, f"encoding {name}" if progress else None
        )

    dev = stored("dev", settings.dev) if settings.dev else None
    if not settings.stream:
        return stored("train", settings.train), dev

    def documents() -> Iterator[list[str]]:
        return read_documents(settings.train, settings.field, settings.document_field)

    if next(iter(encode(documents())), None) is None:
        raise empty_corpus()
    stream = StreamedCorpus(documents, encode, settings.shuffle_buffer, config.training.seed)
    return stream, dev


def _fingerprint(config: PretrainingConfig, learner: Learner, paths: list[Path]) -> str:
    """Tells whether an encoded corpus is still the right one."""
    files = [(str(p.absolute()), p.stat().st_size, p.stat().st_mtime_ns) for p in paths]
    settings = config.corpus
    types = None
    if learner.by_span and learner.kb is not None:
        types = (learner.kb.fingerprint, dict(learner.model.config.semantic_type_ids))
    encoding = (settings.field, settings.document_field, settings.max_length, settings.packing)
    return json.dumps([files, encoding, config.model.weights, types])
