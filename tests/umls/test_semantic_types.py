import pytest

from spacy_umlsbert.umls import (
    SEMANTIC_GROUPS,
    Concept,
    TerminologyError,
    all_tuis,
    expand_tuis,
    group_of,
    group_tuis,
    semantic_type,
)


def test_a_semantic_type_has_name_tree_number_abbreviation_and_group() -> None:
    assert semantic_type("T047") == (
        "T047",
        "Disease or Syndrome",
        "B2.2.1.2.1",
        "dsyn",
        "DISO",
        "Disorders",
    )


def test_the_table_is_complete_and_a_tree() -> None:
    types = [semantic_type(tui) for tui in all_tuis()]
    assert len(types) == 127
    assert {entry.group for entry in types} == set(SEMANTIC_GROUPS)
    assert len(SEMANTIC_GROUPS) == 15
    numbers = {entry.tree_number for entry in types}
    assert len(numbers) == 127
    for number in numbers - {"A", "B"}:
        parent = number.rpartition(".")[0] or number[0]
        assert parent in numbers, number


def test_groups_by_code_or_name_in_any_case() -> None:
    assert group_tuis("DISO") == group_tuis("disorders") == group_tuis("diso")
    assert len(group_tuis("DISO")) == 12
    assert expand_tuis(["Devices", "T047"]) == ["T047", "T074", "T075", "T203"]
    assert group_of("T003") is None  # retired


@pytest.mark.parametrize("wrong", ["T999", "DISOS", "", "t047"])
def test_what_is_neither_type_nor_group_is_refused(wrong: str) -> None:
    with pytest.raises(TerminologyError):
        expand_tuis([wrong])
    with pytest.raises(TerminologyError, match="TUIs look like"):
        semantic_type(wrong)


def test_semantic_groups_of_a_concept() -> None:
    assert Concept("C1", "x", [], ["T047", "T184", "T121", "T003"]).semantic_groups == [
        "DISO",
        "CHEM",
    ]
