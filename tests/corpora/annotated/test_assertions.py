"""What corpora say of mentions: present, absent, possible …"""

from pathlib import Path

import pytest
import spacy

from spacy_umlsbert.annotations.assertions import flags
from spacy_umlsbert.corpora.annotated.formats import READERS
from spacy_umlsbert.corpora.annotated.gold import GOLD
from spacy_umlsbert.corpora.docbin import read_docs, write_docs
from spacy_umlsbert.corpora.report import Kind

FIXTURES = Path(__file__).parent.parent / "fixtures"


def said(docs):
    return [(span.text, span._.assertion, flags(span)) for doc in docs for span in doc.spans[GOLD]]


def read(name, path, **settings):
    corpus = READERS[name](path, **settings)
    docs = list(corpus.docs(spacy.blank("en")))
    return docs, corpus.report


def test_bioscope():
    docs, report = read("bioscope", FIXTURES / "bioscope")
    assert [(doc._.document_id, doc.text) for doc in docs] == [
        ("S1", "Clear lungs.\nNo mass or effusion seen."),
        ("S2", "Possible nodule.\nCough, wheeze."),
    ]
    assert said(docs) == [
        ("mass", "absent", ["negated"]),
        ("effusion", "absent", ["negated"]),
        ("nodule", "possible", ["uncertain"]),
        ("Cough", "present", []),
        ("wheeze", "present", []),
    ]
    assert report.mentions == 5 and not report.problems
    docs, _ = read("bioscope", FIXTURES / "bioscope", classes_by="rows")
    assert [one[1] for one in said(docs)] == ["possible"] * 3 + ["present"] * 2


def test_chia():
    docs, report = read("chia", FIXTURES / "chia")
    assert said(docs) == [
        ("stroke", "absent", ["negated"]),
        ("gout", "present", []),
        ("oral or inhaled steroids", "absent", ["negated"]),
    ]
    assert report.count(Kind.DISCONTINUOUS) == 1


def test_tables_of_context():
    docs, report = read("context-table", FIXTURES / "context_table")
    assert said(docs) == [
        ("GOUTY  flare", "present", []),
        ("hives", "absent", ["historical", "negated"]),
        ("lupus", "associated_with_someone_else", ["family"]),
    ]
    assert not report.problems


def test_bad_rows_of_tables(tmp_path):
    path = tmp_path / "bad.txt"
    path.write_text(
        "1\t\tcough\tNo rash.\tNegated\n2\t\trash\tNo rash.\tPerhaps\n3\t\trash\n"
        "4\t\trash\tA rash.\tAffirmed\n"
    )
    docs, report = read("context-table", path)
    assert said(docs) == [("rash", "present", [])] and report.count(Kind.TEXT_MISMATCH) == 1
    assert report.count(Kind.MALFORMED) == 2
    path = tmp_path / "bad.csv"
    path.write_text(
        "sentence_id,sentence,concept_start,concept_end,label\nS1.1,No.,0,9,N\n,x,0,1,P\n"
    )
    docs, report = read("bioscope", path)
    assert said(docs) == []
    assert report.count(Kind.TEXT_MISMATCH) == report.count(Kind.MALFORMED) == 1


def test_polarity_in_brat(tmp_path):
    (tmp_path / "a.txt").write_text("A man, 60, without rash, with possible gout and cough.")
    (tmp_path / "a.ann").write_text(
        "T1\tAge 7 9\t60\nT2\tSign 19 23\trash\nE1\tSign:T2\nA1\tPOLARITY E1 NEG\n"
        "T3\tSign 39 43\tgout\nE2\tSign:T3 \nA2\tPOLARITY E2 UNCERTAIN\n"
        "T4\tSign 48 53\tcough\nE3\tSign:T4\nA3\tTREND E3 INC\nA4\tPOLARITY E3 ODD\n"
    )
    docs, report = read("brat", tmp_path, assertion_attribute="POLARITY")
    assert said(docs) == [
        ("60", None, []),
        ("rash", "absent", ["negated"]),
        ("gout", "possible", ["uncertain"]),
        ("cough", "present", []),
    ]
    assert report.count(Kind.MALFORMED) == 1
    docs, report = read("brat", tmp_path)
    assert {one[1] for one in said(docs)} == {None} and not report.problems


def test_assertions_of_i2b2_2010(tmp_path):
    (tmp_path / "txt").mkdir()
    (tmp_path / "ast").mkdir()
    (tmp_path / "txt" / "1.txt").write_text("Denies pain .\nMother had gout and hives .\n")
    (tmp_path / "ast" / "1.ast").write_text(
        'c="pain" 1:1 1:1||t="problem"||a="absent"\n'
        'c="gout" 2:2 2:2||t="problem"||a="associated_with_someone_else"\n'
        'c="hives" 2:4 2:4||t="problem"||a="perhaps"\n'
    )
    docs, report = read("i2b2-2010", tmp_path, assertions=True)
    assert said(docs) == [
        ("pain", "absent", ["negated"]),
        ("gout", "associated_with_someone_else", ["family"]),
    ]
    assert report.count(Kind.MALFORMED) == 1


def test_assertions_in_json_lines(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"text": "No gout, old rash, cough.", "spans": ['
        '{"start": 3, "end": 7, "label": "a", "assertion": "absent"},'
        '{"start": 13, "end": 17, "label": "a", "is_historical": true, "is_negated": false},'
        '{"start": 19, "end": 24, "label": "a"}]}\n'
    )
    docs, _ = read("jsonl", path)
    assert said(docs) == [
        ("gout", "absent", ["negated"]),
        ("rash", "present", ["historical"]),
        ("cough", None, []),
    ]


@pytest.mark.parametrize("name", ["bioscope", "chia", "context-table"])
def test_what_is_said_is_kept_in_files(name, tmp_path):
    docs, _ = read(name, FIXTURES / name.replace("-", "_"))
    write_docs(docs, tmp_path / "docs.spacy")
    assert said(read_docs(tmp_path / "docs.spacy", spacy.blank("en").vocab)) == said(docs)
