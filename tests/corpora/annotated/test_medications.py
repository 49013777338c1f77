"""The corpora of medications: entities, and values tied to their drugs."""

from pathlib import Path

import pytest
import spacy

from spacy_umlsbert.corpora.annotated.formats import READERS
from spacy_umlsbert.corpora.annotated.gold import gold_mentions
from spacy_umlsbert.corpora.report import Kind
from spacy_umlsbert.evaluation.values.tied import values_of_doc

FIXTURES = Path(__file__).parents[1] / "fixtures"
NLP = spacy.blank("en")
ENTRY = 'm="aspirin" 1:0 1:0||do="81 mg" 1:1 1:2||mo="nm"||f="nm"||du="nm"||r="nm"||ln="list"\n'


def read(name, folder, **settings):
    corpus = READERS[name](folder, **settings)
    return list(corpus.docs(NLP)), corpus.report


def entities(doc):
    return [(ent.text, ent.label_) for ent in doc.ents]


def values(doc):
    return sorted(
        (one._.value.text, one.label_, one._.of and one._.of.text) for one in doc.spans["values"]
    )


def test_n2c2_2018():
    (doc,), report = read("n2c2-2018", FIXTURES / "n2c2_2018")
    assert doc._.document_id == "100"
    assert entities(doc) == [
        ("lisinopril", "Drug"), ("hypertension", "Reason"), ("Codeine", "Drug"), ("rash", "ADE"),
    ]  # fmt: skip
    assert values(doc) == sorted([
        ("10 mg", "strength", "lisinopril"), ("tablet", "form", "lisinopril"),
        ("one tablet", "dose", "lisinopril"), ("PO", "route", "lisinopril"),
        ("daily", "frequency", "lisinopril"), ("for 30 days", "duration", "lisinopril"),
        ("hypertension", "indication", "lisinopril"), ("rash", "adverse_event", "Codeine"),
    ])  # fmt: skip
    assert not report.problems
    assert [one.text for one in gold_mentions(doc)] == [ent.text for ent in doc.ents]


def test_i2b2_2009():
    (doc,), report = read("i2b2-2009", FIXTURES / "i2b2_2009")
    assert doc._.document_id == "7"
    assert entities(doc) == [
        ("simvastatin", "medication"), ("morphine", "medication"),
        ("hip pain", "reason"), ("warfarin", "medication"),
    ]  # fmt: skip
    assert values(doc) == sorted([
        ("20 mg", "dose", "simvastatin"), ("po", "route", "simvastatin"),
        ("nightly", "frequency", "simvastatin"), ("2 mg", "dose", "morphine"),
        ("iv", "route", "morphine"), ("every 4 hours", "frequency", "morphine"),
        ("hip pain", "indication", "morphine"), ("for ten days", "duration", "warfarin"),
    ])  # fmt: skip
    assert not report.problems


def test_texts_may_be_elsewhere(tmp_path):
    (tmp_path / "gold").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "gold" / "1.i2b2.entries").write_text(ENTRY)
    (tmp_path / "texts" / "1.txt").write_text("aspirin 81 mg")
    (doc,), _ = read("i2b2-2009", tmp_path / "gold", texts=str(tmp_path / "texts"))
    assert values(doc) == [("81 mg", "dose", "aspirin")]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('m="aspirin" 1:0 1:0||do=81 mg||ln="list"\n', Kind.MALFORMED),
        ('do="81 mg" 1:1 1:2||ln="list"\n', Kind.MALFORMED),
        ('m="aspirin" 9:0 9:0||ln="list"\n', Kind.TEXT_MISMATCH),
    ],
)
def test_a_bad_entry_is_reported_and_the_others_are_read(line, kind, tmp_path):
    (tmp_path / "1").write_text("aspirin 81 mg\n")
    (tmp_path / "1.i2b2.entries").write_text(ENTRY + line)
    (doc,), report = read("i2b2-2009", tmp_path)
    assert values(doc) == [("81 mg", "dose", "aspirin")]
    assert report.count(kind) == 1


def test_entries_without_a_text_are_reported(tmp_path):
    for name in ("1", "2"):
        (tmp_path / f"{name}.i2b2.entries").write_text(ENTRY)
    (tmp_path / "2").write_text("aspirin 81 mg")
    docs, report = read("i2b2-2009", tmp_path)
    assert [doc._.document_id for doc in docs] == ["2"]
    assert report.count(Kind.MISSING_FILE) == 1


def test_a_field_in_pieces_goes_from_its_first_word_to_its_last(tmp_path):
    (tmp_path / "1").write_text("aspirin for gout or knee pain\n")
    pieces = 'm="aspirin" 1:0 1:0||r="gout knee pain" 1:2 1:2,1:4 1:5||ln="list"\n'
    (tmp_path / "1.i2b2.entries").write_text(pieces)
    (doc,), _ = read("i2b2-2009", tmp_path)
    assert values(doc) == [("gout or knee pain", "indication", "aspirin")]


def test_a_value_of_two_drugs_and_a_drug_with_two_entries(tmp_path):
    (tmp_path / "1").write_text("aspirin 81 mg and lasix , daily\n")
    entries = (
        'm="aspirin" 1:0 1:0||do="81 mg" 1:1 1:2||f="daily" 1:6 1:6\n'
        'm="lasix" 1:4 1:4||f="daily" 1:6 1:6\nm="aspirin" 1:0 1:0||do="81 mg" 1:1 1:2\n'
    )
    (tmp_path / "1.i2b2.entries").write_text(entries)
    (doc,), _ = read("i2b2-2009", tmp_path)
    assert entities(doc) == [("aspirin", "medication"), ("lasix", "medication")]
    assert values(doc) == [
        ("81 mg", "dose", "aspirin"), ("daily", "frequency", "aspirin"),
        ("daily", "frequency", "lasix"),
    ]  # fmt: skip


def test_a_value_within_a_token_keeps_its_characters(tmp_path):
    (tmp_path / "1.txt").write_text("Lasix x40mgx")
    (tmp_path / "1.ann").write_text(
        "T1\tDrug 0 5\tLasix\nT2\tStrength 7 11\t40mg\nR1\tStrength-Drug Arg1:T2 Arg2:T1\n"
    )
    (doc,), _ = read("n2c2-2018", tmp_path)
    (value,) = values_of_doc(doc)
    assert (value.start, value.end, value.of) == (7, 11, (0, 5))


def test_labels_of_brat_may_be_values(tmp_path):
    (tmp_path / "1.txt").write_text("Lasix 40 mg, 5 days, severe")
    (tmp_path / "1.ann").write_text(
        "T1\tDrug 0 5\tLasix\nT2\tDosage 6 11\t40 mg\nT3\tDuration 13 19\t5 days\n"
        "T4\tSeverity 21 27\tsevere\n"
        "R1\tMODIFY Arg1:T2 Arg2:T1\nR2\tMODIFY Arg1:T4 Arg2:T1\n"
    )
    kinds = {"Dosage": "dose", "Duration": "duration"}
    (doc,), _ = read("brat", tmp_path, of_relation=["MODIFY"], value_labels=kinds)
    assert entities(doc) == [("Lasix", "Drug"), ("severe", "Severity")]
    assert values(doc) == [("40 mg", "dose", "Lasix"), ("5 days", "duration", None)]
