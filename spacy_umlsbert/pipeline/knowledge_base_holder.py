"""How a component holds a knowledge base: opened when needed, saved if its licence is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import srsly

from spacy_umlsbert.errors import UsageError, UsageTypeError

if TYPE_CHECKING:
    from spacy.language import Language

    from spacy_umlsbert.umls import KnowledgeBase

_FOLDER = "kb"
_REFERENCE = "kb.json"


class KnowledgeBaseHolder:
    """A knowledge base that a component reads.

    A path in the component's config comes first, then one given at initialisation. A pipeline
    that is loaded uses what it was saved with, wherever it is loaded from, unless its config now
    names another path than it did then. The knowledge base is opened when it is first needed, so
    that creating a pipeline costs nothing, and pickling passes the path.

    Saving copies the knowledge base into the pipeline only if its recorded licence is open, or
    if ``include`` says so; otherwise only where it lies and which one it was is saved.
    """

    def __init__(
        self, component: str, path: str | Path | None = None, include: bool | None = None
    ) -> None:
        self.component = component
        self.include = include
        self._configured = str(path) if path is not None else None
        self._path = Path(path) if path is not None else None
        self._fingerprint: str | None = None
        self._kb: KnowledgeBase | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is a knowledge base, or a path to one."""
        return self._kb is not None or self._path is not None

    def set(self, kb: KnowledgeBase | str | Path) -> None:
        """Use this knowledge base, unless the config names another.

        Raises:
            TypeError: If it is none.
        """
        if self._configured is not None:
            return
        if isinstance(kb, (str, Path)):
            self._path, self._kb = Path(kb), None
        else:
            from spacy_umlsbert.umls import KnowledgeBase  # noqa: PLC0415 - takes a while

            if not isinstance(kb, KnowledgeBase):
                raise UsageTypeError(f"{self.component}: kb is a knowledge base, or a path")
            self._kb = kb
        self._fingerprint = None

    def get(self) -> KnowledgeBase:
        """The knowledge base.

        Raises:
            ValueError: If none is set, or it is not the one that the pipeline was saved with.
        """
        if self._kb is None:
            if self._path is None:
                raise UsageError(
                    f"{self.component} has no knowledge base. Give the path of one, as in "
                    f'nlp.add_pipe("{self.component}", config={{"kb": "path/to/kb"}}) or in '
                    f"[initialize.components.{self.component}]; build one with KnowledgeBase.build."
                )
            if self._fingerprint is not None and not self._path.exists():
                raise UsageError(
                    f"{self.component}: this pipeline was saved without its knowledge base, whose "
                    f"licence is not open, and there is none at {self._path}. Load it with "
                    f'spacy.load(..., config={{"components.{self.component}.kb": "path/to/kb"}})'
                )
            from spacy_umlsbert.umls import KnowledgeBase  # noqa: PLC0415 - takes a while

            kb = KnowledgeBase.open(self._path)
            if self._fingerprint not in (None, kb.fingerprint):
                raise UsageError(
                    f"{self.component}: the knowledge base at {self._path} is not the one that "
                    "this pipeline was saved with. To use it all the same, load the pipeline with "
                    f'config={{"components.{self.component}.kb": "{self._path}"}}'
                )
            self._kb = kb
        return self._kb

    def kb_to_save(self) -> KnowledgeBase | None:
        """The knowledge base if it is saved with the pipeline; None if only where it is."""
        if not self.is_set:
            return None
        kb = self.get()
        return kb if self._saved_whole(kb) else None

    def _saved_whole(self, kb: KnowledgeBase) -> bool:
        return kb.meta.open_license if self.include is None else self.include

    def _reference(self, kb: KnowledgeBase) -> dict[str, Any]:
        path = str(Path(kb.path).absolute()) if kb.path else None
        return {"configured": self._configured, "path": path, "fingerprint": kb.fingerprint}

    def _is_overridden(self, reference: dict[str, Any]) -> bool:
        """Whether the config names another path than it did when the pipeline was saved."""
        return self._configured is not None and self._configured != reference["configured"]

    def _use_reference(self, reference: dict[str, Any]) -> None:
        self._kb = None
        self._path = Path(reference["path"] or "unknown")
        self._fingerprint = reference["fingerprint"]

    def to_disk(self, path: Path) -> None:
        """Save into a component's folder; nothing if no knowledge base is set."""
        if not self.is_set:
            return
        kb = self.get()
        path.mkdir(parents=True, exist_ok=True)
        srsly.write_json(path / _REFERENCE, self._reference(kb))
        if self._saved_whole(kb):
            kb.copy_to(path / _FOLDER)

    def from_disk(self, path: Path) -> None:
        """Use what `to_disk` saved, unless the config names another."""
        if not (path / _REFERENCE).is_file():
            return
        reference = srsly.read_json(path / _REFERENCE)
        if self._is_overridden(reference):
            return
        self._use_reference(reference)
        if (path / _FOLDER).is_dir():
            self._path = path / _FOLDER

    def to_bytes(self) -> bytes:
        """The knowledge base, or where it is, as bytes."""
        if not self.is_set:
            return srsly.msgpack_dumps({})
        kb = self.get()
        message: dict[str, Any] = {"reference": self._reference(kb)}
        if self._saved_whole(kb):
            message["kb"] = kb.to_bytes()
        return srsly.msgpack_dumps(message)

    def from_bytes(self, data: bytes) -> None:
        """Use what `to_bytes` gave, unless the config names another."""
        message = srsly.msgpack_loads(data)
        if "reference" not in message or self._is_overridden(message["reference"]):
            return
        self._use_reference(message["reference"])
        if "kb" in message:
            from spacy_umlsbert.umls import KnowledgeBase  # noqa: PLC0415 - takes a while

            self._kb = KnowledgeBase.from_bytes(message["kb"])


def holders_of(nlp: Language) -> list[KnowledgeBaseHolder]:
    """The holders of a pipeline's components, in their order."""
    holders = (getattr(pipe, "holder", None) for _, pipe in nlp.components)
    return [one for one in holders if isinstance(one, KnowledgeBaseHolder)]


class PipelineKnowledgeBase(KnowledgeBaseHolder):
    """A knowledge base of its own, or else that of the pipeline's `umls_lookup`, which is shared.

    A shared one is not saved again with the linker.
    """

    def __init__(
        self, component: str, path: str | Path | None, include: bool | None, nlp: Language
    ) -> None:
        super().__init__(component, path, include)
        self._nlp: Language | None = nlp
        self._others: list[KnowledgeBaseHolder] = []

    @property
    def shared(self) -> KnowledgeBaseHolder | None:
        """Where the knowledge base is that this one takes, if it has none of its own."""
        if self.is_set:
            return None
        return next((holder for holder in self._holders() if holder.is_set), None)

    def _holders(self) -> list[KnowledgeBaseHolder]:
        """Those of the other components."""
        if self._nlp is None:
            return self._others
        return [one for one in holders_of(self._nlp) if one is not self]

    def __getstate__(self) -> dict[str, Any]:
        # A linker that is pickled or copied alone does not take the whole pipeline along.
        shared = self.shared
        others = [] if self.is_set else self._holders() if shared is None else [shared]
        return {**self.__dict__, "_nlp": None, "_others": others}

    def get(self) -> KnowledgeBase:
        """The linker's own knowledge base, or the first that another component has."""
        shared = self.shared
        return super().get() if shared is None else shared.get()

    def kb_to_save(self) -> KnowledgeBase | None:
        """The knowledge base if it is saved with the pipeline, by whichever component."""
        shared = self.shared
        return super().kb_to_save() if shared is None else shared.kb_to_save()
