"""Values in the layouts of further writers: tables with signs, pharmacy labels, limits, panels."""

import pytest

from tests.values.marked import numbers, read, short


def of_kind(marked, kind):
    return [(v.text, v.numbers, v.unit, of) for v, of in read(marked) if v.kind == kind]


def words(marked):
    return [(v.kind, v.text, of) for v, of in read(marked)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1/2-1 tab", ((0.5, 1), "{tbl}")), ("1/4-1/2 tab", ((0.25, 0.5), "{tbl}")),
        ("1/2-2 tablets", ((0.5, 2), "{tbl}")), ("one to be taken", ((1,), "{tbl}")),
        ("TWO to be swallowed", ((2,), "{tbl}")), ("Take ONE at night", ((1,), "{tbl}")),
        ("take two every morning", ((2,), "{tbl}")),
    ],
)  # fmt: skip
def test_numbers_of_pieces(text, found):
    assert numbers(f"[drug:Drug] {text}", "dose") == [(*found, "Drug")]


def test_a_number_in_words_that_counts_no_pieces():
    assert numbers("[drug:Drug] 5 mg, take with one of the meals", "dose") == []


def test_label_of_a_pharmacy():
    text = "[drug:BISOPROLOL] 2.5MG TABLETS\nONE to be taken EACH MORNING"
    assert words(text) == [
        ("strength", "2.5MG", "BISOPROLOL"), ("form", "TABLETS", "BISOPROLOL"),
        ("dose", "ONE", "BISOPROLOL"), ("frequency", "EACH MORNING", "BISOPROLOL"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Sig: 1 cap by mouth twice daily for 7 days\nDrug: [drug:doxycycline] 100 mg",
        "Directions: 1 cap by mouth twice daily for 7 days.\nMedication: [drug:doxycycline] 100 mg",
    ],
)
def test_a_drug_below_its_directions(text):
    assert {of for _, of in read(text)} == {"doxycycline"}


def test_directions_belong_to_the_drug_above_where_there_is_one():
    text = "Drug: [drug:ramipril] 5 mg\nSig: 1 cap daily\nDrug: [drug:aspirin] 81 mg"
    assert numbers(text, "dose") == [((1,), "{cap}", "ramipril")]


@pytest.mark.parametrize("sign", [" / ", " : ", " | "])
def test_rows_of_drugs_with_signs_between_cells(sign):
    row = sign.join(("[drug:Ropinirole]", "0.5 mg", "2 tabs", "TID"))
    assert [one[1:] for one in words(row)] == [
        ("0.5 mg", "Ropinirole"), ("2 tabs", "Ropinirole"), ("TID", "Ropinirole"),
    ]  # fmt: skip


def test_a_stroke_with_blanks_may_still_be_per():
    assert numbers("[drug:Drug] 5 mg / 5 mL", "strength") == [((5,), "mg/(5.mL)", "Drug")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("500 mg/125 mg", (500, 125)), ("5 mg / 160 mg / 12.5 mg", (5, 160, 12.5)),
        ("50 mcg/100 mcg", (50, 100)),
    ],
)  # fmt: skip
def test_strengths_of_several_with_a_unit_each(text, found):
    assert [one[0] for one in numbers(f"[drug:Drug] {text} bd", "strength")] == [found]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Syp [drug:Ibuprofen] 100 mg", ["form", "strength"]),
        ("[drug:Clonidine] transdermal patch 0.1 mg", ["route", "form", "strength"]),
        ("[drug:Furosemide] 40 mg IV bolus", ["strength", "route"]),
        ("[drug:Furosemide] 40 mg IV bolus x1", ["strength", "route", "frequency"]),
    ],
)
def test_forms_and_routes(text, kinds):
    assert [kind for kind, *_ in words(text)] == kinds


@pytest.mark.parametrize("text", ["x 3 mo.", "x 3 mo", "for 6 mo", "x6 mo"])
def test_months_that_last(text):
    *_, (value, of) = read(f"[drug:Drug] 5 mg bid {text}")
    assert (value.kind, value.unit, of) == ("duration", "mo", "Drug")


