"""Codes of concepts: kept from every source, found again, and crossed."""

import copy
import pickle
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.umls import (
    Concept,
    ConceptSource,
    KnowledgeBase,
    MatcherSettings,
    RrfRelease,
    TerminologyError,
    UnknownConceptError,
    name_dictionary,
    scispacy_jsonl,
)
from spacy_umlsbert.umls.crosswalk import joined_mapping, write_crosswalk
from spacy_umlsbert.umls.sources.base import CODES, MAPPINGS
from spacy_umlsbert.umls.sources.concepts import to_table
from tests.umls.helpers import build, of_names

FIXTURE = Path(__file__).parents[1] / "fixtures" / "rrf"


class WithCodes(ConceptSource):
    """Concepts, and rows of ``CODES`` for them."""

    def __init__(self, names: dict[str, str], rows: list[tuple[Any, ...]]) -> None:
        super().__init__([Concept(one, name, []) for one, name in names.items()])
        self._rows = rows

    def codes(self) -> Any:
        yield to_table(self._rows, CODES)


def conso() -> list[list[str]]:
    """The rows of MRCONSO that are wanted by default."""
    lines = (FIXTURE / "MRCONSO.RRF").read_text("utf-8").splitlines()
    rows = [line.split("|") for line in lines]
    return [row for row in rows if row[1] == "ENG" and row[16] == "N"]


def test_the_codes_of_a_release_round_trip(rrf_kb: KnowledgeBase) -> None:
    expected: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in conso():
        expected[row[0]][row[11]].add(row[13])
    for concept_id in rrf_kb:
        codes = {name: tuple(sorted(of)) for name, of in sorted(expected[concept_id].items())}
        assert dict(rrf_kb[concept_id].codes) == codes
        assert list(rrf_kb[concept_id].codes) == sorted(codes)
        for vocabulary, of in codes.items():
            assert all(concept_id in rrf_kb.with_code(vocabulary, code) for code in of)
    assert rrf_kb.vocabularies == {"MSH": 63, "SNOMEDCT_US": 47}
    assert rrf_kb.meta.counts["codes"] == 110 and rrf_kb.meta.counts["vocabularies"] == 2


def test_each_atom_says_where_its_name_comes_from(rrf_kb: KnowledgeBase) -> None:
    atoms = {(row[0], row[11], row[13], row[12], row[14]) for row in conso()}
    kept = {
        (concept_id, code.vocabulary, code.code, code.term_type, code.name)
        for concept_id in rrf_kb
        for code in rrf_kb.codes_of(concept_id)
    }
    assert {(*atom[:4], " ".join(atom[4].split())) for atom in atoms} == {
        (*atom[:4], " ".join(str(atom[4]).split())) for atom in kept
    }
    with pytest.raises(UnknownConceptError):
        rrf_kb.codes_of("C9999999")


def test_filters_of_vocabularies(tmp_path: Path) -> None:
    kb = build(tmp_path / "1", RrfRelease(FIXTURE, code_vocabularies=["MeSH"]))
    assert list(kb.vocabularies) == ["MSH"]
    assert "Bronchial asthma" in kb["C0004096"].aliases  # names stay
    kb = build(tmp_path / "2", RrfRelease(FIXTURE), code_vocabularies=["SNOMED CT"])
    assert list(kb.vocabularies) == ["SNOMEDCT_US"]
    kb = build(tmp_path / "3", RrfRelease(FIXTURE, sources=["MSH"]))
    assert list(kb.vocabularies) == ["MSH"]
    kb = build(tmp_path / "4", RrfRelease(FIXTURE, code_vocabularies=["MSHFRE"]))
    assert kb["C0009443"].codes == {"MSHFRE": ("X0032",)} or list(kb.vocabularies) == ["MSHFRE"]
    kb = build(tmp_path / "5", RrfRelease(FIXTURE, term_types=["MH"]))
    assert list(kb.vocabularies) == ["MSH", "SNOMEDCT_US"]  # a filter of names
    with pytest.raises(TerminologyError, match="no source has codes of ICD10CM") as caught:
        build(tmp_path / "6", RrfRelease(FIXTURE), code_vocabularies=["ICD10CM"])
    assert "MSH, SNOMEDCT_US" in str(caught.value)
    assert not (tmp_path / "6").exists()


