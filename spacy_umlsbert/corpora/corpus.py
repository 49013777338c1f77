"""What the readers of all corpora have in common: which records they give, and their settings."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from spacy_umlsbert.corpora.annotated.splits import Split, read_ids
from spacy_umlsbert.corpora.report import Kind, Report
from spacy_umlsbert.errors import InputError, UnexpectedError
from spacy_umlsbert.guard import without_text


class Record(Protocol):
    """What a format gives: a document, or a pair."""

    @property
    def document_id(self) -> str:
        """Its id in the corpus."""

    @property
    def path(self) -> Path:
        """The file it comes from."""

    @property
    def line(self) -> int:
        """The line it begins at, 1-based."""

    @property
    def own_id(self) -> bool:
        """Whether the id is the corpus's own; else it is made of file name and line."""


RecordT = TypeVar("RecordT", bound=Record)
ReportT = TypeVar("ReportT", bound=Report)
MadeT = TypeVar("MadeT")

_GIVE_TEXTS = {"__call__", "docs", "texts", "pairs"}
"""Methods of corpora that read while one iterates; what they raise holds no text."""


class Corpus(ABC, Generic[RecordT, ReportT]):
    """The records of a corpus. Each pass reads the files anew; only the first one is logged.

    Attributes:
        report: What the last pass has found so far.
        report_type: What it is made of.
    """

    report_type: type[ReportT]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in _GIVE_TEXTS & set(vars(cls)):
            setattr(cls, name, _without_text(vars(cls)[name]))

    def __init__(
        self,
        read: Callable[[Path, ReportT], Iterator[RecordT]],
        path: str | Path | Sequence[str | Path],
        *,
        split: Split | None,
        ids: str | Path | None,
        labels: Mapping[str, str] | None,
        limit: int,
    ) -> None:
        """Make a corpus; nothing is read yet.

        Args:
            read: Reads a file or folder of the format.
            path: A file or folder, or several.
            split: ``train`` or ``dev`` for a part of it.
            ids: A file with the ids of the wanted records, one a line.
            labels: New names for labels.
            limit: Most records to give; 0 for all.

        Raises:
            InputError: If a setting has none of these values.
        """
        if split not in (None, "train", "dev"):
            raise InputError(f"split = {split!r}: use null, 'train' or 'dev'.")
        if not path:
            raise InputError("no path is given.", remedy="Set the reader's path.")
        paths = [path] if isinstance(path, str | Path) else path
        self.paths = [Path(one) for one in paths]
        self.read = read
        self.split = split
        self.ids = None if ids is None else Path(ids)
        self.labels = dict(labels or {})
        self.limit = limit
        self.report = self.report_type()
        self._logged = False

    @abstractmethod
    def part(self, records: Iterable[RecordT], split: Split) -> Iterable[RecordT]:
        """The records of a part of the corpus."""

    @abstractmethod
    def renamed(self, record: RecordT) -> RecordT | None:
        """The record with the names that its labels are given; None if it is left out for it."""

    def records(self) -> Iterator[RecordT]:
        """The records of the part that is wanted, each id once."""
        records: Iterable[RecordT] = self._distinct()
        if self.ids is not None:
            records = self._listed(records, self.ids)
        if self.split is not None:
            records = self.part(records, self.split)
        wanted = (record for record in map(self.renamed, records) if record is not None)
        return islice(wanted, self.limit if self.limit > 0 else None)

    def made(
        self, make: Callable[[RecordT], Iterable[MadeT]], record: RecordT
    ) -> list[MadeT] | None:
        """What is made of a record; None if that fails, which is reported."""
        try:
            return without_text("it could not be made a Doc").call(lambda: list(make(record)))
        except UnexpectedError as error:
            self.report.add(Kind.UNREADABLE, record.path, record.line, error.problem)
            return None

    def begin(self) -> ReportT:
        """Begin a pass, with a new report."""
        self.report = self.report_type(quiet=self._logged)
        return self.report

    def end(self) -> None:
        """End a pass.

        Raises:
            InputError: If nothing was read.
        """
        if not self.report.documents:
            raise InputError(
                f"no document was read ({self.report.summary()}).",
                path=", ".join(map(str, self.paths)),
                remedy="Check that the files are in this format.",
            )
        self.report.log_summary()
        self._logged = True

    def read_all(self) -> Iterator[RecordT]:
        """All records of all paths."""
        for path in self.paths:
            yield from self.read(path, self.report)

    def _distinct(self) -> Iterator[RecordT]:
        first: dict[str, tuple[Path, int]] = {}
        for record in self.read_all():
            here = (record.path, record.line)
            before = first.setdefault(record.document_id, here) if record.own_id else here
            if before == here:
                yield record
                continue
            message = f"the document's id is that of {before[0]}, line {before[1]}"
            self.report.add(Kind.DUPLICATE_DOCUMENT, record.path, record.line, message)

    def _listed(self, records: Iterable[RecordT], path: Path) -> Iterator[RecordT]:
        listed = read_ids(path)
        absent = set(listed)
        for record in records:
            absent.discard(record.document_id)
            if record.document_id in listed:
                yield record
        for _ in absent:
            self.report.add(Kind.ABSENT_DOCUMENT, path, 0, "a listed id is not in the corpus")


def _without_text(method: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    @wraps(method)
    def guarded(self: Corpus, *args: Any, **kwargs: Any) -> Iterator[Any]:
        return without_text("the corpus cannot be read").each(method(self, *args, **kwargs))

    return guarded


def set_signature(
    reader: Callable[..., Any], read: Callable[..., Any], returns: type[Corpus]
) -> None:
    """Give a reader the signature by which configs know its settings.

    Args:
        reader: Takes the path, the settings that all formats have, and ``**settings``.
        read: Reads the format; its keyword arguments are the settings of the format's own.
        returns: What the reader makes.
    """
    own = [p for p in inspect.signature(read).parameters.values() if p.kind == p.KEYWORD_ONLY]
    path, *common = (
        p
        for p in inspect.signature(reader, follow_wrapped=False).parameters.values()
        if p.kind != p.VAR_KEYWORD
    )
    reader.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [path, *own, *common], return_annotation=returns
    )
