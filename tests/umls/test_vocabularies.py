import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.umls import vocabulary_name
from spacy_umlsbert.umls.vocabularies import code_of, code_of_id, find_vocabulary, fold_code


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ICD-10-CM", "ICD10CM"),
        ("icd10cm", "ICD10CM"),
        ("ICD10", "ICD10"),
        ("ICD9CM_2005", "ICD9CM"),
        ("SNOMED CT", "SNOMEDCT_US"),
        ("SNOMEDCT_US_2023_03_01", "SNOMEDCT_US"),
        ("SCTID", "SNOMEDCT_US"),
        ("mesh", "MSH"),
        ("NCIT", "NCI"),
        ("MIM", "OMIM"),
        ("ORDO", "ORPHANET"),
        ("HP", "HPO"),
        ("LOINC", "LNC"),
        ("MyOwn_1", "MyOwn_1"),
        ("MTHSPL", "MTHSPL"),
    ],
)
def test_vocabularies_are_called_as_in_the_umls(written: str, name: str) -> None:
    assert vocabulary_name(written) == name
    assert find_vocabulary(written, ["A", name]) == name
    assert find_vocabulary(written, ["A"]) is None


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("MESH:D009369", ("MSH", "D009369")),
        ("HP:0001945", ("HPO", "HP:0001945")),
        ("SNOMEDCT_US_2025_09_01:38341003", ("SNOMEDCT_US", "38341003")),
        ("ICDO:9805/3", ("ICDO", "9805/3")),
        ("SYMP:0000001", ("SYMP", "SYMP:0000001")),
        ("Reactome:R-HSA-1", ("Reactome", "R-HSA-1")),
        ("http://example.org", None),
        ("D009369", None),
        ("ICD10CM:", None),
        (":I10", None),
        ("a sentence: with a colon", None),
    ],
)
def test_codes_of_ids_with_a_prefix(identifier: str, expected: tuple[str, str] | None) -> None:
    assert code_of(identifier) == expected


def test_plain_ids_are_codes_where_their_shape_says_of_what() -> None:
    assert code_of_id("D009369") == ("MSH", "D009369")
    assert code_of_id("C565588") == ("MSH", "C565588")
    assert code_of_id("613097") == ("OMIM", "613097")
    assert code_of_id("C0020538") is None  # a CUI
    assert code_of_id("12") is None
    assert code_of_id("12", "SNOMED CT") == ("SNOMEDCT_US", "12")
    assert code_of_id("OMIM:12", "SNOMED CT") == ("OMIM", "12")


@pytest.mark.parametrize(
    ("vocabulary", "ways"),
    [
        ("ICD10CM", ["E11.9", "e11.9", "E119", " E11.9 ", "ICD10CM:E11.9", "ICD-10-CM: e119"]),
        ("ICD10", ["A17.0", "A17.0†", "A170*"]),
        ("HPO", ["HP:0001945", "hp:0001945", "HP_0001945", "0001945", "HPO:0001945"]),
        ("SNOMEDCT_US", ["38341003", "SCTID:38341003", "SNOMED CT:38341003"]),
        ("MyOwn", ["a-1", "A-1", "MyOwn:a-1"]),
    ],
)
def test_the_ways_of_writing_a_code_are_the_same(vocabulary: str, ways: list[str]) -> None:
    assert len({fold_code(vocabulary, way) for way in ways}) == 1


@given(code=st.text(st.characters(codec="ascii", categories=("L", "N", "P")), max_size=12))
def test_folding_twice_is_folding_once(code: str) -> None:
    folded = fold_code("ICD10CM", code)
    assert fold_code("ICD10CM", folded) == folded or ":" in code or "_" in code
