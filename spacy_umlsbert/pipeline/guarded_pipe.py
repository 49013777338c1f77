"""What all components share: a Doc that fails costs no other, and no error quotes a text."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from inspect import isgeneratorfunction
from typing import Any

from spacy.pipeline import Pipe
from spacy.tokens import Doc
from spacy.util import minibatch

from spacy_umlsbert.guard import is_guarded, without_text

_INHERITED = ("initialize", "predict", "set_annotations", "update", "rehearse", "score")
_NO_TEXTS = ("pipe", "to_disk", "from_disk", "to_bytes", "from_bytes", "set_error_handler")
"""Public methods that are not guarded: `pipe` is by itself, and files are not texts."""


class GuardedPipe(Pipe):
    """A component whose public methods run inside the guard (`spacy_umlsbert.guard`).

    A Doc that fails goes to the pipeline's error handler (by default the error is raised); the
    others of its batch are still annotated. The handler gets an error without text.
    """

    name: str
    failure: str = "could not be annotated"
    """What is said of a Doc that fails."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = [name for name in vars(cls) if not name.startswith("_") and name not in _NO_TEXTS]
        for name in {*own, *_INHERITED}:
            method = vars(cls).get(name) or getattr(cls, name, None)
            if method is not None and _is_method(method):
                setattr(cls, name, _guarded(method))

    @abstractmethod
    def annotate(self, docs: Sequence[Doc]) -> None:
        """Annotate Docs in place."""

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one Doc."""
        for _ in self._tried([doc], "a Doc"):
            return doc
        return None  # type: ignore[return-value] # the handler took it, as in spaCy's components

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Annotate a stream of Docs, a batch at a time."""
        number = 1
        for batch in minibatch(stream, batch_size):
            docs = list(batch)
            yield from self._tried(docs, number)
            number += len(docs)

    def _tried(self, docs: Sequence[Doc], first: int | str) -> Iterator[Doc]:
        """Annotate Docs, or, if that fails, each half of them, down to those that fail alone."""
        which = f"Doc {first}" if isinstance(first, int) else first
        try:
            without_text(f"{self.name}: {which} {self.failure}").call(self.annotate, docs)
        except Exception as error:
            failed = error
        else:
            yield from docs
            return
        if len(docs) > 1:
            half = len(docs) // 2
            del failed
            yield from self._tried(docs[:half], first)
            yield from self._tried(docs[half:], first + half if isinstance(first, int) else first)
        else:
            self.get_error_handler()(self.name, self, list(docs), failed)


def _is_method(method: Any) -> bool:
    is_class = isinstance(method, type | property | classmethod | staticmethod)
    return callable(method) and not is_class and not hasattr(method, "guarded")


def _guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method inside the guard, unless it is called from inside, where more may be known."""
    yields = isgeneratorfunction(method)

    @wraps(method)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        if is_guarded():
            return method(self, *args, **kwargs)
        guard = without_text(f"{self.name}: {method.__name__} failed")
        if yields:
            return guard.each(method(self, *args, **kwargs))
        return guard.call(method, self, *args, **kwargs)

    guarded.guarded = True  # type: ignore[attr-defined]
    return guarded
