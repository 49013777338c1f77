"""What is wrong with a file is reported with its place and counted, and the rest is read."""

import gzip
import logging

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.corpora.annotated.formats import READERS
from spacy_umlsbert.corpora.report import LOGGED_OF_A_KIND, Kind
from spacy_umlsbert.errors import InputError

SECRET = "Zanzibar"  # a word of the texts, which no message may show


@pytest.fixture(scope="module")
def nlp():
    return spacy.blank("en")


def read(name, path, nlp, **settings):
    """Entities of all documents, problems as (kind, line), and the report."""
    corpus = READERS[name](path, **settings)
    docs = list(corpus.docs(nlp))
    problems = [(p.kind, p.line) for p in corpus.report.problems]
    assert not any(SECRET in p.message for p in corpus.report.problems)
    return [[ent.text for ent in doc.ents] for doc in docs], problems, corpus.report


def write(folder, **files):
    for name, content in files.items():
        stem, _, ending = name.rpartition("_")
        path = folder / f"{stem}.{ending}"
        path.write_text(content, encoding="utf8", newline="")
    return folder


def test_pubtator(tmp_path, nlp):
    lines = [
        "1|t|Zanzibar fever and pain",
        "1|a|More pain.",
        "1\t0\t14\tZanzibar fever\tDisease\tD1",
        "1\t8\t15\tfever \tDisease\tD1",  # white space does not matter
        "1\t10\t15\tfever\tSymptom\tD1",  # one too far
        "1\t0\t14\tZanzibar fever\tDisease\tD9",  # twice the same
        "1\t19\t23\trash\tDisease\tD2",  # not in the text
        "1\t190\t195\tpain\tDisease\tD2",  # beyond the text, and there are two
        "1\tx1\t23\tpain\tDisease\tD2",  # not a number
        "1\t19\t23",  # cut short
        "2\t19\t23\tpain\tDisease\tD2",  # of another document
        "1\t19\t23\tpain\tDisease",  # no concept, which is fine
        "",
        "1|t|The same again",
        "",
        "Zanzibar without a head",
        "1\t0\t3\tyes\tX\tD1",
        "",
        "3|t|Only a title",
        "4|t|",
        "4|a|",
    ]
    write(tmp_path, corpus_txt="\n".join(lines))
    entities, problems, report = read("pubtator", tmp_path, nlp)
    assert entities == [["Zanzibar fever", "pain", "pain"], []]
    assert problems == [
        (Kind.OFFSET_CORRECTED, 5),
        (Kind.TEXT_MISMATCH, 7),
        (Kind.OFFSET_CORRECTED, 8),
        (Kind.MALFORMED, 9),
        (Kind.MALFORMED, 10),
        (Kind.MALFORMED, 11),
        (Kind.DUPLICATE_MENTION, 6),
        (Kind.OVERLAP, 4),
        (Kind.OVERLAP, 5),
        (Kind.DUPLICATE_DOCUMENT, 14),
        (Kind.MALFORMED, 16),
        (Kind.EMPTY, 20),
    ]
    assert report.documents == 2


def test_brat(tmp_path, nlp):
    write(
        tmp_path,
        a_txt="Zanzibar fever, left and right knee pain\nand so on.",
        a_ann="T1\tX 0 14\tZanzibar fever\n"
        "T2\tX 9 14\tfever\n"  # nested
        "T3\tX 16 20;31 35\tleft knee\n"  # in pieces
        "T4\tX 16 20;25 30\tsomething else\n"
        "T5\tX 36 40;41 44\tpain and\n"  # goes on in the next line: not in pieces
        "T6 X 0 4 cut\n"
        "N1\tReference T1\n"
        "N2\tReference T1 MESH:D1\tFever\n"
        "E1\tX:T1\n",
        b_txt="Not annotated.",
        c_txt="",
        c_ann="",
        d_txt="Nothing to see.",
        d_ann="",
    )
    entities, problems, _ = read("brat", tmp_path, nlp)
    assert entities == [["Zanzibar fever", "left and right knee", "pain\nand"], []]
    assert sorted(problems, key=str) == sorted(
        [
            (Kind.MALFORMED, 7),
            (Kind.DISCONTINUOUS, 3),
            (Kind.DISCONTINUOUS, 4),
            (Kind.TEXT_MISMATCH, 4),
            (Kind.MALFORMED, 6),
            (Kind.OVERLAP, 2),
            (Kind.MISSING_FILE, 0),
            (Kind.EMPTY, 0),
        ],
        key=str,
    )


