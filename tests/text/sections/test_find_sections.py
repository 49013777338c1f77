"""The sections of notes in many layouts: their titles, categories and texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.text.sections import CATEGORIES, find_sections, split_sections
from tests.clock import processor_seconds

CC, HPI, PMH, PSH = (
    "chief_complaint", "history_of_present_illness", "past_medical_history",
    "past_surgical_history",
)  # fmt: skip
FH, SH, MEDS, ALL, ROS = (
    "family_history", "social_history", "medications", "allergies", "review_of_systems",
)  # fmt: skip
VS, PE, LABS, IMG, PROC = "vital_signs", "physical_exam", "labs", "imaging", "procedures"
COURSE, A, P, AP, DX = "hospital_course", "assessment", "plan", "assessment_and_plan", "diagnoses"
INSTR, FU, OTHER = "discharge_instructions", "follow_up", "other"


def headings(text):
    """Titles and categories of a note, without what comes before the first heading."""
    return [
        (text[one.title_start : one.title_end], one.category)
        for one in find_sections(text)
        if one.title_start < one.title_end
    ]


def found(text):
    """Titles, categories and texts."""
    return [
        (
            text[one.title_start : one.title_end],
            one.category,
            " ".join(text[one.body_start : one.body_end].split()),
        )
        for one in find_sections(text)
    ]


# The cases of users of like packages, and relatives


def test_a_heading_without_text_has_an_empty_body():
    assert found("Allergies:\nImmunizations:\nTdap 2019, flu yearly\n") == [
        ("Allergies", ALL, ""),
        ("Immunizations", OTHER, "Tdap 2019, flu yearly"),
    ]
    assert found("PLAN:")[0] == ("PLAN", P, "")
    assert found("MEDS:\n\n\nALLERGIES:\n \n")[1] == ("ALLERGIES", ALL, "")


@pytest.mark.parametrize(
    "heading", ["WOUND CARE LOG:", "Wound care log:", "WOUND CARE LOG", "**Wound care log**"]
)
def test_an_unknown_heading_opens_a_section_of_its_own(heading):
    text = f"FAMILY HISTORY:\nFather: gout\n\n{heading}\nLeft heel ulcer 2 cm\n"
    assert found(text) == [
        ("FAMILY HISTORY", FH, "Father: gout"),
        (heading.strip("*:"), OTHER, "Left heel ulcer 2 cm"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "A man of 58 with a past medical history of gout and a family history of stroke came in "
        "with toe pain.",
        "Her medications were reviewed and the plan is to go on.",
        "Vitals stable. She feels well.",
        "PHYSICAL EXAM was not done today.",
        "Patient states: no pain. He said: go home.",
        "Seen at 10:30 for follow up: doing well",
        "Disp:\n30\nRefills: 2\n",
        "Physical examination was normal.\nLaboratory tests showed anemia.\nMedications included "
        "iron.\nThe imaging study was normal.\nHis vital signs were stable.\nX-ray and CT were ok.",
        "WELL CHILD VISIT\nHere with her father.",
        "[ ] labs\n[x] imaging\n",
    ],
)
def test_a_text_without_headings_is_one_section(text):
    assert found(text) == [("", OTHER, " ".join(text.split()))]


def test_a_section_within_another_ends_with_its_paragraph():
    text = (
        "HPI\nPMH: asthma, two ICU stays\n\nSince Sunday wheeze at night, worse near cats.\n\n"
        "EXAM\nDiffuse wheeze."
    )
    outer, inner, exam = find_sections(text)
    assert [one.category for one in (outer, inner, exam)] == [HPI, PMH, PE]
    assert text[inner.body_start : inner.body_end] == "asthma, two ICU stays"
    assert (inner.depth, outer.start < inner.start < inner.end < outer.end) == (1, True)
    assert outer.end == exam.start
    assert text[outer.body_start : outer.body_end].endswith("worse near cats.")


@pytest.mark.parametrize(
    ("text", "depths"),
    [
        ("HPI:\n67yo with cough.\nROS: no fever.\n\nEXAM:\nclear", [0, 1, 0]),
        ("SUBJECTIVE\nCC: cough\nHPI: a week\n\nROS: neg\nOBJECTIVE\nVitals: ok\nASSESSMENT\nURI",
         [0, 1, 1, 1, 0, 1, 0]),
        ("## Hospital course\n### Cardiac events\nstable\n## Plan\nhome", [0, 1, 0]),
        ("1. Exam\n1.1 Vitals\nok\n1.2 Labs\nok\n2. Plan\nhome", [0, 1, 1, 0]),
        ("PAST HISTORY\n\nMedical\nGout.\n\nSurgical\nNone.\n\nALLERGIES\n\nNone.", [0, 1, 1, 0]),
        ("HPI:\nwell\n\nPMH:\ngout\n\nPLAN:\nhome", [0, 0, 0]),
        ("HPI: well\nPMH: gout\nPLAN: home", [0, 0, 0]),
        ("MEDICATIONS:\naspirin\nPLAN: home", [0, 0]),
        ("EXAM:\nok\n\nPLAN:\nLabs: CBC\nFollow up: 2 weeks\n\nHome.", [0, 0, 1, 1]),
        ("HPI:\nok\n\nPast History:\nMedical: gout\nSurgical: none\n\nPlan:\ngo", [0, 0, 1, 1, 0]),
    ],
)  # fmt: skip
def test_which_sections_stand_in_others(text, depths):
    assert [one.depth for one in find_sections(text)] == depths


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("INDICATOIN: fell off ladder\nIMPRESSOIN: no fracture", [CC, A]),
        ("ALERGIES: none\nMEDICTIONS:\naspirin", [ALL, MEDS]),
        ("PHYSICAL EXMAINATION\nwell\n\nASSESMENT AND PLAN\nhome", [PE, AP]),
        ("Past Medcial Histroy: gout\nFamliy History: none", [PMH, FH]),
        ("Hisotry of Presnt Ilness: cough", [HPI]),
        ("REVEIW OF SYSTMES: neg", [ROS]),
        ("CHEIF COMPLIANT: cough", [CC]),
        ("Discahrge Instuctions:\nrest", [INSTR]),
        ("PASTMEDICALHISTORY: gout\nChiefComplaint: cough", [PMH, CC]),
    ],
)
def test_a_misspelt_heading_is_the_nearest_in_spelling(text, categories):
    assert [category for _, category in headings(text)] == categories


def test_the_longest_heading_wins():
    text = "Medications on Admission:\nnaproxen\n\nDischarge Medications:\nSTOP naproxen\n"
    assert found(text) == [
        ("Medications on Admission", MEDS, "naproxen"),
        ("Discharge Medications", MEDS, "STOP naproxen"),
    ]
    codes = [one.code for one in find_sections(text)]
    assert codes == ["42346-7", "10183-2"]
    assert headings("Assessment and Plan: home")[0] == ("Assessment and Plan", AP)
    assert headings("Past Medical/Surgical History: gout")[0][0] == "Past Medical/Surgical History"


@pytest.mark.parametrize(
    "text",
    ["Lungs clear\nAbdomen soft\n\nPlan:discharge",
     "Lungs clear\r\nAbdomen soft\r\n \r\nPlan:\r\ngo",
     "Lungs clear\n\n\n\n   Plan :  \n\n home \n\n\n", "\n\n \tLungs clear\n---\nplan\u00a0: rest"],
)  # fmt: skip
def test_whatever_the_blanks_and_line_breaks(text):
    before, plan = find_sections(text)
    assert (before.category, plan.category) == (OTHER, P)
    assert text[before.body_start : before.body_end].startswith("Lungs clear")


# Layouts


LAYOUTS = {
    "capitals alone": "CHIEF COMPLAINT\nCough\nPHYSICAL EXAM\nclear\nASSESSMENT AND PLAN\nrest",
    "capitals": "CHIEF COMPLAINT: Cough\nPHYSICAL EXAM: clear\nASSESSMENT AND PLAN: rest",
    "colons alone": "Chief complaint:\nCough\nPhysical exam:\nclear\nAssessment and plan:\nrest",
    "small letters": "chief complaint: cough\nphysical exam: clear\nassessment and plan: rest",
    "small letters alone": "chief complaint\ncough\n\nphysical exam\nclear\n\na/p\nrest",
    "abbreviations": "CC: cough\nPE: clear\nA/P: rest",
    "with points": "C.C.: cough\nP.E.: clear\nA.&P.: rest",
    "no sign": "CC cough for a week\nPE clear to auscultation\nA/P rest and fluids",
    "hyphens": "CC-cough\nPE-clear\nA/P-rest",
    "dashes": "CC - cough\nPE – clear\nA/P — rest",
    "arrows": "CC -> cough\nPE -> clear\nA/P -> rest",
    "equals": "CC = cough\nPE = clear\nA/P = rest",
    "bars": "CC | cough\nPE | clear\nA/P | rest",
    "a table": "| Section | Text |\n|---|---|\n| CC | cough |\n| PE | clear |\n| A/P | rest |",
    "tabs": "CC\tcough\nPE\tclear\nA/P\trest",
    "columns": "CC        cough\nPE        clear\nA/P       rest",
    "leaders": "CC ........ cough\nPE ........ clear\nA/P ....... rest",
    "points": "Chief complaint. Cough.\nPhysical exam. Clear.\nAssessment and plan. Rest.",
    "numbers": "1. Chief complaint\ncough\n2. Physical exam\nclear\n3. Assessment and plan\nrest",
    "numbers inline": "1) CC: cough\n2) PE: clear\n3) A/P: rest",
    "Roman numbers": "I. CC: cough\nII. PE: clear\nIII. A/P: rest",
    "letters": "A. Chief complaint\ncough\nB. Exam\nclear\nC. Assessment and plan\nrest",
    "numbered sections": "Section 1: CC\ncough\nSection 2: PE\nclear\nSection 3: A/P\nrest",
    "bullets": "• CC: cough\n• PE: clear\n• A/P: rest",
    "hyphens before": "- CC: cough\n- PE: clear\n- A/P: rest",
    "underlined": "Chief complaint\n---------------\ncough\nExam\n----\nclear\nA/P\n===\nrest",
    "between rules": "=====\nCC\n=====\ncough\n=====\nPE\n=====\nclear\n=====\nA/P\n=====\nrest",
    "boxes": "+------+\n| CC   |\n+------+\ncough\n+----+\n| PE |\n+----+\nclear\n+-----+\n| A/P "
    "|\n+-----+\nrest",
    "brackets": "[CC]\ncough\n[PE]\nclear\n[A/P]\nrest",
    "brackets inline": "[CC] cough\n[PE] clear\n[A/P] rest",
    "round brackets": "(CC) cough\n(PE) clear\n(A/P) rest",
    "angles": "<CC>\ncough\n<PE>\nclear\n<A/P>\nrest",
    "double angles": "<<CC>> cough\n<<PE>> clear\n<<A/P>> rest",
    "Markdown": "# CC\ncough\n\n# PE\nclear\n\n# A/P\nrest",
    "Markdown 3": "### CC\ncough\n### PE\nclear\n### A/P\nrest",
    "bold": "**CC**\ncough\n**PE**\nclear\n**A/P**\nrest",
    "bold inline": "**CC:** cough\n**PE:** clear\n**A/P:** rest",
    "bold no colon": "**CC** cough\n**PE** clear\n**A/P** rest",
    "stars": "*** CC ***\ncough\n*** PE ***\nclear\n*** A/P ***\nrest",
    "a star": "*CC*\ncough\n*PE*\nclear\n*A/P*\nrest",
    "wiki": "== CC ==\ncough\n== PE ==\nclear\n== A/P ==\nrest",
    "hyphens around": "--- CC ---\ncough\n--- PE ---\nclear\n--- A/P ---\nrest",
    "tildes": "~ CC ~\ncough\n~ PE ~\nclear\n~ A/P ~\nrest",
    "colons around": ":: CC ::\ncough\n:: PE ::\nclear\n:: A/P ::\nrest",
    "pointers": ">> CC\ncough\n>> PE\nclear\n>> A/P\nrest",
    "quoted": "> CC: cough\n> PE: clear\n> A/P: rest",
    "slashes": "/CC/ cough\n/PE/ clear\n/A/P/ rest",
    "underscores": "__CC__\ncough\n__PE__\nclear\n__A/P__\nrest",
    "HTML": "<h2>CC</h2>\ncough\n<h2>PE</h2>\nclear\n<h2>A/P</h2>\nrest",
    "HTML inline": "<b>CC:</b> cough<br>\n<b>PE:</b> clear<br>\n<b>A/P:</b> rest<br>",
    "keys": "chief_complaint: cough\nphysical_exam: clear\nassessment_and_plan: rest",
    "JSON": '{\n  "chief_complaint": "cough",\n  "physical_exam": "clear",\n  "assessment_and_plan"'
    ': "rest"\n}',
    "symbols": "🫁 CC: cough\n🩺 PE: clear\n📋 A/P: rest",
    "indented": "   CC:\n      cough\n   PE:\n      clear\n   A/P:\n      rest",
    "times": "08:15 CC: cough\n08:20 PE: clear\n08:40 A/P: rest",
    "dates": "[03/02/2021] CC: cough\n[03/02/2021] PE: clear\n[03/02/2021] A/P: rest",
    "spaced letters": "C H I E F  C O M P L A I N T\ncough\n\nE X A M\nclear\n\nA / P\nrest",
    "one line": "CC: cough for a week. PE: lungs clear. A/P: rest and fluids.",
    "one line, no points": "CC: cough for a week PE: lungs clear A/P: rest and fluids",
    "one line, small letters": "cc: cough for a week pe: lungs clear a/p: rest and fluids",
    "dictated": "CHIEF COMPLAINT.  Cough.  PHYSICAL EXAM.  Clear.  ASSESSMENT AND PLAN.  Rest.",
    "two bars": "|| CC || cough\n|| PE || clear\n|| A/P || rest",
    "squares": "■ CC ■ cough\n■ PE ■ clear\n■ A/P ■ rest",
    "one line, bars": "CC: cough | PE: clear | A/P: rest",
    "one line, blanks": "CC: cough    PE: clear    A/P: rest",
    "one line, hyphens": "CC: cough - PE: clear - A/P: rest",
    "one line, no colons": "CHIEF COMPLAINT Cough for a week. PHYSICAL EXAM Lungs clear. "
    "ASSESSMENT AND PLAN Rest and fluids.",
    "one line, abbreviations": "CC cough for a week PMH gout Meds none PE clear A/P rest",
    "one line, brackets": "[CC] cough [PE] clear [A/P] rest",
    "one line, stars": "*CC* cough *PE* clear *A/P* rest",
    "one line, HTML": "<b>CC</b> cough <b>PE</b> clear <b>A/P</b> rest",
    "one line, tags": "<cc>cough</cc><exam>clear</exam><assessment_plan>rest</assessment_plan>",
    "one line, JSON": '{"chief_complaint": "cough", "exam": "clear", "assessment/plan": "rest"}',
    "tags that close": "[CC]\ncough\n[/CC]\n[PE]\nclear\n[/PE]\n[A/P]\nrest\n[/A/P]",
    "letters as bullets": "o CC: cough\no PE: clear\no A/P: rest",
    "semicolons": "Chief complaint;\ncough\nExam;\nclear\nAssessment/plan;\nrest",
    "questions": "Why you came\ncough\n\nWhat we found on exam\nclear\n\nAssessment and plan\nrest",
    "centred": "          CHIEF COMPLAINT\ncough\n          EXAM\nclear\n        A/P\nrest",
    "the name of the note": "PROGRESS NOTE 3/2\n\nCC: cough\nPE: clear\nA/P: rest",
    "no blanks": "CHIEF COMPLAINT:Cough.PHYSICAL EXAM:Clear.ASSESSMENT AND PLAN:Rest.",
    "wide colons": "CC：cough\nPE：clear\nA/P：rest",
    "carriage returns": "CC:\rcough\rPE:\rclear\rA/P:\rrest",
    "asides": "CC (per wife): cough\nPE (at 0800): clear\nA/P (discussed with team): rest",
    "with dates": "CC 3/2/21: cough\nPE 3/2/21: clear\nA/P 3/2/21: rest",
    "words around": "Patient's chief complaint today: cough\nPertinent "
    "physical exam findings: clear\n"
    "Assessment and plan of care: rest",
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout(layout):
    kept = [one for one in found(LAYOUTS[layout]) if one[0] and one[1] not in (PMH, MEDS)]
    assert [category for _, category, _ in kept] == [CC, PE, AP]
    texts = [body for _, _, body in kept]
    for text, word in zip(texts, ["cough", "clear", "rest"], strict=True):
        assert word in text.lower() and not {"cough", "clear", "rest"} - {word} & set(text.split())


TABLES = {
    "Markdown": "| Medication | Dose | Route |\n|---|:--|--:|\n| aspirin | 81 mg | PO |",
    "no frame": "Medication | Dose | Route\n--- | --- | ---\naspirin | 81 mg | PO",
    "no rule": "| Medication | Strength |\n| aspirin | 81 mg |\n| fish oil | 1 g |",
    "a heading alone": "| Medication | Dose | Route | Frequency |",
    "drawn": "+------+--------+\n| Labs | Plan   |\n+------+--------+\n| Na 1 | repeat |",
    "box signs": "│ Labs │ Value │\n├──────┼───────┤\n│ Na │ 140 │",
    "bold": "| **Medication** | **Dose** |\n|---|---|\n| aspirin | 81 mg |",
    "tabs": "Medication\tDose\tRoute\naspirin\t81 mg\tPO",
    "headings of both": "| Assessment | Plan |\n|---|---|\n| CHF | lasix |\n| PE | heparin |",
    "tests": "| Imaging | Result |\n|---|---|\n| CXR | clear |\n| CT head | normal |",
    "empty cells": "| Problem | Plan |\n|---|---|\n| CHF | Labs: BNP |\n| | |\n| | rest |",
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_cell_of_a_table_is_no_heading(kind):
    text = f"HPI: cough\n\n{TABLES[kind]}\n\nHe is well.\nFollow up: Monday"
    assert [category for _, category in headings(text)] == [HPI, FU]


def test_a_note_that_is_a_table_has_its_headings_in_the_first_column():
    rows = "| CC | cough |\n| PE | clear |\n| A/P | rest |"
    for text in (rows, f"| Part | Text |\n|---|---|\n{rows}", rows.replace("CC", "CC:"),
                 "CC: cough | PE: clear\nA/P: rest | Thanks"):  # fmt: skip
        assert [category for _, category in headings(text)] == [CC, PE, AP]
    assert headings("Seen today.\n\n| PLAN |\n+------+\n| rest |") == [("PLAN", P)]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("VS 98.6 72 130/78 16 99%", "VS"),
        ("VS 130/78", "VS"),
        ("Vitals 98.6, 72, 130/78", "Vitals"),
        ("Vitals 98.6 72 130/78: stable", "Vitals"),
        ("VITAL SIGNS T 98.6 HR 72 BP 130/78 RR 16 SpO2 99% RA", "VITAL SIGNS"),
        ("ED vitals 3/14 0800 98.6 72", "ED vitals"),
        ("Vital signs 72 16 130/78", "Vital signs"),
        ("VS: 98.6 72", "VS"),
    ],
)
def test_results_are_no_part_of_a_heading(line, title):
    assert headings(f"{line}\nLungs clear.") == [(title, VS)]
    assert (title, VS) in headings(f"HPI: cough\n{line}\n\nHe is well.\nPlan: rest")


def test_a_sentence_with_results_is_no_heading():
    for text in ("Vital signs were 98.6 and 72 and she left.", "Vitals reviewed, 98.6 at most."):
        assert headings(f"She came.\n{text}\nShe went.") == []
    assert headings("Labs 3/14/21 0800: Na 140") == [("Labs 3/14/21 0800", LABS)]
    assert headings("Vitals 10/12/21 08:00\nBP: 120/80")[0] == ("Vitals 10/12/21 08:00", VS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Exam\n  Abd: soft\n  Lungs: clear", [("Exam", PE)]),
        ("Exam\nAbd: soft\nLungs: clear", [("Exam", PE)]),
        ("PE\n\tabd soft", [("PE", PE)]),
        ("Exam\nVitals: 98.6\nAbd: soft", [("Exam", PE), ("Vitals", VS)]),
        ("Meds\n  Aspirin\nAllergies\n  None", [("Meds", MEDS), ("Allergies", ALL)]),
        ("Vitals\nBP: 120/80\nExam\nabd: soft", [("Vitals", VS), ("Exam", PE)]),
        ("Exam\nPlan: rest", [("Plan", P)]),
        ("Exam\nand was well", []),
        ("  Exam\n    Abd: soft", []),
    ],
)
def test_a_short_heading_alone_above_the_lines_that_it_heads(text, expected):
    assert headings(f"He was here for his yearly\n{text}") == expected


@pytest.mark.parametrize("before", ["", "Pt: 45F\n", "He is well.\n\n"])
@pytest.mark.parametrize("text", ["cc: abd pain x2d", "CC: abd pain", "cc:cough", "1. CC: cough"])
def test_a_chief_complaint(before, text):
    assert [category for _, category in headings(f"{before}{text}\n\nHe left.")] == [CC]


@pytest.mark.parametrize(
    "text",
    ["5 cc: given", "250 cc: given", "1.5 CC: given", "10-20 cc: given", "gave 5 cc: fine",
     "cc: Dr. Smith", "cc: J. Smith, MD", "He got\ncc: 5"],
)  # fmt: skip
def test_a_volume_or_a_copy_is_no_chief_complaint(text):
    assert headings(text) == []


NOTES = {
    "SOAP letters": (
        "S: cough for a week\nO: lungs clear\nA: bronchitis\nP: rest",
        [HPI, PE, A, P],
    ),
    "SOAP inline": ("S: cough. O: lungs clear. A: bronchitis. P: rest.", [HPI, PE, A, P]),
    "SOAP alone": ("S\ncough\n\nO\nclear\n\nA\nURI\n\nP\nrest", [HPI, PE, A, P]),
    "SOAP brackets": ("S) cough\nO) clear\nA) URI\nP) rest", [HPI, PE, A, P]),
    "SOAP round brackets": ("(S) cough\n(O) clear\n(A) URI\n(P) fluids", [HPI, PE, A, P]),
    "SOAP slashes": ("S/ cough\nO/ clear\nA/ URI\nP/ fluids", [HPI, PE, A, P]),
    "letter to a colleague": (
        "Dear Dr. Lund,\n\nThank you for referring this patient.\n\nDiagnosis: gout\n\n"
        "Current medication: allopurinol\n\nRecommendations: continue\n\nYours sincerely",
        [DX, MEDS, P],
    ),
    "British": (
        "PC: cough\nHPC: a week\nPMH: asthma\nDHx: salbutamol\nFHx: nil\nSHx: smoker\nO/E: wheeze\n"
        "Ix: CXR\nImp: asthma\nPlan: steroids",
        [CC, HPI, PMH, MEDS, FH, SH, PE, LABS, A, P],
    ),
    "British, without colons": (
        "PC Chest pain, 2/24\nHPC\n54M, central chest pain since lunch, eased by GTN.\nPMHx\n"
        "HTN, gout\nDHx\nramipril 5mg OD\nAllergies Penicillin\nFHx Father had an MI\n"
        "SHx Works as a driver\nO/E\nHR 80, BP 150/90\nIx\nECG normal\nImp Likely angina\n"
        "Plan\n1. Troponin",
        [CC, HPI, PMH, MEDS, ALL, FH, SH, PE, LABS, A, P],
    ),
    "in lay words": (
        "WHAT HAS BEEN HAPPENING\nA sore knee.\n\nTABLETS AND INHALERS\nNone.\n\n"
        "DRUG REACTIONS\nNone.\n\nGENERAL HEALTH\nGood.",
        [HPI, MEDS, ALL, PMH],
    ),
    "a word of a longer title": (
        "DATE OF PROCEDURE: May 2\nINDICATION: hernia\nCOMPLICATIONS: none\n",
        [CC, OTHER],
    ),
    "operation": (
        "PREOPERATIVE DIAGNOSIS: hernia\nPOSTOPERATIVE DIAGNOSIS: same\nPROCEDURE: repair\n"
        "ANESTHESIA: general\nFINDINGS: sac\nDESCRIPTION OF PROCEDURE: The patient was prepped.",
        [DX, DX, PROC, OTHER, PROC, PROC],
    ),
    "radiology": (
        "EXAM: CT HEAD\n\nCLINICAL HISTORY: fall\n\nTECHNIQUE: axial\n\nCOMPARISON: none\n\n"
        "FINDINGS: no bleed\n\nIMPRESSION: normal",
        [IMG, HPI, IMG, IMG, IMG, A],
    ),
    "after a visit": (
        "Why you were here:\nchest pain\n\nMedicines you take:\naspirin\n\nWhen to call:\npain\n\n"
        "Your next appointment:\nMonday",
        [CC, MEDS, INSTR, FU],
    ),
    "all in one": (
        "PMH: gout; PSH: none; FH: negative; SH: no tobacco; Meds: none; Allergies: NKDA",
        [PMH, PSH, FH, SH, MEDS, ALL],
    ),
    "a plan with a list": (
        "HPI:\ncough\n\nEXAM:\nclear\n\nPLAN:\n1. Labs: a.m.\n2. Imaging: CT\n- Meds: none",
        [HPI, PE, P],
    ),
    "labels in an exam": (
        "EXAM:\nHEENT: normal\nCV: RRR\nNEUROLOGICAL: ok\nExtremities:\nno edema\n\nLABS:\nWBC: 9",
        [PE, LABS],
    ),
    "a form": ("Pacemaker: No\nSeizures: none\nLatex allergy: Yes", []),
    "results with names": (
        "RESULTS\n\nLipid Panel: elevated.\n\nHepatic Function Panel: ALT 128.\n\nPLAN\n\nDiet.",
        [LABS, P],
    ),
}


@pytest.mark.parametrize("kind", NOTES)
def test_a_kind_of_note(kind):
    text, categories = NOTES[kind]
    assert [category for _, category in headings(text)] == categories


def test_a_label_ends_a_section_that_stands_in_another():
    text = "EXAM:\nVITALS: T 37\nHEENT: clear\n\nPLAN:\nrest"
    exam, vitals, _ = find_sections(text)
    assert text[vitals.body_start : vitals.body_end] == "T 37" and vitals.depth == 1
    assert text[exam.body_start : exam.body_end].endswith("HEENT: clear")


def test_titles_are_without_numbers_marks_and_colons():
    text = "1. **Past Medical History (PMH):** gout\n2. **Allergies:** none\n3. **Plan:** go"
    assert [title for title, _ in headings(text)] == ["Past Medical History (PMH)", "Allergies",
                                                      "Plan"]  # fmt: skip


# Whatever the text


WORDS = ["PLAN", "Plan:", "HPI", "PMH: gout", "S:", "ROS:", "Exam", "-", "##", "**", "1.", "1.1",
         "\n", "\n\n", " ", "   ", "\t", "\r\n", "\u2028", "---", "[", "]", ":", "well",
         "WOUND LOG", "Medical", "PAST HISTORY", ".", "😷", "é", "Subjective", "("]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=30).map("".join) | st.text()


@given(TEXTS)
def test_sections_cover_the_text_and_overlap_only_inside(text):
    sections = find_sections(text)
    if not text.strip():
        assert not sections
        return
    ends = [0]
    for one in sections:
        while len(ends) > 1 and ends[-1] <= one.start:
            ends.pop()
        if one.depth == 0:
            assert one.start == ends[0]  # where the last one ended
            ends = [one.end]
        else:
            assert one.end <= ends[-1]
            ends.append(one.end)
        assert 0 <= one.start < one.end <= len(text)
        assert one.start <= one.title_start <= one.title_end <= one.body_start <= one.body_end
        assert one.body_end <= one.end
        body = text[one.body_start : one.body_end]
        assert body == body.strip() and one.category in CATEGORIES
        title = text[one.title_start : one.title_end]
        assert title == title.strip()
    assert ends[0] == len(text)


@given(TEXTS)
def test_a_text_cut_at_its_headings_is_the_text(text):
    parts = split_sections(text)
    assert "".join(part.text for part in parts) == text
    titled = [one for one in find_sections(text) if one.title_start < one.title_end]
    assert [part.title for part in parts if part.title] == [
        text[one.title_start : one.title_end] for one in titled
    ]


HOSTILE = {
    "one line": "The patient is well and has no pain at all. ",
    "headings": "PLAN: rest\n",
    "nested": "HPI\nPMH: gout\n\n",
    "labels": "Xyzzy: abc\n",
    "inline": "Plan: rest. Exam: well. ",
    "capitals": "PLAN Rest. ",
    "colons": ":",
    "signs": "# * ",
    "brackets": "[(",
    "blanks": " ",
    "lines": "\n",
    "rules": "- ",
    "misspelt": "Pysicall Exemination:\n",
    "letters": "a:",
    "words": "Aaaa Bbbb Cccc Dddd: ",
    "tags": "<b",
    "rows": "| Plan | rest |\n",
    "cells": "| a ",
    "gaps": "a          ",
    "tabs": "a\t\t",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_time_grows_with_the_text(kind):
    def seconds(characters):
        text = HOSTILE[kind] * (characters // len(HOSTILE[kind]))
        return processor_seconds(lambda: find_sections(text), times=3)

    seconds(2_000)
    assert seconds(240_000) < 8 * 4 * seconds(30_000) + 0.3


@pytest.mark.parametrize("mark", ["- ", "* ", "2. "])
def test_a_heading_without_a_colon_right_after_a_list(mark):
    text = f"Medications\n{mark}aspirin\n{mark}metformin\nAllergies\nPenicillin\n"
    found = [(one.category, text[one.body_start : one.body_end]) for one in find_sections(text)]
    assert [category for category, _ in found] == ["medications", "allergies"]
    assert found[1][1].strip() == "Penicillin"
