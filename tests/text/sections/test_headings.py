"""Which lines of a note are headings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.corpora.notes import (
    Note,
    PrepareSettings,
    SentenceSplitter,
    prepare_note,
    split_sections,
)
from spacy_umlsbert.text.sections.headings import heading_of
from spacy_umlsbert.text.sections.layout import unwrap
from spacy_umlsbert.text.sections.marks import is_rule

RULES = ["____", "-" * 70, "====", "****", "* * *", "_" * 59, "~~~~", "- - - -", "─────", "####"]
HEADINGS = {
    "Past medical history:": "Past medical history",
    "Past medical history: gout, asthma": "Past medical history",
    "past medical history:": "past medical history",
    "PAST MEDICAL HISTORY": "PAST MEDICAL HISTORY",
    "Assessment and plan": "Assessment and plan",
    "Wound care log:": "Wound care log",
    "1. Assessment:": "Assessment",
    "1) Plan: rest": "Plan",
    "(2) Plan:": "Plan",
    "IV. HISTORY OF PRESENT ILLNESS": "HISTORY OF PRESENT ILLNESS",
    "A. Assessment:": "Assessment",
    "[Assessment]": "Assessment",
    "[WOUND CARE]": "WOUND CARE",
    "[ASSESSMENT]:": "ASSESSMENT",
    "<Plan>": "Plan",
    "**Wound care**": "Wound care",
    "**Assessment:**": "Assessment",
    "**Assessment**: stable": "Assessment",
    "**Assessment:** stable": "Assessment",
    "__Plan__": "Plan",
    "# Plan": "Plan",
    "## Wound care ##": "Wound care",
    "=== PLAN ===": "PLAN",
    "-- Wound care --": "Wound care",
    "______ PLAN:": "PLAN",
    "PLAN :": "PLAN",
    "Plan\u00a0:": "Plan",
    "Plan：rest": "Plan",
    "Plan:discharge": "Plan",
    "HPI - 60 yo man": "HPI",
    "Past Medical History (PMH):": "Past Medical History (PMH)",
    "INDICATOIN: fell off a ladder": "INDICATOIN",
}
NO_HEADINGS = [
    "He said: no",
    "She reports: pain",
    "Dr. Smith: will follow",
    "Patient states:",
    "I advised: rest",
    "Of note, she said:",
    "He felt better because:",
    "The plan is:",
    "Follow up with:",
    "Labs notable for:",
    "Home medications include:",
    "Please call if:",
    "Seen at 10:30 today",
    "https://example.org",
    "1. aspirin",
    "2. Hypertension: lisinopril",
    "1. CHF: diuresis",
    "#CHF",
    "# CHF: lasix",
    "[x] done",
    "[ ] to do",
    "[**Hospital1 18**]",
    "- aspirin",
    "**not** a heading",
    "Plan is to go home",
    "no fever",
    "A man of 58 with a past medical history of gout and a family history of stroke came in.",
    *RULES,
]


@pytest.mark.parametrize("end", ["", "\n", "  \n", "\t\r\n", "\u00a0\r\n"])
@pytest.mark.parametrize("line", HEADINGS)
def test_a_heading_at_the_start_of_a_paragraph(line, end):
    heading = heading_of(line + end, begins_paragraph=True)
    assert heading is not None and heading.title == HEADINGS[line]
    assert heading.alone == (not line.endswith(("rest", "discharge", "man", "ma", "stable", "er")))


@pytest.mark.parametrize("line", NO_HEADINGS)
def test_what_looks_like_a_heading_and_is_none(line):
    assert heading_of(line, begins_paragraph=True) is None
    assert [section.title for section in split_sections(f"{line}\nmore\n")] == [None]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Past medical history:\ngout\nFamily history: stroke", ["Past medical history",
                                                                 "Family history"]),
        ("fever\nAllergies: none\nHR: 80\nFather: gout", [None, "Allergies"]),
        ("Allergies:\nImmunizations:\nTdap 2019\n", ["Allergies", "Immunizations"]),
        ("HPI\nPMH: asthma\n\nWheeze.\n\nEXAM\nDiffuse wheeze.", ["HPI", "PMH", "EXAM"]),
        ("FAMILY HISTORY:\nFather: gout\n\nWOUND CARE LOG:\nheel", ["FAMILY HISTORY",
                                                                   "WOUND CARE LOG"]),
        ("Lungs clear\nAbdomen soft\n\nPlan:discharge", [None, "Plan"]),
        ("INDICATOIN: fell\nIMPRESSOIN: no fracture", ["INDICATOIN", "IMPRESSOIN"]),
        ("Medications on Admission:\nnaproxen\n\nDischarge Medications:\nSTOP naproxen\n",
         ["Medications on Admission", "Discharge Medications"]),
        ("He is well.\r\n\r\nPLAN\r\nrest\r\n", [None, "PLAN"]),
        ("seen\nPlan\n----\nrest\nPLAN OF ACTION\n======\ngo", [None, "Plan", "PLAN OF ACTION"]),
        ("1. Hypertension: stable\n2. CHF: lasix\n", [None]),
        ("Discharge diet\nis regular", [None]),
    ],
)  # fmt: skip
def test_sections(text, titles):
    sections = split_sections(text)
    assert [section.title for section in sections] == titles
    assert "".join(section.text for section in sections) == text


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_begins_a_paragraph_and_belongs_to_no_heading(rule):
    assert is_rule(rule) and is_rule(f"  {rule} \r\n")
    note = f"{'She is well and at home. ' * 3}\n{rule}\nHOSPITAL COURSE\nwell\n{rule}\nPLAN: rest\n"
    found = prepare_note(Note("7", note), PrepareSettings(), SentenceSplitter())
    assert [(r["section"], r["text"].split("\n")[0]) for r in found] == [
        (None, "She is well and at home."),
        ("HOSPITAL COURSE", "HOSPITAL COURSE"),
        ("PLAN", "PLAN: rest"),
    ]


@pytest.mark.parametrize("rule", ["-", "--", "a-b", "98.6", "....a", "-=-=-"])
def test_what_is_no_rule(rule):
    assert not is_rule(rule)


def test_a_heading_is_not_joined_to_a_full_line_above_it():
    full = "The patient went home with his wife and his three children."
    assert unwrap(f"{full}\nHOSPITAL COURSE\nwell") == f"{full}\nHOSPITAL COURSE\nwell"
    assert unwrap(f"{full}\nPast medical history\ngout") == f"{full}\nPast medical history\ngout"
    wrapped = f"{full[:-1]} of whom\none has asthma."
    assert unwrap(wrapped) == wrapped.replace("\n", " ")


@given(st.text("Ab :*#[]_-=1.\n") | st.text(), st.booleans())
def test_any_line_is_a_heading_or_not(line, begins_paragraph):
    heading = heading_of(line, begins_paragraph)
    if heading is not None:
        assert heading.title and heading.title in line and heading.title == heading.title.strip()
        assert heading.title not in repr(heading) or len(heading.title) < 3
