"""Compile folders of Python modules, so that no bytecode is added to them or changed later.

The checksum that 'spacy project' keeps of a folder takes in __pycache__. Bytecode is bound to the
content of a module (not to its time), and written even if PYTHONDONTWRITEBYTECODE is set.
"""

import importlib.util
import py_compile
import sys
from pathlib import Path

CHECKED_HASH = (0b11).to_bytes(4, "little")


def main(folders: list[str]) -> None:
    """Compile all modules of FOLDERS that are not compiled yet."""
    for folder in folders:
        for module in sorted(Path(folder).rglob("*.py")):
            compiled = Path(importlib.util.cache_from_source(str(module)))
            header = importlib.util.MAGIC_NUMBER + CHECKED_HASH
            header += importlib.util.source_hash(module.read_bytes())
            if not compiled.is_file() or compiled.read_bytes()[:16] != header:
                mode = py_compile.PycInvalidationMode.CHECKED_HASH
                py_compile.compile(str(module), doraise=True, invalidation_mode=mode)


if __name__ == "__main__":
    main(sys.argv[1:])
