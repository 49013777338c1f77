"""Tables and arrays as files: a directory that is written atomically, or the same in memory.

A directory holds ``meta.json``, Arrow IPC files and flat numpy arrays (``.npy``). ``meta.json``
has the size and SHA-256 of every other file, and a checksum of itself. Knowledge bases and the
linker's indexes are such directories.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import srsly
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.atomic import PARTIAL, new_directory
from spacy_umlsbert.files.digests import file_sha256

if TYPE_CHECKING:
    import pyarrow as pa

META = "meta.json"
_CHUNK = 1 << 22


@dataclass(frozen=True)
class Kind:
    """What a directory is.

    Attributes:
        format: What ``meta.json`` says it is.
        version: The version of the format.
        noun: What messages call it.
        remedy: What to do when it is damaged.
        check: What to do when there is none.
    """

    format: str
    version: int
    noun: str
    remedy: str
    check: str


KNOWLEDGE_BASE = Kind(
    format="spacy-umlsbert knowledge base",
    version=2,
    noun="knowledge base",
    remedy="Build the knowledge base again with 'python -m spacy umls build-kb'.",
    check="Check the path; 'python -m spacy umls build-kb' makes a knowledge base.",
)


@contextmanager
def atomic_directory(path: Path, *, overwrite: bool, kind: Kind = KNOWLEDGE_BASE) -> Iterator[Path]:
    """A new directory beside ``path`` that takes its place when the block ends without an error.

    After an error, an interrupt included, nothing is left; after a kill a directory whose name ends
    in ``.partial`` is left, which does not open.

    Raises:
        TerminologyError: If ``path`` exists and ``overwrite`` is false, or is something else.
    """
    path = path.absolute()
    _check_target(path, overwrite, kind)
    with new_directory(path, replace=overwrite) as partial:
        yield partial
        _check_target(path, overwrite, kind)


def _check_target(path: Path, overwrite: bool, kind: Kind) -> None:
    if not path.exists():
        return
    if not overwrite:
        raise TerminologyError(
            "exists already.",
            path=path,
            remedy="Choose another path or allow overwriting (overwrite=True, --overwrite).",
        )
    if not (path / META).is_file():
        raise TerminologyError(
            f"is not a {kind.noun}, so it is not overwritten.",
            path=path,
            remedy="Choose another path or remove it.",
        )


class Files:
    """The files of one directory, opened from there (memory-mapped) or from bytes.

    Args:
        meta: What ``meta.json`` says.
        read: Gives a file's content as an Arrow buffer, without copying it.
        location: Where it is, for messages: a path or "in memory".
        kind: What it is.
        path: Its directory, if it is in one.
    """

    def __init__(
        self,
        meta: dict[str, Any],
        read: Callable[[str], pa.Buffer],
        location: str,
        kind: Kind = KNOWLEDGE_BASE,
        path: Path | None = None,
    ):
        self.kind = kind
        self.path = path
        self.meta = meta
        self.location = location
        self._read = read

    @classmethod
    def from_directory(cls, path: Path, kind: Kind = KNOWLEDGE_BASE) -> Files:
        """Open a directory; checks ``meta.json``, the format version and the size of every file.

        Raises:
            TerminologyError: If there is none, it is damaged, or of a newer format.
        """
        meta = _read_meta(path, kind)
        for name, entry in meta["files"].items():
            file = path / name
            if not file.is_file():
                raise TerminologyError("is missing.", path=file, remedy=kind.remedy)
            size = file.stat().st_size
            if size != entry["bytes"]:
                raise TerminologyError(
                    f"has {size} bytes instead of {entry['bytes']}: the {kind.noun} is damaged.",
                    path=file,
                    remedy=kind.remedy,
                )

        import pyarrow as pa  # noqa: PLC0415

        def read(name: str) -> pa.Buffer:
            with pa.memory_map(str(path / name)) as source:
                return source.read_buffer()

        return cls(meta, read, str(path), kind, path)

    @classmethod
    def from_bytes(cls, data: bytes, kind: Kind = KNOWLEDGE_BASE) -> Files:
        """Open what ``to_bytes`` gave.

        Raises:
            TerminologyError: If it is damaged or of a newer format.
        """
        try:
            content = cast("dict[str, bytes]", srsly.msgpack_loads(data))
            text = bytes(content[META])
        except (ValueError, KeyError, TypeError):
            raise TerminologyError(f"these bytes are not a {kind.noun}.") from None
        meta = _parse_meta(text, None, kind)
        for name, entry in meta["files"].items():
            if len(content.get(name, b"")) != entry["bytes"]:
                raise TerminologyError(f"the {kind.noun} in memory is damaged ({name}).")
        import pyarrow as pa  # noqa: PLC0415

        return cls(meta, lambda name: pa.py_buffer(content[name]), "in memory", kind)

    def to_bytes(self) -> bytes:
        """All files in one string of bytes."""
        content = {name: self.buffer(name).to_pybytes() for name in self.meta["files"]}
        content[META] = _dump_meta(self.meta)
        return cast("bytes", srsly.msgpack_dumps(content))

    def copy_to(self, path: Path, *, overwrite: bool) -> None:
        """Write all files to a new directory, atomically."""
        with atomic_directory(path, overwrite=overwrite, kind=self.kind) as partial:
            for name in self.meta["files"]:
                with (partial / name).open("wb") as target:
                    target.write(memoryview(self.buffer(name)))
            (partial / META).write_bytes(_dump_meta(self.meta))

    def buffer(self, name: str) -> pa.Buffer:
        """The content of a file.

        Raises:
            TerminologyError: If there is no such file.
        """
        if name not in self.meta["files"]:
            raise TerminologyError(
                f"{name} is missing in {self.location}.", remedy=self.kind.remedy
            )
        return self._read(name)

    def array(self, name: str, dtype: type[np.generic] | np.dtype[Any]) -> NDArray[Any]:
        """The one-dimensional array of a ``.npy`` file, without copying it.

        Raises:
            TerminologyError: If the file holds anything else.
        """
        buffer = self.buffer(name)
        header = io.BytesIO(memoryview(buffer)[:256])
        try:
            npy_format.read_magic(header)
            shape, _, stored = npy_format.read_array_header_1_0(header)
            if stored != np.dtype(dtype) or len(shape) != 1:
                raise ValueError(f"{stored} {shape}")
            return np.frombuffer(buffer, dtype=dtype, count=shape[0], offset=header.tell())
        except ValueError:
            raise self._error(f"{name} in {self.location} is damaged.") from None

    def table(self, name: str, schema: pa.Schema) -> pa.Table:
        """The table of an Arrow IPC file, without copying it.

        Raises:
            TerminologyError: If the file is damaged or has other columns.
        """
        import pyarrow as pa  # noqa: PLC0415

        try:
            table = pa.ipc.open_file(pa.BufferReader(self.buffer(name))).read_all()
        except (pa.ArrowInvalid, OSError):
            raise self._error(f"{name} in {self.location} is damaged.") from None
        if not table.schema.equals(schema):
            raise self._error(f"{name} in {self.location} is damaged.")
        return table

    def _error(self, problem: str) -> TerminologyError:
        return TerminologyError(problem, remedy=self.kind.remedy)

    def verify(self, progress: Callable[[str], None] | None = None) -> None:
        """Compare every file with its checksum.

        Raises:
            TerminologyError: Naming the first file that differs.
        """
        for name, entry in self.meta["files"].items():
            if progress is not None:
                progress(name)
            if _sha256(memoryview(self.buffer(name))) != entry["sha256"]:
                raise TerminologyError(
                    f"{name} in {self.location} is damaged: its content does not match the "
                    "checksum in meta.json.",
                    remedy=self.kind.remedy,
                )


def write_array(directory: Path, name: str, values: NDArray[Any]) -> None:
    """Write a flat array as ``.npy``."""
    np.save(directory / name, values, allow_pickle=False)


def write_table(directory: Path, name: str, table: pa.Table) -> None:
    """Write a table as an uncompressed Arrow IPC file of one record batch."""
    import pyarrow as pa  # noqa: PLC0415

    table = table.combine_chunks()
    with pa.OSFile(str(directory / name), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
        out.write_table(table, max_chunksize=max(1, table.num_rows))


def write_meta(directory: Path, meta: Mapping[str, Any], kind: Kind = KNOWLEDGE_BASE) -> None:
    """Write ``meta.json`` for the files that are in a directory: the last step of a build."""
    files = {}
    for file in sorted(directory.iterdir()):
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
        files[file.name] = {"bytes": file.stat().st_size, "sha256": file_sha256(file)}
    complete = {"format": kind.format, "format_version": kind.version, **meta, "files": files}
    (directory / META).write_bytes(_dump_meta(complete))


def _dump_meta(meta: Mapping[str, Any]) -> bytes:
    content = {key: value for key, value in meta.items() if key != "checksum"}
    canonical = json.dumps(content, sort_keys=True)
    content["checksum"] = hashlib.sha256(canonical.encode("ascii")).hexdigest()
    return json.dumps(content, indent=2, ensure_ascii=False).encode("utf-8")


def _read_meta(path: Path, kind: Kind) -> dict[str, Any]:
    if not path.exists():
        raise TerminologyError(f"there is no such {kind.noun}.", path=path, remedy=kind.check)
    file = path / META
    if path.name.endswith(PARTIAL):
        raise TerminologyError(
            "is what an interrupted build has left.", path=path, remedy=f"Remove it. {kind.remedy}"
        )
    try:
        return _parse_meta(file.read_bytes(), file, kind)
    except (FileNotFoundError, NotADirectoryError):
        raise TerminologyError(
            f"is not a {kind.noun}: it has no meta.json.", path=path, remedy="Check the path."
        ) from None


def _parse_meta(text: bytes, file: Path | None, kind: Kind) -> dict[str, Any]:
    try:
        meta = json.loads(text)
        if meta["format"] != kind.format:
            raise ValueError
        version = int(meta["format_version"])
    except (ValueError, KeyError, TypeError):
        raise TerminologyError(
            "is damaged or belongs to something else.", path=file, remedy=kind.remedy
        ) from None
    if version > kind.version:
        raise TerminologyError(
            f"the {kind.noun} has format {version}, but this version of spacy-umlsbert reads "
            f"formats up to {kind.version}.",
            path=file,
            remedy=f"Upgrade spacy-umlsbert, or build the {kind.noun} again with this version.",
        )
    if version < kind.version:
        raise TerminologyError(
            f"the {kind.noun} has format {version} of an earlier spacy-umlsbert; this version "
            f"reads format {kind.version}.",
            path=file,
            remedy=kind.remedy,
        )
    if text != _dump_meta(meta):
        raise TerminologyError(
            "is damaged: it does not match its own checksum.", path=file, remedy=kind.remedy
        )
    return cast("dict[str, Any]", meta)


def _sha256(content: memoryview) -> str:
    digest = hashlib.sha256()
    for start in range(0, len(content), _CHUNK):
        digest.update(content[start : start + _CHUNK])
    return digest.hexdigest()
