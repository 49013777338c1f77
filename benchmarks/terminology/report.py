"""Tables for people, JSON for machines."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

from wasabi import msg


def report(title: str, results: dict[str, Any], path: Path | None) -> None:
    """Print results as a table and write them as JSON."""
    msg.divider(title)
    rows = [(key.replace("_", " "), _shown(value)) for key, value in results.items()]
    msg.table(rows, aligns=("l", "r"))
    if path is not None:
        content = {"machine": f"{platform.machine()}, Python {platform.python_version()}"}
        path.write_text(json.dumps({**content, **results}, indent=2), encoding="utf-8")


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}" if value < 10 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
