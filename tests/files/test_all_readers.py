"""Whatever reader of the package a file is for: damage is found, and said in the same words."""

import gzip
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.cli.link import _lines
from spacy_umlsbert.corpora.annotated.formats import READERS as TEXT_FORMATS
from spacy_umlsbert.corpora.annotated.splits import read_ids
from spacy_umlsbert.corpora.notes import Columns, open_notes
from spacy_umlsbert.corpora.pairs.formats import READERS as PAIR_FORMATS
from spacy_umlsbert.errors import InputError, TerminologyError
from spacy_umlsbert.files.problems import CUT_SHORT, HAS_NUL, NOT_UTF8, FileKind
from spacy_umlsbert.files.row_files import RowFile
from spacy_umlsbert.linking.equivalent_ids import EquivalentIds
from spacy_umlsbert.linking.gold_mentions import read_concept_folder
from spacy_umlsbert.linking.known_mentions import read_known_mentions
from spacy_umlsbert.linking.name_normalizer import NameNormalizer, read_spelling
from spacy_umlsbert.linking.name_table import read_name_table
from spacy_umlsbert.umls import (
    Icd10Cm,
    MeshDescriptors,
    OboOntology,
    RrfRelease,
    SssomMapping,
    UniiMedicines,
)
from spacy_umlsbert.umls.sources import name_dictionary, scispacy_jsonl

RRF = Path(__file__).parent.parent / "fixtures" / "rrf"


@dataclass
class Reader:
    """A reader, and a file for it in which the word MARK stands in a line."""

    read: Callable
    files: dict[str, str]
    error: type[InputError] | None = InputError  # None: problems are counted


def tables(source):
    return [table.to_pylist() for table in source.names()]


@cache
def blank():
    return spacy.blank("en")


def corpus(name):
    formats = {**TEXT_FORMATS, **PAIR_FORMATS}

    def read(file):
        """Docs, and the problems that are reported."""
        found = formats[name](file if len(list(file.parent.iterdir())) == 1 else file.parent)
        docs = []
        try:
            docs = list(found.docs(blank()))
        except InputError as error:
            assert "no document was read" in error.problem
        values = [(doc.text.replace("\r\n", "\n"), [e.text for e in doc.ents]) for doc in docs]
        return values, found.report.problems

    return read


def notes(path):
    source = open_notes(path if path.suffix != ".txt" and path.name != "x.txt.gz" else path.parent)
    found = [(note.id, note.text.replace("\r\n", "\n")) for note in source]
    return found, [problem for kept in source.problems.first.values() for problem in kept]


def rows(path):
    found = list(RowFile(path).rows_and_problems())
    good = [one for one in found if not isinstance(one, InputError)]
    values = [{k: v.replace("\r\n", "\n") for k, v in one.row.items()} for one in good]
    return values, [one for one in found if isinstance(one, InputError)]


def strict_rows(path):
    return [{k: v.replace("\r\n", "\n") for k, v in row.items()} for _, row in RowFile(path).rows()]


CSV = 'id,text\n1,fever\n2,"a MARK\nb"\n3,end\n'
JSONL = '{"id": "1", "text": "fever"}\n{"id": "2", "text": "a MARK"}\n'
PAIRS = '{"premise": "a", "hypothesis": "b", "label": "x"}\n' * 2
TERM = TerminologyError


def with_transformers(module: str, name: str) -> Callable[..., list]:
    """A reader of a module that a light installation cannot import."""

    def read(given: object) -> list:
        pytest.importorskip("transformers")
        return list(getattr(import_module(f"spacy_umlsbert.{module}"), name)(given))

    return read


READ_NAMES = with_transformers("model.vector_files", "read_name_rows")
READ_VOCABULARY = with_transformers("model.published.vocabulary", "read_vocabulary")
READ_DOCUMENTS = with_transformers("pretraining.text", "read_documents")

