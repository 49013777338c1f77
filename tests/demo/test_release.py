"""The demo terminology in assets/umls, and the scripts that write and check it."""

import importlib.util
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from spacy_umlsbert.umls import TerminologyError, is_semantic_type, semantic_type

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "assets" / "umls" / "concepts.tsv"
META = ROOT / "assets" / "umls" / "META"
HEADER = "cui\ttuis\trole\tname\tsynonyms\tabbreviations\tlay_names\tdefinition\tevidence"
GOOD = "C0008031\tT184\tproblem\tchest pain\tpain in chest\tCP\t\tPain in it.\thp.obo:HP:0100749"
WIDTH = {"MRCONSO.RRF": 18, "MRSTY.RRF": 6, "MRDEF.RRF": 8}
SOURCES = (
    "hp.obo",
    "DO_",
    "NCIthesaurus",
    "symp",
    "mondo",
    "umlsbert-vocab",
    "github",
    "github-search",
)


def load(name: str) -> ModuleType:
    """A script as a module; scripts import each other by bare name, as when they are run."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
        assert spec is not None and spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


write = load("write_release")
check = load("check_release")


@pytest.fixture(scope="module")
def rows():
    return write.read_table(TABLE)


def rrf(name: str) -> list[list[str]]:
    lines = (META / name).read_text("utf-8").split("\n")
    assert lines.pop() == ""
    return [line.split("|") for line in lines]


def table(path: Path, *lines: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *lines, ""]), "utf-8")
    return path


def test_rrf_files_are_those_of_the_table(rows, tmp_path):
    written = write.write_release(rows, tmp_path)
    assert sorted(path.name for path in written) == sorted(WIDTH)
    for path in written:
        same = path.read_bytes() == (META / path.name).read_bytes()
        assert same, f"{path.name} is not up to date: run python scripts/write_release.py"


def test_size_and_roles(rows):
    by_role = Counter(row.role for row in rows)
    assert len(rows) >= 1600
    least = {"problem": 280, "test": 80, "treatment": 80, "drug": 150, "anatomy": 80, "other": 1}
    assert all(by_role[role] >= count for role, count in least.items()), by_role
    assert sum(bool(row.definition) for row in rows) >= 0.6 * len(rows)
    assert sum(len(row.names()) for row in rows) >= 3.5 * len(rows)


def test_the_readme_gives_these_numbers(rows):
    readme = (META.parent / "README.md").read_text("utf-8")
    names = sum(len(row.names()) for row in rows)
    short = {name.lower() for row in rows for name in row.abbreviations}
    assert f"{len(rows):,} concepts of everyday clinical text with {names:,} names" in readme
    assert f", {len(short)} of them abbreviations" in readme


def test_every_row_is_well_formed(rows):
    for row in rows:
        assert re.fullmatch(r"C\d{7}", row.cui), row
        assert row.tuis and all(is_semantic_type(tui) for tui in row.tuis), row
        assert list(row.tuis) == sorted(set(row.tuis)), row
        names = [name.lower() for name, _ in row.names()]
        assert all(names) and len(set(names)) == len(names), row
        assert row.evidence and all(token.startswith(SOURCES) for token in row.evidence), row
        assert all(":" in token for token in row.evidence), row
        assert not row.definition or row.definition.endswith("."), row
    assert len({row.cui for row in rows}) == len(rows)


def test_everyday_vocabulary_is_there(rows):
    cuis = {name.lower(): row.cui for row in rows for name, _ in row.names()}
    expected = {
        "chest pain": "C0008031",
        "shortness of breath": "C0013404",
        "high blood pressure": "C0020538",
        "chf": "C0018802",
        "t2dm": "C0011860",
        "metformin": "C0025598",
        "asa": "C0004057",
        "cbc": "C0009555",
        "cholecystectomy": "C0008320",
    }
    assert {name: cuis.get(name) for name in expected} == expected


def owners(rows) -> dict[str, set[str]]:
    """The concepts of each name, in small letters."""
    found = defaultdict(set)
    for row in rows:
        for name, _ in row.names():
            found[name.lower()].add(row.cui)
    return found


@pytest.mark.parametrize(
    ("name", "cui"),
    [
        ("CAD", "C1956346"),
        ("MI", "C0027051"),
        ("STEMI", "C1536220"),
        ("AFib", "C0004238"),
        ("HFrEF", "C3839346"),
        ("HFpEF", "C1135196"),
        ("CABG", "C0010055"),
        ("TKA", "C0086511"),
        ("SOB", "C0013404"),
        ("DOE", "C0231807"),
        ("LE edema", "C0239340"),
        ("N/V", "C0027498"),
        ("trop", "C0041199"),
        ("LFTs", "C0023901"),
        ("RLQ", "C0230178"),
        ("NS", "C0445115"),
        ("MRSA", "C0343401"),
        ("s/p", "C0231290"),
        ("c/o", "C0277786"),
        ("h/o", "C0262926"),
        ("PMH", "C0455458"),
        ("flu shot", "C0021403"),
        ("water pill", "C0012798"),
        ("blood thinner", "C0003280"),
    ],
)
def test_shorthand_of_notes_is_there(rows, name, cui):
    assert owners(rows)[name.lower()] == {cui}


@pytest.mark.parametrize(
    ("abbreviation", "meanings"),
    [
        ("MS", {"multiple sclerosis", "mitral stenosis", "morphine"}),
        ("RA", {"rheumatoid arthritis", "right atrium"}),
        ("PT", {"prothrombin time", "physical therapy", "patient"}),
        ("CP", {"chest pain", "cerebral palsy"}),
        ("AS", {"aortic stenosis", "ankylosing spondylitis"}),
        ("AI", {"aortic regurgitation", "adrenal insufficiency"}),
        ("LAD", {"lymphadenopathy", "left anterior descending artery"}),
        ("HD", {"hemodialysis", "Huntington disease"}),
        ("ED", {"erectile dysfunction", "emergency department"}),
    ],
)
def test_an_abbreviation_has_each_of_its_usual_meanings(rows, abbreviation, meanings):
    names = {row.cui: row.name for row in rows}
    assert {names[cui] for cui in owners(rows)[abbreviation.lower()]} == meanings


def test_only_abbreviations_and_lay_names_are_of_several_concepts(rows):
    """A general name that stands under a special concept too would hide the general one."""
    found = owners(rows)
    for row in rows:
        for name in (row.name, *row.synonyms):
            assert found[name.lower()] == {row.cui}, name


@pytest.mark.parametrize(
    ("name", "cui"),
    [
        ("diabetes", "C0011849"),
        ("heart failure", "C0018801"),
        ("pulmonary hypertension", "C0020542"),
        ("pulmonary arterial hypertension", "C2973725"),
        ("heart block", "C0018794"),
        ("AV block", "C0004245"),
        ("macular degeneration", "C0024437"),
        ("age-related macular degeneration", "C0242383"),
        ("nerves", "C0027740"),
        ("lump", "C0577559"),
    ],
)
def test_a_general_name_is_of_the_general_concept(rows, name, cui):
    assert owners(rows)[name.lower()] == {cui}


@pytest.mark.parametrize("name", WIDTH)
def test_rrf_lines_have_all_columns(name):
    lines = rrf(name)
    assert lines
    assert {len(line) for line in lines} == {WIDTH[name] + 1}
    assert {line[-1] for line in lines} == {""}
    assert [line[0] for line in lines] == sorted(line[0] for line in lines)


def test_mrconso_marks_one_preferred_name_and_unique_atoms(rows):
    lines = rrf("MRCONSO.RRF")
    preferred = {line[0]: line[14] for line in lines if line[2] == "P"}
    assert preferred == {row.cui: row.name for row in rows}
    assert sum(line[2] == "P" for line in lines) == len(rows)
    atoms = [line[7] for line in lines]
    assert len(set(atoms)) == len(atoms)
    assert {line[12] for line in lines} == {"PT", "SY", "AB", "CMN"}
    assert {line[11] for line in lines} == {"UMLSBERT-DEMO"}
    assert all(re.fullmatch(r"L\d{10}", line[3]) for line in lines)
    # The same string is the same SUI, whichever concept has it.
    suis = {(line[5], line[14]) for line in lines}
    assert len({sui for sui, _ in suis}) == len({text for _, text in suis}) == len(suis)


def test_mrsty_names_the_types_and_mrdef_points_to_atoms():
    for _cui, tui, stn, sty, *_ in rrf("MRSTY.RRF"):
        assert (semantic_type(tui).tree_number, semantic_type(tui).name) == (stn, sty)
    atoms = {line[7]: line[0] for line in rrf("MRCONSO.RRF")}
    assert all(atoms[line[1]] == line[0] for line in rrf("MRDEF.RRF"))


def edited(**cells: str) -> str:
    """The good line with some cells changed."""
    values = dict(zip(HEADER.split("\t"), GOOD.split("\t"), strict=True))
    return "\t".join({**values, **cells}.values())


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (GOOD + "\tmore", "10 columns instead of 9"),
        (edited(cui="C12"), "not a C with seven digits"),
        (edited(tuis="T184|T033"), "not sorted"),
        (edited(tuis="T999"), "not a semantic type"),
        (edited(role="sign"), "the role is none of"),
        (edited(name=""), "must not be empty"),
        (edited(evidence=""), "must not be empty"),
        (edited(synonyms="a |  | b"), "an empty value"),
        (edited(synonyms="a|b"), "without a space"),
        (edited(abbreviations="Chest Pain"), "given twice"),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, problem):
    path = table(tmp_path / "t.tsv", edited(cui="C0000001", name="other"), line)
    with pytest.raises(TerminologyError, match=f"t.tsv, line 3: .*{problem}"):
        write.read_table(path)


def test_a_repeated_cui_a_bad_header_and_a_missing_file_are_named(tmp_path):
    with pytest.raises(TerminologyError, match=r"line 3: the CUI is that of line 2"):
        write.read_table(table(tmp_path / "t.tsv", GOOD, GOOD))
    with pytest.raises(TerminologyError, match=r"line 1: wrong header.*cui, tuis, role"):
        write.read_table(table(tmp_path / "t.tsv", GOOD, header="cui\tname"))
    with pytest.raises(TerminologyError, match=r"none\.tsv: cannot be read"):
        write.read_table(tmp_path / "none.tsv")


def run_check(tmp_path: Path, *lines: str) -> tuple[int, str]:
    """Check a table against tiny sources."""
    hp = tmp_path / "hp.obo"
    hp.write_text(
        "format-version: 1.2\n\n[Term]\nid: HP:0100749\nname: Chest pain\n"
        'synonym: "Thoracic pain" EXACT []\nxref: UMLS:C0008031\n',
        "utf-8",
    )
    do = tmp_path / "DO_x.obo"
    do.write_text("[Term]\nid: DOID:1\nname: asthma\nxref: UMLS_CUI:C0004096\n", "utf-8")
    sssom = tmp_path / "mondo.tsv"
    sssom.write_text(
        "# license: none\nsubject_id\tsubject_label\tpredicate_id\tobject_id\n"
        "MONDO:1\tasthma\tskos:exactMatch\tUMLS:C0004096\n",
        "utf-8",
    )
    vocab = tmp_path / "vocab.txt"
    vocab.write_text("[PAD]\ncough|C0010200|T184\n", "utf-8")
    arguments = ["--hp-obo", hp, "--obo", do, "--sssom", sssom, "--vocab", vocab, "--list-public"]
    arguments.append(table(tmp_path / "t.tsv", *lines))
    app = check.typer.Typer()
    app.command()(check.main)
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_check_confirms_by_name_whatever_its_form(tmp_path):
    public = edited(cui="C0025598", name="metformin", evidence="github-search:C0025598")
    asthma = edited(cui="C0004096", name="asthma", evidence="DO_x:DOID:1 | mondo:MONDO:1")
    status, output = run_check(
        tmp_path,
        edited(name="pains of the chest", synonyms="", abbreviations=""),
        edited(cui="C0010200", name="coughs", evidence="umlsbert-vocab:cough"),
        asthma,
        public,
    )
    assert status == 0, output
    assert re.search(r"public documents only +1\n +C0025598 metformin", output)
    assert re.search(r"mondo +1\n", output)
    assert "cp: C0010200 coughs; C0004096 asthma; C0025598 metformin" in output


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (edited(name="hip", synonyms="", abbreviations=""), "hp.obo knows the CUI as chest pain"),
        (
            edited(cui="C0010200", name="cough", tuis="T047", evidence="umlsbert-vocab:cough"),
            "the vocabulary's TUI is T184",
        ),
        (edited(cui="C0000001"), "not confirmed"),
        (edited(evidence="hp.obo:HP:0000001"), "does not give it any of these names"),
        (edited(evidence="elsewhere:1"), "is of a source that was not given"),
    ],
)
def test_check_fails_on_a_contradiction(tmp_path, line, problem):
    status, output = run_check(tmp_path, line)
    assert status == 1
    assert problem in output


def test_check_excuses_only_rows_that_exist(rows):
    cuis = {row.cui for row in rows}
    assert {cui for cui, _ in check.EXCEPTIONS} <= cuis
    assert all(check.EXCEPTIONS.values())
