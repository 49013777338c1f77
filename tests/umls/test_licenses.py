"""Licences of sources: read from their files or given, recorded, and written into a notice."""

import json
from pathlib import Path

import pytest

from spacy_umlsbert.umls import OboOntology, SssomMapping
from spacy_umlsbert.umls.notice import license_notice
from spacy_umlsbert.umls.sources.wrapped import LicensedSource
from tests.cli.test_terminology_commands import run
from tests.umls.helpers import build

TERM = "\n[Term]\nid: X:1\nname: fever\nxref: UMLS:C0015967\n"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
HPO = "https://hpo.jax.org/app/license"
MAPPING = "subject_label\tpredicate_id\tobject_id\nfever\tskos:exactMatch\tUMLS:C0015967\n"


@pytest.mark.parametrize(
    ("head", "license"),
    [
        (f"property_value: terms:license {CC0}", CC0),
        (f"property_value: http://purl.org/dc/terms/license {CC0} ! Creative Commons", CC0),
        ('property_value: dc:license "CC0: \\"free\\"" xsd:string', 'CC0: "free"'),
        ('property_value: dcterms:license "not closed', '"not'),
        ("remark: Licence: CC-BY\nremark: something else", "Licence: CC-BY"),
        (f"remark: Please see license at a\nproperty_value: terms:license {HPO}", HPO),
        ('property_value: dc:title "Licences" xsd:string', ""),
        ("data-version: 1", ""),
    ],
)
def test_obo_says_its_licence_in_its_head(head, license, tmp_path):
    file = tmp_path / "x.obo"
    file.write_text(f"format-version: 1.2\n{head}\n{TERM}property_value: terms:license no\n")
    assert OboOntology(file).describe()["license"] == license


def test_obo_says_title_and_version_too(tmp_path):
    file = tmp_path / "x.obo"
    head = 'data-version: x/2025\nproperty_value: dc:title "Things that hurt" xsd:string\n'
    file.write_text(head + TERM)
    described = OboOntology(file).describe()
    assert (described["title"], described["version"]) == ("Things that hurt", "x/2025")


@pytest.mark.parametrize(
    ("head", "license"),
    [
        (f"# license: {CC0}\n# mapping_set_version: 3\n", CC0),
        (f'#license: "{CC0}"\n', CC0),
        (f"# comment: license: none\n# license: {CC0}\n", CC0),
        ("# mapping_set_version: 3\n", ""),
        ("", ""),
    ],
)
def test_sssom_says_its_licence_in_its_head(head, license, tmp_path):
    file = tmp_path / "x.sssom.tsv"
    file.write_text(head + MAPPING)
    assert SssomMapping(file).describe()["license"] == license


def test_a_licence_can_be_given_and_changes_nothing_else(tmp_path):
    file = tmp_path / "x.obo"
    file.write_text(TERM)
    source = OboOntology(file)
    one = build(tmp_path / "one", source)
    two = build(tmp_path / "two", LicensedSource(source, "MIT"))
    assert one.meta.sources[0]["license"] == "" and two.meta.sources[0]["license"] == "MIT"
    assert one["C0015967"] == two["C0015967"]


def write_sources(folder: Path) -> tuple[Path, Path]:
    ontology, mapping = folder / "hp.obo", folder / "m.sssom.tsv"
    head = f"data-version: hp/2025\nproperty_value: terms:license {HPO}\n"
    ontology.write_text(head + TERM)
    mapping.write_text(MAPPING)
    return ontology, mapping


def test_the_notice_has_each_source_with_its_licence(tmp_path):
    ontology, mapping = write_sources(tmp_path)
    kb = build(tmp_path / "kb", OboOntology(ontology), SssomMapping(mapping), license="mixed")
    notice = license_notice(kb.meta)
    words = " ".join(notice.split())
    assert "Licence of the whole: mixed" in words
    assert "1. hp.obo Version: hp/2025 Licence: Licence of the HPO" in words
    assert "(version hp/2025)" in words and "the content is not changed" in words
    assert "2. m.sssom.tsv Licence: not stated by the source" in words
    assert max(map(len, notice.splitlines())) <= 100


def test_the_commands_record_and_write_licences(tmp_path):
    ontology, mapping = write_sources(tmp_path)
    kb, notice = tmp_path / "kb", tmp_path / "new" / "LICENSES_SOURCES"
    options = ["--obo", f"{ontology}=T184", "--sssom", mapping, "-q"]
    code, output = run("build-kb", kb, *options, "--source-license", f"{mapping}=CC0-1.0")
    assert code == 0
    code, output = run("inspect-kb", kb, "--notice", notice)
    assert code == 0 and "CC0-1.0" in output
    assert "Licence: CC0-1.0" in notice.read_text("utf8")
    code, output = run("inspect-kb", kb, "--json", "--notice", notice)
    assert [one["license"] for one in json.loads(output)["sources"]] == [HPO, "CC0-1.0"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("other.obo=MIT", "no source is read from this file"),
        ("hp.obo", "write FILE=LICENCE"),
        ("hp.obo=", "write FILE=LICENCE"),
        ("=MIT", "write FILE=LICENCE"),
    ],
)
def test_a_licence_of_nothing_is_refused(given, message, tmp_path):
    ontology, _ = write_sources(tmp_path)
    code, output = run("build-kb", tmp_path / "kb", "--obo", ontology, "--source-license", given)
    assert code == 1 and message in output and not (tmp_path / "kb").exists()
