"""The commands as spaCy's command line runs them."""

import json
from pathlib import Path

import pytest
from spacy.cli._util import app
from typer.testing import CliRunner

import spacy_umlsbert.cli  # noqa: F401 (adds the commands; in use, an entry point does)

FIXTURE = str(Path(__file__).parents[1] / "fixtures" / "rrf")


def run(*args: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["umls", *map(str, args)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, " ".join(result.output.split())


def test_build_inspect_and_look_up(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    license = ["--version", "2024AB", "--license", "UMLS"]
    code, output = run("build-kb", kb, "--rrf", FIXTURE, "--semantic-type", "DISO", *license)
    assert code == 0
    assert "2024AB" in output and "MRCONSO.RRF" in output and "--open-license" in output

    code, output = run("inspect-kb", kb, "--verify")
    assert code == 0 and "match their checksums" in output
    code, output = run("inspect-kb", kb, "--json")
    assert json.loads(output)["license"] == "UMLS"

    code, output = run("lookup", kb, "denies chest pain")
    assert code == 0 and "C0008031" in output and "T184" in output
    code, output = run("lookup", kb, "C0008031")
    assert code == 0 and "Thoracic pain" in output and "parents C0030193" in output
    code, output = run("lookup", kb, "C9999999")
    assert code == 1 and "no concept C9999999" in output
    code, output = run("lookup", kb, "fever", "--lang", "xx9")
    assert code == 1 and "no language" in output
    code, output = run("build-kb", kb, "--rrf", FIXTURE)
    assert code == 1 and "exists already" in output and "--overwrite" in output
    code, output = run("lookup", kb, "nothing of the kind")
    assert code == 0 and "No names" in output


def test_other_sources_with_types(tmp_path: Path) -> None:
    dictionary = tmp_path / "names.txt"
    dictionary.write_text("D1||gout\n")
    settings = tmp_path / "matcher.json"
    settings.write_text(json.dumps({"plural": False}))
    kb = tmp_path / "kb"
    code, output = run(
        "build-kb", kb, "--dictionary", f"{dictionary}=T047", "--matcher", settings, "-q"
    )
    assert code == 0 and "No --version or --license" in output
    meta = json.loads(run("inspect-kb", kb, "--json")[1])
    assert meta["semantic_types"] == ["T047"]
    assert meta["matcher"]["plural"] is False


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["build-kb", "KB", "--rrf", "missing"], "no such file"),
        (["build-kb", "KB"], "at least one of --rrf"),
        (["build-kb", "KB", "--rrf", FIXTURE, "--semantic-type", "XXXX"], "not a semantic group"),
        (
            ["build-kb", "KB", "--rrf", FIXTURE, "--semantic-type", "T999"],
            "'T999' is not a semantic type",
        ),
        (["build-kb", "KB", "--semantic-type", "T047"], "no effect without --rrf"),
        (["build-kb", "KB", "--rrf", f"{FIXTURE}/MRCONSO.RRF"], "Give the META directory"),
        (["build-kb", "KB", "--obo", "x.obo", "--types-below", "DOID:162"], "write TERM=TUI"),
        (["build-kb", "KB", "--rrf", FIXTURE, "--matcher", "missing.json"], "no such file"),
        (["build-kb", "KB", "--icd10cm", "missing.xml"], "no such file"),
        (["build-kb", "KB", "--unii", "missing.txt", "--merge"], "no such file"),
        (["build-kb", "KB", "--icd10cm", __file__, "--merge"], "is not"),
        (["build-kb", "KB", "--scope", "EXACT", "--icd10cm", "x.xml"], "no effect without --obo"),
        (["inspect-kb", "KB"], "Check the path"),
        (["lookup", "KB", "fever"], "no such knowledge base"),
    ],
)
def test_errors_are_messages(tmp_path: Path, args: list[str], message: str) -> None:
    code, output = run(*(str(tmp_path / "kb") if arg == "KB" else arg for arg in args))
    assert code == 1
    assert message in output and "Traceback" not in output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('{"misspellings": "no"}', "'misspellings' must be true or false"),
        ('{"min_length": "3"}', "'min_length' must be a whole number"),
        ('{"min_length": -3}', "'min_length' must be a whole number"),
        ('{"stop_names": "abc"}', "'stop_names' must be a list of texts"),
        ('{"plurals": true}', "unknown matcher setting"),
        ('{"plural": true,\n?}', "line 2: not valid JSON"),
        ("[]", "must hold an object"),
    ],
)
def test_matcher_settings_are_checked(tmp_path: Path, settings: str, message: str) -> None:
    file = tmp_path / "matcher.json"
    file.write_text(settings)
    code, output = run("build-kb", tmp_path / "kb", "--rrf", FIXTURE, "--matcher", file)
    assert code == 1 and message in output
    assert not (tmp_path / "kb").exists()


def test_concepts_without_types_are_mentioned(tmp_path: Path) -> None:
    dictionary = tmp_path / "names.txt"
    dictionary.write_text("D1||gout\nD2||fever\n")
    code, output = run("build-kb", tmp_path / "kb", "--dictionary", dictionary, "-q")
    assert code == 0 and "2 concepts have no semantic type" in output


