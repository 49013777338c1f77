"""Sentences of clinical text: ¶ stands where each of them begins, but for the first."""

import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.text.sentence_words import default_words
from spacy_umlsbert.text.sentences import SentenceFinder, sentences
from tests.clock import processor_seconds

RULE = "-----\n"

FULL_STOPS = [
    "Transferred from [outside unit]. ¶Creatinine peaked at 2.4 on day two. "
    "¶Dialysis was not needed.",
    "Transferred from [outside unit]. ¶Creatinine peaked at 2.4 on day two.",
    "Etiology ?? ¶Will ask cards .. ¶Recheck in am",
    "Urine grew P.mirabilis, blood grew B.fragilis group.",
    "Takes vit. D and vit. B12. ¶No refills.",
    "Grew E. coli and S. aureus. ¶C. difficile toxin was negative.",
    "Foley No. 16 placed, stent No. 2 exchanged.",
    "Any pain? ¶No. ¶He sleeps well.",
    "Without dysuria although urgency persists; no hematuria.",
    "Seen by Dr. Lund and Mrs. Hale. ¶Mr. A. B. Roe agreed.",
    "She was seen by Dr. J. Smith at St. Mary's. ¶She went home.",
    "She has seen Dr. X. ¶She was told to rest.",
    "Aspirin 81 mg p.o. q.d. and insulin 5 units s.c. b.i.d. before meals. ¶No refills.",
    "Take one tab. daily. ¶Return in 2 wks. ¶Call if worse.",
    "| HPI | A cough. ¶No fever. |\n¶| Plan | Rest. ¶Fluids. |",
    "He takes amlodipine, bisoprolol\n2.5 mg daily, and furosemide\n40 mg. ¶No others.",
    "Ibuprofen p.r.n. ¶Metformin 500 mg b.i.d. ¶Lisinopril 10 mg q.d.",
    "levothyroxine 62.5 mcg daily",
    "given 7.45pm, next due 11 a.m. on Tuesday. ¶Seen at 8 p.m. ¶He slept.",
    "bisoprolol 1.25 mg; amoxicillin 250 mg/5 mL, give 10 mL",
    "Hepatitis B. ¶Vitamin D. ¶Type A. ¶Blood group O. ¶Labs pending.",
    "History of hepatitis C. ¶Cirrhosis, Child-Pugh class A. ¶Varices.",
    "Pain is 7/10. ¶2 tablets were given. ¶98% on room air.",
    "BP 120/80. ¶HR 72. ¶RR 14. ¶T 98.6.",
    "Echo with EF of approx. 45%. ¶LV vs. RV failure, e.g. Ischemic. ¶See Fig. 3.",
    "A 58 y.o. Caucasian male, h.o. CHF. ¶Smokes.",
    "CXR: ? LLL infiltrate. ¶Choledocholithiasis, ? cholecystitis. ¶PE (?) on CT.",
    'She feels "funny." ¶He says "I am fine!" ¶(Per wife.) ¶Will follow.',
    "No fever.¶No chills.¶Cough for 2 days.¶Plan: rest",
    "Given 5 mg.¶Continue lasix.¶BP 120/80.¶Pulse was 72.",
    "NO FEVER.¶NO COUGH. ¶SEEN BY DR. LUND AT 8 P.M. WITH FOOD. ¶TAKE B.I.D. ¶CONTINUE LASIX.",
    "PT. IS STABLE. ¶EKG NO. 2 UNCHANGED. ¶HX. OF CHF.",
    "Seen on Jan. 5 and on Sept. 12. ¶Next visit in Dec. ¶Call first.",
    "Wait... then he fell. ¶Then... ¶Nobody knows.",
    "see https://example.org/a.B or mail john.Roe@example.org. ¶Thanks.",
    "pt c/o cp. ¶no sob. ¶will admit to tele. ¶hx. of mi. ¶denies n/v.",
    "Temp 98.6. ¶no cough. ¶Lungs clear to auscultation. ¶no wheeze.",
    "Prox. third of the bilat. femur, ant. wall, med. aspect.",
    "T-score 2.5. ¶J.R. Roe, M.D. ¶The U.S. Army.",
    "Moving air well, no wheeze. ¶Nonischemic cardiomyopathy.",
    "Cough. ¶Fever. ¶No rash. ¶Itching.",
    "A variant, c.227delC (p.Pro76LeufsX7), was found. ¶Its meaning is unknown.",
    "He has pain . ¶No fever . ¶Dr. Roe called ?  ¶No .",
]  # fmt: skip

