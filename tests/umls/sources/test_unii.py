"""The medicines of the FDA's list of names."""

import gzip

import pytest

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.umls.sources.unii import UniiMedicines, is_written, written

LISTED = """\
METFORMIN\tof\t9100L32L2N\tMETFORMIN
METFORMIN [USAN]\tcn\t9100L32L2N\tMETFORMIN
IMIDODICARBONIMIDIC DIAMIDE, N,N-DIMETHYL-\tsys\t9100L32L2N\tMETFORMIN
METFORMIN HYDROCHLORIDE [VANDF]\tcn\t786Z46389E\tMETFORMIN HYDROCHLORIDE
GLUCOPHAGE XR\tbn\t786Z46389E\tMETFORMIN HYDROCHLORIDE
LA-6023\tcd\t786Z46389E\tMETFORMIN HYDROCHLORIDE
ACETAMINOPHEN [ORANGE BOOK]\tcn\t362O9ITL9D\tACETAMINOPHEN
APAP\tcn\t362O9ITL9D\tACETAMINOPHEN
PARACETAMOL\tof\t362O9ITL9D\tACETAMINOPHEN
PERCOCET COMPONENT ACETAMINOPHEN\tcn\t362O9ITL9D\tACETAMINOPHEN
PIGMENT BLUE 16\tof\tXXXXXXXXX1\tPIGMENT BLUE 16
"""
HEADER = "Name\tTYPE\tUNII\tDisplay Name\n"


@pytest.fixture
def medicines(tmp_path):
    path = tmp_path / "UNII_Names.txt.gz"
    path.write_bytes(gzip.compress((HEADER + LISTED).encode()))
    return UniiMedicines(path)


def rows(tables):
    return [tuple(row.values()) for table in tables for row in table.to_pylist()]


def test_names_are_written_as_in_a_note(medicines):
    names = {(concept, name) for concept, name, _ in rows(medicines.names())}
    assert ("UNII:9100L32L2N", "metformin") in names
    assert ("UNII:786Z46389E", "Glucophage XR") in names
    assert ("UNII:362O9ITL9D", "APAP") in names and ("UNII:362O9ITL9D", "paracetamol") in names
    assert ("UNII:786Z46389E", "LA-6023") in names
    assert not any("N,N" in name or "[" in name for _, name in names)


def test_what_several_lists_say_is_there_once(medicines):
    names = rows(medicines.names())
    assert len({*names}) == len(names)


def test_a_brand_of_several_substances_names_each(medicines):
    assert ("UNII:362O9ITL9D", "Percocet", 3) in rows(medicines.names())


def test_what_no_list_of_medicines_names_is_left_out(medicines):
    assert {row[0] for row in rows(medicines.names())} == {
        "UNII:9100L32L2N", "UNII:786Z46389E", "UNII:362O9ITL9D"
    }  # fmt: skip


def test_display_names_are_preferred(medicines):
    first = {concept: name for concept, name, rank in rows(medicines.names()) if rank == 0}
    assert first["UNII:362O9ITL9D"] == "acetaminophen"
    codes = rows(medicines.codes())
    code = ("UNII:362O9ITL9D", "MTHSPL", "362O9ITL9D", "exact", "PT", "acetaminophen")
    assert code in codes


def test_a_salt_is_below_what_it_is_a_salt_of(medicines):
    assert rows(medicines.parents()) == [("UNII:786Z46389E", "UNII:9100L32L2N")]


EVERYDAY = """\
TODAY\tbn\t48Q180SH9T\tNONOXYNOL-9
NONOXYNOL-9 [USAN]\tcn\t48Q180SH9T\tNONOXYNOL-9
CREAM\tof\t463JZS0XJ3\tCOW MILK FAT
COW MILK FAT [VANDF]\tcn\t463JZS0XJ3\tCOW MILK FAT
WATER [ORANGE BOOK]\tcn\t059QF0KO0R\tWATER
WATER [LANGUAL]\tcn\t059QF0KO0R\tWATER
CORN [VANDF]\tcn\t0N8672707O\tCORN
CORN [LANGUAL]\tcn\t0N8672707O\tCORN
"""


@pytest.fixture
def everyday(tmp_path):
    path = tmp_path / "UNII_Names.txt"
    path.write_text(HEADER + EVERYDAY)
    return UniiMedicines(path)


def test_a_brand_or_synonym_that_is_an_everyday_word_is_no_name(everyday):
    names = {name for _, name, _ in rows(everyday.names())}
    assert names == {"nonoxynol-9", "cow milk fat", "water", "corn"}


def test_what_a_list_of_foods_names_is_a_food_unless_it_is_a_medicine(everyday):
    types = {concept: tui for concept, tui, _ in rows(everyday.types())}
    assert types["UNII:0N8672707O"] == "T168" and types["UNII:059QF0KO0R"] == "T121"


@pytest.mark.parametrize("code", ["S 1", "C3", "ABCD", "HID A", "A-33", "BETA-2"])
def test_short_codes_are_no_names(code):
    assert not is_written(code, "cd")


@pytest.mark.parametrize("code", ["MK-3475", "A-33547", "TMX-67", "18-FDG", "E-511", "R70380"])
def test_codes_of_some_length_are(code):
    assert is_written(code, "cd")


def test_types_are_assumed(medicines):
    assert {row[1:] for row in rows(medicines.types())} == {("T121", 1)}


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("ACCUTANE", "bn", "Accutane"),
        ("MS CONTIN", "bn", "MS Contin"),
        ("ZINC", "cn", "zinc"),
        ("APAP", "cn", "APAP"),
        ("MK-3475", "cd", "MK-3475"),
        ("ASPIRIN", "of", "aspirin"),
    ],
)
def test_the_case_of_a_name(name, kind, expected):
    assert written(name, kind, frozenset({"ZINC"})) == expected


@pytest.mark.parametrize(
    "name",
    ["N,N-DIMETHYL", "5,6-EPOXY", "X", "ACID, (2S)-", "4-(1-HYDROXY)", "A" * 61, "DEA NO. 2401"],
)
def test_what_nobody_writes_in_a_note(name):
    assert not is_written(name)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Name\tUNII\nx\ty\n", "line 1: no column TYPE, Display Name"),
        (HEADER + "a\tb\n", "UNII_Names.txt"),
        (HEADER + "CHALK\tof\t1\tCHALK\n", "has no medicines"),
    ],
)
def test_another_or_a_damaged_file_is_refused(tmp_path, content, message):
    path = tmp_path / "UNII_Names.txt"
    path.write_text(content)
    with pytest.raises(TerminologyError, match=message):
        rows(UniiMedicines(path).names())
