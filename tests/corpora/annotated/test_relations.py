"""What corpora say of values: which drug, test or problem each belongs to."""

import spacy

from spacy_umlsbert.corpora.annotated.formats import READERS
from spacy_umlsbert.corpora.annotated.gold import GOLD

TEXT = "Vancomycin and cefepime, 1 g IV. Hgb 9.1. Later 2 g."
NOTES = (
    "T1\tDrug 0 10\tVancomycin\nT2\tDrug 15 23\tcefepime\nE1\tDrug:T2\nT3\tDose 25 28\t1 g\n"
    "R1\tMODIFY Arg1:T3 Arg2:T1\t\nR2\tMODIFY Arg1:T3 Arg2:E1\t\n"
    "T4\tTest 33 36\tHgb\nT5\tLab 37 40\t9.1\nR3\tMODIFY Arg1:T5 Arg2:T4\n"
    "R4\tBEFORE Arg1:T1 Arg2:T2\nR5\tMODIFY Arg1:T5 Arg2:T99\nT6\tDose 48 51\t2 g\n"
)


def related(docs):
    return [
        (one.text, one.label_, one._.of.text, one._.of.label_)
        for doc in docs
        for one in doc.spans.get("values", ())
    ]


def read(folder, **settings):
    (folder / "a.txt").write_text(TEXT)
    (folder / "a.ann").write_text(NOTES)
    return list(READERS["brat"](folder, **settings).docs(spacy.blank("en")))


def test_relations_of_brat(tmp_path):
    docs = read(tmp_path, of_relation="MODIFY")
    assert related(docs) == [
        ("1 g", "Dose", "Vancomycin", "Drug"), ("1 g", "Dose", "cefepime", "Drug"),
        ("9.1", "Lab", "Hgb", "Test"),
    ]  # fmt: skip
    drug = docs[0].spans[GOLD][0]
    assert [(one.text, one._.value.text) for one in drug._.values] == [("1 g", "1 g")]
    assert related(read(tmp_path)) == []


def test_labels_may_have_other_names(tmp_path):
    docs = read(tmp_path, of_relation="MODIFY", labels={"Drug": "treatment", "Dose": "strength"})
    assert related(docs)[:2] == [
        ("1 g", "strength", "Vancomycin", "treatment"),
        ("1 g", "strength", "cefepime", "treatment"),
    ]
    docs = read(tmp_path, of_relation="MODIFY", labels={"Drug": ""})
    assert related(docs) == [("9.1", "Lab", "Hgb", "Test")]
