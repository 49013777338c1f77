"""Who may import whom: the contracts in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_folders_import_only_what_comes_before_them():
    # In a process of its own, because import-linter disables all loggers that are there.
    code = "import sys; from importlinter.cli import lint_imports; "
    code += "sys.exit(lint_imports('pyproject.toml', no_cache=True, no_logo=True))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
