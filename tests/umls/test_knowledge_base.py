import json
import multiprocessing
import pickle
import shutil
from pathlib import Path

import pytest
import spacy

from spacy_umlsbert.umls import (
    Concept,
    ConceptSource,
    KnowledgeBase,
    MatcherSettings,
    RrfRelease,
    TerminologyError,
    UnknownConceptError,
)
from spacy_umlsbert.umls.sources.base import NAMES
from tests.umls.helpers import OPEN, build, of_names


@pytest.fixture
def copy(tmp_path: Path, rrf_kb_path: Path) -> Path:
    """A copy of the toy knowledge base that a test may damage."""
    return Path(shutil.copytree(rrf_kb_path, tmp_path / "copy"))


def test_it_is_a_mapping_of_concepts(rrf_kb: KnowledgeBase) -> None:
    ids = list(rrf_kb)
    assert ids == sorted(ids) and len(ids) == len(rrf_kb) == 39
    assert "C0009443" in rrf_kb and "C0000000" not in rrf_kb and 5 not in rrf_kb
    assert rrf_kb.get("C0009443") == rrf_kb["C0009443"]
    assert rrf_kb.get("nothing") is None
    with pytest.raises(UnknownConceptError, match="'nothing' is not in the knowledge base 'toy'"):
        rrf_kb["nothing"]
    with pytest.raises(KeyError):
        rrf_kb.parents("nothing")


def test_it_serves_code_written_for_scispacy(rrf_kb: KnowledgeBase) -> None:
    entity = rrf_kb.cui_to_entity["C0004057"]
    assert entity.canonical_name == "Aspirin"
    assert entity._fields == ("concept_id", "canonical_name", "aliases", "types", "definition")
    assert len(rrf_kb.cui_to_entity) == len(rrf_kb)
    assert "C0004057" in rrf_kb.cui_to_entity
    assert dict(rrf_kb.cui_to_entity.items())["C0004057"] == entity


def test_names_come_in_the_order_of_the_name_table(rrf_kb: KnowledgeBase) -> None:
    names = list(rrf_kb.names())
    table = rrf_kb.name_table.to_pydict()
    ids = rrf_kb.concept_ids.to_pylist()
    assert names == [
        (name, ids[row]) for name, row in zip(table["name"], table["concept"], strict=True)
    ]
    assert names[0] == ("Acquired Immunodeficiency Syndrome", "C0001175")
    assert [cui for _, cui in names] == sorted(cui for _, cui in names)


def test_meta_records_where_it_comes_from(rrf_kb: KnowledgeBase) -> None:
    meta = rrf_kb.meta
    assert (meta.name, meta.version, meta.license, meta.open_license) == ("toy", "1", "MIT", True)
    assert meta.sources[0]["kind"] == "rrf"
    assert meta.counts["concepts"] == 39
    assert meta.counts["names"] == sum(1 for _ in rrf_kb.names())
    assert meta.semantic_types == rrf_kb.semantic_types
    assert "T047" in rrf_kb.semantic_types


def test_sources_are_merged_the_first_has_precedence(tmp_path: Path) -> None:
    first = ConceptSource([Concept("C1", "one", ["uno"], ["T047"], None)])
    second = ConceptSource(
        [Concept("C1", "eins", ["one"], ["T184"], "second"), Concept("C2", "two", [], [])],
        default_types=["T033"],
    )
    kb = build(tmp_path / "kb", first, second)
    assert kb["C1"] == ("C1", "one", ["uno", "eins"], ["T047", "T184"], "second")
    assert kb["C2"] == ("C2", "two", [], ["T033"], None)
    with pytest.raises(TerminologyError, match="T999"):
        ConceptSource([], default_types=["T999"])


def test_ids_are_opaque(tmp_path: Path) -> None:
    kb = of_names(tmp_path / "kb", {"MESH:D001": ["a fever"], "613097": ["gout"], "é": ["mumps"]})
    assert list(kb) == ["613097", "MESH:D001", "é"]
    assert kb["é"].canonical_name == "mumps"
    assert kb.find("Gout") == ["613097"]


def test_equal_content_has_an_equal_fingerprint(tmp_path: Path) -> None:
    one = of_names(tmp_path / "1", {"C1": ["fever"]})
    same = of_names(tmp_path / "2", {"C1": ["fever"]}, name="another name")
    other = of_names(tmp_path / "3", {"C1": ["fevers"]})
    settings = of_names(tmp_path / "4", {"C1": ["fever"]}, matcher=MatcherSettings(min_length=2))
    assert one.fingerprint == same.fingerprint
    assert len({one.fingerprint, other.fingerprint, settings.fingerprint}) == 3


