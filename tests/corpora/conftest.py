"""Generated notes, made once for all tests that look at them."""

from __future__ import annotations

from pathlib import Path

import pytest

from spacy_umlsbert.corpora.synthetic import NoteGenerator, SyntheticNote

ASSETS = Path(__file__).parents[2] / "assets"
CONCEPTS = Path(__file__).parent / "fixtures" / "note_concepts.tsv"
N = 120


def make_generator(seed: int = 0) -> NoteGenerator:
    return NoteGenerator.from_assets(ASSETS, seed, concepts=CONCEPTS)


@pytest.fixture(scope="session")
def generator() -> NoteGenerator:
    return make_generator()


@pytest.fixture(scope="session")
def train(generator: NoteGenerator) -> list[SyntheticNote]:
    return list(generator.notes(N, "train"))
