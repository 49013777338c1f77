import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.umls import (
    OboOntology,
    RrfRelease,
    Source,
    SssomMapping,
    TerminologyError,
    name_dictionary,
    scispacy_jsonl,
)
from tests.umls.helpers import build

OBO = """format-version: 1.2
data-version: toy/2024-01-01
ontology: toy

[Term]
id: TOY:0
name: disease
comment: No cross-reference, so no concept.

[Term]
id: TOY:1
name: neoplasm \\! a name may hold an exclamation mark
def: "A \\"new\\" growth." [url:http\\://example.org, PMID:1] {comment="x"}
synonym: "tumour" EXACT uk_spelling []
synonym: "growth" RELATED []
synonym: "old growth" EXACT obsolete_synonym []
xref: UMLS:C0027651 ! Neoplasms
xref: MESH:D009369
is_a: TOY:0 ! disease

[Term]
id: TOY:2
name: solid neoplasm
is_a: TOY:1

[Term]
id: TOY:3
name: breast cancer
synonym: "cancer of breast" EXACT []
xref: UMLS_CUI:C0006142
xref: UMLS_CUI:C0678222
is_a: TOY:2 {source="x"}

[Term]
id: TOY:4
name: obsolete fever
xref: UMLS:C0015967
is_obsolete: true

[Typedef]
id: part_of
name: part of
xref: UMLS:C9999999
"""