def test_i2b2_2006(tmp_path, nlp):
    write(
        tmp_path,
        records_xml="""<ROOT>
<RECORD ID="1">
<TEXT>Mr. <PHI TYPE="PATIENT">Zanzibar</PHI> & co, K < 3
and <PHI TYPE="DATE">May</PHI></PHI> done</TEXT>
</RECORD>
<RECORD ID="2">
<TEXT>An <PHI TYPE="DOCTOR">open tag
and <PHI TYPE="ID">77</PHI> <PHI TYPE="ID"></PHI> <PHI>untyped</PHI> end</TEXT>
</RECORD>
<RECORD ID="1"><TEXT>again</TEXT></RECORD>
<RECORD ID="3"></RECORD>
<RECORD ID="4"><TEXT>cut <PHI TYPE="DATE">June</PHI> off""",
    )
    entities, problems, _ = read("i2b2-2006", tmp_path, nlp)
    assert entities == [["Zanzibar", "May"], ["77"], ["June"]]
    assert problems == [
        (Kind.MALFORMED, 4),
        (Kind.MALFORMED, 8),
        (Kind.MALFORMED, 8),
        (Kind.MALFORMED, 7),
        (Kind.DUPLICATE_DOCUMENT, 10),
        (Kind.EMPTY, 11),
    ]


def test_i2b2_2010(tmp_path, nlp):
    write(
        tmp_path,
        a_txt="He had Zanzibar fever .\n\nMild pain  and rash .\n",
        a_con='c="zanzibar fever" 1:2 1:3||t="problem"\n'
        'c="fever" 1:3 1:3||t="problem"\n'  # nested
        'c="pain" 3:0 3:0||t="problem"\n'  # one too early
        'c="rash" 3:4 3:4||t="problem"\n'  # counts the extra space
        'c="cough" 3:0 3:0||t="problem"\n'
        'c="rash" 30:0 30:0||t="problem"\n'  # there is no such line
        'c="rash" 3:3||t="problem"\n',
        b_con='c="rash" 3:3 3:3||t="problem"\n',
        c_txt="",
        c_con="",
    )
    entities, problems, _ = read("i2b2-2010", tmp_path, nlp)
    assert entities == [["Zanzibar fever", "pain", "rash"]]
    assert problems == [
        (Kind.OFFSET_CORRECTED, 3),
        (Kind.TEXT_MISMATCH, 5),
        (Kind.TEXT_MISMATCH, 6),
        (Kind.MALFORMED, 7),
        (Kind.OVERLAP, 2),
        (Kind.MISSING_FILE, 0),
        (Kind.EMPTY, 0),
    ]


STANDOFF = """<?xml version="1.0"?>
<root>
<TEXT><![CDATA[Zanzibar fever & pain, K < 3]]></TEXT>
<TAGS>
{tags}
</TAGS>
</root>
"""


@pytest.mark.parametrize(("name", "kind"), [("i2b2-2012", "type"), ("i2b2-2014", "TYPE")])
def test_standoff_xml(name, kind, tmp_path, nlp):
    tags = [
        f'<EVENT start="1" end="15" text="Zanzibar fever" {kind}="X" />',  # counts from one
        f'<EVENT start="9" end="14" text="fever" {kind}="X" />',
        f'<EVENT start="0" end="21" text="Zanzibar fever & pain" {kind}="Y" />',
        f'<EVENT start="23" end="28" text="K < 3" {kind}="X" />',
        f'<EVENT start="23" end="28" text="K &lt; 4" {kind}="X" />',
        f'<EVENT start="a" end="28" text="K" {kind}="X" />',
        f'<EVENT start="0" end="3" text="Zan" {kind}="" />',
        "<!-- a comment -->",
    ]
    write(tmp_path, a_xml=STANDOFF.format(tags="\n".join(tags)), b_xml="", c_xml="no XML")
    write(tmp_path, d_xml="<root><TEXT> </TEXT></root>", e_xml="<root><TAGS></TAGS></root>")
    entities, problems, _ = read(name, tmp_path, nlp)
    assert entities == [["Zanzibar fever & pain", "K < 3"]]
    assert problems == [
        (Kind.REPAIRED, 7),
        (Kind.OFFSET_CORRECTED, 5),
        (Kind.TEXT_MISMATCH, 9),
        (Kind.MALFORMED, 10),
        (Kind.MALFORMED, 11),
        (Kind.OVERLAP, 5),
        (Kind.OVERLAP, 6),
        (Kind.EMPTY, 0),
        (Kind.UNREADABLE, 0),
        (Kind.EMPTY, 0),
        (Kind.UNREADABLE, 0),
    ]


def test_xml_that_stops_in_the_middle_is_read_so_far(tmp_path, nlp):
    tags = '<EVENT start="9" end="14" text="fever" type="X" />\n<EVENT start="17" end="21" te'
    write(tmp_path, a_xml=STANDOFF.format(tags=tags).partition(" te\n")[0] + " te")
    entities, problems, _ = read("i2b2-2012", tmp_path, nlp)
    assert entities == [["fever"]]
    assert [kind for kind, _ in problems] == [Kind.REPAIRED]