def toy(path: Path) -> KnowledgeBase:
    names = {"C1": "diabetes", "C2": "type 2 diabetes", "C3": "fever"}
    rows = [
        ("C1", "ICD10CM", "E11", "broad", "", None),
        ("C2", "ICD10CM", "E11.9", "exact", "PT", "type 2 diabetes"),
        ("C2", "ICD10CM", "E11.9", "exact", "SY", "T2DM without complications"),
        ("C2", "ICD10CM", "E11", "exact", "", None),
        ("C3", "ICD10CM", "R50.9", "exact", "", None),
        ("C3", "HPO", "HP:0001945", "exact", "", None),
        ("C1", "SNOMEDCT_US", "73211009", "exact", "", None),
        ("C2", "SNOMEDCT_US", "44054006", "exact", "", None),
        ("C2", "SNOMEDCT_US", "73211009", "broad", "", None),
        ("C9", "ICD10CM", "Z99", "exact", "", None),
        ("C3", "local", "ab", "exact", "", None),
        ("C2", "local", "AB", "exact", "", None),
        ("C1", "local", "a.b", "exact", "", None),
    ]
    return build(path, WithCodes(names, rows))


def test_a_code_is_found_however_it_is_written(tmp_path: Path) -> None:
    kb = toy(tmp_path / "kb")
    for vocabulary in ("ICD10CM", "ICD-10-CM", "icd10cm", "ICD 10 CM"):
        for code in ("E11.9", "e11.9", "E119", "ICD10CM:E11.9", " E11.9"):
            assert kb.with_code(vocabulary, code) == ["C2"]
    assert kb.with_code("ICD10CM", "E11") == ["C2", "C1"]  # exact before broad
    for code in ("HP:0001945", "hp_0001945", "0001945"):
        assert kb.with_code("HP", code) == ["C3"]
    # Where codes differ in nothing else, that which is written so is meant.
    assert kb.with_code("local", "ab") == ["C3"]
    assert kb.with_code("local", "AB") == ["C2"]
    assert kb.with_code("local", "a.b") == ["C1"]
    assert kb.with_code("local", "A B") == ["C1", "C2", "C3"]


def test_an_unknown_code_has_no_concept_and_an_unknown_vocabulary_is_refused(
    tmp_path: Path,
) -> None:
    kb = toy(tmp_path / "kb")
    for code in ("X99", "", "E11.99", ":", "E11.9 and more"):
        assert kb.with_code("ICD10CM", code) == []
    assert kb.with_code("ICD10CM", "Z99") == []  # of a concept that the base does not have
    for ask in (
        lambda: kb.with_code("RXNORM", "1"),
        lambda: kb.codes_of("C1", "RXNORM"),
        lambda: list(kb.crosswalk("RXNORM", "ICD10CM")),
        lambda: kb.roll_up("RXNORM", "1", level=1),
    ):
        with pytest.raises(TerminologyError, match=r"no vocabulary 'RXNORM'.*HPO, ICD10CM, SNOMED"):
            ask()


def test_texts_that_are_codes(tmp_path: Path) -> None:
    kb = toy(tmp_path / "kb")
    assert kb.with_any_code("ICD10CM:E11.9") == ["C2"]
    assert kb.with_any_code("HP:0001945") == ["C3"]
    assert kb.with_any_code("ICD10CM:X99") == []
    assert kb.with_any_code("local:AB") == ["C2"]
    assert kb.with_any_code("UMLS:C2") == ["C2"]
    for text in ("fever", "Plan: rest", "HP: see the note", "x:1", ""):
        assert kb.with_any_code(text) is None
    with pytest.raises(TerminologyError, match="no vocabulary 'RXNORM'"):
        kb.with_any_code("RXCUI:1191")


def test_names_and_kinds_of_codes(tmp_path: Path) -> None:
    kb = toy(tmp_path / "kb")
    assert kb.codes_of("C2", "ICD10CM") == [
        ("ICD10CM", "E11", "exact", "", None),
        ("ICD10CM", "E11.9", "exact", "PT", "type 2 diabetes"),
        ("ICD10CM", "E11.9", "exact", "SY", "T2DM without complications"),
    ]
    assert kb["C2"].aliases == []
    assert kb["C2"].codes["ICD10CM"] == ("E11", "E11.9")


