"""Reads text files as they come: compressed or not, with or without a byte order mark."""

import gzip
import zlib
from pathlib import Path

from spacy_umlsbert.corpora.report import Kind, Report
from spacy_umlsbert.errors import InputError


def find_files(path: Path, *suffixes: str) -> list[Path]:
    """The file itself, or the files below a folder that end in one of the suffixes, sorted.

    Hidden files are left out: file managers leave such files beside the real ones.

    Raises:
        InputError: If there is no such file or folder, or none in it.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InputError("there is no such file or folder.", path=path, remedy="Check the path.")
    files = sorted(
        file
        for file in path.rglob("*")
        if file.is_file()
        and file.name.endswith(suffixes)
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )
    if not files:
        raise InputError(
            f"there is no file that ends in {' or '.join(suffixes)} in this folder.",
            path=path,
            remedy="Check the path and the format.",
        )
    return files


def name_below(file: Path, path: Path) -> str:
    """The file's name without its ending, with the folders in which it is below the path."""
    return file.relative_to(path).with_suffix("").as_posix() if path.is_dir() else file.stem


def read_text(path: Path, report: Report, *, empty_is_fine: bool = False) -> str | None:
    """The text of a file, without a byte order mark; line ends stay as they are.

    A file that is not UTF-8 is read as Windows-1252, as which every byte is a character: offsets
    in old corpora count bytes of such files. ``.gz`` files are decompressed.

    Returns:
        The text, or None if the file cannot be read or is empty, which is reported.
    """
    try:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        report.add(Kind.UNREADABLE, path, 0, "the file cannot be read, or is damaged")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report.add(Kind.ENCODING, path, line, f"byte {error.start} is not UTF-8")
        text = data.decode("cp1252", errors="replace")
    if not text.strip() and not empty_is_fine:
        report.add(Kind.EMPTY, path, 0, "the file is empty")
        return None
    return text


def lines_of(text: str) -> list[str]:
    r"""Lines without their ends (``\n`` or ``\r\n``; nothing else ends a line)."""
    return [line.removesuffix("\r") for line in text.split("\n")]
