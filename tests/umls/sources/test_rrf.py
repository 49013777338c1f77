import gzip
import shutil
from pathlib import Path

import pytest

from spacy_umlsbert.umls import KnowledgeBase, RrfRelease, TerminologyError
from tests.umls.helpers import build

FIXTURE = Path(__file__).parents[2] / "fixtures" / "rrf"


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A copy of the fixture that a test may damage."""
    return Path(shutil.copytree(FIXTURE, tmp_path / "release"))


def edit(path: Path, line: int, old: bytes, new: bytes) -> None:
    lines = path.read_bytes().split(b"\n")
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    path.write_bytes(b"\n".join(lines))


def names(kb: KnowledgeBase, cui: str) -> list[str]:
    return [kb[cui].canonical_name, *kb[cui].aliases]


def test_concepts_have_names_types_definition_and_hierarchy(rrf_kb: KnowledgeBase) -> None:
    concept = rrf_kb["C0009443"]
    assert concept == (
        "C0009443",
        "Common Cold",
        ["Cold", "Acute coryza"],
        ["T047"],
        "A mild infection of the nose and throat by a virus.",
    )
    assert rrf_kb["C0004057"].types == ["T109", "T121"]
    assert rrf_kb.types_of("C0004057") == ["T109", "T121"]
    assert rrf_kb.parents("C0011860") == ["C0011849"]
    assert rrf_kb.children("C0030193") == ["C0008031", "C0018681"]
    assert rrf_kb.parents("C0030193") == []
    assert "C9999999" not in rrf_kb  # has a type, but no name


def test_the_canonical_name_is_the_one_umls_prefers_not_the_first(rrf_kb: KnowledgeBase) -> None:
    assert names(rrf_kb, "C0008031") == ["Chest Pain", "Pain, chest", "Thoracic pain"]


def test_languages_in_order_of_preference(tmp_path: Path) -> None:
    kb = build(tmp_path / "kb", RrfRelease(FIXTURE, languages=["FRE", "ENG"]))
    assert names(kb, "C0009443") == ["Rhume banal", "Common Cold", "Cold", "Acute coryza"]
    kb = build(tmp_path / "french", RrfRelease(FIXTURE, languages=["FRE"]))
    assert list(kb) == ["C0009443"]


def test_filters(tmp_path: Path) -> None:
    kb = build(tmp_path / "1", RrfRelease(FIXTURE, include_suppressible=True))
    assert "Cold in the head" in names(kb, "C0009443")
    kb = build(tmp_path / "2", RrfRelease(FIXTURE, sources=["SNOMEDCT_US"]))
    assert names(kb, "C0009443") == ["Acute coryza"]
    kb = build(tmp_path / "3", RrfRelease(FIXTURE, term_types=["MH"]))
    assert names(kb, "C0009443") == ["Common Cold"]
    kb = build(tmp_path / "4", RrfRelease(FIXTURE, semantic_types=["CHEM"]))
    assert list(kb) == ["C0001645", "C0004057", "C0017725", "C0021641", "C0025598"]
    assert kb.semantic_types == ["T109", "T116", "T121", "T123", "T125"]
    kb = build(tmp_path / "5", RrfRelease(FIXTURE, semantic_types=["T121"]))
    assert kb["C0004057"].types == ["T109", "T121"]  # all its types, whichever it was chosen by
    assert kb.meta.sources[0]["semantic_types"] == ["T121"]


def test_filters_that_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(TerminologyError, match="Check languages"):
        build(tmp_path / "kb", RrfRelease(FIXTURE, languages=["GER"]))
    assert list(tmp_path.iterdir()) == []


def test_compressed_files_and_windows_line_ends(tmp_path: Path, release: Path) -> None:
    file = release / "MRCONSO.RRF"
    with gzip.open(release / "MRCONSO.RRF.gz", "wb") as target:
        target.write(file.read_bytes().replace(b"\n", b"\r\n"))
    file.unlink()
    kb = build(tmp_path / "kb", RrfRelease(release))
    assert names(kb, "C0008031") == ["Chest Pain", "Pain, chest", "Thoracic pain"]


def test_quotes_and_control_characters_in_names(tmp_path: Path, release: Path) -> None:
    edit(release / "MRCONSO.RRF", 1, b"Acquired Immuno", b'A "quoted\t\x1f Immuno')
    kb = build(tmp_path / "kb", RrfRelease(release))
    assert kb["C0001175"].canonical_name == 'A "quoted  Immunodeficiency Syndrome'


def test_only_names_and_types_are_required(tmp_path: Path, release: Path) -> None:
    (release / "MRDEF.RRF").unlink()
    (release / "MRREL.RRF").unlink()
    kb = build(tmp_path / "kb", RrfRelease(release))
    assert kb["C0009443"].definition is None
    assert kb.parents("C0011860") == []


@pytest.mark.parametrize("name", ["MRCONSO.RRF", "MRSTY.RRF"])
def test_a_missing_file(release: Path, name: str) -> None:
    (release / name).unlink()
    with pytest.raises(TerminologyError, match=f"{name}.*no such file.*META directory"):
        RrfRelease(release)


DAMAGE = {
    "columns": ("MRCONSO.RRF", 7, b"|ENG|", b"|", "17 columns instead of 18"),
    "more columns": ("MRCONSO.RRF", 7, b"|ENG|", b"|ENG|x|", "19 columns instead of 18"),
    "first line": ("MRCONSO.RRF", 1, b"|ENG|P|", b"|", "16 columns instead of 18"),
    "utf-8": ("MRCONSO.RRF", 16, b"Bronchial", b"Bronch\xefal", "invalid UTF-8"),
    "nul": ("MRCONSO.RRF", 16, b"Bronchial", b"Bronch\0ial", "a NUL character"),
    "return": ("MRCONSO.RRF", 16, b"Bronchial", b"Bronch\rial", "carriage return"),
    "types": ("MRSTY.RRF", 6, b"T121", b"B2.2", "no semantic type"),
    "type columns": ("MRSTY.RRF", 6, b"T121|", b"", "5 columns instead of 6"),
    "definitions": ("MRDEF.RRF", 2, b"|NCI|", b"|", "7 columns instead of 8"),
    "relations": ("MRREL.RRF", 3, b"|CHD|", b"|", "15 columns instead of 16"),
}


@pytest.mark.parametrize("kind", list(DAMAGE))
def test_damage_is_reported_with_file_line_and_remedy(
    tmp_path: Path, release: Path, kind: str
) -> None:
    name, line, old, new, problem = DAMAGE[kind]
    edit(release / name, line, old, new)
    target = tmp_path / "out" / "kb"
    with pytest.raises(TerminologyError) as caught:
        build(target, RrfRelease(release))
    error = caught.value
    assert (error.path, error.line) == (release / name, line)
    assert problem in str(error) and "Get the file again" in str(error)
    assert "Asthma" not in str(error)  # the message never quotes content
    assert list(target.parent.iterdir()) == []


def test_a_cut_gzip_file_and_an_empty_file(tmp_path: Path, release: Path) -> None:
    file = release / "MRSTY.RRF"
    whole = gzip.compress(file.read_bytes())
    file.unlink()
    (release / "MRSTY.RRF.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TerminologyError, match=r"MRSTY\.RRF\.gz"):
        build(tmp_path / "kb", RrfRelease(release))
    (release / "MRSTY.RRF.gz").unlink()
    file.write_bytes(b"")
    with pytest.raises(TerminologyError, match=r"MRSTY\.RRF.*empty"):
        build(tmp_path / "kb", RrfRelease(release))


def test_an_unknown_semantic_group() -> None:
    with pytest.raises(TerminologyError, match="DISORDERLY"):
        RrfRelease(FIXTURE, semantic_types=["DISORDERLY"])


def in_parts(folder: Path, name: str, sizes: list[int], ending: str = ".gz") -> list[Path]:
    """Cut a file of a release into parts of so many bytes and the rest, as the UMLS ships it."""
    data = (folder / name).read_bytes()
    (folder / name).unlink()
    ends = [sum(sizes[:i]) for i in range(len(sizes) + 1)]
    parts = [data[start:end] for start, end in zip(ends, [*ends[1:], len(data)], strict=True)]
    paths = []
    for i, part in enumerate(parts):
        paths.append(folder / f"{name}.a{'abcdefgh'[i]}{ending}")
        paths[-1].write_bytes(gzip.compress(part) if ending else part)
    return paths


@pytest.mark.parametrize("ending", [".gz", ""])
@pytest.mark.parametrize("sizes", [[], [1000], [17, 2000, 0, 3]])
def test_files_in_parts_are_read_in_order(
    tmp_path: Path, release: Path, sizes: list[int], ending: str
) -> None:
    whole = build(tmp_path / "whole", RrfRelease(FIXTURE))
    parts = in_parts(release, "MRCONSO.RRF", sizes, ending)
    in_parts(release, "MRSTY.RRF", sizes, ending)
    in_parts(release, "MRREL.RRF", [5], ending)
    kb = build(tmp_path / "kb", RrfRelease(release))
    assert kb.fingerprint == whole.fingerprint
    assert kb.meta.sources[0]["files"][: len(parts)] == [part.name for part in parts]


@pytest.mark.parametrize("missing", [0, 1])
def test_a_gap_between_parts_is_refused(tmp_path: Path, release: Path, missing: int) -> None:
    parts = in_parts(release, "MRCONSO.RRF", [1000, 1000, 1000])
    parts[missing].unlink()
    with pytest.raises(TerminologyError, match=r"is there.*missing part") as caught:
        build(tmp_path / "kb", RrfRelease(release))
    assert caught.value.path == parts[missing]
    assert not (tmp_path / "kb").exists()


def test_a_part_that_is_there_twice_is_refused(tmp_path: Path, release: Path) -> None:
    parts = in_parts(release, "MRCONSO.RRF", [1000])
    parts[1].with_suffix("").write_bytes(b"")
    with pytest.raises(TerminologyError, match="is there twice"):
        RrfRelease(release)


def test_damage_in_parts_is_reported_with_part_and_line(tmp_path: Path, release: Path) -> None:
    edit(release / "MRCONSO.RRF", 20, b"|ENG|", b"|ENG")
    data = (FIXTURE / "MRCONSO.RRF").read_bytes()
    of_ten_lines = sum(len(line) for line in data.splitlines(keepends=True)[:10])
    parts = in_parts(release, "MRCONSO.RRF", [of_ten_lines + 7, 1000])
    with pytest.raises(TerminologyError, match="17 columns instead of 18") as caught:
        build(tmp_path / "kb", RrfRelease(release))
    # The eleventh line begins in the first part: what is left of it is the first of the second.
    assert (caught.value.path, caught.value.line) == (parts[1], 10)


def test_a_part_that_is_cut_short_is_named(tmp_path: Path, release: Path) -> None:
    part = in_parts(release, "MRCONSO.RRF", [500, 1000])[1]
    part.write_bytes(part.read_bytes()[:-20])
    with pytest.raises(TerminologyError, match="cut short or damaged") as caught:
        build(tmp_path / "kb", RrfRelease(release))
    assert caught.value.path == part