def test_xml_does_not_read_other_files(tmp_path, nlp):
    (tmp_path / "secret").write_text("a secret")
    xml = STANDOFF.replace(
        '<?xml version="1.0"?>',
        f'<!DOCTYPE root [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>',
    ).replace("<![CDATA[Zanzibar", "&x;<![CDATA[Zanzibar")
    write(tmp_path, a_xml=xml.format(tags=""), b_xml=STANDOFF.format(tags=""))
    corpus = READERS["i2b2-2012"](tmp_path)
    assert [doc._.document_id for doc in corpus.docs(nlp)] == ["b"]
    assert corpus.report.count(Kind.UNREADABLE) == 1


def test_conll(tmp_path, nlp):
    write(
        tmp_path,
        a_txt="Zanzibar B-X\nfever I-X\nand\n O\npain I-X\nor nonsense\nrash B-X\nhere I-Y\n\n\n",
        b_txt="-DOCSTART- -X- O O\n\nA NN O O\nfever NN I-ADJP I-X\n\nNo . . O\n\n"
        "-DOCSTART- -X- O O\n\nTwo CD O I-X\nthree CD O B-X\nfour CD O I-X\n",
        c_txt="\n\n",
    )
    entities, problems, _ = read("conll", tmp_path, nlp)
    assert entities == [
        ["Zanzibar fever", "pain", "rash", "here"],
        ["fever"],
        ["Two", "three four"],
    ]
    assert problems == [
        (Kind.MALFORMED, 3),
        (Kind.MALFORMED, 4),
        (Kind.MALFORMED, 6),
        (Kind.EMPTY, 0),
    ]


BLANKS = st.sampled_from(["", " ", "   ", "\t", " \t ", "\u3000"])
CONLL = {
    "two columns": "The O\nleft B-X\nhip I-X\n\nNo O\npain B-Y\n",
    "tabs": "The\tO\nleft\tB-X\nhip\tI-X\n\nNo\tO\npain\tB-Y\n",
    "four columns": "The D NP O\nleft J NP B-X\nhip N NP I-X\n\nNo D O O\npain N NP B-Y\n",
    "documents": "-DOCSTART- O\n\nThe O\nleft B-X\nhip I-X\n\n-DOCSTART- O\n\nNo O\npain B-Y\n",
}


@pytest.mark.parametrize("form", CONLL)
def test_conll_with_white_space_at_the_ends_of_lines_and_first_in_the_file(
    form, nlp, tmp_path_factory
):
    @given(st.data())
    def check(data):
        folder = tmp_path_factory.mktemp("conll")
        lines = [data.draw(BLANKS) + line + data.draw(BLANKS) for line in CONLL[form].splitlines()]
        before = data.draw(st.sampled_from(["", "\n", " \n\t\n", "\ufeff", "\ufeff\n \r\n"]))
        write(folder, a_txt=before + "\n".join(lines))
        entities, problems, _ = read("conll", folder, nlp)
        assert entities == [["left hip"], ["pain"]]
        assert not problems

    check()


def test_conll_with_a_word_that_is_missing(tmp_path, nlp):
    write(tmp_path, a_txt="The\tD\tO\n\tN\tB-X\n\t\tO\n \tO\nhip\tN\tB-X\n")
    entities, problems, _ = read("conll", tmp_path, nlp)
    assert entities == [["hip"]]
    assert problems == [(Kind.MALFORMED, line) for line in (2, 3, 4)]


def test_jsonl(tmp_path, nlp):
    write(
        tmp_path,
        a_jsonl="\n".join(
            [
                '{"id": 1, "text": "Zanzibar fever", "spans": [{"start": 0, "end": 8}, '
                '[9, 14, "X"], {"start": 9, "end": "14", "label": "X"}, 5, '
                '{"start": 3, "end": 99, "label": "X"}]}',
                '{"text": "cut',
                '["text"]',
                "",
                '{"text": " "}',
                '{"id": "1", "text": "again"}',
            ]
        ),
    )
    entities, problems, _ = read("jsonl", tmp_path, nlp)
    assert entities == [["fever"]]
    assert problems == [
        (Kind.MALFORMED, 1),
        (Kind.MALFORMED, 1),
        (Kind.MALFORMED, 1),
        (Kind.TEXT_MISMATCH, 1),
        (Kind.MALFORMED, 2),
        (Kind.MALFORMED, 3),
        (Kind.EMPTY, 5),
        (Kind.DUPLICATE_DOCUMENT, 6),
    ]


