"""Which titles are known, and rules of the user's own."""

import pickle

import pytest

from spacy_umlsbert.errors import InputError, UsageError
from spacy_umlsbert.files.resources import package_table
from spacy_umlsbert.text.sections import (
    CATEGORIES,
    SectionRule,
    SectionRules,
    find_sections,
    read_section_rules,
)
from spacy_umlsbert.text.sections.spelling import NearWords, distance
from spacy_umlsbert.text.sections.tables import USES

RULES = SectionRules()
KNOWN = {
    "Past Medical History": "past_medical_history",
    "PMHx": "past_medical_history",
    "P.M.H.": "past_medical_history",
    "past med hx": "past_medical_history",
    "Hx of present illness": "history_of_present_illness",
    "Pertinent past medical history (PMH)": "past_medical_history",
    "Her current home medications": "medications",
    "Cardiac medications": "medications",
    "Meds at home": "medications",
    "Medications for pain": "medications",
    "D/C Meds": "medications",
    "Assessment & Plan": "assessment_and_plan",
    "A/P": "assessment_and_plan",
    "A + P": "assessment_and_plan",
    "Assessment, plan": "assessment_and_plan",
    "Diagnoses and plan": "assessment_and_plan",
    "Family/social history": "social_history",
    "Family and Social Hx": "social_history",
    "Past medical, surgical and family history": "past_medical_history",
    "Labs and imaging": "labs",
    "Labs 3/2/2021 06:00": "labs",
    "Left knee exam": "physical_exam",
    "Physical Exam on Admission": "physical_exam",
    "Follow-up": "follow_up",
    "F/U": "follow_up",
    "Followup appointments": "follow_up",
    "X-rays": "imaging",
    "Day of discharge exam": "physical_exam",
    "ID/CC": "chief_complaint",
    "Prior to Admission Meds": "medications",
    "When to call your nurse": "discharge_instructions",
    "S (subjective)": "history_of_present_illness",
    "Wound care log": None,
    "Pain assessment": None,
    "Chest pain": None,
    "Diabetes": None,
    "Plan is": None,
    "Follow up with": None,
    "": None,
    "::": None,
    "x" * 200: None,
}


@pytest.mark.parametrize("title", KNOWN)
def test_what_a_title_heads(title):
    rule = RULES.find(title)
    assert (rule.category if rule is not None and rule.use != "label" else None) == KNOWN[title]


def test_the_table_has_each_heading_once_with_a_category_of_the_list():
    seen = {}
    for row in package_table("spacy_umlsbert.text.sections", "headings.tsv"):
        assert row["category"] in CATEGORIES
        assert row["use"] in USES or row["use"].partition(" ")[2] in CATEGORIES
        for heading in row["headings"].split(", "):
            assert heading == heading.strip().lower() and heading
            assert seen.setdefault(heading, row["category"]) == row["category"], heading
    categories = set(CATEGORIES)
    assert categories == set(seen.values())


@pytest.mark.parametrize(
    ("a", "b", "wrong"),
    [("plan", "plan", 0), ("plan", "paln", 1), ("plan", "plans", 1), ("plan", "clan", 1),
     ("exam", "labs", 4), ("", "abc", 3), ("abcd", "badc", 2)],
)  # fmt: skip
def test_distance(a, b, wrong):
    assert distance(a, b) == distance(b, a) == wrong


@pytest.mark.parametrize("length", range(4, 13))
def test_every_word_with_a_wrong_letter_is_found(length):
    word = "abcdefghijklm"[:length]
    near = NearWords([word, "zzzzzz"])
    wrong = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(length - 1)}
    if length > 5:  # of four letters none may be missing
        wrong |= {word[:i] + word[i + 1 :] for i in range(length)}
    if length > 4:
        wrong |= {word[:i] + "x" + word[i:] for i in range(length)}
        wrong |= {word[:i] + "x" + word[i + 1 :] for i in range(length)}
    for other in wrong:
        assert near.near(other) == [word], other
    assert near.near("qqqqqqqq") == near.near("abc") == near.near("abc1ef") == []


def test_users_rules_come_first(tmp_path):
    path = tmp_path / "own.tsv"
    path.write_text(
        "category\theadings\tcode\tuse\nwounds\twound care log, dressing log\t99-9\t\n"
        "plan\timpression\t\t\nother\tallergies\t\tlabel\n"
    )
    rules = SectionRules(read_section_rules(path))
    text = "Wound care log: clean\nImpression: rest\nAllergies: none"
    found = find_sections(text, rules)
    assert [(one.category, one.code) for one in found] == [("wounds", "99-9"), ("plan", "")]
    assert rules.find("Drssing log").category == "wounds"
    assert RULES.find("impression").category == "assessment"


def test_rules_in_python_and_in_a_pickle():
    rules = SectionRules(misspelt=False)
    assert rules.find("Alergies") is None and RULES.find("Alergies") is not None
    rules.add([SectionRule("Tubes and drains", "devices")])
    rules.find("Mr. Hollingsworth")
    data = pickle.dumps(rules)
    assert b"Hollingsworth" not in data
    again = pickle.loads(data)
    assert again.find("TUBES & DRAINS").category == "devices" and not again.misspelt
    assert again.find("Alergies") is None


@pytest.mark.parametrize(
    ("rows", "line", "message"),
    [
        ("category\theadings\nplan\tmy plan\n\tnothing\n", 3, "no category"),
        ("category\theadings\nplan\t\n", 2, "no headings"),
        ("category\theadings\nplan\t!!!\n", 2, "without a word"),
        ("category\theadings\tuse\nplan\tmy plan\tsometimes\n", 2, "unknown use"),
        ("category\theadings\nplan\tmy plan\textra\n", 2, "fields"),
        ("category\theadings\n", None, "no rules"),
        ("kind\tname\nplan\tmy plan\n", 1, "no column headings and no column category"),
    ],
)
def test_a_bad_row_says_where_it_is_and_what_to_do(tmp_path, rows, line, message):
    path = tmp_path / "bad.tsv"
    path.write_text(rows)
    with pytest.raises(InputError, match=message) as caught:
        read_section_rules(path)
    assert caught.value.path == path and caught.value.line == line
    if message != "fields":
        assert "headings.tsv" in str(caught.value.remedy)


def test_a_bad_rule_in_python():
    with pytest.raises(UsageError, match="rule 2: there is no category"):
        SectionRules([SectionRule("a b", "plan"), SectionRule("c", "")])


def test_the_words_speak_of_headings_that_are_in_the_table():
    for row in package_table("spacy_umlsbert.text.sections", "words.tsv"):
        words = {"head": row["words"].split(", "), "before": row["words"].split(", ")}
        for heading in words.get(row["kind"], [row["meaning"]] * (row["kind"] == "begins")):
            assert RULES.find(heading).use not in ("label", "letter"), heading
