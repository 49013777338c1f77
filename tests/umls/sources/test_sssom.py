"""SSSOM mappings: which rows count, and what becomes of their codes."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.umls import KnowledgeBase, SssomMapping, TerminologyError, name_dictionary
from tests.umls.helpers import build

HEAD = ["subject_id", "subject_label", "predicate_modifier", "predicate_id", "object_id"]
EXACT = "skos:exactMatch"


def write(path: Path, rows: list[list[str]], head: list[str] | None = None) -> Path:
    """Write a mapping as pandas does, with quotes where a cell needs them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("# mapping_set_version: '2026-01-01'\n")
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows([head or HEAD, *rows])
    return path


def kinds(kb: KnowledgeBase, concept_id: str) -> dict[str, str]:
    return {code.code: code.mapping for code in kb.codes_of(concept_id)}


@pytest.mark.parametrize("negated", ["Not", "NOT", "not"])
def test_a_negated_row_is_no_mapping(tmp_path: Path, negated: str) -> None:
    rows = [
        ["MONDO:0000001", "breast cancer", "", EXACT, "UMLS:C0006142"],
        ["MONDO:0000002", "gout", negated, EXACT, "UMLS:C0006142"],
        ["MONDO:0000003", "fever", negated, EXACT, "UMLS:C0015967"],
    ]
    kb = build(tmp_path / "kb", SssomMapping(write(tmp_path / "m.tsv", rows)))
    assert list(kb) == ["C0006142"] and kb["C0006142"].aliases == []
    assert kb["C0006142"].codes == {"MONDO": ("MONDO:0000001",)}
    assert kb.meta.sources[0]["version"] == "2026-01-01"


def test_an_unknown_modifier_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "m.tsv", [["X:1", "a", "Maybe", EXACT, "UMLS:C1"]])
    with pytest.raises(TerminologyError, match="predicate_modifier") as caught:
        build(tmp_path / "kb", SssomMapping(file))
    assert caught.value.line == 3


@given(
    label=st.text(
        st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=15
    ),
    quoted=st.booleans(),
    inside=st.sampled_from(["", "\t", '"', ' "x" ', "\n"]),
)
def test_any_label_survives_in_quotes_or_without(
    tmp_path_factory: pytest.TempPathFactory, label: str, quoted: bool, inside: str
) -> None:
    label = f"a{inside}{label}"
    stream = io.StringIO()
    writer = csv.writer(
        stream,
        delimiter="\t",
        lineterminator="\n",
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
    )
    writer.writerows([HEAD, ["X:1", label, "", EXACT, "UMLS:C1"]])
    file = tmp_path_factory.mktemp("sssom") / "m.tsv"
    file.write_text(stream.getvalue(), encoding="utf-8", newline="")
    (table,) = SssomMapping(file).names()
    assert table["name"].to_pylist() == [label]


def test_codes_keep_their_kind_whichever_side_the_concept_is_on(tmp_path: Path) -> None:
    rows = [
        ["MONDO:0000001", "gout", "", EXACT, "UMLS:C1"],
        ["MONDO:0000002", "arthritis", "", "skos:narrowMatch", "UMLS:C1"],
        ["MONDO:0000003", "gout of toe", "", "skos:broadMatch", "UMLS:C1"],
        ["MONDO:0000004", "gouts", "", "http://www.w3.org/2004/02/skos/core#closeMatch", "UMLS:C1"],
        ["MONDO:0000005", "uric acid", "", "skos:relatedMatch", "UMLS:C1"],
        ["UMLS:C1", "gout", "", "skos:broadMatch", "ICD10CM:M10"],
        ["UMLS:C1", "gout", "", "skos:mappingRelation", "ICD10CM:M99"],
    ]
    kb = build(tmp_path / "kb", SssomMapping(write(tmp_path / "m.tsv", rows)))
    assert kinds(kb, "C1") == {
        "M10": "broad",
        "MONDO:0000001": "exact",
        "MONDO:0000002": "broad",
        "MONDO:0000003": "narrow",
        "MONDO:0000004": "close",
        "MONDO:0000005": "related",
    }
    assert kb["C1"].aliases == []  # only exact mappings are names


def test_a_mapping_between_codes_joins_by_exact_codes(tmp_path: Path) -> None:
    to_umls = [
        ["MONDO:0000001", "gout", "", EXACT, "UMLS:C1"],
        ["MONDO:0000002", "arthritis", "", "skos:closeMatch", "UMLS:C1"],
    ]
    to_icd = [
        ["MONDO:0000001", "gout", "", "skos:broadMatch", "ICD10CM:M10"],
        ["MONDO:0000002", "arthritis", "", EXACT, "ICD10CM:M13"],
        ["MONDO:0000003", "fever", "", EXACT, "ICD10CM:R50"],
        ["MONDO:0000001", "gout", "Not", EXACT, "ICD10CM:M11"],
    ]
    sources = [
        SssomMapping(write(tmp_path / "icd.tsv", to_icd)),
        SssomMapping(write(tmp_path / "umls.tsv", to_umls)),
    ]
    for i, order in enumerate((sources, sources[::-1])):
        kb = build(tmp_path / f"kb{i}", *order)
        assert kb["C1"].codes["ICD10CM"] == ("M10",)
        assert kinds(kb, "C1")["M10"] == "broad"
        assert kb.meta.counts["codes_without_a_concept"] == 2


def test_a_mapping_that_no_concept_has_part_in_is_refused(tmp_path: Path) -> None:
    mapping = write(tmp_path / "m.tsv", [["MONDO:0000001", "gout", "", EXACT, "ICD10CM:M10"]])
    (tmp_path / "d.txt").write_text("D006073||gout\n")
    names = name_dictionary(tmp_path / "d.txt")
    with pytest.raises(TerminologyError, match=r"none of the 1 codes and mappings of m\.tsv"):
        build(tmp_path / "kb", names, SssomMapping(mapping))
    with pytest.raises(TerminologyError, match="no names"):
        build(tmp_path / "kb", SssomMapping(mapping))
    assert not (tmp_path / "kb").exists()


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("subject_id\tobject_id\nX:1\tUMLS:C1\n", 1, "no column predicate_id"),
        ("predicate_id\tobject_id\nskos:exactMatch\tUMLS:C1\n", 1, "no column subject_id"),
        ("subject_id\tpredicate_id\tobject_id\nX:1\tskos:exactMatch\n", 2, "2 columns instead"),
        ('subject_id\tpredicate_id\tobject_id\n"X:1\tskos:exactMatch\tUMLS:C1\n', 2, "quotes"),
        ('subject_id\tpredicate_id\tobject_id\n"X:1"x\tskos:exactMatch\tUMLS:C1\n', 2, "CSV"),
    ],
)
def test_damage_is_reported_with_its_line(
    tmp_path: Path, text: str, line: int, problem: str
) -> None:
    file = tmp_path / "m.tsv"
    file.write_text(text)
    with pytest.raises(TerminologyError, match=problem) as caught:
        build(tmp_path / "kb", SssomMapping(file))
    assert (caught.value.path, caught.value.line) == (file, line)
