"""Mistakes that could hurt a patient, each with its relatives."""

import pytest

from spacy_umlsbert.values.numbers import DECIMAL_COMMA
from tests.values.marked import numbers, read, short


@pytest.mark.parametrize("written", ["10.0 mg", "10.0mg", "10.00 mg", "10 mg", "010.0 mg"])
def test_a_trailing_zero_is_no_factor_of_ten(written):
    assert numbers(f"[drug:warfarin] {written} daily", "strength") == [((10.0,), "mg", "warfarin")]


@pytest.mark.parametrize("written", [".5 mg", "0.5 mg", ".50mg", "1/2 mg", "½ mg", "500 mcg"])
def test_a_missing_zero_is_no_factor_of_ten(written):
    ((found, unit, _),) = numbers(f"[drug:digoxin] {written} daily", "strength")
    assert found == ((0.5,) if unit == "mg" else (500.0,))


@pytest.mark.parametrize(
    ("written", "number"),
    [("1,000 units", 1000), ("10,000 units", 10_000), ("1,234,567 units", 1_234_567),
     ("1,000.5 units", 1000.5)],
)  # fmt: skip
def test_a_comma_before_three_digits_is_of_thousands(written, number):
    ((value, of),) = read(f"[drug:heparin] {written}")
    assert (value.numbers, value.unit, of, value.doubts) == ((number,), "U", "heparin", ())


@pytest.mark.parametrize(
    ("written", "number"), [("12 000", 12_000), ("1 250 000", 1_250_000), ("500 000", 500_000)]
)
def test_a_blank_before_three_zeros_is_of_thousands(written, number):
    ((value, of),) = read(f"[test:platelets] {written}")
    assert (value.numbers, of) == ((number,), "platelets")
    ((value, _),) = read(f"[test:IgE] ({written} IU/mL)")
    assert (value.numbers, value.unit) == ((number,), "[IU]/mL")


@pytest.mark.parametrize("end", [".", ". Next", "", " today"])
def test_a_decimal_comma_at_the_end_of_a_sentence(end):
    ((value, _),) = read(f"[test:INR] was 1,24{end}")
    assert (value.numbers, value.doubts) == ((1.24,), (DECIMAL_COMMA,))


@pytest.mark.parametrize("written", ["1,5 mg", "2,25 mg", "0,5 mg"])
def test_a_comma_before_one_or_two_digits_is_flagged(written):
    ((value, _),) = read(f"[drug:bumetanide] {written}")
    assert value.doubts == (DECIMAL_COMMA,)
    assert value.numbers == (float(written.split()[0].replace(",", ".")),)


@pytest.mark.parametrize("unit", ["U", "u", "units", "unit", "Units", "UNITS"])
def test_u_behind_a_number_is_units_and_no_zero(unit):
    for blank in ("", " "):
        assert numbers(f"[drug:insulin glargine] 6{blank}{unit} nightly", "dose") == [
            ((6.0,), "U", "insulin glargine")
        ]


