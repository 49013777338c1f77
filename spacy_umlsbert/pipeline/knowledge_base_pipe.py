"""A component that works on batches of Docs and is not trained."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy import util
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc
from spacy.training import Example

from spacy_umlsbert.pipeline.knowledge_base_holder import KnowledgeBaseHolder

if TYPE_CHECKING:
    from spacy_umlsbert.umls import KnowledgeBase


class KnowledgeBasePipe(Pipe):
    """Annotates batches of Docs with the help of a knowledge base, and saves it.

    A Doc that fails goes to the pipeline's error handler (by default it is raised); the others
    of its batch are still annotated.
    """

    def __init__(self, name: str, holder: KnowledgeBaseHolder) -> None:
        self.name = name
        self.holder = holder

    @property
    def kb(self) -> "KnowledgeBase":
        """The knowledge base, opened when it is first asked for."""
        return self.holder.get()

    @abstractmethod
    def annotate(self, docs: Sequence[Doc]) -> None:
        """Annotate Docs in place."""

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one Doc."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Annotate a stream of Docs, a batch at a time."""
        handle_error = self.get_error_handler()
        for batch in util.minibatch(stream, batch_size):
            docs = list(batch)
            try:
                self.annotate(docs)
                yield from docs
            except Exception as error:
                if len(docs) == 1:
                    handle_error(self.name, self, docs, error)
                    continue
                # Find the Doc that failed, so that the others are not lost with it.
                for doc in docs:
                    yield from self.pipe([doc], batch_size=1)

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
