"""Output that appears under its name only once it is complete."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import InputError

_PARTIAL = ".partial"


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
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{path.name}.", suffix=_PARTIAL, dir=path.parent
    ) as folder:
        # Under its own name, because what is written may depend on the ending (.npy, .gz).
        partial = Path(folder) / path.name
        yield partial
        partial.replace(path)


@contextmanager
def new_directory(path: str | Path) -> Iterator[Path]:
    """A directory beside ``path`` to write to, which takes its name when the block ends.

    After an error, an interrupt included, nothing is left.

    Raises:
        InputError: If ``path`` is there already and not an empty directory.
    """
    path = Path(path).absolute()
    _require_free(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=_PARTIAL, dir=path.parent))
    partial.chmod(0o755)
    try:
        yield partial
        _require_free(path)
        partial.rename(path)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _require_free(path: Path) -> None:
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise InputError(
            "exists already.", path=path, remedy="Choose another name, or remove it first."
        )
