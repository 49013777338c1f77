"""What `umls_linker` finds candidates with: an index, an encoder and known mentions."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import srsly

from spacy_umlsbert._compat import needed_for
from spacy_umlsbert.errors import InputError, UsageError
from spacy_umlsbert.files.folders import TemporaryFolder, read_files
from spacy_umlsbert.linking.encoder_files import load_name_encoder, save_name_encoder
from spacy_umlsbert.linking.index import LinkedConcept, LinkerIndex, open_or_build
from spacy_umlsbert.linking.index.vectors import VECTOR_TYPES
from spacy_umlsbert.linking.known_mentions import read_known_mentions, write_known_mentions
from spacy_umlsbert.linking.name_normalizer import NameNormalizer
from spacy_umlsbert.worker_threads import WorkerThreads

if TYPE_CHECKING:
    from spacy_umlsbert.linking.dense_encoder import NameEncoder
    from spacy_umlsbert.umls import KnowledgeBase

_SETTINGS, _ENCODER, _MENTIONS, _INDEX = "candidates.json", "encoder", "mentions.jsonl", "index"


class CandidateFinder:
    """Finds candidates in an index, which is opened, and if need be built, when first needed.

    Like the knowledge base it is not pickled but opened again by its path. A pipeline is saved
    with its encoder and known mentions, and with the index if it has the knowledge base too.

    Args:
        component: The component's name, for messages.
        encoder: What `load_name_encoder` takes; None to find names by spelling alone.
        mentions: A file of known mentions.
        index: Where the index is, or is to be built; by default next to the knowledge base.
        vector_type: How the index keeps dense vectors.

    Raises:
        ValueError: If there is no such vector type.
    """

    def __init__(
        self,
        component: str,
        encoder: str | None = None,
        mentions: str | Path | None = None,
        index: str | Path | None = None,
        vector_type: str = "int8",
    ) -> None:
        if vector_type not in VECTOR_TYPES:
            raise UsageError(f"{component}: vector_type is {' or '.join(VECTOR_TYPES)}")
        self._component = component
        self._configured = {
            "encoder": encoder,
            "mentions": None if mentions is None else str(mentions),
            "vector_type": vector_type,
        }
        self._encoder = encoder
        self._mentions = None if mentions is None else Path(mentions)
        self._index_path = None if index is None else Path(index)
        self._saved_index: Path | None = None
        self._vector_type = vector_type
        self._opened: tuple[KnowledgeBase, LinkerIndex] | None = None
        self._known: dict[str, list[str]] | None = None
        self._folder: TemporaryFolder | None = None
        self._threads = WorkerThreads()

    @property
    def has_encoder(self) -> bool:
        """Whether names are compared by meaning too."""
        return self._encoder is not None

    def index(self, kb: KnowledgeBase) -> LinkerIndex:
        """The index for a knowledge base.

        Raises:
            InputError: If the encoder or the known mentions cannot be read, or the index at the
                place of the setting was built for something else.
        """
        if self._opened is None or self._opened[0] is not kb:
            encoder = self._load_encoder()
            with self._threads.limited():
                self._opened = (kb, self._open(kb, encoder))
        return self._opened[1]

    def _load_encoder(self) -> NameEncoder | None:
        if self._encoder is None:
            return None
        with needed_for(f"the encoder of {self._component}"):
            return load_name_encoder(self._encoder)

    def _open(self, kb: KnowledgeBase, encoder: NameEncoder | None) -> LinkerIndex:
        if self._saved_index is not None:
            try:
                return LinkerIndex.open(self._saved_index, kb, encoder)
            except InputError:
                self._saved_index = None  # the config has another knowledge base or encoder now
        return open_or_build(
            kb,
            encoder,
            read_known_mentions(self._mentions),
            path=self._index_path,
            vector_type=self._vector_type,
        )

    def search(
        self, kb: KnowledgeBase, mentions: Sequence[str], k: int
    ) -> list[list[LinkedConcept]]:
        """See `LinkerIndex.search`."""
        if not mentions:
            return []
        index = self.index(kb)
        with self._threads.limited():
            return index.search(mentions, k)

    def exact(self, kb: KnowledgeBase, mention: str, *, as_in_text: bool = False) -> list[str]:
        """The concepts that a mention names: known ones, then in the order of the matcher.

        Args:
            kb: The knowledge base.
            mention: The mention.
            as_in_text: See `KnowledgeBase.find`.
        """
        named = kb.find(mention, as_in_text=as_in_text)
        return list(dict.fromkeys([*self._known_ids(kb, mention), *named]))

    def _known_ids(self, kb: KnowledgeBase, mention: str) -> list[str]:
        if self._mentions is None:
            return []
        normalize = NameNormalizer()
        if self._known is None:
            self._known = {}
            for known in read_known_mentions(self._mentions):
                self._known.setdefault(normalize(known.mention), []).extend(known.ids)
        return [one for one in self._known.get(normalize(mention), ()) if one in kb]

    def to_disk(self, path: Path, kb: KnowledgeBase | None) -> None:
        """Save into the component's folder.

        Args:
            path: The folder.
            kb: The knowledge base whose index is to be saved; None for none.
        """
        path.mkdir(parents=True, exist_ok=True)
        srsly.write_json(path / _SETTINGS, self._configured)
        if self._encoder is not None:
            folder = path / _ENCODER
            if folder.resolve() != Path(self._encoder).resolve():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                opened = self._opened[1].encoder if self._opened is not None else None
                encoder = opened or self._load_encoder()
                if encoder is not None:
                    save_name_encoder(folder, encoder)
        if self._mentions is not None:
            write_known_mentions(path / _MENTIONS, read_known_mentions(self._mentions))
        if kb is not None and (self._encoder is not None or self._opened is not None):
            self.index(kb).files.copy_to(path / _INDEX, overwrite=True)

    def from_disk(self, path: Path) -> None:
        """Use what `to_disk` saved, unless the config now says something else."""
        self._folder = None
        self._use(path)

    def _use(self, path: Path) -> None:
        if (
            not (path / _SETTINGS).is_file()
            or srsly.read_json(path / _SETTINGS) != self._configured
        ):
            return
        self._opened = self._known = None
        if (path / _ENCODER).is_dir():
            self._encoder = str(path / _ENCODER)
        if (path / _MENTIONS).is_file():
            self._mentions = path / _MENTIONS
        if (path / _INDEX).is_dir() and self._index_path is None:
            self._saved_index = path / _INDEX

    def to_bytes(self, kb: KnowledgeBase | None) -> bytes:
        """What `to_disk` saves, as bytes."""
        with tempfile.TemporaryDirectory() as folder:
            self.to_disk(Path(folder), kb)
            return cast(bytes, srsly.msgpack_dumps(read_files(folder)))

    def from_bytes(self, data: bytes) -> None:
        """Use what `to_bytes` gave; it is kept in a temporary folder."""
        self._folder = TemporaryFolder(srsly.msgpack_loads(data))
        self._use(self._folder.path)

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_opened": None, "_known": None}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        if self._folder is not None:
            self._use(self._folder.path)
