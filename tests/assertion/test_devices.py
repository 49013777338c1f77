"""Every device of notes, a case or more: what must be read of each mention."""

import pytest

from tests.assertion.marked import cues, parse, read

CASES = {
    "denial": [
        "He denies [[chest pain|absent]].",
        "No [[fever|absent]], [[chills|absent]] or [[cough|absent]].",
        "There is no evidence of [[pneumothorax|absent]] or [[effusion|absent]].",
        "She did not have [[nausea|absent]] and was without [[vomiting|absent]].",
        "[[Pneumothorax|absent]] was not seen. [[Seizures|absent]] have not recurred.",
        "Neither [[edema|absent]] nor [[cyanosis|absent]].",
        "w/o [[edema|absent]]; neg for [[DVT|absent]]; [[bruits|absent]] absent.",
        "She never had [[seizures|absent]], and is free of [[pain|absent]].",
        "CT failed to show a [[mass|absent]].",
        "Absence of [[cirrhosis|absent]]; lack of [[appetite loss|absent]].",
        "[[Biopsy|absent]] was not performed.",
        "He remained [[seizure|absent]] free, and [[pain|absent]]-free at rest.",
        "He isn't [[short of breath|absent]] and hasn't had [[syncope|absent]].",
    ],
    "ends of lists": [
        "Denies [[fever|absent]], [[chills|absent]] but has [[cough|present]].",
        "No [[rash|absent]], has [[itching|present]].",
        "Without [[dysuria|absent]] although [[urgency|present]] persists; no "
        "[[hematuria|absent]].",
        "Uses a [[cane|present]], two [[falls|present]] this year, no [[walker|absent]].",
        "No [[fever|absent]], and [[cough|present]] is improving.",
        "Denies [[dyspnea|absent]], [[orthopnea|absent]], [[PND|absent]], or "
        "[[palpitations|absent]] however [[edema|present]] is worse.",
        "No [[edema|absent]]. [[Rales|present]] at the bases.",
        "No [[fever|absent]], mild [[cough|present]].",
        "No acute [[fracture|absent]], old [[compression deformity|present +historical]] of L1.",
        "(no [[fever|absent]]) [[cough|present]]",
        "No [[chest pain|absent]] - [[headache|present]] since Monday.",
        "No [[rash|absent]], she was given [[cetirizine|present]].",
        "Denies [[fever|absent]], endorses [[cough|present]].",
        "No [[cough|absent]], [[wheeze|present]] was noted on the left.",
        "No [[rales|absent]] or [[wheezes|absent]] were heard, [[heart murmur|present]] is loud.",
    ],
    "lists over lines": [
        "no [[rash|absent]]\n[[CETIRIZINE|present]] 10 mg nightly",
        "Overnight:\n-slept 4 h\n-2 [[loose stools|present]]\n-no [[emesis|absent]] since Tue\n",
        "Denies:\n- [[chest pain|absent]]\n- [[dyspnea|absent]]\n\nExam:\n[[wheeze|present]]",
        "1. No [[effusion|absent]]\n2. [[Rib fracture|present]]",
        "2.No [[pleural effusion|absent]].3.Old [[rib fracture|present +historical]], healed.",
        "There is no evidence of focal consolidation, pulmonary edema,\n[[pneumothorax|absent]] or "
        "[[effusion|absent]].",
    ],
    "fields and boxes": [
        "[[Pacemaker|absent]]: No\n[[Seizures|absent]]: none\n[[Latex allergy|present]]: Yes",
        "[x] [[cough|present]]  [ ] [[fever|absent]]  [X] [[rash|present]]",
        "[[Cough|present]] [x]   [[Fever|absent]] [ ]",
        "[[Diabetes|present]]: [ ] No [x] Yes\n[[Stroke|absent]]: [x] No [ ] Yes",
        "HEENT: (-) [[icterus|absent]], (+) [[pallor|present]]",
        "[[Murphy sign|absent]] (-), [[Rovsing sign|present]] (+)",
        "+[[cough|present]], -[[fever|absent]], -[[chills|absent]]",
        "| [[Asthma|present]] | Yes |\n| [[Stroke|absent]] | No |",
        "[[Fever|absent]]   No    [[Cough|present]]   Yes",
        "Symptom | Yes | No\n[[Fever|absent]] | | x\n[[Cough|present]] | x | ",
        "Symptom        Yes    No\n[[Fever|absent]]                 x\n"
        "[[Cough|present]]          x",
        "[[Chest pain|absent]]? No. [[Palpitations|present]]? Yes.",
        "Fever: no, [[chills|absent]]: no, [[cough|present]]: yes",
        "☐ [[fever|absent]] ☒ [[cough|present]]",
        "Positive: [[cough|present]]. Negative: [[fever|absent]], [[chills|absent]].",
        "[[HIV|absent]] (negative), [[syphilis|absent]] - negative",
    ],
    "no cue": [
        "Foley No. 16 placed, [[stent|present]] No. 2 exchanged.",
        "No change in [[cough|present]]. No improvement of [[pain|present]].",
        "Nonischemic [[cardiomyopathy|present]]. Gram negative [[bacteremia|present]].",
        "Not only [[fever|present]] but also [[rigors|present]].",
        "[[Pain|present]] not relieved by [[ibuprofen|present]].",
        "Known [[asthma|present]], not [[steroid dependent|absent]].",
        "She cannot walk because of [[pain|present]].",
        "He may take [[ibuprofen|present]].",
    ],
    "double negation": [
        "She does not deny [[alcohol use|present]].",
        "Not without [[pain|present]].",
        "[[PE|possible]] cannot be excluded. Cannot rule out [[PE|possible]].",
        "[[Pneumonia|possible]] cannot be entirely excluded.",
        "Could not exclude a small [[effusion|possible]].",
        "[[Fracture|possible]] is not ruled out.",
    ],
    "exceptions": [
        "No [[complaints|absent]] other than [[back pain|present]].",
        "No [[symptoms|absent]] except for mild [[cough|present]].",
        "Exam normal except for [[edema|present]].",
        "Takes no [[medications|absent]] apart from [[lisinopril|present]].",
        "History of [[malignancy|present]] except [[basal cell carcinoma|absent]].",
    ],
    "possible": [
        "Possible [[pneumonia|possible]]. Probable [[CHF|possible]].",
        "r/o [[MI|possible]]. Rule out [[sepsis|possible]].",
        "?[[pneumonia|possible]]; [[UTI|possible]]?",
        "[[Septic arthritis|possible]] has yet to be ruled out.",
        "CT tomorrow to rule a [[bile leak|possible]] out.",
        "Opacity may represent [[atelectasis|possible]] or [[pneumonia|possible]].",
        "[[Pneumonia|possible]] vs. [[CHF|possible]].",
        "Findings are suspicious for [[malignancy|possible]].",
        "Concern for [[abscess|possible]], likely [[cellulitis|possible]].",
        "[[PE|possible]] is unlikely. Unlikely to be [[ACS|possible]].",
        "CT to evaluate for [[PE|possible]].",
        "It is unclear if she had a [[seizure|possible]].",
        "Differential includes [[lupus|possible]], [[sarcoid|possible]] and [[TB|possible]].",
        "[[Stroke|possible]] is suspected. [[TIA|possible]] remains a consideration.",
        "Left lower lobe [[atelectasis|possible]] or [[pneumonia|possible]].",
        "[[DVT|absent]] was ruled out. Ruled out for [[MI|absent]].",
        "No evidence to suggest [[pneumonia|absent]]. No definite [[fracture|absent]].",
    ],
    "hypothetical": [
        "Return if [[fever|hypothetical]] or [[chills|hypothetical]].",
        "Call for [[bleeding|hypothetical]], [[redness|hypothetical]] or [[pus|hypothetical]].",
        "Return to the ED for:\n- [[fever|hypothetical]]\n- [[vomiting|hypothetical]]\n\n"
        "[[Cough|present]] since Monday.",
        "Return precautions: [[chest pain|hypothetical]], [[syncope|hypothetical]].",
        "Should you develop [[rash|hypothetical]], stop the drug.",
        "[[Acetaminophen|present]] as needed for [[pain|hypothetical]].",
        "At risk for [[falls|hypothetical]]. [[Seizure|hypothetical]] precautions.",
        "No antibiotics unless [[fever|hypothetical]] recurs.",
        "Watch for signs of [[infection|hypothetical]].",
        "[[DVT|hypothetical]] prophylaxis with [[heparin|present]].",
        "Parents don't report [[snoring|absent]]. If he will not wear the splint, "
        "[[contracture|hypothetical/conditional]] may follow.",
        "Risks including [[bleeding|hypothetical]] and [[infection|hypothetical]] were discussed.",
        "Seek care if you notice any of the following:\n[[fever|hypothetical]]\n"
        "[[bleeding|hypothetical]]",
    ],
    "conditional": [
        "[[Dyspnea|conditional]] on exertion. [[Chest pain|conditional]] when walking.",
        "Denies [[chest pain|absent]] on exertion.",
        "No [[chest pain|conditional]] except with exertion.",
        "Allergic to [[penicillin|conditional]].",
    ],
    "the past": [
        "History of [[stroke|present +historical]]. h/o [[MI|present +historical]].",
        "s/p [[appendectomy|present +historical]]. Prior [[DVT|present +historical]].",
        "[[Cholecystectomy|present +historical]] in 2010. [[MI|+historical]] (2015).",
        "In 2010 she had a [[stroke|present +historical]].",
        "[[Pneumonia|+historical]] three years ago, [[cough|-historical]] today.",
        "[[Asthma|+historical]] as a child.",
        "[[Pneumonia|absent +historical]] has resolved. Resolved [[UTI|absent +historical]].",
        "She no longer has [[pain|absent +historical]].",
        "No history of [[diabetes|absent +historical]].",
        "[[Chest pain|-historical]] for 3 days. [[Back pain|-historical]] since 2019.",
        "History of present illness: [[cough|-historical]].",
        "Past medical history of [[gout|+historical]] came in with [[toe pain|-historical]].",
        "PMH: [[asthma|+historical]], [[CAD|+historical]]",
        "[[Rash|-historical present]] has not resolved.",
    ],
    "somebody else": [
        "Mother had [[breast cancer|else]]. Father with [[MI|else]].",
        "Family history of [[stroke|else]] and [[diabetes|else]].",
        "Her roommate has [[scabies|else]] and she [[itches|present]] at night.",
        "Mother reports [[fever|present]]. Brought by his mother for [[cough|present]].",
        "[[Breast cancer|else]] in her mother and [[colon cancer|else]] in an uncle.",
        "No family history of [[colon cancer|else +negated]].",
        "FAMILY HISTORY:\nFather: [[gout|else]]\n\nWOUND CARE LOG:\nLeft heel "
        "[[ulcer|present -family]] 2 cm\n",
        "A man of 58 with a past medical history of [[gout|present]] and a family history of "
        "[[stroke|else]] came in with [[toe pain|present]].",
        "Sister has [[lupus|else]]. No [[goiter|absent]]. Possible [[DVT|possible]].",
        "Lives with her mother, has [[asthma|present]].",
        "His wife says that he has [[chest pain|present]].",
        "Maternal aunt: [[ovarian cancer|else]]",
        "Exposed to a coworker with [[TB|else]].",
    ],
    "mentions with their cue": [
        "Moving air well, [[no wheeze|absent]]. Nonischemic [[cardiomyopathy|present]].",
        "[[history of stroke|present +historical]]",
        "[[possible pneumonia|possible]]",
        "[[fracture not seen|absent]]",
    ],
    "sentences": [
        "[[Cough|present]]. [[Fever|present]]. No [[rash|absent]]. [[Itching|present]].",
        "Gums pink, no [[ulcers|absent]].",
        "Dr. Lee saw no [[mass|absent]].",
    ],
}


@pytest.mark.parametrize("device", CASES)
def test_a_device(device):
    assert {text: found for text in CASES[device] if (found := read(text))} == {}


def test_one_cue_with_its_place_in_the_whole_text():
    text, places, _ = parse("Cough. Fever. No [[rash|absent]]. Itching.")
    assert cues(text, places) == [("negated", "No", "rash")]
    assert text.index("No") == 14


def test_no_cue_is_seen_in_numbers():
    assert cues("Foley No. 16 placed, stent No. 2 exchanged.") == []


def test_the_scope_of_a_cue_ends_where_it_should():
    assert cues("Without dysuria although urgency persists; no hematuria.") == [
        ("negated", "Without", "dysuria"),
        ("negated", "no", "hematuria"),
    ]


def test_sections_are_evidence():
    text = "FH\n[[Gout|else]]\nPMH\n[[Asthma|present +historical]]\nALL\n[[Rash|conditional]]\n"
    sections = [
        ("FH\nGout\n", "family_history"),
        ("PMH\nAsthma\n", "past_medical_history"),
        ("ALL\nRash\n", "allergies"),
    ]
    assert read(text, sections=sections) == []
    assert len(read(text)) == 3