LISTS = [
    "Overnight:\n¶-slept 4 h\n¶-2 loose stools\n¶-no emesis since Tue\n",
    "2.No pleural effusion.¶3.Old rib fracture, healed.",
    "1.No effusion.¶2.Old fracture.¶3)Healed.",
    "1.  Jaw pain, sounds musculoskeletal.  ¶We will rule out angina. ¶2.  Hypercholesterolemia. "
    "¶3.  Hypothyroidism.",
    "Positive for: 1.  Diabetes mellitus. ¶2.  Osteomyelitis of the right fifth toe.",
    "1.  She is on Trizivir 1 tablet p.o. b.i.d. ¶2.  Ibuprofen over-the-counter p.r.n.",
    "1. HTN ¶2. DM ¶3. CAD",
    "Plan is to (1) start aspirin, (2) stop heparin and (3) go home.",
    "Last pap 10/2001. ¶Gravida: 1. ¶Para: 1.",
    "1. Asthma\n¶2. Gout, on\nallopurinol\n¶10. GERD",
    "a) rest\n¶b) ice\n¶c) return if worse",
    "A. Fever\n¶B. Cough\n¶II. Plan",
    "• Lungs: clear. ¶No wheeze.\n¶• Heart: regular",
    "• aspirin ¶• heparin ¶• cath",
    "* aspirin 81 mg\n¶* metoprolol 25 mg,\n  twice a day\n¶+ edema",
    "#CHF: continue lasix\n¶#DM: a1c 9\n¶# Gout",
    "[x] flu shot\n¶[ ] colonoscopy\n¶☐ mammogram",
    "o aspirin\n¶o lisinopril",
    "- Pneumonia, day 3 of 7\n  on ceftriaxone\n¶- CHF",
    "Pain was 5 on a scale of\n10. ¶No nausea.",
]

LINES = [
    "Lungs clear\n¶Abdomen soft\n\n¶Plan:discharge",
    "Lungs clear\r\n¶Abdomen soft\r\n\r\n\r\n¶Plan:discharge\r\n",
    "  ¶Lungs clear \n\t¶Abdomen soft \n \n  ¶Plan:discharge  ",
    "no rash\n¶CETIRIZINE 10 mg nightly",
    "HPI\n¶PMH: asthma, two ICU stays\n\n¶Since Sunday wheeze at night, worse near cats.\n\n¶EXAM\n"
    "¶Diffuse wheeze.",
    "Allergies:\n¶Immunizations:\n¶Tdap 2019, flu yearly\n",
    "FAMILY HISTORY:\n¶Father: gout\n\n¶WOUND CARE LOG:\n¶Left heel ulcer 2 cm\n",
    "Medications on Admission:\n¶naproxen\n\n¶Discharge Medications:\n¶STOP naproxen\n",
    "Pacemaker: No\n¶Seizures: none\n¶Latex allergy: Yes",
    "REASON:  recheck.\n.\n¶Wt: 9 lb,T: not taken",
    "Wt(kg) Ht(cm) BMI\n¶81.2 178 25.6",
    "Na\t140\n¶K\t4.1\n¶Cl\t102",
    "| test | value |\n|------|-------|\n¶| Na | 140 |\n¶| K | 4.1 |",
    "Sodium      140   mmol/L\n¶Potassium   4.1   mmol/L\n¶chloride    102   mmol/L",
    "Hgb 11.2\n¶WBC 4.5\n¶ferritin 14",
    "pt with cp\n¶no sob\n¶ekg nsr\n¶will admit",
    "Medications\n¶aspirin 81 mg daily for the heart\n¶metoprolol 25 mg twice a day\n"
    "¶lisinopril 10",
    "-----\n¶Plan\n=====\n¶rest and fluids\n_____\n",
    "0800: pt resting\n¶0900: pt ambulating, steady\n¶1000: dressing changed",
    "IMPRESSION\n¶NO FRACTURE.\n¶RECOMMENDATION\n¶FOLLOW UP IN 2 WEEKS.",
    "Assessment\n¶stable",
    "Seen by Dr.\nLund today",
    "Foley No.\n16 placed",
    "A man of 58 with a past medical history of gout and a family history of stroke came in with "
    "toe pain.",
]  # fmt: skip