def test_it_survives_bytes_pickle_and_copies(tmp_path: Path, rrf_kb: KnowledgeBase) -> None:
    doc = spacy.blank("en")("denies chest pain, on metformin")
    expected = rrf_kb.match([doc])
    from_bytes = KnowledgeBase.from_bytes(rrf_kb.to_bytes())
    rrf_kb.copy_to(tmp_path / "copy")
    rrf_kb.copy_to(tmp_path / "copy")  # saving twice to one place is fine
    copy = KnowledgeBase.open(tmp_path / "copy", verify=True)
    for kb in (from_bytes, copy, *map(_pickled, (rrf_kb, from_bytes, copy))):
        assert kb.match([doc]) == expected
        assert kb.fingerprint == rrf_kb.fingerprint
        assert list(kb.names()) == list(rrf_kb.names())
    assert len(pickle.dumps(rrf_kb)) < 1000
    assert from_bytes.path is None and copy.path == tmp_path / "copy"
    assert expected[0]


def _pickled(kb: KnowledgeBase) -> KnowledgeBase:
    copy: KnowledgeBase = pickle.loads(pickle.dumps(kb))
    return copy


def _find(kb: KnowledgeBase) -> list[str]:
    return kb.find("cough")


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_it_works_in_other_processes(rrf_kb: KnowledgeBase, method: str) -> None:
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert pool.map(_find, [rrf_kb, rrf_kb]) == [["C0010200"]] * 2


def test_a_replaced_knowledge_base_is_noticed(tmp_path: Path) -> None:
    pickled = pickle.dumps(of_names(tmp_path / "kb", {"C1": ["fever"]}))
    of_names(tmp_path / "kb", {"C1": ["cough"]}, overwrite=True)
    with pytest.raises(TerminologyError, match="replaced"):
        pickle.loads(pickled)


def test_overwriting(tmp_path: Path) -> None:
    old = of_names(tmp_path / "kb", {"C1": ["fever"]})
    with pytest.raises(TerminologyError, match="exists already"):
        of_names(tmp_path / "kb", {"C1": ["cough"]})
    of_names(tmp_path / "kb", {"C1": ["cough"]}, overwrite=True)
    assert KnowledgeBase.open(tmp_path / "kb").find("cough") == ["C1"]
    assert old.find("fever") == ["C1"]  # an open one goes on working
    assert [path.name for path in tmp_path.iterdir()] == ["kb"]
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("years of work")
    with pytest.raises(TerminologyError, match="not a knowledge base"):
        of_names(tmp_path / "thesis", {"C1": ["cough"]}, overwrite=True)
    assert (tmp_path / "thesis" / "chapter1.txt").exists()


class _Interrupted(ConceptSource):
    def __init__(self, method: str, error: BaseException) -> None:
        super().__init__([Concept("C1", "fever", [], ["T047"], "hot")])
        self._error = error
        setattr(self, method, self._fail)

    def _fail(self) -> None:
        raise self._error