READERS = {
    "dictionary": Reader(
        lambda p: tables(name_dictionary(p)), {"x.txt": "D1||fever\nD2||MARK\n"}, TERM
    ),
    "scispacy": Reader(
        lambda p: tables(scispacy_jsonl(p)),
        {"x.jsonl": '{"concept_id": "C1", "canonical_name": "MARK", "aliases": []}\n'},
        TERM,
    ),
    "sssom": Reader(
        lambda p: tables(SssomMapping(p)),
        {
            "x.tsv": "#a: b\nsubject_label\tpredicate_id\tobject_id\n"
            "MARK\tskos:exactMatch\tUMLS:C1\n"
        },
        TERM,
    ),
    "obo": Reader(
        lambda p: tables(OboOntology(p, keep_unmapped=True)),
        {"x.obo": "[Term]\nid: X:1\nname: MARK\n"},
        TERM,
    ),
    "rrf": Reader(
        lambda p: tables(RrfRelease(p.parent)),
        {
            "MRCONSO.RRF": (RRF / "MRCONSO.RRF").read_text("utf8").replace("Bronchial", "MARK"),
            "MRSTY.RRF": (RRF / "MRSTY.RRF").read_text("utf8"),
        },
        TERM,
    ),
    "icd10cm": Reader(
        lambda p: tables(Icd10Cm(p)),
        {
            "x.xml": "<ICD10CM.tabular>\n<diag><name>R50</name><desc>Fever</desc></diag>\n"
            "<diag><name>R51</name><desc>MARK</desc></diag></ICD10CM.tabular>"
        },
        TERM,
    ),
    "unii": Reader(
        lambda p: tables(UniiMedicines(p)),
        {
            "UNII.txt": "Name\tTYPE\tUNII\tDisplay Name\n"
            "ASPIRIN [INN]\tcn\tR16\tASPIRIN\nMARK\tbn\tR16\tASPIRIN\n"
        },
        TERM,
    ),
    "mesh": Reader(
        lambda p: tables(MeshDescriptors(p)),
        {"x.tsv": "D1\tFever\t\tC23.888\t\nD2\tMARK\t\tC23.888\t\n"},
        TERM,
    ),
    "json ontology": Reader(
        lambda p: tables(OboOntology(p, keep_unmapped=True)),
        {"x.json": '[{"id": "1", "namespace": "X",\n"name": "MARK"}]\n'},
        TERM,
    ),
    "name table": Reader(
        lambda p: list(read_name_table(p, NameNormalizer()).rows()),
        {"x.txt": "D1||fever\nD2||MARK\n"},
        TERM,
    ),
    "spelling": Reader(read_spelling, {"x.txt": "a||b\nc||MARK\n"}, TERM),
    "equivalent ids": Reader(
        lambda p: EquivalentIds.read(p).known("D1", {"D2"}),
        {"x.txt": "D1|D2||fever\nD3||MARK\n"},
        TERM,
    ),
    "gold mentions": Reader(
        lambda p: list(read_concept_folder(p.parent)),
        {"x.concept": "1||0 5||X||fever||D1\n1||0 5||X||MARK||D1\n"},
    ),
    "known mentions": Reader(
        read_known_mentions, {"x.jsonl": '{"mention": "MARK", "ids": ["D1"], "count": 1}\n'}
    ),
    "names": Reader(READ_NAMES, {"x.txt": "fever\tD1\nMARK\n"}),
    "published vocabulary": Reader(READ_VOCABULARY, {"x.txt": "a\nMARK\n"}),
    "mentions to link": Reader(_lines, {"x.txt": "fever\nMARK\n"}),
    "ids": Reader(read_ids, {"x.txt": "1\nMARK\n"}),
    "pretraining text": Reader(
        lambda p: READ_DOCUMENTS([p]), {"x.txt": "a\nb\n\nc\nMARK\n"}
    ),
    "pretraining jsonl": Reader(lambda p: READ_DOCUMENTS([p]), {"x.jsonl": JSONL}),
    "rows csv": Reader(strict_rows, {"x.csv": CSV}),
    "rows tsv": Reader(strict_rows, {"x.tsv": CSV.replace(",", "\t")}),
    "rows jsonl": Reader(strict_rows, {"x.jsonl": JSONL}),
    "rows txt": Reader(strict_rows, {"x.txt": "a\nMARK\n"}),
    "rows and problems csv": Reader(rows, {"x.csv": CSV}, None),
    "rows and problems jsonl": Reader(rows, {"x.ndjson": JSONL}, None),
    "notes csv": Reader(notes, {"x.csv": CSV}, None),
    "notes tsv": Reader(notes, {"x.tsv": CSV.replace(",", "\t")}, None),
    "notes jsonl": Reader(notes, {"x.jsonl": JSONL}, None),
    "notes txt": Reader(notes, {"x.txt": "a\nMARK\n"}, None),
    "bioscope": Reader(
        corpus("bioscope"),
        {"x.csv": "sentence_id,sentence,concept_start,concept_end,label\n"
         "S1.1_a0,Fever.,0,5,P\nS2.1_a0,MARK.,0,4,P\n"},
        None,
    ),
    "brat": Reader(corpus("brat"), {"x.txt": "fever\nMARK\n", "x.ann": "T1\tX 0 5\tfever\n"}, None),
    "chia": Reader(
        corpus("chia"),
        {"x.csv": "sentence_id,sentence,concept_start,concept_end,label\n"
         "N1_inc_1_T1,Fever.,0,5,P\nN2_inc_1_T1,MARK.,0,4,P\n"},
        None,
    ),
    "context-table": Reader(
        corpus("context-table"),
        {"x.txt": "1\t\tfever\tNo fever.\tNegated\n2\t\ta\ta MARK\tAffirmed\n"},
        None,
    ),
    "conll": Reader(corpus("conll"), {"x.conll": "fever B-X\nMARK O\n"}, None),
    "i2b2-2006": Reader(
        corpus("i2b2-2006"),
        {"x.xml": '<RECORD ID="1"><TEXT>\n<PHI TYPE="ID">7</PHI>\nMARK</TEXT></RECORD>'},
        None,
    ),
    "i2b2-2010": Reader(
        corpus("i2b2-2010"),
        {"x.txt": "fever .\nMARK .\n", "x.con": 'c="fever" 1:0 1:0||t="problem"\n'},
        None,
    ),
    "i2b2-2009": Reader(
        corpus("i2b2-2009"),
        {"x.txt": "aspirin .\nMARK .\n", "x.i2b2.entries":
         'm="aspirin" 1:0 1:0||do="nm"||mo="nm"||f="nm"||du="nm"||r="nm"||ln="list"\n'},
        None,
    ),
    "n2c2-2018": Reader(
        corpus("n2c2-2018"), {"x.txt": "aspirin\nMARK\n", "x.ann": "T1\tDrug 0 7\taspirin\n"}, None
    ),
    "jsonl": Reader(corpus("jsonl"), {"x.jsonl": JSONL}, None),
    "marked": Reader(corpus("marked"), {"x.txt": "[[fever|X]]\nMARK\n"}, None),
    "pubtator": Reader(corpus("pubtator"), {"x.txt": "1|t|fever\n1|a|MARK\n1\t0\t5\tfever\tX\n"},
                       None),
    "mednli": Reader(
        corpus("mednli"), {"x.tsv": "sentence1\tsentence2\tlabel\na\tb\tx\nc\tMARK\tx\n"}, None
    ),
    "pairs-jsonl": Reader(corpus("pairs-jsonl"), {"x.jsonl": PAIRS + PAIRS.replace('"a"', '"MARK"')
                                                  }, None),
    "rqe": Reader(
        corpus("rqe"),
        {"x.xml": '<d>\n<pair pid="1" value="true"><chq>a</chq>\n<faq>MARK</faq></pair></d>'},
        None,
    ),
}  # fmt: skip
for _standoff in ("i2b2-2012", "i2b2-2014"):
    READERS[_standoff] = Reader(
        corpus(_standoff), {"x.xml": "<d>\n<TEXT>fever\nMARK</TEXT><TAGS></TAGS></d>"}, None
    )
