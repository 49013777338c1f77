"""The one door for errors, warnings and log records: what passes it holds no text of a document.

An error of a library may quote what it could not read ("time data 'Mr. Smith' does not match"), and
so would every log that it ends up in. Inside the guard such an error becomes an `UnexpectedError`,
which says what was being done, the kind of the error and the place in the code; warnings and log
records of libraries keep their kind and place. What the package itself says passes as it is: it
holds no text (`SafeError`, the loggers ``spacy_umlsbert…``).

The guard is on by default. To look for a fault with texts that may be shown, set the environment
variable ``SPACY_UMLSBERT_SHOW_TEXTS_IN_ERRORS`` to 1.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from functools import wraps
from inspect import isgeneratorfunction
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, ParamSpec, TypeVar, cast

from spacy_umlsbert.errors import SafeError, UnexpectedError

P = ParamSpec("P")
T = TypeVar("T")

VARIABLE = "SPACY_UMLSBERT_SHOW_TEXTS_IN_ERRORS"
"""If this environment variable is 1, nothing is held back."""

_PACKAGE = str(Path(__file__).parent)
_HIDDEN = f"[what it says is not shown, as it may quote a text; {VARIABLE}=1 shows it]"
_SPACY_CODE = re.compile(r"\[[EW]\d{3,4}\]")
_FEWEST_WORDS = 3
_LONGEST_PATH = 250
_END: Any = object()
_active: ContextVar[bool] = ContextVar("guarded", default=False)


def texts_are_shown() -> bool:
    """Whether the user has asked for errors as they are."""
    return os.environ.get(VARIABLE) == "1"


def is_guarded() -> bool:
    """Whether this code runs inside the guard."""
    return _active.get()


class without_text:
    """Runs something so that nothing it raises, warns of or logs holds text of a document.

    It is used as a phrase: ``without_text("the row failed").call(function)``.

    Args:
        problem: What to say if it fails: "umls_deid: a text could not be de-identified".
        path: The file that is at fault then, if any.
        line: The line of it, 1-based.
        remedy: What to do about it.
        passes: Other errors that may pass as they are.
    """

    def __init__(
        self,
        problem: str,
        *,
        path: str | Path | None = None,
        line: int | None = None,
        remedy: str | None = None,
        passes: tuple[type[Exception], ...] = (),
    ) -> None:
        self._problem = problem
        self._where: dict[str, Any] = {"path": path, "line": line, "remedy": remedy}
        self._passes: tuple[type[Exception], ...] = (SafeError, *passes)

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function.

        Raises:
            UnexpectedError: If it raises an error that is none of the package's own.
        """
        if texts_are_shown():
            return function(*args, **kwargs)
        try:
            with _held_back():
                return function(*args, **kwargs)
        except Exception as error:
            safe_error = self._without_text(error)
        try:
            # Here, since raised above it would carry the other one as its context.
            raise safe_error
        finally:
            del safe_error

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """Iterate; the code that takes the items is outside the guard."""
        iterator = self.call(iter, items)
        while (item := self.call(next, iterator, _END)) is not _END:
            yield item

    def __call__(self, function: Callable[P, T]) -> Callable[P, T]:
        """Decorate a function, or one that yields."""

        yields = isgeneratorfunction(function)

        @wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            if yields:
                return cast("T", self.each(cast("Any", function(*args, **kwargs))))
            return self.call(function, *args, **kwargs)

        return guarded

    def _without_text(self, error: Exception) -> Exception:
        if isinstance(error, self._passes):
            error.__cause__ = error.__context__ = None
            return error
        hidden = UnexpectedError(f"{self._problem} ({kind_and_place(error)}).", **self._where)
        hidden.kind = type(error).__name__
        hidden.places = tuple(
            f"{frame.filename}, line {frame.lineno}, in {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename != __file__
        )
        return hidden


def hide_in_repr(*names: str) -> Callable[[type[T]], type[T]]:
    """A decorator of named tuples and dataclasses: in their repr, some fields are not shown.

    Args:
        names: Fields that hold text of a document. How long they are is shown.

    Raises:
        AttributeError: If the class has no field of such a name, which would then be shown.
    """

    def decorate(cls: type[T]) -> type[T]:
        def short_repr(self: Any) -> str:
            values = ((name, getattr(self, name)) for name in fields)
            texts = (f"{name}={_size(v) if name in names else repr(v)}" for name, v in values)
            return f"{type(self).__name__}({', '.join(texts)})"

        shown = dict.fromkeys(getattr(cls, "_fields", ()), True)
        if is_dataclass(cls):
            shown = {field.name: field.repr for field in dataclass_fields(cls)}
        if unknown := set(names).difference(shown):
            raise AttributeError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")
        fields = [name for name, is_shown in shown.items() if is_shown]
        cls.__repr__ = short_repr  # type: ignore[method-assign]
        return cls

    return decorate


def _size(value: object) -> str:
    if value is None:
        return "None"
    try:
        return f"<{len(cast('Any', value))} {'characters' if isinstance(value, str) else 'items'}>"
    except TypeError:
        return f"<{type(value).__name__}>"