def test_jsonl_that_says_what_is_unheard_of(tmp_path, nlp):
    span = '{"start": 0, "end": 4, "label": "X", "assertion": %s}'
    rows = [f'{{"text": "pain", "spans": [{span % value}]}}' for value in ('"denied"', "null", "1")]
    write(tmp_path, a_jsonl="\n".join(rows))
    entities, problems, _ = read("jsonl", tmp_path, nlp)
    assert entities == [["pain"]] * 3
    assert problems == [(Kind.MALFORMED, 1), (Kind.MALFORMED, 3)]


def test_what_belongs_to_nothing_is_reported(tmp_path, nlp):
    for name, files in {
        "brat": {"a.txt": "pain", "a.ann": "T1\tX 0 4\tpain\n", "b.ann": ""},
        "i2b2-2010": {"a.txt": "pain", "a.con": 'c="pain" 1:0 1:0||t="X"\n', "b.txt": "pain"},
        "jsonl": {
            "a.jsonl": '{"text": "pain", "spans": [[0, 4, "X"]]}\n{"text": "x", "spans": "y"}\n'
        },
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        for file, content in files.items():
            (folder / file).write_text(content)
        corpus = READERS[name](folder)
        assert ["pain"] in [[ent.text for ent in doc.ents] for doc in corpus.docs(nlp)]
        assert len(corpus.report.problems) == 1, name


def test_a_mention_of_one_letter_is_not_looked_for_elsewhere(tmp_path, nlp):
    (tmp_path / "a.txt").write_text("Chest X-ray, no fever.")
    (tmp_path / "a.ann").write_text("T1\ttest 50 51\tx\nT2\tproblem 50 55\tfever\n")
    corpus = READERS["brat"](tmp_path)
    assert [[ent.text for ent in doc.ents] for doc in corpus.docs(nlp)] == [["fever"]]


def test_bytes_that_are_not_utf8_are_reported(tmp_path, nlp):
    (tmp_path / "a.txt").write_bytes(b"Temperature 38\xb0C,\nfever")
    (tmp_path / "a.ann").write_text("T1\tX 18 23\tfever\n")
    entities, problems, _ = read("brat", tmp_path, nlp)
    assert entities == [["fever"]]
    assert problems == [(Kind.ENCODING, 1)]


def test_compressed_files_are_read_and_damaged_ones_reported(tmp_path, nlp):
    data = gzip.compress(b"1|t|Fever\n1|a|Pain\n1\t0\t5\tFever\tX\tD1\n")
    (tmp_path / "a.txt.gz").write_bytes(data)
    (tmp_path / "b.txt.gz").write_bytes(data[:-9])
    entities, problems, _ = read("pubtator", tmp_path, nlp)
    assert entities == [["Fever"]]
    assert problems == [(Kind.UNREADABLE, 0)]


@pytest.mark.parametrize("name", READERS)
def test_a_corpus_with_nothing_in_it_is_an_error(name, tmp_path, nlp):
    with pytest.raises(InputError, match="no such file"):
        list(READERS[name](tmp_path / "nowhere").docs(nlp))
    with pytest.raises(InputError, match="no file that ends in"):
        list(READERS[name](tmp_path).docs(nlp))
    for ending in ("txt", "ann", "con", "csv", "entries", "xml", "jsonl"):
        (tmp_path / f"empty.{ending}").touch()
    with pytest.raises(InputError, match="no document was read"):
        list(READERS[name](tmp_path).docs(nlp))


def test_settings_that_are_wrong_are_errors(tmp_path):
    with pytest.raises(InputError, match="split"):
        READERS["conll"](tmp_path, split="test")
    with pytest.raises(InputError, match="unaligned"):
        READERS["conll"](tmp_path, unaligned="drop")
    with pytest.raises(InputError, match="path"):
        READERS["conll"]("")


def test_a_few_problems_of_a_kind_are_logged_once_and_then_a_summary(tmp_path, nlp, caplog):
    lines = ["Zanzibar nonsense"] * (LOGGED_OF_A_KIND + 3) + ["pain B-X"]
    write(tmp_path, a_txt="\n".join(lines))
    corpus = READERS["conll"](tmp_path)
    with caplog.at_level(logging.WARNING, logger="spacy_umlsbert.corpora"):
        list(corpus.docs(nlp))
        list(corpus.docs(nlp))
    assert len(caplog.messages) == LOGGED_OF_A_KIND + 2
    assert caplog.messages[LOGGED_OF_A_KIND].endswith("only counted from here on")
    assert caplog.messages[0].startswith(f"{tmp_path / 'a.txt'}, line 1: ")
    assert f"{LOGGED_OF_A_KIND + 3} lines, rows or elements left out" in caplog.messages[-1]
    assert SECRET not in caplog.text