@pytest.mark.parametrize("text", ["6 mo old boy", "A 6 mo with fever", "6 mo M, here"])
def test_months_old(text):
    assert of_kind(text, "age")[0][1:3] == ((6,), "mo")


@pytest.mark.parametrize(
    "text", ["Mr Smith, 79 yrs, fell", "Miss A. Khan, 34 years.", "Female, 61 years, well"]
)
def test_ages_behind_persons(text):
    assert [one[2] for one in of_kind(text, "age")] == ["a"]


def test_years_of_something_else_are_no_age():
    assert of_kind("[problem:asthma], 10 yrs, and [drug:Drug], 5 yrs, ok", "age") == []


def test_british_durations_of_problems():
    text = "[problem:Diarrhoea] 4/7, [problem:weight loss] 2/12, [problem:tired] 3/52"
    assert numbers(text, "duration") == [
        ((4,), "d", "Diarrhoea"), ((2,), "mo", "weight loss"), ((3,), "wk", "tired"),
    ]  # fmt: skip


def test_a_date_behind_a_problem():
    assert numbers("[problem:pneumonia] 3/7, treated") == []


def test_a_problem_with_a_time_of_its_own():
    text = "2-week history of [problem:nausea], [problem:pain] and [problem:fever] x 1 day"
    assert numbers(text, "duration") == [
        ((2,), "wk", "nausea"), ((2,), "wk", "pain"), ((1,), "d", "fever"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        "[test:Na] : 129 mmol/L : L : 135-145 mmol/L", "[test:Na] : 129 : L : 135-145",
        "[test:Na] : 129 : 135-145 : L",
    ],
)  # fmt: skip
def test_rows_of_labs_with_colons(row):
    found = sorted((kind, number, of) for kind, _, number, _, of in short(row))
    assert found == [
        ("flag", (), "Na"), ("reference_range", (135, 145), "Na"), ("value", (129,), "Na"),
    ]  # fmt: skip


def test_a_range_in_units_per_litre_is_no_band_of_a_scale():
    assert numbers("[test:ALT] 90 U/L (110-140 U/L)", "reference_range") == [
        ((110, 140), "U/L", "ALT")
    ]


def test_units_in_brackets_behind_names():
    text = (
        "                 3 May  1 May\n[test:Hb] (g/L)        88   94\n"
        "[test:Neut] (10^9/L)   1.2  3.4\n[test:Na] [mmol/L]     129 L"
    )
    assert numbers(text, "value") == [
        ((88,), "g/L", "Hb"), ((94,), "g/L", "Hb"), ((1.2,), "10*9/L", "Neut"),
        ((3.4,), "10*9/L", "Neut"), ((129,), "mmol/L", "Na"),
    ]  # fmt: skip


def test_a_letter_in_brackets_is_a_flag():
    assert of_kind("[test:Na] (L) 129", "value") == [("129", (129,), "", "Na")]


@pytest.mark.parametrize("text", [r"136 \ 4.8 \ 99 \ 28", r"136\4.8\99\28", "136/4.8/99/28"])
def test_panels_in_their_order(text):
    found = numbers(f"[test:Chem 7] {text}", "value")
    assert found == [((n,), "", "Chem 7") for n in (136, 4.8, 99, 28)]


@pytest.mark.parametrize("text", ["1:8", "1:4", "1:64"])
def test_titres(text):
    ((_, numbers_, _, of),) = of_kind(f"[test:RPR] {text}", "value")
    assert (numbers_, of) == ((1, int(text[2:])), "RPR")


def test_results_in_words_in_columns():
    assert words("[test:Color] straw   [test:Clarity] hazy") == [
        ("value", "straw", "Color"), ("value", "hazy", "Clarity"),
    ]  # fmt: skip


def test_vital_signs_with_strokes_between():
    text = "[test:Temp] 37.2 °C / [test:HR] 88 / [test:BP] 120/70 mmHg / [test:RR] 18"
    assert numbers(text) == [
        ((37.2,), "Cel", "Temp"), ((88,), "/min", "HR"), ((120, 70), "mm[Hg]", "BP"),
        ((18,), "/min", "RR"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Goals: [test:A1c] below 7, [test:LDL] <70, BP under 130/80",
        "Targets: [test:HR] 60-80, [test:SpO2] 92-96%",
        "Call if [test:temp] over 101, [test:HR] above 120, or [test:SBP] below 90",
        "Notify if [test:K] <3.5, [test:Na] <130, [test:glucose] >300",
    ],
)
def test_limits_in_lists_are_no_results(text):
    assert words(text) == []


