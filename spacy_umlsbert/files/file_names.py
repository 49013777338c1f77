"""Which files of a folder are read, and what they are called without their endings."""

from __future__ import annotations

from pathlib import Path

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.streams import is_compressed


def find_files(path: Path, *suffixes: str) -> list[Path]:
    """The file itself, or the files below a folder that end in one of the suffixes, sorted.

    A suffix in small letters stands for capitals and for ``.gz`` after it too. Hidden files are
    left out: file managers leave such files beside the real ones.

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
        and file.name.lower().removesuffix(".gz").endswith(suffixes)
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
    below = file.relative_to(path) if path.is_dir() else Path(file.name)
    return (below.parent / stem(file)).as_posix()


def stem(file: Path) -> str:
    """The file's name without its ending, and without ``.gz``."""
    return Path(file.stem).stem if is_compressed(file) else file.stem


def sibling(file: Path, suffix: str, folder: Path | None = None) -> Path | None:
    """The file of the same name with another ending, compressed or not; None if there is none.

    Args:
        file: A file.
        suffix: The ending.
        folder: Where to look; by default beside the file.
    """
    folder = file.parent if folder is None else folder
    names = (f"{stem(file)}{suffix}", f"{stem(file)}{suffix}.gz")
    return next((folder / name for name in names if (folder / name).is_file()), None)
