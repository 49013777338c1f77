"""Tables of codes that are joined to any knowledge base."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spacy_umlsbert.umls import CodeTable, Concept, ConceptSource, TerminologyError
from tests.umls.helpers import build

CONCEPTS = ConceptSource([Concept("C1", "hypertension", ["high blood pressure"], ["T047"])])
ROWS = [
    {"concept_id": "C1", "vocabulary": "ICD-10-CM", "code": "I10"},
    {"concept_id": "C1", "vocabulary": "SNOMEDCT_US", "code": "38341003"},
    {"concept_id": "C2", "vocabulary": "ICD10CM", "code": "R50"},
]


def write(path: Path) -> Path:
    """Write the rows in the format that the name says."""
    ending = path.name.removesuffix(".gz").rpartition(".")[2]
    delimiter = {"tsv": "\t", "csv": ","}.get(ending)
    if ending == "parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
        return path
    if delimiter:
        lines = [delimiter.join(ROWS[0]), *(delimiter.join(row.values()) for row in ROWS)]
    else:
        lines = [json.dumps(row) for row in ROWS]
    data = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["c.tsv", "c.csv", "c.jsonl", "c.tsv.gz", "c.parquet"])
def test_codes_join_the_concepts_of_other_sources(tmp_path: Path, name: str) -> None:
    kb = build(tmp_path / "kb", CONCEPTS, CodeTable(write(tmp_path / name)))
    assert kb["C1"].codes == {"ICD10CM": ("I10",), "SNOMEDCT_US": ("38341003",)}
    assert list(kb) == ["C1"]
    assert kb.meta.counts["codes"] == 2 and kb.meta.counts["codes_without_a_concept"] == 1
    assert kb.meta.sources[1] == {"kind": "codes", "files": [name]}


def test_columns_may_be_called_as_in_mrconso_and_say_more(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text(
        "CUI,SAB,CODE,TTY,STR,mapping,other\n"
        "C1,ICD10CM,I10,PT,Essential hypertension,,x\n"
        "C1,ICD10CM,I15,PT,high blood pressure,skos:broadMatch,x\n"
        "C1,ICD10CM,I16,,,close,x\n"
    )
    kb = build(tmp_path / "kb", CONCEPTS, CodeTable(file))
    assert kb.codes_of("C1", "icd-10-cm") == [
        ("ICD10CM", "I10", "exact", "PT", "Essential hypertension"),
        ("ICD10CM", "I15", "broad", "PT", "high blood pressure"),
        ("ICD10CM", "I16", "close", "", None),
    ]
    assert kb["C1"].aliases == ["high blood pressure"]  # a table of codes has no names


@pytest.mark.parametrize(
    ("name", "text", "line", "problem"),
    [
        ("c.tsv", "concept_id\tcode\nC1\tI10\n", None, "no column vocabulary"),
        ("c.tsv", "C1\tICD10CM\tI10\n", None, "no column code, concept_id, vocabulary"),
        ("c.csv", "concept_id,vocabulary,code\nC1,ICD10CM,\n", 2, "does not have a concept_id"),
        ("c.csv", "concept_id,vocabulary,code\nC1,ICD10CM\n", 2, "number of fields"),
        ("c.csv", "concept_id,vocabulary,code,mapping\nC1,A,I10,same\n", 2, "none of exact"),
        ("c.jsonl", '{"concept_id": "C1"}\n', 1, "does not have a concept_id"),
        ("c.csv", "concept_id,vocabulary,code\nC9,ICD10CM,I10\n", None, "none of the 1 codes"),
        ("c.csv", "", None, "no header"),
        ("c.xlsx", "", None, "rows are read from"),
    ],
)
def test_what_cannot_be_used_is_refused(
    tmp_path: Path, name: str, text: str, line: int | None, problem: str
) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(TerminologyError, match=problem) as caught:
        build(tmp_path / "kb", CONCEPTS, CodeTable(file))
    assert caught.value.line == line
    assert [path.name for path in tmp_path.iterdir()] == [name]