def test_a_result_behind_a_goal_or_a_condition():
    assert numbers("Goals: [test:INR] 2-3. [test:INR] today 2.4") == [((2.4,), "", "INR")]
    assert numbers("Call if [test:HR] above 120. [test:HR] 88") == [((88,), "/min", "HR")]


def test_what_came_with_another_result_is_no_limit():
    text = "When [test:Na] was 128, [test:WBC] was above 12 x10^9/L"
    assert ((12,), "10*9/L", "WBC") in numbers(text, "value")


def test_sliding_scale_in_mmol():
    text = "[drug:Insulin lispro] correction\n[test:BG] 8-10 = 2 units\nBG 10.1-14 = 4 units"
    assert numbers(text) == [((2,), "U", "Insulin lispro"), ((4,), "U", "Insulin lispro")]


@pytest.mark.parametrize("text", ["36 mm head", "7 x 45 mm screws", "4.5 mm cortical screws"])
def test_sizes_of_devices(text):
    assert words(f"hip with {text}, well") == []


@pytest.mark.parametrize("text", ["8 mm head of pancreas [problem:mass]", "[problem:abscess] 5 cm"])
def test_sizes_of_what_is_found(text):
    assert numbers(text) != []


def test_peak_flow_after_a_nebuliser():
    text = "[test:peak flow] 180 L/min, post neb 230 L/min"
    assert numbers(text, "value") == [
        ((180,), "L/min", "peak flow"), ((230,), "L/min", "peak flow"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "[drug:appendectomy] 1985", "s/p [drug:Cholecystectomy] 2010, well since",
        "[drug:CABG] (2004)", "[test:colonoscopy] 2018 normal", "[test:MRI] 2016 and 2020.",
    ],
)  # fmt: skip
def test_a_year_behind_what_was_done_is_no_value(text):
    assert [v.text for v, _ in read(text) if v.numbers] == []


def test_numbers_like_years_that_are_values():
    assert numbers("[drug:vitamin D] 2000 IU daily", "strength", "dose") != []
    assert numbers("[test:ferritin] 2018", "value") == [((2018,), "", "ferritin")]


def test_steps_and_targets_are_no_doses():
    text = "[drug:bisoprolol] 1.25 mg once daily, uptitrating by 1.25 mg to a target of 10 mg"
    assert numbers(text, "strength") == [((1.25,), "mg", "bisoprolol")]
    text = "[drug:atorvastatin] 80 mg Tablet Sig: One (1) Tablet PO QHS. Disp:*30 Tablet(s)*"
    assert numbers(text, "dose") == [((1,), "{tbl}", "atorvastatin")]


@pytest.mark.parametrize("words", ["Not tolerating", "Stopped", "We held", "Unable to take"])
def test_why_a_drug_is_not_given_is_no_indication(words):
    assert of_kind(f"{words} [drug:metformin] due to [problem:diarrhea].", "indication") == []
    given = of_kind("On [drug:metformin] due to [problem:diabetes].", "indication")
    assert given == [("diabetes", (), "", "metformin")]


def test_the_same_limit_twice_is_two_results():
    assert numbers("[test:Troponin]    <0.01    <0.01", "value") == [
        ((0.01,), "", "Troponin"), ((0.01,), "", "Troponin"),
    ]  # fmt: skip
    (of_one,) = of_kind("[test:Troponin] 0.02 (<0.04)", "reference_range")
    assert of_one[1] == (0.04,)


def test_stable_at_a_number():
    assert numbers("[test:Hgb] remained stable at 11.2 g/dL.", "value") == [
        ((11.2,), "g/dL", "Hgb")
    ]


def test_a_blood_gas_has_names():
    named = [(v.name, v.numbers) for v, _ in read("[test:ABG] 7.32/48/82/24")]
    assert named == [("pH", (7.32,)), ("pCO2", (48,)), ("pO2", (82,)), ("HCO3", (24,))]
