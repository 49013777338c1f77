"""Generated notes, made once for all tests that look at them."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.generator import NoteGenerator, SyntheticNote

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo"
CONCEPTS = Path(__file__).parent / "fixtures" / "note_concepts.tsv"
N = 120


def make_generator(seed: int = 0) -> NoteGenerator:
    return NoteGenerator.from_folder(DEMO, CONCEPTS, seed)


@pytest.fixture(scope="session")
def generator() -> NoteGenerator:
    return make_generator()


@pytest.fixture(scope="session")
def train(generator: NoteGenerator) -> list[SyntheticNote]:
    return list(generator.notes(N, "train"))