def test_damage_is_found(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    run("build-kb", kb, "--rrf", FIXTURE, "-q")
    file = kb / "names.arrow"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert run("inspect-kb", kb)[0] == 0
    code, output = run("inspect-kb", kb, "--verify")
    assert code == 1 and "names.arrow" in output


def coded(tmp_path: Path) -> Path:
    """A knowledge base of a dictionary, a table of codes and a mapping between codes."""
    dictionary, codes = tmp_path / "names.txt", tmp_path / "codes.tsv"
    mapping, kb = tmp_path / "m.sssom.tsv", tmp_path / "kb"
    dictionary.write_text("D006973||hypertension\nD005334||fever\n")
    codes.write_text("concept_id\tvocabulary\tcode\nD006973\tICD-10-CM\tI10\n")
    mapping.write_text(
        "subject_id\tsubject_label\tpredicate_id\tobject_id\n"
        "ICD10CM:I10\tEssential hypertension\tskos:broadMatch\tSCTID:38341003\n"
    )
    options = ["--dictionary", dictionary, "--codes", codes, "--sssom", mapping, "-q"]
    assert run("build-kb", kb, *options)[0] == 0
    return kb


def test_codes_are_built_in_looked_up_and_crossed(tmp_path: Path) -> None:
    kb = coded(tmp_path)
    for code in ("ICD10CM:I10", "ICD-10-CM:i10", "SCTID:38341003", "MESH:D006973"):
        status, output = run("lookup", kb, code)
        assert status == 0 and "canonical name hypertension" in output
        assert "ICD10CM I10 | MSH D006973 | SNOMEDCT_US 38341003" in output
    status, output = run("lookup", kb, "ICD10CM:I11")
    assert status == 1 and "has the code ICD10CM:I11" in output
    status, output = run("lookup", kb, "RXNORM:1191")
    assert status == 1 and "It has ICD10CM, MSH, SNOMEDCT_US" in output

    out = tmp_path / "out.tsv"
    status, output = run("crosswalk", kb, "ICD10CM", "SNOMED CT", out)
    assert status == 0 and "1 pairs (1 1:1)" in output
    header, row = (line.split("\t") for line in out.read_text().splitlines())
    assert dict(zip(header, row, strict=True)) == {
        "source_code": "I10",
        "target_code": "38341003",
        "mapping": "broad",
        "cardinality": "1:1",
        "concept_id": "D006973",
        "source_name": "",
        "target_name": "",
    }
    status, output = run("crosswalk", kb, "ICD10CM", "SNOMEDCT_US", out, "--mapping", "exact")
    assert status == 0 and "a header alone" in output
    assert len(out.read_text().splitlines()) == 1
    for options, message in (
        (["RXNORM", "MSH"], "no vocabulary 'RXNORM'"),
        (["MSH", "ICD10CM", "--mapping", "same"], "kinds of mappings are exact, close"),
    ):
        status, output = run("crosswalk", kb, *options[:2], tmp_path / "no.tsv", *options[2:])
        assert status == 1 and message in output
        assert not (tmp_path / "no.tsv").exists()


def test_only_the_codes_that_are_wanted(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    code, _ = run("build-kb", kb, "--rrf", FIXTURE, "--code-vocabulary", "MSH", "-q")
    assert code == 0
    counts = json.loads(run("inspect-kb", kb, "--json")[1])["counts"]
    assert counts["codes"] == 63 and counts["vocabularies"] == 1
    code, output = run("inspect-kb", kb)
    assert "MSH 63" in output
    target = tmp_path / "other"
    code, output = run("build-kb", target, "--rrf", FIXTURE, "--code-vocabulary", "ICD10CM", "-q")
    assert code == 1 and "no source has codes of ICD10CM" in output and not target.exists()


def test_ids_of_a_dictionary_are_codes_of_a_vocabulary(tmp_path: Path) -> None:
    dictionary = tmp_path / "names.txt"
    dictionary.write_text("38341003||hypertension\n")
    kb = tmp_path / "kb"
    options = ["--dictionary", dictionary, "--id-vocabulary", "SNOMED CT", "-q"]
    assert run("build-kb", kb, *options)[0] == 0
    assert "38341003" in run("lookup", kb, "SNOMEDCT_US:38341003")[1]
    code, output = run("build-kb", kb, "--rrf", FIXTURE, "--id-vocabulary", "MSH")
    assert code == 1 and "no effect without --dictionary" in output


def test_classifications_and_medicines_become_one_with_the_umls(tmp_path: Path) -> None:
    icd, unii = tmp_path / "icd.xml", tmp_path / "UNII_Names.txt"
    icd.write_text(
        "<ICD10CM.tabular><diag><name>R07.9</name><desc>Chest pain</desc></diag>"
        "<diag><name>R05.1</name><desc>Acute cough</desc></diag></ICD10CM.tabular>"
    )
    unii.write_text(
        "Name\tTYPE\tUNII\tDisplay Name\nASPIRIN [INN]\tof\tR16CO5Y76E\tASPIRIN\n"
        "BUFFERIN\tbn\tR16CO5Y76E\tASPIRIN\n"
    )
    mesh = tmp_path / "mesh.tsv"
    mesh.write_text("D002637\tChest Pain\tThoracic Ache|Pain, Chest\tC23.888.592.612\t\n")
    files = ["--icd10cm", icd, "--unii", f"{unii}=T109,T121", "--mesh", mesh]
    options = ["--rrf", FIXTURE, *files, "-q"]
    apart, together = tmp_path / "apart", tmp_path / "together"
    assert run("build-kb", apart, *options)[0] == 0
    assert run("build-kb", together, *options, "--merge")[0] == 0
    output = run("lookup", apart, "UNII:R16CO5Y76E")[1]
    assert "concept UNII:R16CO5Y76E" in output and "types T109, T121" in output
    output = run("lookup", together, "UNII:R16CO5Y76E")[1]
    assert "concept C0004057" in output and "Bufferin" in output
    assert "concept C0008031" in run("lookup", together, "ICD10CM:R07.9")[1]
    assert "Acute cough" in run("lookup", together, "ICD10CM:R05.1")[1]
    output = run("lookup", together, "MSH:D002637")[1]
    assert "concept C0008031" in output and "Thoracic Ache" in output
