"""The lines of a large file that may be compressed and may be damaged."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, cast

from spacy_umlsbert.corpora.notes.problems import Problems
from spacy_umlsbert.errors import InputError

# Longer than any note, and short enough to be held in memory many times.
LONGEST = 16_000_000


class Line(NamedTuple):
    """A line with its end.

    Attributes:
        number: From 1.
        text: Its text; where it is no UTF-8, with replacement characters.
        intact: Whether it is UTF-8.
    """

    number: int
    text: str
    intact: bool


class LineReader:
    """Iterates over the lines of a file; ``.gz`` files are decompressed.

    A line of more than 16 MB is left out, and the end of a damaged ``.gz`` file too; both are
    counted. Needs no more memory than its longest line.

    Raises:
        InputError: If the file cannot be opened.
    """

    def __init__(self, path: Path, problems: Problems) -> None:
        self.path = path
        self._problems = problems
        try:
            self.size = path.stat().st_size
            self._file = path.open("rb")
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}.", path=path) from None

    @property
    def position(self) -> int:
        """Bytes of the file that have been read so far, of ``size``."""
        return self.size if self._file.closed else self._file.tell()

    def __enter__(self) -> "LineReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Line]:
        compressed = self.path.suffix == ".gz"
        stream = cast(IO[bytes], gzip.GzipFile(fileobj=self._file)) if compressed else self._file
        number = 0
        try:
            while raw := stream.readline(LONGEST):
                number += 1
                if len(raw) == LONGEST and not raw.endswith(b"\n"):
                    self._problems.add("line of more than 16 MB", self.path, number)
                    while (raw := stream.readline(LONGEST)) and not raw.endswith(b"\n"):
                        pass
                    continue
                yield _decoded(number, raw)
        except (OSError, EOFError, zlib.error):
            self._problems.add("file is cut short or damaged after", self.path, number)


def _decoded(number: int, raw: bytes) -> Line:
    encoding = "utf-8-sig" if number == 1 else "utf-8"
    try:
        return Line(number, raw.decode(encoding), True)
    except UnicodeDecodeError:
        return Line(number, raw.decode(encoding, errors="replace"), False)
