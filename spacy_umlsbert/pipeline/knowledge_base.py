"""How a component holds a knowledge base: opened when needed, saved if its licence is open."""

from pathlib import Path
from typing import Any

import srsly

from ..umls import KnowledgeBase

_FOLDER = "kb"
_REFERENCE = "kb.json"


class KnowledgeBaseHolder:
    """A knowledge base that a component reads.

    The path given in the component's config comes first, then one given at initialisation, then
    what was saved with the pipeline. It is opened when it is first needed, so that creating a
    pipeline costs nothing, and pickling passes the path.

    Saving copies the knowledge base into the pipeline only if its recorded licence is open, or
    if ``include`` says so; otherwise only where it lies and which one it was is saved.
    """

    def __init__(
        self, component: str, path: str | Path | None = None, include: bool | None = None
    ) -> None:
        self.component = component
        self.include = include
        self._configured = path is not None
        self._path = Path(path) if path is not None else None
        self._fingerprint: str | None = None
        self._kb: KnowledgeBase | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is a knowledge base, or a path to one."""
        return self._kb is not None or self._path is not None

    def set(self, kb: KnowledgeBase | str | Path) -> None:
        """Use this knowledge base, unless the config names another."""
        if self._configured:
            return
        if isinstance(kb, KnowledgeBase):
            self._kb = kb
        else:
            self._path, self._kb = Path(kb), None
        self._fingerprint = None

    def get(self) -> KnowledgeBase:
        """The knowledge base.

        Raises:
            ValueError: If none is set, or it is not the one that the pipeline was saved with.
        """
        if self._kb is None:
            if self._path is None:
                raise ValueError(
                    f"{self.component} has no knowledge base. Give the path of one, as in "
                    f'nlp.add_pipe("{self.component}", config={{"kb": "path/to/kb"}}) or in '
                    f"[initialize.components.{self.component}]; build one with KnowledgeBase.build."
                )
            if self._fingerprint is not None and not self._path.exists():
                raise ValueError(
                    f"{self.component}: this pipeline was saved without its knowledge base, whose "
                    f"licence is not open, and there is none at {self._path}. Load it with "
                    f'spacy.load(..., config={{"components.{self.component}.kb": "path/to/kb"}})'
                )
            kb = KnowledgeBase.open(self._path)
            if self._fingerprint not in (None, kb.fingerprint):
                raise ValueError(
                    f"{self.component}: the knowledge base at {self._path} is not the one that "
                    "this pipeline was saved with. To use it all the same, load the pipeline with "
                    f'config={{"components.{self.component}.kb": "{self._path}"}}'
                )
            self._kb = kb
        return self._kb

    def _saved_whole(self, kb: KnowledgeBase) -> bool:
        return kb.meta.open_license if self.include is None else self.include

    def _reference(self, kb: KnowledgeBase) -> dict[str, Any]:
        path = kb.path
        return {"path": str(Path(path).absolute()) if path else None, "fingerprint": kb.fingerprint}

    def _use_reference(self, reference: dict[str, Any]) -> None:
        self._path = Path(reference["path"] or "unknown")
        self._fingerprint = reference["fingerprint"]

    def to_disk(self, path: Path) -> None:
        """Save into a component's folder; nothing if no knowledge base is set."""
        if not self.is_set:
            return
        kb = self.get()
        path.mkdir(parents=True, exist_ok=True)
        if self._saved_whole(kb):
            kb.copy_to(path / _FOLDER)
        else:
            srsly.write_json(path / _REFERENCE, self._reference(kb))

    def from_disk(self, path: Path) -> None:
        """Use what `to_disk` saved, unless the config names another."""
        if self._configured:
            return
        self._kb = None
        if (path / _FOLDER).is_dir():
            self._path, self._fingerprint = path / _FOLDER, None
        elif (path / _REFERENCE).is_file():
            self._use_reference(srsly.read_json(path / _REFERENCE))

    def to_bytes(self) -> bytes:
        """The knowledge base, or where it is, as bytes."""
        if not self.is_set:
            return srsly.msgpack_dumps({})
        kb = self.get()
        if self._saved_whole(kb):
            return srsly.msgpack_dumps({"kb": kb.to_bytes()})
        return srsly.msgpack_dumps({"reference": self._reference(kb)})

    def from_bytes(self, data: bytes) -> None:
        """Use what `to_bytes` gave, unless the config names another."""
        message = srsly.msgpack_loads(data)
        if self._configured:
            return
        if "kb" in message:
            self._kb = KnowledgeBase.from_bytes(message["kb"])
            self._fingerprint = None
        elif "reference" in message:
            self._kb = None
            self._use_reference(message["reference"])