@pytest.mark.parametrize("method", ["names", "types", "definitions", "parents", "describe"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("disk full")])
def test_an_interrupted_build_leaves_what_was_there(
    tmp_path: Path, method: str, error: BaseException
) -> None:
    of_names(tmp_path / "old", {"C1": ["cough"]})
    for path in (tmp_path / "new", tmp_path / "old"):
        with pytest.raises(type(error)):
            build(path, _Interrupted(method, error), overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert KnowledgeBase.open(tmp_path / "old", verify=True).find("cough") == ["C1"]


def _build_and_die(path: str, chunks: int) -> None:
    import os

    from spacy_umlsbert.files import storage

    real, left = storage.write_array, [chunks]

    def dying(*args: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            os._exit(1)
        real(*args)  # type: ignore[arg-type]

    import spacy_umlsbert.umls.build as build_module
    import spacy_umlsbert.umls.matching.name_index as index_module

    build_module.write_array = index_module.write_array = dying  # type: ignore[assignment]
    os.rename = lambda *args: os._exit(1)
    Path.rename = lambda *args: os._exit(1)  # type: ignore[assignment,method-assign]
    of_names(Path(path), {"C1": ["fever", "high fever"]})


@pytest.mark.parametrize("chunks", [0, 1, 3, 8, 100])
def test_a_killed_build_never_leaves_a_directory_that_opens(tmp_path: Path, chunks: int) -> None:
    process = multiprocessing.get_context("fork").Process(
        target=_build_and_die, args=(str(tmp_path / "kb"), chunks)
    )
    process.start()
    process.join()
    assert process.exitcode == 1
    left = list(tmp_path.iterdir())
    assert len(left) == 1 and left[0].name != "kb"
    with pytest.raises(TerminologyError, match="interrupted build"):
        KnowledgeBase.open(left[0])


def test_every_flipped_byte_is_found_by_verify(copy: Path) -> None:
    for file in sorted(copy.iterdir()):
        content = bytearray(file.read_bytes())
        for position in {0, len(content) // 3, len(content) // 2, len(content) - 1}:
            content[position] ^= 0x10
            file.write_bytes(content)
            with pytest.raises(TerminologyError, match=file.name):
                KnowledgeBase.open(copy, verify=True)
            content[position] ^= 0x10
        file.write_bytes(content)
    KnowledgeBase.open(copy, verify=True)


def test_a_missing_or_cut_file_is_found_at_open(copy: Path) -> None:
    for file in sorted(copy.iterdir()):
        content = file.read_bytes()
        file.write_bytes(content[:-1])
        with pytest.raises(TerminologyError, match=f"{file.name}.*Build the knowledge base again"):
            KnowledgeBase.open(copy)
        file.unlink()
        with pytest.raises(TerminologyError, match=file.name):
            KnowledgeBase.open(copy)
        file.write_bytes(content)


def test_what_is_not_a_knowledge_base(tmp_path: Path) -> None:
    with pytest.raises(TerminologyError, match="no such knowledge base"):
        KnowledgeBase.open(tmp_path / "nothing")
    with pytest.raises(TerminologyError, match=r"no meta\.json"):
        KnowledgeBase.open(tmp_path)
    (tmp_path / "meta.json").write_text(json.dumps({"lang": "en", "name": "core_web_sm"}))
    with pytest.raises(TerminologyError, match="belongs to something else"):
        KnowledgeBase.open(tmp_path)
    for data in (b"", b"x", pickle.dumps([1])):
        with pytest.raises(TerminologyError, match="not a knowledge base"):
            KnowledgeBase.from_bytes(data)


@pytest.mark.parametrize(("step", "remedy"), [(1, "Upgrade"), (-1, "Build .* again")])
def test_another_format_is_refused(copy: Path, step: int, remedy: str) -> None:
    meta = json.loads((copy / "meta.json").read_text())
    meta["format_version"] += step
    (copy / "meta.json").write_text(json.dumps(meta))
    message = rf"meta.json: .*format {meta['format_version']}.*{remedy}"
    with pytest.raises(TerminologyError, match=message):
        KnowledgeBase.open(copy)


def test_a_build_needs_a_source_with_the_right_tables(tmp_path: Path) -> None:
    with pytest.raises(TerminologyError, match="at least one source"):
        KnowledgeBase.build(tmp_path / "kb", **OPEN)  # type: ignore[arg-type]

    class Wrong(ConceptSource):
        def names(self):  # type: ignore[no-untyped-def]
            yield NAMES.empty_table().drop_columns(["rank"])

    with pytest.raises(TerminologyError, match=r"Wrong\.names"):
        build(tmp_path / "kb", Wrong([]))


def test_unknown_settings_are_refused() -> None:
    settings = MatcherSettings(stop_names=("other",), max_subtokens=3)
    assert MatcherSettings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings
    with pytest.raises(TerminologyError, match=r"unknown matcher setting.*fuzzy"):
        MatcherSettings.from_dict({"fuzzy": True})
    with pytest.warns(FutureWarning, match="max_pieces is now called max_subtokens"):
        assert MatcherSettings(stop_names=("other",), max_pieces=3) == settings
    with pytest.raises(TerminologyError, match="max_subtokens"):
        MatcherSettings(max_subtokens=0)


def test_a_rrf_release_can_be_built_twice(tmp_path: Path) -> None:
    fixture = Path(__file__).parents[1] / "fixtures" / "rrf"
    release = RrfRelease(fixture)
    assert build(tmp_path / "1", release).fingerprint == build(tmp_path / "2", release).fingerprint
