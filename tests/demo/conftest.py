"""Generated notes, made once for all tests that look at them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from demo.generator import NoteGenerator, SyntheticNote
from demo.generator.nli import Pair, PairGenerator

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo"
CONCEPTS = Path(__file__).parent / "fixtures" / "note_concepts.tsv"
TABLE = ROOT / "assets" / "umls" / "concepts.tsv"
N = 120


def make_generator(seed: int = 0) -> NoteGenerator:
    return NoteGenerator.from_folder(DEMO, CONCEPTS, seed)


@pytest.fixture(scope="session")
def generator() -> NoteGenerator:
    return make_generator()


@pytest.fixture(scope="session")
def train(generator: NoteGenerator) -> list[SyntheticNote]:
    return list(generator.notes(N, "train"))


def drawn(pairs: list[Pair]) -> list[list[str]]:
    return [[p.premise, p.hypothesis, p.label] for p in pairs]


def note_and_pairs() -> tuple[str, list[list[str]]]:
    note = make_generator().draw(7, "dev")
    pairs = PairGenerator.from_folder(DEMO, TABLE, 0).pairs(40, "train")
    return note.text, drawn(list(pairs))


@pytest.fixture(scope="session")
def of_another_process() -> tuple[str, list[list[str]]]:
    """`note_and_pairs()` of a process whose sets and dicts have another order."""
    code = "import json; from tests.demo.conftest import *; print(json.dumps(note_and_pairs()))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "99", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    note, pairs = json.loads(run.stdout.splitlines()[-1])
    return note, pairs
