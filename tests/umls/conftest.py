from pathlib import Path

import pytest

from spacy_umlsbert.umls import KnowledgeBase, RrfRelease
from tests.umls.helpers import build


@pytest.fixture(scope="session")
def rrf_kb_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base built from the RRF fixture."""
    path = tmp_path_factory.mktemp("rrf_kb") / "kb"
    release = RrfRelease(Path(__file__).parents[1] / "fixtures" / "rrf")
    build(path, release, license="MIT")
    return path


@pytest.fixture(scope="session")
def rrf_kb(rrf_kb_path: Path) -> KnowledgeBase:
    """The same, opened."""
    return KnowledgeBase.open(rrf_kb_path)
