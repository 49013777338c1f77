"""A component that works on batches of Docs and is not trained."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy.language import Language
from spacy.training import Example

from spacy_umlsbert.pipeline.guarded_pipe import GuardedPipe
from spacy_umlsbert.pipeline.knowledge_base_holder import KnowledgeBaseHolder

if TYPE_CHECKING:
    from spacy_umlsbert.pipeline.context_vectors import ContextVectors
    from spacy_umlsbert.umls import KnowledgeBase
    from spacy_umlsbert.umls.context.reader import ContextReader


class KnowledgeBasePipe(GuardedPipe):
    """Annotates batches of Docs with the help of a knowledge base, and saves it."""

    def __init__(self, name: str, holder: KnowledgeBaseHolder) -> None:
        self.name = name
        self.holder = holder

    @property
    def kb(self) -> "KnowledgeBase":
        """The knowledge base, opened when it is first asked for."""
        return self.holder.get()

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]] | None = None,
        *,
        nlp: Language | None = None,
        kb: Any = None,  # spaCy checks arguments by their types, and a KnowledgeBase is heavy
    ) -> None:
        """Set the knowledge base and open it, so that a wrong path is found now.

        Args:
            get_examples: Not used.
            nlp: Not used.
            kb: A knowledge base, or the path of one.
        """
        if kb is not None:
            self.holder.set(kb)
        if self.holder.is_set:
            self.holder.get()

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Save the component to a folder."""
        if "kb" not in exclude:
            self.holder.to_disk(Path(path))

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "KnowledgeBasePipe":
        """Load the component from a folder."""
        if "kb" not in exclude:
            self.holder.from_disk(Path(path))
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The component as bytes."""
        return b"" if "kb" in exclude else self.holder.to_bytes()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "KnowledgeBasePipe":
        """Load the component from bytes."""
        if "kb" not in exclude and data:
            self.holder.from_bytes(data)
        return self

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Nothing to score by default."""
        return {}


def context_reader(kb: "KnowledgeBase", vectors: "ContextVectors | None" = None) -> "ContextReader":
    """Weighs what names mean where they stand; imported when needed, as the rest of `umls`."""
    from spacy_umlsbert.umls.context.reader import ContextReader  # noqa: PLC0415

    return ContextReader(kb, vectors if vectors is not None and vectors.available else None)