SSSOM = """# license: https://creativecommons.org/publicdomain/zero/1.0/
# mapping_set_version: 2026-08-04
subject_id\tsubject_label\tpredicate_id\tobject_id
MONDO:1\tmammary cancer\tskos:exactMatch\tUMLS:C0006142
MONDO:2\tneoplasm of any kind\tskos:broadMatch\tUMLS:C0027651
MONDO:3\tgout\tskos:exactMatch\tMESH:D006073
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def obo(tmp_path: Path) -> Path:
    return write(tmp_path / "toy.obo", OBO)


def test_all_sources_keep_the_protocol(tmp_path: Path, obo: Path) -> None:
    sources = [
        OboOntology(obo),
        SssomMapping(write(tmp_path / "m.sssom.tsv", SSSOM)),
        name_dictionary(write(tmp_path / "d.txt", "D1||fever")),
        scispacy_jsonl(write(tmp_path / "k.jsonl", "")),
        RrfRelease(Path(__file__).parents[2] / "fixtures" / "rrf"),
    ]
    for source in sources:
        assert isinstance(source, Source)
        assert source.describe()["kind"]
        json.dumps(source.describe())


def test_obo_terms_become_the_concepts_they_refer_to(tmp_path: Path, obo: Path) -> None:
    source = OboOntology(obo, types_by_ancestor={"TOY:1": ["T191"]}, default_types=["T047"])
    kb = build(tmp_path / "kb", source)
    assert list(kb) == ["C0006142", "C0027651", "C0678222"]
    assert kb["C0027651"] == (
        "C0027651",
        "neoplasm ! a name may hold an exclamation mark",
        ["tumour"],
        ["T191"],
        'A "new" growth.',
    )
    assert kb["C0006142"][1:4] == ("breast cancer", ["cancer of breast"], ["T191"])
    assert kb["C0678222"].canonical_name == "breast cancer"
    # The term between them has no concept.
    assert kb.parents("C0006142") == ["C0027651"]
    assert kb.meta.sources[0]["version"] == "toy/2024-01-01"


def test_obo_scopes_and_terms_without_concept(tmp_path: Path, obo: Path) -> None:
    kb = build(tmp_path / "kb", OboOntology(obo, scopes=["EXACT", "RELATED"], keep_unmapped=True))
    assert kb["C0027651"].aliases == ["tumour", "growth"]
    assert kb["TOY:0"].canonical_name == "disease"
    assert kb.parents("C0027651") == ["TOY:0"]
    assert kb["TOY:0"].types == []
    with pytest.raises(TerminologyError, match="scopes"):
        OboOntology(obo, scopes=["EXAKT"])  # type: ignore[list-item]


def test_several_sources_are_merged_by_cui(tmp_path: Path, obo: Path) -> None:
    mapping = write(tmp_path / "m.sssom.tsv", SSSOM)
    kb = build(tmp_path / "kb", OboOntology(obo), SssomMapping(mapping, default_types=["T047"]))
    assert kb["C0006142"][1:4] == (
        "breast cancer",
        ["cancer of breast", "mammary cancer"],
        ["T047"],
    )
    assert len(kb) == 3
    kb = build(tmp_path / "2", SssomMapping(mapping, ["skos:exactMatch"], object_prefix=""))
    assert list(kb) == ["MESH:D006073", "UMLS:C0006142"]


def test_assumed_types_only_where_no_source_states_any(tmp_path: Path) -> None:
    fixture = Path(__file__).parents[2] / "fixtures" / "rrf"
    lines = "C0015967||fever\nC0000001||a new thing\n"
    dictionary = write(tmp_path / "d.txt", lines)
    one = name_dictionary(dictionary, default_types=["T033"])
    two = name_dictionary(dictionary, default_types=["T047"])
    kb = build(tmp_path / "kb", one, two, RrfRelease(fixture))
    assert kb["C0015967"].types == ["T184"]
    assert kb["C0000001"].types == ["T033"]


def test_dictionaries_of_biosyn_and_medic(tmp_path: Path) -> None:
    text = (
        "D001||gout|gouty arthritis\n\nD002|613097||Tooth Agenesis, Selective, 6|STHAG6\nD001||a\n"
    )
    file = write(tmp_path / "medic.txt", text)
    kb = build(tmp_path / "1", name_dictionary(file))
    assert list(kb) == ["D001", "D002"]
    assert kb["D001"][1:3] == ("gout", ["a", "gouty arthritis"])
    assert kb.find("selective tooth agenesis 6") == []
    assert kb.find("tooth agenesis selective 6") == ["D002"]
    kb = build(tmp_path / "2", name_dictionary(file, alternative_ids=True))
    assert list(kb) == ["613097", "D001", "D002"]


def test_scispacy_jsonl(tmp_path: Path) -> None:
    entity = {
        "concept_id": "C0015967",
        "canonical_name": "Fever",
        "aliases": ["Pyrexia"],
        "types": ["T184"],
        "definition": "hot",
    }
    bare = {"concept_id": "C2", "canonical_name": "gout", "aliases": []}
    file = tmp_path / "kb.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as stream:
        stream.write(f"{json.dumps(entity)}\n{json.dumps(bare)}\n")
    kb = build(tmp_path / "kb", scispacy_jsonl(file, default_types=["T047"]))
    assert kb["C0015967"] == tuple(entity.values())
    assert kb["C2"] == ("C2", "gout", [], ["T047"], None)


DAMAGED = [
    (name_dictionary, "d.txt", "D1||fever\nD2|no names\n", 2, r"id\|\|name"),
    (name_dictionary, "d.txt", "||fever\n", 1, r"id\|\|name"),
    (scispacy_jsonl, "k.jsonl", '{"concept_id": "C1"}\n', 1, "canonical_name"),
    (scispacy_jsonl, "k.jsonl", "\n[1, 2]\n", 2, "this is no JSON object"),
    (scispacy_jsonl, "k.jsonl", "{", 1, "this is no JSON object"),
    (OboOntology, "o.obo", "[Term]\nid: X:1\nnonsense\n", 3, "tag: value"),
    (OboOntology, "o.obo", "[Term]\nname: fever\n", 2, "begin with its id"),
    (OboOntology, "o.obo", "[Term]\nid: X:1\nsynonym: fever EXACT []\n", 3, "quoted"),
    (SssomMapping, "m.tsv", "subject_id\tobject_id\n", 1, "no column predicate_id"),
    (
        SssomMapping,
        "m.tsv",
        "subject_label\tpredicate_id\tobject_id\na\tskos:exactMatch\tUMLS:C1\tx\n",
        2,
        "4 columns instead of 3",
    ),
]


@pytest.mark.parametrize(("source", "name", "text", "line", "problem"), DAMAGED)
def test_damage_is_reported_with_its_line(
    tmp_path: Path, source, name: str, text: str, line: int, problem: str
) -> None:
    file = write(tmp_path / name, text)
    with pytest.raises(TerminologyError, match=problem) as caught:
        build(tmp_path / "kb", source(file))
    assert (caught.value.path, caught.value.line) == (file, line)
    assert not (tmp_path / "kb").exists()


@pytest.mark.parametrize("source", [name_dictionary, scispacy_jsonl, OboOntology, SssomMapping])
def test_missing_files_and_files_of_another_kind(tmp_path: Path, source) -> None:
    with pytest.raises(TerminologyError, match="no such file"):
        source(tmp_path / "nothing")
    binary = tmp_path / "binary"
    binary.write_bytes(b"ok\n\xff\xfe\x00")
    with pytest.raises(TerminologyError, match=r"line|not an OBO file"):
        build(tmp_path / "kb", source(binary))
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    with pytest.raises(TerminologyError):
        build(tmp_path / "kb", source(empty))


TEXT = st.text(
    st.characters(exclude_characters="\n\r", exclude_categories=("Cs", "Cc", "Zl", "Zp")),
    min_size=1,
    max_size=20,
).filter(str.strip)


@given(name=TEXT, synonym=TEXT)
def test_any_name_survives_an_obo_file(
    tmp_path_factory: pytest.TempPathFactory, name: str, synonym: str
) -> None:
    def escape(text: str) -> str:
        for special in ("\\", '"', "!", "{"):
            text = text.replace(special, f"\\{special}")
        return text

    text = f'[Term]\nid: X:1\nname: {escape(name)}\nsynonym: "{escape(synonym)}" EXACT []\n'
    file = write(tmp_path_factory.mktemp("obo") / "x.obo", text)
    (table,) = OboOntology(file, keep_unmapped=True).names()
    assert table["name"].to_pylist() == [name.strip(), synonym]
