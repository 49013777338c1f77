"""Lines of OBO files as the specification has them, and files that are cut."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.umls import OboOntology, TerminologyError
from spacy_umlsbert.umls.sources.obo_format import Term, read_terms
from tests.umls.helpers import build


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def term(folder: Path, *lines: str) -> Term:
    """The one term of a file whose frame has these lines after its id."""
    text = "\n".join(["[Term]", "id: X:0000001", *lines])
    (found,) = read_terms(write(folder / "x.obo", f"{text}\n"))
    return found


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("fever", "fever"),
        ("fever ! a comment", "fever"),
        ('fever {source="X:1"}', "fever"),
        ('fever {source="X:1", comment="a } and ! in it"} ! and a comment', "fever"),
        ("fever {source=X:1}", "fever"),
        ("fever {}", "fever"),
        (r"fever \! is text", "fever ! is text"),
        (r"fever \{source=X\}", "fever {source=X}"),
        ("wow! syndrome", "wow! syndrome"),
        ("poly{A} disease", "poly{A} disease"),
        ("a set {a, b}", "a set {a, b}"),
        ('the "fever ! pitch" sign ! a comment', 'the "fever ! pitch" sign'),
        ('5" nail ! a comment', '5" nail'),
        ("[2,3-b]pyridine", "[2,3-b]pyridine"),
    ],
)
def test_names_end_where_qualifiers_or_a_comment_begin(
    tmp_path: Path, value: str, name: str
) -> None:
    assert term(tmp_path, f"name: {value}").name == name


ENDS = ["", " ! comment", ' {source="A ! B"}', ' {a="}", b="x"} ! "comment"', "   ", "! comment"]


@pytest.mark.parametrize("end", ENDS)
def test_every_tag_takes_qualifiers_and_comments(tmp_path: Path, end: str) -> None:
    found = term(
        tmp_path,
        "name: x",
        f'def: "A ! sign {{x}}\\"." [PMID:1, "a ] b"]{end}',
        f'synonym: "hot ! {{x}}" EXACT []{end}',
        f'synonym: "warm" NARROW uk_spelling [X:1]{end}',
        f"xref: UMLS:C0015967{end}",
        f'xref: MESH:D005334 "Fever ! {{x}}"{end}',
        f"is_a: X:0000002{end}",
    )
    assert found.definition == 'A ! sign {x}".'
    assert found.synonyms == [("EXACT", "hot ! {x}"), ("NARROW", "warm")]
    assert [xref.identifier for xref in found.xrefs] == ["UMLS:C0015967", "MESH:D005334"]
    assert found.parents == ["X:0000002"]


@pytest.mark.parametrize(
    "line",
    [
        'synonym: "the "big" one" EXACT []',
        'synonym: "the "big" EXACT []',
        'synonym: "big"one" EXACT []',
        'synonym: "big" EXAKT []',
        'synonym: "big EXACT []',
        'def: "the "big" one" []',
        'def: "cut off',
        'synonym: "big" EXACT [X:1',
        "xref:",
        "is_a: ! fever",
        "a line without a tag",
        "id: X:0000002",
    ],
)
def test_a_line_that_is_not_obo_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    file = write(tmp_path / "x.obo", f"[Term]\nid: X:0000001\nname: x\n{line}\n")
    with pytest.raises(TerminologyError, match="Get the file again") as caught:
        build(tmp_path / "kb", OboOntology(file, keep_unmapped=True))
    assert (caught.value.path, caught.value.line) == (file, 4)
    assert "big" not in str(caught.value)
    assert not (tmp_path / "kb").exists()


def test_mondos_xrefs_say_what_they_are(tmp_path: Path) -> None:
    file = write(
        tmp_path / "m.obo",
        "[Term]\nid: MONDO:0005044\nname: hypertension\nxref: UMLS:C0020538\n"
        'xref: ICD10CM:I10 {source="MONDO:relatedTo", source="X:1"}\n'
        'xref: SCTID:38341003 {source="MONDO:equivalentTo"}\n'
        'xref: MESH:D006973 {source="DOID:10763"}\n'
        'xref: ICD9:401 {source="MONDO:mondoIsNarrowerThanSource"}\n',
    )
    kb = build(tmp_path / "kb", OboOntology(file))
    assert {code.vocabulary: code.mapping for code in kb.codes_of("C0020538")} == {
        "ICD10CM": "related",
        "ICD9CM": "broad",
        "MONDO": "exact",
        "MSH": "close",
        "SNOMEDCT_US": "exact",
    }


WHOLE = """format-version: 1.2

[Term]
id: X:0000001
name: fever
def: "Hot." []
synonym: "hot" EXACT []
xref: UMLS:C0015967
is_a: X:0000002 ! sign

[Typedef]
id: part_of
name: part of
"""


@given(end=st.integers(0, len(WHOLE) - 1))
def test_a_cut_file_is_refused_or_has_whole_lines(
    tmp_path_factory: pytest.TempPathFactory, end: int
) -> None:
    file = write(tmp_path_factory.mktemp("cut") / "x.obo", WHOLE[:end])
    try:
        terms = list(read_terms(file))
    except TerminologyError as error:
        assert error.path == file
    else:
        # Only at the end of a line can nobody see that the rest is missing.
        assert WHOLE[:end].endswith("\n") and [term.name for term in terms] == ["fever"]


def test_line_breaks_of_windows_and_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "x.obo"
    file.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    (found,) = read_terms(file)
    assert (found.name, found.parents) == ("fever", ["X:0000002"])


TEXT = st.text(
    st.characters(exclude_characters="\n\r", exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")),
    min_size=1,
    max_size=12,
)


@given(
    name=TEXT,
    synonym=TEXT,
    comment=TEXT,
    qualifier=st.sampled_from(["", ' {source="a", b="! }"}', " {}"]),
)
def test_whatever_is_escaped_is_text_and_what_follows_is_not(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    synonym: str,
    comment: str,
    qualifier: str,
) -> None:
    def escaped(text: str) -> str:
        return "".join(f"\\{letter}" if letter in '\\"!{}' else letter for letter in text)

    found = term(
        tmp_path_factory.mktemp("obo"),
        f"name: {escaped(name)}{qualifier} ! {comment}",
        f'synonym: "{escaped(synonym)}" EXACT []{qualifier} ! {comment}',
    )
    assert found.name == name and found.synonyms == [("EXACT", synonym)]