def test_crosswalks_say_kind_and_cardinality(tmp_path: Path) -> None:
    kb = toy(tmp_path / "kb")
    rows = list(kb.crosswalk("ICD-10-CM", "SNOMED CT"))
    assert [row[:5] for row in rows] == [
        ("E11", "44054006", "exact", "n:n", "C2"),
        ("E11", "73211009", "narrow", "n:n", "C1"),
        ("E11", "73211009", "broad", "n:n", "C2"),
        ("E11.9", "44054006", "exact", "n:n", "C2"),
        ("E11.9", "73211009", "broad", "n:n", "C2"),
    ]
    assert rows[3].source_name == "type 2 diabetes"
    assert [row[:4] for row in kb.crosswalk("HPO", "ICD10CM")] == [
        ("HP:0001945", "R50.9", "exact", "1:1")
    ]
    assert list(kb.crosswalk("HPO", "SNOMEDCT_US")) == []
    out = tmp_path / "out.tsv"
    counts = write_crosswalk(out, kb.crosswalk("ICD10CM", "SNOMEDCT_US"), ["exact"])
    assert counts == {"n:n": 2}
    assert out.read_text().splitlines()[0].split("\t")[:4] == [
        "source_code",
        "target_code",
        "mapping",
        "cardinality",
    ]
    with pytest.raises(ValueError, match="kinds of mappings are exact"):
        write_crosswalk(tmp_path / "no.tsv", [], ["same"])
    assert not (tmp_path / "no.tsv").exists()


@pytest.mark.parametrize(
    ("source", "target", "joined"),
    [
        ("exact", "exact", "exact"),
        ("exact", "broad", "broad"),
        ("narrow", "exact", "broad"),
        ("broad", "exact", "narrow"),
        ("narrow", "broad", "broad"),
        ("broad", "broad", "related"),
        ("close", "close", "close"),
        ("close", "broad", "related"),
        ("related", "related", "related"),
    ],
)
def test_what_follows_from_two_mappings(source: str, target: str, joined: str) -> None:
    assert joined_mapping(source, target) == joined


def test_sources_without_codes_still_work(tmp_path: Path) -> None:
    class Old:
        """A source as it was before there were codes."""

        def __init__(self, source: ConceptSource) -> None:
            for name in ("describe", "names", "types", "definitions", "parents"):
                setattr(self, name, getattr(source, name))

    kb = build(tmp_path / "kb", Old(ConceptSource([Concept("C1", "fever", [])])))
    assert kb["C1"].codes == {} and kb.vocabularies == {} and kb.codes_of("C1") == []
    with pytest.raises(TerminologyError, match="has no codes"):
        kb.with_code("ICD10CM", "R50")


def test_a_knowledge_base_of_an_earlier_version_opens_without_codes(
    tmp_path: Path, rrf_kb_path: Path
) -> None:
    import json

    from spacy_umlsbert.files.storage import _dump_meta

    path = Path(shutil.copytree(rrf_kb_path, tmp_path / "old"))
    meta = json.loads((path / "meta.json").read_text())
    for name in list(meta["files"]):
        if "code" in name or name in ("vocabularies.arrow", "term_types.arrow"):
            (path / name).unlink()
            del meta["files"][name]
    (path / "meta.json").write_bytes(_dump_meta(meta))
    kb = KnowledgeBase.open(path, verify=True)
    assert kb.find("cough") == ["C0010200"] and kb["C0010200"].codes == {}
    assert kb.codes_of("C0010200") == [] and kb.vocabularies == {}
    with pytest.raises(TerminologyError, match=r"has no codes.*umls build-kb"):
        kb.with_code("MSH", "X0001")


def test_codes_survive_bytes_pickle_and_copies(tmp_path: Path, rrf_kb: KnowledgeBase) -> None:
    rrf_kb.copy_to(tmp_path / "copy")
    expected = {one: rrf_kb[one].codes for one in rrf_kb}
    for kb in (
        KnowledgeBase.from_bytes(rrf_kb.to_bytes()),
        KnowledgeBase.open(tmp_path / "copy"),
        pickle.loads(pickle.dumps(rrf_kb)),
    ):
        assert {one: kb[one].codes for one in kb} == expected
    concept = rrf_kb["C0004057"]
    for same in (pickle.loads(pickle.dumps(concept)), copy.copy(concept), copy.deepcopy(concept)):
        assert same == concept and same.codes == concept.codes
    assert concept._replace(definition=None).codes == concept.codes
    assert "Codes: MSH" in str(concept) and len(tuple(concept)) == 5


def test_codes_count_for_the_fingerprint(tmp_path: Path) -> None:
    def made(name: str, code: str) -> str:
        concepts = [Concept("C1", "fever", [], codes={"ICD10CM": [code]})]
        return build(tmp_path / name, ConceptSource(concepts)).fingerprint

    assert made("1", "R50") == made("2", "R50") != made("3", "R51")