@pytest.mark.parametrize(
    "text",
    [
        "call 617-555-0142", "(617) 555-0142", "tel. 555-0142", "pager 4410", "ext. 7731",
        "fax 617.555.0142", "call 911",
        "on 3/4/2009", "on 3/4", "3-4-09", "2009-03-04", "March 4, 2009", "4 Mar 2009", "in 2009",
        "since 2011", "7.45pm", "11 am", "14:22", "at 0612", "at 1600", "21:35:10",
        "MRN 00482917", "MRN: 482917", "MRN#482917", "medical record number 482917",
        "accession 24-118832", "room 812", "bed 2", "Case 1234567",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["[test:Glucose] checked ", "[drug:Aspirin] given ", ""])
def test_dates_times_phones_and_record_numbers_are_no_values(before, text):
    assert read(f"{before}{text}") == []


@pytest.mark.parametrize(
    ("text", "both"),
    [("5/325", (5, 325)), ("10/325 mg", (10, 325)), ("160/4.5", (160, 4.5)),
     ("30/500", (30, 500)), ("800/160", (800, 160)), ("875/125mg", (875, 125)),
     ("100/25 mg", (100, 25)), ("50/12.5", (50, 12.5))],
)  # fmt: skip
def test_two_strengths_are_no_blood_pressure_and_no_fraction(text, both):
    found = read(f"[drug:Co-medication] {text}, 1 tab BID")
    assert [(v.kind, v.numbers) for v, _ in found][:2] == [("strength", both), ("dose", (1,))]


def test_strength_and_dose_are_told_apart():
    found = short("[drug:amoxicillin] 250 mg/5 mL, give 10 mL")
    assert found == [
        ("strength", "250 mg/5 mL", (250.0,), "mg/(5.mL)", "amoxicillin"),
        ("dose", "10 mL", (10.0,), "mL", "amoxicillin"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[drug:Metoprolol] hold if [test:SBP] < 100 or [test:HR] < 55",
        "If [test:lactate] exceeds 4, call the ICU fellow.",
        "Call if [test:temp] > 38.5 or [test:glucose] over 300",
        "[test:INR] goal 2-3",
        "keep [test:sats] > 92%",
        "titrate to [test:MAP] > 65",
    ],
)
def test_thresholds_and_targets_are_no_results(text):
    assert read(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "stage 3 [problem:CKD]", "[problem:Type 2 diabetes]", "grade 2 [problem:dysfunction]",
        "NYHA class II [problem:heart failure]", "16 Fr [drug:Foley]", "20G [drug:PIV]",
        "30 pack-years", "2-pillow [problem:orthopnea]", "[problem:Pneumonia] - day 4 of treatment",
        "Disp: 28 caps", "Refills: 3", "#20", "[problem:AKI], f/u 2 weeks",
        "1. [problem:Cough]\n2. [problem:Fever]\n3) [problem:Rash]",
        "Foley No. 16 placed, stent No. 2 exchanged.", "T6 [problem:fracture]", "G3P2",
        "2.No [problem:pleural effusion].3.Old [problem:rib fracture], healed.",
    ],
)  # fmt: skip
def test_counts_classes_and_list_marks_are_no_values(text):
    assert read(text) == []


def test_a_half_is_no_one_and_a_half():
    for text in ("take a 1/2 tablet", "take 1/2 tab", "take ½ tablet", "take half a tablet"):
        assert numbers(f"[drug:sertraline], {text} at night", "dose") == [
            ((0.5,), "{tbl}", "sertraline")
        ]
    for text in ("1 1/2 tablets", "1½ tablets", "one and a half tablets", "1 and a half tabs"):
        assert numbers(f"[drug:sertraline] take {text}", "dose") == [
            ((1.5,), "{tbl}", "sertraline")
        ]


def test_a_low_result_is_not_in_liters():
    assert short("[test:Na] 129 L, [test:K] 5.9 H") == [
        ("value", "129", (129.0,), "", "Na"), ("flag", "L", (), "", "Na"),
        ("value", "5.9", (5.9,), "", "K"), ("flag", "H", (), "", "K"),
    ]  # fmt: skip


def test_one_number_is_never_of_two_tests():
    assert numbers("[test:Na] 138 [test:K] 4.2 [test:Cl] 101") == [
        ((138,), "", "Na"), ((4.2,), "", "K"), ((101,), "", "Cl"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[test:Sodium]......129", [((129,), "", "Sodium")]),
        ("[test:Trop] T 45 ng/L", [((45,), "ng/L", "Trop")]),
        ("[test:ALT] 3x ULN", []),
        ("[drug:prednisone], reduce by 5 mg", []),
        ("[drug:amoxicillin] Disp-60 tablet, R-3", []),
        ("Weight 82.6 kg (up 2 kg from Monday)", [((82.6,), "kg", None)]),
        ("[drug:methotrexate] 15 weekly", [((15,), "", "methotrexate"), ((), "", "methotrexate")]),
    ],
)
def test_what_looks_like_a_number_of_something_else(text, found):
    assert numbers(text) == found


def test_a_flag_of_one_test_is_not_of_the_next():
    found = short("[test:platelets] low, [test:Cr] high")
    assert [(text, of) for _, text, _, _, of in found] == [("low", "platelets"), ("high", "Cr")]
