"""Output that appears under its name only once it is complete."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spacy_umlsbert.errors import InputError

PARTIAL = ".partial"
"""What the name of something that is not complete ends in."""


@contextmanager
def atomic_file(path: str | Path) -> Iterator[Path]:
    """A path beside ``path`` to write to, which takes its place when the block ends.

    The file there before, if any, stays until then. After an error, an interrupt included, nothing
    is left; after a kill a file whose name ends in ``.partial`` is.

    Raises:
        InputError: If ``path`` is a directory.
    """
    path = Path(path).absolute()
    if path.is_dir():
        raise InputError("is a directory; the name of a file is needed.", path=path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InputError("its folder is the name of a file.", path=path) from None
    with tempfile.TemporaryDirectory(
        prefix=f".{path.name}.", suffix=PARTIAL, dir=path.parent
    ) as folder:
        # Under its own name, because what is written may depend on the ending (.npy, .gz).
        partial = Path(folder) / path.name
        yield partial
        partial.replace(path)


@contextmanager
def new_directory(path: str | Path, *, replace: bool = False) -> Iterator[Path]:
    """A directory beside ``path`` to write to, which takes its name when the block ends.

    After an error, an interrupt included, nothing is left and what was there stays; after a kill a
    directory whose name ends in ``.partial`` is left.

    Args:
        path: The directory to make.
        replace: Whether it may take the place of one that is there.

    Raises:
        InputError: If ``path`` is there already, not an empty directory, and not to be replaced.
    """
    path = Path(path).absolute()
    _require_free(path, replace)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=PARTIAL, dir=path.parent))
    partial.chmod(0o755)
    try:
        yield partial
        _require_free(path, replace)
        if replace and path.exists():
            # A directory cannot be replaced in one step: the old one steps aside first.
            old = partial.with_suffix(f".old{PARTIAL}")
            path.rename(old)
            try:
                partial.rename(path)
            except BaseException:
                old.rename(path)
                raise
            shutil.rmtree(old, ignore_errors=True)
        else:
            partial.rename(path)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _require_free(path: Path, replace: bool) -> None:
    if path.exists() and not replace and not (path.is_dir() and not any(path.iterdir())):
        raise InputError(
            "exists already.", path=path, remedy="Choose another name, or remove it first."
        )