WRAPPED = [
    """\
The patient is a 54 year old man with a history of
gout, who came in with pain in the left toe since
Sunday. ¶He has not taken allopurinol for a month, and
Dr. Lund saw him in May. ¶There is no fever.

¶PLAN
¶Colchicine. ¶Return in two weeks.
""",
    """\
Patient with chest pain for two days, which is worse
with exertion and gets better at rest. ¶Troponin was
0.04 and the EKG showed ST depression in leads II and
III. ¶Aspirin was given, and the patient was taken to
Cardiology for a left heart catheterization.

¶MEDICATIONS:
¶Aspirin 81 mg daily
¶Metoprolol 25 mg twice a day
¶Atorvastatin 80 mg at night
""",
    """\
THE PATIENT IS A 54 YEAR OLD MALE WHO CAME IN WITH
CHEST PAIN AND SHORTNESS OF BREATH. ¶TROPONIN WAS
NEGATIVE AND THE EKG WAS UNCHANGED FROM THAT OF
LAST YEAR. ¶ADMITTED TO TELEMETRY.
""",
    """\
1. CHF: he is short of breath at night and has edema
   to the knees. ¶Start furosemide 40 mg twice a day,
   and weigh him daily.
¶2. Gout: quiet.
""",
    """\
Patient is seen in a follow-
up visit for asthma, which is
well controlled on a low dose
of an inhaled steroid. ¶Denies
cough.
""",
    """\
The wound on the left heel has been cleaned and is of

a healthy color. ¶There is no drainage.
""",
]

# Notes as they are written in many places, each after a line with its name.
LAYOUTS = dict(
    part.split("\n", 1)
    for part in Path(__file__)
    .with_name("sentence_layouts.txt")
    .read_text("utf8")
    .removeprefix("@@ ")
    .split("\n@@ ")
)
CASES = [*FULL_STOPS, *LISTS, *LINES, *WRAPPED]


def starts_in(marked):
    """The text without marks, and where they stood; where the first is left out, at the start."""
    first, *parts = marked.split("¶")
    starts = [0] if first and not first.isspace() and first != RULE else []
    at = len(first)
    for part in parts:
        starts.append(at)
        at += len(part)
    return "".join((first, *parts)), starts


@pytest.mark.parametrize("marked", CASES)
def test_sentences(marked):
    text, expected = starts_in(marked)
    assert SentenceFinder().starts(text) == expected
    assert [start for start, _ in sentences(text)] == expected


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts(name):
    text, expected = starts_in(LAYOUTS[name])
    assert marked_by_us(text) == LAYOUTS[name]
    assert SentenceFinder().starts(text) == expected


def marked_by_us(text):
    starts = SentenceFinder().starts(text)
    ends = [*starts[1:], len(text)]
    return "¶".join(text[a:b] for a, b in zip([0, *starts[1:]], ends, strict=True))


NOTE = """\
HISTORY OF PRESENT ILLNESS

¶Mrs. Hale is a 67-year-old woman with a history of type 2 diabetes, heart failure and gout who \
came in with pain in her left great toe. ¶It began on Sunday at about 8 p.m. and kept her awake. \
¶She took ibuprofen 400 mg p.o. b.i.d., which did not help. ¶Dr. Lund of St. Anne's saw her in May \
for the same complaint. ¶She denies fever, chills and injury.

¶EXAM

¶Temperature 36.8. ¶The first joint of the left great toe is swollen, red and very tender, and she \
cannot bear to have it touched. ¶There is no wound. ¶Lungs are clear. ¶Pulses are good.

¶ASSESSMENT AND PLAN

¶1. Gout. ¶We will start colchicine 0.6 mg twice a day and stop ibuprofen because of her kidneys.
¶2. Heart failure. ¶She weighs 2.5 kg more than in May. ¶Furosemide is increased to 40 mg a day.
"""


