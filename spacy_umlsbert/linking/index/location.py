"""Where an index is: next to its knowledge base, unless it is said otherwise."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from pathlib import Path

from spacy_umlsbert.files.folders import TemporaryFolder
from spacy_umlsbert.files.storage import Files
from spacy_umlsbert.linking.dense_encoder import NameEncoder
from spacy_umlsbert.linking.index.index import INDEX, LinkerIndex, fingerprint_of
from spacy_umlsbert.linking.index.vectors import VectorType
from spacy_umlsbert.linking.known_mentions import KnownMention
from spacy_umlsbert.umls import KnowledgeBase

FOLDER = ".linker"
"""What is added to the name of a knowledge base to get that of the folder of its indexes."""


def index_path(
    kb_path: Path,
    encoder: NameEncoder | None,
    known: Sequence[KnownMention],
    vector_type: VectorType,
) -> Path:
    """Where the index of a knowledge base and an encoder is, by default."""
    parts = ["tfidf"] if encoder is None else [encoder.fingerprint, vector_type]
    key = hashlib.sha256(" ".join([*parts, fingerprint_of(known)]).encode()).hexdigest()[:16]
    return kb_path.with_name(kb_path.name + FOLDER) / key


def open_or_build(
    kb: KnowledgeBase,
    encoder: NameEncoder | None = None,
    known: Sequence[KnownMention] = (),
    *,
    path: Path | None = None,
    vector_type: VectorType = "int8",
    progress: bool = True,
) -> LinkerIndex:
    """Open an index, and build it first if it is not there.

    Args:
        kb: The knowledge base.
        encoder: Makes the dense vectors, if there are to be any.
        known: Mentions whose concept is known.
        path: Where it is, or is to be; by default next to the knowledge base. If that cannot be
            written to, or the knowledge base is in memory, it is built in a temporary folder.
        vector_type: How dense vectors are kept.
        progress: Whether to show progress of building.

    Raises:
        TerminologyError: If the index there is damaged, or was built for another knowledge base
            or encoder.
    """
    at = path
    folder = None
    if at is None:
        kb_path = kb.path
        if kb_path is None:
            folder = TemporaryFolder()
            kb_path = folder.path / "kb"
        at = index_path(kb_path, encoder, known, vector_type)
        if (at / "meta.json").is_file() and _is_outdated(at, kb):
            # The knowledge base was built anew in its place.
            LinkerIndex.build(at, kb, encoder, known, vector_type, progress)
    if not at.exists():
        try:
            LinkerIndex.build(at, kb, encoder, known, vector_type, progress)
        except PermissionError:
            warnings.warn(
                f"The linker index cannot be kept at {at}: no permission to write there. It is "
                "built in a temporary folder each time; set 'index' to a folder of your own.",
                stacklevel=2,
            )
            folder = TemporaryFolder()
            at = folder.path / at.name
            LinkerIndex.build(at, kb, encoder, known, vector_type, progress)
    index = LinkerIndex.open(at, kb, encoder)
    index.folder = folder
    return index


def _is_outdated(path: Path, kb: KnowledgeBase) -> bool:
    return bool(Files.from_directory(path, INDEX).meta["kb"] != kb.fingerprint)
