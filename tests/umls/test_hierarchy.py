"""Ancestors, and codes rolled up to the level that somebody counts at."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.umls import (
    Concept,
    ConceptSource,
    KnowledgeBase,
    UnknownConceptError,
    icd_chapters,
)
from spacy_umlsbert.umls.icd import icd_level
from spacy_umlsbert.umls.sources.base import PARENTS
from spacy_umlsbert.umls.sources.concepts import to_table
from tests.umls.helpers import build


class WithParents(ConceptSource):
    def __init__(self, concepts: list[Concept], parents: list[tuple[str, str]]) -> None:
        super().__init__(concepts)
        self._parents = parents

    def parents(self) -> Iterator[pa.Table]:
        yield to_table(self._parents, PARENTS)


def made(
    path: Path, parents: list[tuple[str, str]], codes: dict[str, str] | None = None
) -> KnowledgeBase:
    """A knowledge base of these links, with codes of the vocabulary "A" by concept."""
    ids = sorted({one for link in parents for one in link})
    given = codes if codes is not None else {one: one.lower() for one in ids}
    concepts = [
        Concept(one, f"name {one}", [], codes={"A": [given[one]]} if one in given else None)
        for one in ids
    ]
    return build(path, WithParents(concepts, parents))


DIAMOND = [("D", "B"), ("D", "C"), ("B", "A"), ("C", "A"), ("E", "D")]


def test_ancestors_come_by_distance(tmp_path: Path) -> None:
    kb = made(tmp_path / "kb", DIAMOND)
    assert kb.ancestors("E") == ["D", "B", "C", "A"]
    assert kb.ancestors("A") == []
    with pytest.raises(UnknownConceptError):
        kb.ancestors("nothing")


def test_a_circle_ends(tmp_path: Path) -> None:
    kb = made(tmp_path / "kb", [("A", "B"), ("B", "C"), ("C", "A"), ("D", "A")])
    assert kb.ancestors("A") == ["B", "C"]
    assert kb.ancestors("D") == ["A", "B", "C"]
    assert kb.roll_up("A", "d", to=["c"]) == ["c"]
    assert kb.roll_up("A", "d", level=0) == ["a", "b", "c", "d"]


LETTERS = st.sampled_from("ABCDEFG")


@given(links=st.lists(st.tuples(LETTERS, LETTERS), min_size=1, max_size=15))
def test_ancestors_are_all_that_can_be_reached(
    tmp_path_factory: pytest.TempPathFactory, links: list[tuple[str, str]]
) -> None:
    kb = made(tmp_path_factory.mktemp("h") / "kb", links)
    for one in kb:
        reached, fresh = set[str](), {one}
        while fresh:
            above = {parent for child, parent in links if child in fresh}
            fresh = above - reached - {one}
            reached |= fresh
        found = kb.ancestors(one)
        assert set(found) == reached and len(found) == len(reached)


def test_roll_up_to_chosen_codes(tmp_path: Path) -> None:
    kb = made(tmp_path / "kb", DIAMOND)
    assert kb.roll_up("A", "e", to=["a"]) == ["a"]
    assert kb.roll_up("A", "e", to=["a", "b"]) == ["b"]  # the nearest
    assert kb.roll_up("A", "e", to={"a", "b", "c"}) == ["b", "c"]  # two parents
    assert kb.roll_up("A", "E", to=["e", "a"]) == ["e"]  # itself
    assert kb.roll_up("A", "a", to=["e"]) == []
    assert kb.roll_up("A", "unknown", to=["a"]) == []


def test_roll_up_to_a_depth(tmp_path: Path) -> None:
    kb = made(tmp_path / "kb", DIAMOND)
    assert kb.roll_up("A", "e", level=0) == ["a"]
    assert kb.roll_up("A", "e", level=1) == ["b", "c"]
    assert kb.roll_up("A", "e", level=2) == ["d"]
    assert kb.roll_up("A", "e", level=9) == ["e"]
    assert kb.roll_up("A", "b", level=2) == ["b"]  # above that depth already
    # Concepts without a code of the vocabulary are passed over, but not what is above them.
    kb = made(tmp_path / "2", DIAMOND, {"A": "a", "E": "e"})
    assert kb.roll_up("A", "e", level=1) == []
    assert kb.roll_up("A", "e", to=["a"]) == ["a"]


@pytest.mark.parametrize(
    ("vocabulary", "code", "category", "chapter"),
    [
        ("ICD10CM", "E11.65", ["E11"], ["IV"]),
        ("ICD-10-CM", "e1165", ["E11"], ["IV"]),
        ("ICD10CM", "C4A.0", ["C4A"], ["II"]),
        ("ICD10CM", "D49", ["D49"], ["II"]),
        ("ICD10CM", "D50.0", ["D50"], ["III"]),
        ("ICD10CM", "O9A.11", ["O9A"], ["XV"]),
        ("ICD10CM", "S00.00XA", ["S00"], ["XIX"]),
        ("ICD10CM", "Z3A.20", ["Z3A"], ["XXI"]),
        ("ICD10CM", "I10-I16", [], ["IX"]),
        ("ICD10", "U07.1", ["U07"], ["XXII"]),
        ("ICD10", "H59.9", ["H59"], ["VII"]),
        ("ICD10", "H60", ["H60"], ["VIII"]),
        ("ICD9CM", "250.02", ["250"], ["3"]),
        ("ICD9CM", "25002", ["250"], ["3"]),
        ("ICD9CM", "E849.0", ["E849"], ["E"]),
        ("ICD9CM", "V10.3", ["V10"], ["V"]),
        ("ICD10CM", "nonsense", [], []),
        ("ICD10CM", "", [], []),
        ("ICD9CM", "I10", [], []),
    ],
)
def test_levels_of_icd(
    rrf_kb: KnowledgeBase, vocabulary: str, code: str, category: list[str], chapter: list[str]
) -> None:
    # The shape of the code says it: no hierarchy and no codes are needed.
    assert rrf_kb.roll_up(vocabulary, code, level="category") == category
    assert rrf_kb.roll_up(vocabulary, code, level="chapter") == chapter


@given(letter=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), number=st.integers(0, 99))
def test_a_category_has_at_most_one_chapter(letter: str, number: int) -> None:
    for vocabulary in ("ICD10CM", "ICD10"):
        assert len(icd_level(vocabulary, f"{letter}{number:02d}", "chapter")) <= 1


def test_chapters_have_names() -> None:
    assert icd_chapters("ICD-10-CM")["IV"].startswith("Endocrine")
    assert len(icd_chapters("ICD10CM")) == len(icd_chapters("ICD10")) == 22
    assert len(icd_chapters("ICD9CM")) == 19
    with pytest.raises(ValueError, match="chapters are known of ICD10CM"):
        icd_chapters("MSH")


def test_what_roll_up_cannot_do(tmp_path: Path) -> None:
    kb = made(tmp_path / "kb", DIAMOND)
    with pytest.raises(ValueError, match="either level or to"):
        kb.roll_up("A", "e")
    with pytest.raises(ValueError, match="either level or to"):
        kb.roll_up("A", "e", level=1, to=["a"])
    with pytest.raises(ValueError, match="levels with names are those of ICD10CM"):
        kb.roll_up("A", "e", level="category")
    with pytest.raises(ValueError, match="no level 'block', but category and chapter"):
        kb.roll_up("ICD10CM", "E11", level="block")
    with pytest.raises(ValueError, match="0 or more"):
        kb.roll_up("A", "e", level=-1)