NOT_HERE = {"nli4ct"}  # is a folder of JSON files, each read as a whole: see test_pairs.py


def test_every_corpus_format_is_among_them():
    assert {*TEXT_FORMATS, *PAIR_FORMATS} - NOT_HERE <= {*READERS}


def write(folder, reader, change=lambda data: data, *, ending=""):
    """The files of a reader; the first of them is changed."""
    folder.mkdir()
    for i, (name, text) in enumerate(reader.files.items()):
        data = text.encode()
        if ending:
            data = gzip.compress(data)
        (folder / (name + ending)).write_bytes(data if i else change(data))
    return folder / (next(iter(reader.files)) + ending)


def value(reader, path):
    if reader.error is not None:
        return reader.read(path)
    found, problems = reader.read(path)
    assert not problems
    return found


@pytest.mark.parametrize("name", READERS)
def test_a_byte_order_mark_line_ends_and_gzip_change_nothing(name, tmp_path):
    reader = READERS[name]
    plain = value(reader, write(tmp_path / "plain", reader))
    assert plain
    bom = write(tmp_path / "bom", reader, lambda data: b"\xef\xbb\xbf" + data)
    crlf = write(tmp_path / "crlf", reader, lambda data: data.replace(b"\n", b"\r\n"))
    assert value(reader, bom) == plain
    assert value(reader, crlf) == plain
    assert value(reader, write(tmp_path / "gz", reader, ending=".gz")) == plain


DAMAGE = {
    "nul": (HAS_NUL, lambda data: data.replace(b"MARK", b"MA\0RK", 1)),
    "latin-1": (NOT_UTF8, lambda data: data.replace(b"MARK", b"MA\xffRK", 1)),
}


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("name", READERS)
def test_damage_in_a_line_is_found_where_it_is(name, kind, tmp_path):
    reader = READERS[name]
    message, damage = DAMAGE[kind]
    path = write(tmp_path / "in", reader, damage)
    text = next(iter(reader.files.values()))
    line = text[: text.index("MARK")].count("\n") + 1
    assert found(reader, path) == (message, line)


