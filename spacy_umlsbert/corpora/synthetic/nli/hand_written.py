"""Pairs written by hand, whose sentences the generator never makes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import srsly

_NOT_A_WORD = re.compile(r"[^a-z0-9./%]+")


def normal_text(text: str) -> str:
    """The words alone, lower-case: what makes two sentences the same."""
    return _NOT_A_WORD.sub(" ", text.lower()).strip(" .")


def read_sides(paths: Iterable[Path]) -> frozenset[str]:
    """Both sides of all pairs in some JSON Lines files, normalised, those that exist."""
    records = (r for path in paths if path.is_file() for r in srsly.read_jsonl(path))
    return frozenset(normal_text(r[side]) for r in records for side in ("premise", "hypothesis"))