def kind_and_place(error: BaseException) -> str:
    """What kind of error it is, and where it was raised: not its text, which may quote a note.

    What is no text is added: fixed words of the code that raised it, spaCy's code of the error,
    what the operating system says, the position of a character that cannot be decoded.
    """
    frames = list(traceback.walk_tb(error.__traceback__))
    calls = [(Path(frame.f_code.co_filename), line) for frame, line in frames]
    calls = [call for call in calls if str(call[0]) != __file__]
    place = ""
    if calls:
        place = f" in {calls[-1][0].name}, line {calls[-1][1]}"
        ours = [call for call in calls if str(call[0]).startswith(_PACKAGE)]
        if ours and ours[-1] != calls[-1]:
            place += f", called from {ours[-1][0].name}, line {ours[-1][1]}"
    words = _words_without_text(error, frames[-1][0].f_code if frames else None)
    return f"{type(error).__name__}{place}{f': {words}' if words else ''}"


def _words_without_text(error: BaseException, code: CodeType | None) -> str:
    if isinstance(error, UnicodeDecodeError | UnicodeEncodeError):
        return f"a character at {error.start}"
    if isinstance(error, OSError) and isinstance(error.errno, int):
        return f"{os.strerror(error.errno)}{_path(error.filename)}"
    if isinstance(error, json.JSONDecodeError):
        return f"at line {error.lineno}, column {error.colno}"
    said = error.args[0] if error.args else None
    if isinstance(said, str):
        if _is_fixed(said, code):
            return said
        spacy_code = _SPACY_CODE.match(said)
        return spacy_code.group() if spacy_code else ""
    return ""


def _path(name: object) -> str:
    """The path in an error of the operating system, if it is one: a text may be taken for one."""
    if isinstance(name, str) and Path(name).is_absolute() and len(name) < _LONGEST_PATH:
        return f": {name}" if Path(name).parent.is_dir() else ""
    return ""


def _is_fixed(message: object, code: CodeType | None) -> bool:
    """Whether a message stands in the code that gave it, word for word."""
    return (
        code is not None
        and isinstance(message, str)
        and len(message.split()) >= _FEWEST_WORDS
        and message in code.co_consts
    )


# Warnings and log records


class _Hooks:
    """Stands before the host's own way with warnings and records, and changes those of a guard.

    It is there while any thread is inside a guard. Another thread is not affected, even if it
    keeps this object after that.
    """

    def __init__(self) -> None:
        self._host_show, self._host_record = warnings.showwarning, logging.getLogRecordFactory()
        self._show_hook, self._record_hook = self._show, self._record
        warnings.showwarning = self._show_hook
        logging.setLogRecordFactory(self._record_hook)

    def remove(self) -> None:
        """Put back what was there, unless someone else has taken the place since."""
        if warnings.showwarning is self._show_hook:
            warnings.showwarning = self._host_show
        if logging.getLogRecordFactory() is self._record_hook:
            logging.setLogRecordFactory(self._host_record)

    def _show(
        self, message: Warning | str, category: type[Warning], *args: Any, **kwargs: Any
    ) -> None:
        if _active.get():
            said = message.args[0] if isinstance(message, Warning) and message.args else message
            caller = _code_outside("warnings")
            own = caller is not None and caller.co_filename.startswith(_PACKAGE)
            if not own and not _is_fixed(said, caller):
                code = _SPACY_CODE.match(str(said))
                message, category = _same_kind(category, f"{code.group() if code else ''}{_HIDDEN}")
        self._host_show(message, category, *args, **kwargs)

    def _record(self, name: str, level: int, pathname: str, lineno: int, msg: object, args: Any,
                exc_info: Any, func: str | None = None, sinfo: str | None = None, **kwargs: Any,
                ) -> logging.LogRecord:  # fmt: skip
        if _active.get() and not f"{name}.".startswith("spacy_umlsbert."):
            if args or not _is_fixed(msg, _code_outside("logging")):
                msg, args = _HIDDEN, ()
            exc_info = sinfo = None
        return self._host_record(
            name, level, pathname, lineno, msg, args, exc_info, func, sinfo, **kwargs
        )


class _Process:
    """How many threads of this process are inside, and the hooks while any is."""

    def __init__(self) -> None:
        self.id = os.getpid()
        self._lock = threading.Lock()
        self._inside = 0
        self._hooks: _Hooks | None = None

    def enter(self) -> None:
        with self._lock:
            self._inside += 1
            self._hooks = self._hooks or _Hooks()

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and self._hooks is not None:
                self._hooks.remove()
                self._hooks = None


_process = _Process()


@contextmanager
def _held_back() -> Iterator[None]:
    if _active.get():
        yield
        return
    global _process  # noqa: PLW0603
    if _process.id != os.getpid():  # a fork: threads that were inside are not in this process
        _process = _Process()
    process = _process
    process.enter()
    token = _active.set(True)
    try:
        yield
    finally:
        _active.reset(token)
        process.leave()


def _code_outside(module: str) -> CodeType | None:
    """The code that called a module of the standard library, from this one."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name not in (__name__, module):
            return frame.f_code
        frame = frame.f_back
    return None


def _same_kind(category: type[Warning], text: str) -> tuple[Warning, type[Warning]]:
    try:
        return category(text), category
    except Exception:  # a kind that is made of something else
        return UserWarning(f"{category.__name__}: {text}"), UserWarning