@pytest.mark.parametrize("name", READERS)
def test_a_compressed_file_that_is_cut_short(name, tmp_path):
    reader = READERS[name]
    path = write(tmp_path / "in", reader, lambda data: data[:-9], ending=".gz")
    assert found(reader, path)[0] == CUT_SHORT


def found(reader, path):
    """What is found to be wrong with a file, and the line."""
    if reader.error is None:
        _, (problem, *_) = reader.read(path)
        if isinstance(problem, InputError):
            return problem.problem.removesuffix("."), problem.line or 0
        assert problem.path == path and "MA" not in problem.message
        return problem.message, problem.line
    with pytest.raises(InputError) as caught:
        reader.read(path)
    assert type(caught.value) is reader.error
    assert caught.value.path == path and "MA" not in caught.value.problem
    return caught.value.problem.removesuffix("."), caught.value.line or 0


DUPLICATES = {
    "rows csv": ("x.csv", "id,text,id\n1,2,3\n"),
    "rows tsv": ("x.tsv", "id\ttext\tid\n1\t2\t3\n"),
    "rows and problems csv": ("x.csv", '"id",text,id\r\n1,2,3\r\n'),
    "notes csv": ("x.csv", "id,text,id\n1,2,3\n"),
    "notes tsv": ("x.tsv", "\ufeffTEXT\tb\tTEXT\n1\t2\t3\n"),
    "sssom": ("x.tsv", "id\tb\tid\n1\t2\t3\n"),
    "unii": ("x.txt", "Name\tTYPE\tName\na\tof\tb\n"),
    "mednli": ("x.tsv", "sentence1\tsentence2\tsentence1\na\tb\tc\n"),
}


@pytest.mark.parametrize("name", DUPLICATES)
def test_two_columns_of_one_name_are_refused_by_their_numbers(name, tmp_path):
    file, content = DUPLICATES[name]
    path = tmp_path / file
    path.write_text(content)
    message = "columns 1 and 3 have the same name"
    if name == "mednli":
        assert found(READERS[name], path) == (message, 1)
        return
    with pytest.raises(InputError) as caught:
        READERS[name].read(path)
    assert caught.value.problem == f"{message}." and caught.value.line == 1


ARRAY = "this is no JSON object: a JSON array begins here"


@pytest.mark.parametrize("name", [n for n, r in READERS.items() if "jsonl" in next(iter(r.files))])
def test_what_is_no_json_lines_is_said_alike(name, tmp_path):
    reader = READERS[name]
    path = tmp_path / "x.jsonl"
    for content, message in {
        '[{"text": "MA"},\n{"text": "MA"}]': ARRAY,
        '[\n{"text": "MA"}\n]': ARRAY,
        '{\n"text": "MA"\n}': "this is no JSON object: one that goes over several lines",
        "[1, 2]": "this is no JSON object",
        '{"text": "a", "text": "b"}': "fields 1 and 2 have the same name",
        "MA": "this is no JSON object",
    }.items():
        path.write_text(content)
        problem, line = found(reader, path)
        assert problem.startswith(message) and line == 1


HEADERS = st.lists(st.sampled_from(["id", "ID", "text", "TEXT ", "", "b"]), min_size=1, max_size=5)


@given(HEADERS, st.sampled_from([".csv", ".tsv"]), st.sampled_from(["", "\n", "\ufeff", " \r\n\n"]))
def test_a_table_keeps_all_columns_or_is_refused(names, ending, before):
    comma = "," if ending == ".csv" else "\t"
    cells = [f"c{i}" for i in range(len(names))]
    text = f"{before}{comma.join(names)}\n{comma.join(cells)}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"x{ending}")
        path.write_bytes(text.encode())
        if not any(map(str.strip, names)):
            return  # no header
        if len({*names}) == len(names):
            ((_, row),) = RowFile(path).rows()
            assert [*row.items()] == [*zip(names, cells, strict=True)]
            return
        for read in (RowFile(path).rows, RowFile(path).rows_and_problems, RowFile(path).columns):
            with pytest.raises(InputError, match="have the same name") as caught:
                list(read() or ())
            assert caught.value.line == before.count("\n") + 1


def test_a_note_is_not_taken_from_one_of_two_columns_that_may_be_meant(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("TEXT,Text,id\nfever,cough,1\n")
    with pytest.raises(InputError, match="several columns that may be 'text'"):
        list(open_notes(path))
    assert [note.text for note in open_notes(path, Columns(text="Text"))] == ["cough"]
    path = tmp_path / "x.jsonl"
    path.write_text('{"TEXT": "fever", "Text": "cough"}\n{"Text": "pain"}\n')
    source = open_notes(path)
    assert [note.text for note in source] == ["pain"]
    (problem,) = source.problems.first[FileKind.MALFORMED]
    assert problem.line == 1 and "several fields" in problem.message