def test_dictionaries_and_jsonl(tmp_path: Path) -> None:
    file = tmp_path / "medic.txt"
    file.write_text("D006073||gout\nC567755|613097||agenesis\nMESH:D005334|OMIM:1||fever\n")
    kb = build(tmp_path / "1", name_dictionary(file))
    assert kb["D006073"].codes == {"MSH": ("D006073",)}
    assert kb["C567755"].codes == {"MSH": ("C567755",), "OMIM": ("613097",)}
    assert kb["MESH:D005334"].codes == {"MSH": ("D005334",), "OMIM": ("1",)}
    kb = build(tmp_path / "2", name_dictionary(file, alternative_ids=True))
    assert kb["613097"].codes == kb["C567755"].codes
    kb = build(tmp_path / "3", name_dictionary(file, vocabulary="SNOMED CT"))
    assert kb["D006073"].codes == {"SNOMEDCT_US": ("D006073",)}
    lines = tmp_path / "k.jsonl"
    lines.write_text(
        '{"concept_id": "D006073", "canonical_name": "gout", "codes": {"ICD-10-CM": ["M10"]}}\n'
        '{"concept_id": "C1", "canonical_name": "fever"}\n'
    )
    kb = build(tmp_path / "4", scispacy_jsonl(lines))
    assert kb["D006073"].codes == {"ICD10CM": ("M10",), "MSH": ("D006073",)}
    assert kb["C1"].codes == {}
    lines.write_text('{"concept_id": "C1", "canonical_name": "fever", "codes": {"A": "M10"}}\n')
    with pytest.raises(TerminologyError, match="codes of lists"):
        build(tmp_path / "5", scispacy_jsonl(lines))


IDS = st.sampled_from(["C1", "C2", "C3", "C4"])
ROWS = st.lists(
    st.tuples(
        IDS,
        st.sampled_from(["A", "B", "ICD10CM"]),
        st.text(st.sampled_from("aAbB1.: é"), min_size=1, max_size=4).filter(str.strip),
        st.sampled_from(MAPPINGS),
        st.sampled_from(["", "PT", "SY"]),
        st.sampled_from([None, "", "name of C1", "name of C2", "another name", "a\tname"]),
    ),
    max_size=30,
)


@given(rows=ROWS)
def test_any_codes_are_as_in_the_definition(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, ...]]
) -> None:
    names = {one: f"name of {one}" for one in ("C1", "C2", "C3")}
    path = tmp_path_factory.mktemp("codes") / "kb"
    kb = build(path, WithCodes(names, rows), matcher=MatcherSettings())
    expected: dict[str, dict[str, dict[str, int]]] = {one: {} for one in names}
    for concept_id, vocabulary, code, mapping, *_ in rows:
        if concept_id in names:
            of = expected[concept_id].setdefault(vocabulary, {})
            of[code.strip()] = min(of.get(code.strip(), 9), MAPPINGS.index(mapping))
    for concept_id, by_vocabulary in expected.items():
        codes = {name: tuple(sorted(of)) for name, of in by_vocabulary.items()}
        assert kb[concept_id].codes == codes
        listed = kb.codes_of(concept_id)
        assert len(set(listed)) == len(listed)
        for vocabulary, code, mapping, _, _ in listed:
            assert mapping == MAPPINGS[by_vocabulary[vocabulary][code]]
        told = {(code.code, code.term_type, code.name) for code in listed}
        for one, _, code, _, term_type, name in rows:
            if one == concept_id and (name or term_type):
                clean = " ".join(name.split()) if name else None
                assert (code.strip(), term_type, clean) in told
        for vocabulary, of in codes.items():
            for code in of:
                has = [c for c, by in expected.items() if code in by.get(vocabulary, {})]
                ranked = sorted(has, key=lambda c: (expected[c][vocabulary][code], c))
                assert kb.with_code(vocabulary, code) == ranked
    for source in kb.vocabularies:
        for target in kb.vocabularies:
            pairs = {(row.concept_id, *row[:2]) for row in kb.crosswalk(source, target)}
            assert pairs == {
                (concept_id, one, two)
                for concept_id, by in expected.items()
                for one in by.get(source, {})
                for two in by.get(target, {})
            }


def test_matching_is_as_without_codes(tmp_path: Path) -> None:
    plain = of_names(tmp_path / "1", {"C1": ["fever", "pyrexia"]})
    coded = build(
        tmp_path / "2",
        ConceptSource([Concept("C1", "fever", ["pyrexia"], ["T047"], codes={"A": ["1"]})]),
    )
    assert list(plain.names()) == list(coded.names())
    assert plain["C1"] == coded["C1"]  # codes do not count
