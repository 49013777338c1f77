"""The descriptors of MeSH."""

import gzip

import pytest

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.umls.sources.mesh import MeshDescriptors, type_of_place, written_names

ROWS = [
    ("D006321", "Heart", "Hearts", "A07.541", ""),
    ("D006325", "Heart Atria", "Atria, Heart|Atrium, Heart|Right Atrium", "A07.541.358", ""),
    ("D006333", "Heart Failure", "Failure, Heart|Cardiac Failure|Like", "C14.280.434", ""),
    ("D001794", "Blood Pressure", "Pressure, Blood", "E01.370.600.875.249|G09.330.380.076", ""),
    ("D000003", "Abattoirs", "Slaughterhouse", "J01.576.423", ""),
    ("D005500", "Follow-Up Studies", "", "N05.715.360", ""),
]


def written(folder, rows=ROWS):
    path = folder / "mesh_id_label_mappings.tsv.gz"
    path.write_bytes(gzip.compress("".join("\t".join(row) + "\n" for row in rows).encode()))
    return path


@pytest.fixture
def mesh(tmp_path):
    return MeshDescriptors(written(tmp_path))


def rows(tables):
    return [tuple(row.values()) for table in tables for row in table.to_pylist()]


def test_headings_come_first_and_entry_terms_after_them(mesh):
    names = rows(mesh.names())
    assert ("MSH:D006333", "Heart Failure", 0) in names
    assert ("MSH:D006333", "Cardiac Failure", 1) in names


def test_what_nobody_writes_is_left_out(mesh):
    names = {name for _, name, _ in rows(mesh.names())}
    assert not names & {"Failure, Heart", "Hearts", "Atria, Heart", "Like"}
    assert {"Right Atrium", "Atrium, Heart"} <= names


def test_types_come_from_the_places_in_the_tree(mesh):
    types = rows(mesh.types())
    assert [tui for concept, tui, rank in types if concept == "MSH:D001794"] == ["T201", "T040"]
    assert ("MSH:D006321", "T023", 1) in types and ("MSH:D006333", "T047", 1) in types


def test_what_is_no_matter_of_the_clinic_is_left_out(mesh):
    assert {row[0] for row in rows(mesh.names())} == {
        "MSH:D006321", "MSH:D006325", "MSH:D006333", "MSH:D001794"
    }  # fmt: skip


def test_the_longest_node_that_stands_above_a_place_counts():
    assert type_of_place("A15.145.229.637") == "T025" and type_of_place("A15.145.1") == "T031"
    assert type_of_place("E01.789.800") == "" and type_of_place("E01.370") == "T060"
    assert type_of_place("A071") == "" and type_of_place("") == ""


def test_parents_are_those_in_the_tree(mesh):
    assert rows(mesh.parents()) == [("MSH:D006325", "MSH:D006321")]


def test_ids_are_codes(mesh):
    assert rows(mesh.codes())[0] == ("MSH:D006321", "MSH", "D006321", "exact", "MH", "Heart")


def test_a_word_of_everyday_language_may_name_a_part_of_the_body():
    assert written_names("Dorsum", ["Like"]) == ["Dorsum"]
    assert written_names("Dorsum", ["Like"], anatomy=True) == ["Dorsum", "Like"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["D1\tHeart\t\tA07.541\n"], "columns"),
        (["D1\tHeart\t\tA07\t\n", "D2\tFever\n"], "line 2"),
        (["D1\tAbattoirs\t\tJ01\t\n"], "no descriptors"),
        ([], "empty"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, lines, message):
    path = tmp_path / "mesh.tsv"
    path.write_text("".join(lines))
    with pytest.raises(TerminologyError, match=message):
        rows(MeshDescriptors(path).names())