def wrap(text, width, indent=""):
    lines = [textwrap.fill(line, width, subsequent_indent=indent) for line in text.split("\n")]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "written",
    [
        *(lambda text, width=width: wrap(text, width) for width in (40, 50, 60, 72, 80, 100, 120)),
        lambda text: wrap(text, 72, "   "),
        lambda text: wrap(text, 72).replace("\n", "\r\n"),
        lambda text: wrap(text, 72).replace("\n", "\n\n"),
        lambda text: re.sub(r"\n+", "\n", wrap(text, 72)),
        lambda text: wrap(text, 72).upper(),
        str.upper,
        str.lower,
        lambda text: wrap(text, 72).lower(),
        lambda text: re.sub(r"(?<=[a-z]{3}\.) (?=[A-Z])", "", text),
        lambda text: re.sub(r"(?<=\w)([.,])(?=\s)", r" \1", text),
    ],
)
def test_a_note_has_the_same_sentences_however_it_is_laid_out(written):
    text, starts = starts_in(NOTE)
    other = written(text)
    words = ["".join(text[a:b].split()) for a, b in zip(starts, [*starts[1:], None], strict=True)]
    found = ["".join(other[a:b].split()) for a, b in sentences(other)]
    assert [part.lower() for part in found] == [part.lower() for part in words]


def test_rules_and_blanks_are_between_sentences():
    text = f"{RULE}Plan:  \n=====\nrest. \r\n\r\n.\r\n  Go home \n"
    assert [text[a:b] for a, b in sentences(text)] == ["Plan:", "rest.", "Go home"]


@pytest.mark.parametrize("marked", [case for case in CASES if "\n" in case])
def test_line_ends_of_any_system(marked):
    text, expected = starts_in(marked.replace("\r\n", "\n"))
    for end in ("\r\n", "\r", "\u2028"):
        other = text.replace("\n", end)
        more = len(end) - 1
        assert SentenceFinder().starts(other) == [
            start + more * text.count("\n", 0, start) for start in expected
        ]


def test_the_first_boundary_stays_when_the_last_sentence_is_taken_away():
    text = "Transferred from [outside unit]. Creatinine peaked at 2.4 on day two. No dialysis."
    starts = SentenceFinder().starts(text)
    for end in range(40, len(text)):
        assert SentenceFinder().starts(text[:end]) == [
            s for s in starts if s < len(text[:end].rstrip())
        ]


def test_no_text_no_sentences():
    for text in ("", " ", "\n\n", "____\n", "...", "- -\n***"):
        assert list(sentences(text)) == []


def test_words_of_a_hospital_can_be_added():
    text = "Seen in Int. Med. Clinic by Sgn. Roe."
    assert len(list(sentences(text))) > 1
    words = default_words().plus({"title": ["Sgn."], "before": ["int", "med"]})
    assert len(list(SentenceFinder(words).sentences(text))) == 1


# What holds for any text


PIECES = st.sampled_from(
    "Dr. fever . .. ... ? ?? ! 2. 3) (1) - • * \n \n\n \r\n \t : ; , No no q.d. A. 2.4 a.m. ( ) [ "
    "] PLAN: HPI the of E. mg. - -no 2.No x.3.Old ____ ' \" é 😷 \u2028".split(" ")
)
TEXTS = st.lists(st.one_of(PIECES, st.just(" ")), max_size=60).map("".join) | st.text()


@given(TEXTS)
def test_sentences_and_gaps_give_the_text_back(text):
    at = 0
    for start, end in sentences(text):
        gap = text[at:start]
        assert not any(map(str.isalnum, gap)), "no word is left out"
        assert gap.strip() == "" or "\n" in f"\n{gap}"
        assert at <= start < end <= len(text)
        assert not text[start].isspace() and not text[end - 1].isspace()
        assert any(map(str.isalnum, text[start:end]))
        at = end
    assert not any(map(str.isalnum, text[at:]))


@given(TEXTS, st.integers(0, 3))
def test_blanks_around_a_text_change_nothing(text, blanks):
    starts = SentenceFinder().starts(text)
    around = f"{chr(10) * blanks}{text}{chr(10) * blanks}"
    assert SentenceFinder().starts(around) == [start + blanks for start in starts]


HOSTILE = [
    "fever ", "a", "1 ", ".", "?", ". ", "Dr. ", "a.b", "\n", " ", "-\n", "No. 2 ", "1. a ", "(",
    "\t", "Name: x ", "...\"\"\" ", "| ", "A.", "• x ", "fever\n", "fever and\n", "“", "x.3.Y",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_length(piece):
    def seconds(n):
        text = piece * (n // len(piece))
        return processor_seconds(lambda: SentenceFinder().starts(text), times=3)

    # Twenty times the text takes no more than sixty times as long; four hundred if it were squared.
    assert seconds(200_000) < 60 * max(seconds(10_000), 0.0005)
