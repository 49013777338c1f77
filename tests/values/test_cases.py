"""Values as notes write them, in the forms that other packages got wrong, with their relatives."""

import pytest

from tests.values.marked import numbers, read, short


def kinds(marked):
    return [(value.kind, value.numbers, value.unit) for value, _ in read(marked)]


@pytest.mark.parametrize(
    ("text", "number", "unit", "per_day"),
    [
        ("[drug:levothyroxine] 62.5 mcg daily", 62.5, "ug", 1),
        ("[drug:levothyroxine] 0.0625 mg q.d.", 0.0625, "mg", 1),
        ("[drug:colchicine] 0.6 mg BID", 0.6, "mg", 2),
        ("[drug:lithium] 300mg t.i.d.", 300, "mg", 3),
        ("[drug:alendronate] 70 mg weekly", 70, "mg", 0.143),
        ("[drug:digoxin] 125 mcg every other day", 125, "ug", 0.5),
    ],
)
def test_amount_and_how_often(text, number, unit, per_day):
    (amount, of), (often, also) = read(text)
    assert (amount.numbers, amount.unit, of, also) == ((number,), unit, of, of)
    assert often.per_day == per_day


@pytest.mark.parametrize(
    ("text", "per_day"),
    [
        ("daily", 1), ("qd", 1), ("once a day", 1), ("OD", 1), ("nocte", 1), ("qhs", 1),
        ("at bedtime", 1), ("every morning", 1), ("BID", 2), ("b.i.d.", 2), ("twice daily", 2),
        ("2 times a day", 2), ("2x/day", 2), ("TDS", 3), ("three times per day", 3), ("QDS", 4),
        ("q6h", 4), ("q 6 h", 4), ("q6hrs", 4), ("every 6 hours", 4), ("every six hours", 4),
        ("q12h", 2), ("q24h", 1), ("q48h", 0.5), ("every 6-8 hours", (3, 4)), ("q4-6h", (4, 6)),
        ("q 4 to 6 hours", (4, 6)), ("2-3 times daily", (2, 3)), ("every other day", 0.5),
        ("every 3 days", 0.333), ("weekly", 0.143), ("twice a week", 0.286), ("TIW", 0.429),
        ("monthly", 0.033), ("every 3 months", 0.011), ("Mon/Wed/Fri", 0.429), ("MWF", 0.429),
        ("1-0-1", 2), ("1-1-1", 3), ("0-0-1", 1), ("BID with meals", 2), ("with meals", 3),
        ("TID AC", 3), ("morning and evening", 2), ("hourly", 24), ("up to 4 times a day", 4),
        ("q5min x3", None), ("x1", None), ("q4h while awake", None), ("once", None),
    ],
)  # fmt: skip
def test_how_often_in_a_day(text, per_day):
    often = [v for v, of in read(f"[drug:Drug] 5 mg {text}") if v.kind == "frequency"]
    assert [value.text for value in often] == [text]
    assert often[0].per_day == per_day


def test_frequencies_as_fhir_timing():
    def timing(text):
        return read(f"[drug:Drug] 5 mg {text}")[1][0].timing

    assert timing("BID")["repeat"] == {"frequency": 2, "period": 1, "periodUnit": "d"}
    assert timing("BID")["code"]["coding"][0]["code"] == "BID"
    assert timing("q4-6h")["repeat"] == {
        "frequency": 1, "period": 4, "periodMax": 6, "periodUnit": "h",
    }  # fmt: skip
    assert timing("2-3 times daily")["repeat"] == {
        "frequency": 2, "frequencyMax": 3, "period": 1, "periodUnit": "d",
    }  # fmt: skip
    assert timing("at bedtime")["repeat"]["when"] == ["HS"]
    assert timing("MWF") == {"repeat": {"dayOfWeek": ["mon", "wed", "fri"]}}
    assert timing("x3") == {"repeat": {"count": 3}}


@pytest.mark.parametrize(
    ("text", "code"),
    [("PO", "26643006"), ("by mouth", "26643006"), ("p.o.", "26643006"), ("IV", "47625008"),
     ("subcut", "34206005"), ("SQ", "34206005"), ("IM", "78421000"), ("under the tongue",
     "37839007"), ("per rectum", "37161004"), ("both eyes", "54485002"), ("inhaled", "447694001")],
)  # fmt: skip
def test_routes_have_their_code(text, code):
    assert [(v.text, v.code) for v, _ in read(f"[drug:Drug] 5 mg {text} daily")][1] == (text, code)


def test_two_drugs_in_a_line():
    found = short("[drug:bisoprolol] 1.25 mg; [drug:amoxicillin] 250 mg/5 mL, give 10 mL")
    assert [(kind, number, unit, of) for kind, _, number, unit, of in found] == [
        ("strength", (1.25,), "mg", "bisoprolol"),
        ("strength", (250,), "mg/(5.mL)", "amoxicillin"),
        ("dose", (10,), "mL", "amoxicillin"),
    ]


def test_a_unit_is_one_unit():
    assert kinds("urine 40 mL/h, 2 inch scar") == [
        ("value", (40,), "mL/h"), ("value", (2,), "[in_i]"),
    ]  # fmt: skip
    assert numbers("[test:UOP] 0.5 mL/kg/h, 3 cm [problem:laceration]") == [
        ((0.5,), "mL/kg/h", "UOP"), ((3,), "cm", "laceration"),
    ]  # fmt: skip


def test_case_of_units_does_not_matter_and_the_text_is_kept():
    found = short("[test:Hgb] 11.2 G/DL, [test:creat] 0.9 mg/dl, [drug:fentanyl] 25 mcg/h")
    assert [(text, unit, of) for _, text, _, unit, of in found] == [
        ("11.2 G/DL", "g/dL", "Hgb"), ("0.9 mg/dl", "mg/dL", "creat"),
        ("25 mcg/h", "ug/h", "fentanyl"),
    ]  # fmt: skip


TABLES = [
    "[test:Wt](kg) [test:Ht](cm) [test:BMI]\n81.2 178 25.6",
    "[test:Wt] (kg)\t[test:Ht] (cm)\t[test:BMI]\n81.2\t178\t25.6",
    "| [test:Wt] (kg) | [test:Ht] (cm) | [test:BMI] |\n|---|---|---|\n| 81.2 | 178 | 25.6 |",
    "Date | [test:Wt](kg) | [test:Ht](cm) | [test:BMI]\n06/11 | 81.2 | 178 | 25.6",
    "[test:Wt] 81.2 kg, [test:Ht] 178 cm, [test:BMI] 25.6",
    "[test:Wt]: 81.2 kg | [test:Ht]: 178 cm | [test:BMI]: 25.6 kg/m²",
]


@pytest.mark.parametrize("text", TABLES)
def test_columns_and_their_units(text):
    found = [(kind, number, unit, of) for kind, _, number, unit, of in short(text)]
    assert found == [
        ("weight", (81.2,), "kg", "Wt"), ("height", (178,), "cm", "Ht"),
        ("bmi", (25.6,), "kg/m2", "BMI"),
    ]  # fmt: skip
    bare = text.replace("[test:", "").replace("]", "")
    assert [(kind, number, unit) for kind, _, number, unit, _ in short(bare)] == [
        one[:3] for one in found
    ]


def test_reference_ranges_and_flags_that_follow_from_them():
    found = read("[test:Ferritin] 14 ng/mL 30-400; [test:TSH] 6.1 mIU/L <4.2")
    assert [(v.kind, v.numbers, v.comparator, of) for v, of in found] == [
        ("value", (14,), "", "Ferritin"), ("reference_range", (30, 400), "", "Ferritin"),
        ("value", (6.1,), "", "TSH"), ("reference_range", (4.2,), "<", "TSH"),
    ]  # fmt: skip
    assert [(v.flag, v.worked_out) for v, _ in found if v.kind == "value"] == [
        ("L", ("flag",)), ("H", ("flag",)),
    ]  # fmt: skip
    ((value, _), _, (flag, _)) = read("[test:CRP] 88 mg/L (<5) *")
    assert (value.flag, value.worked_out, flag.text) == ("A", (), "*")
    ((value, _), _) = read("[test:Hb] 130 g/L (115-165)")
    assert (value.flag, value.worked_out) == ("", ())


def test_what_would_be_a_result_is_none():
    assert read("If [test:lactate] exceeds 4, call the ICU fellow.") == []
    assert numbers("[test:Lactate] 4, call the ICU fellow if it exceeds 6.") == [
        ((4,), "", "Lactate")
    ]


@pytest.mark.parametrize("drug", ["[drug:prednisone] ", ""])
def test_a_taper_is_several_instructions(drug):
    found = read(f"{drug}2 tabs daily for 5 days, then 1 tab every other day")
    said = [(v.instruction, v.kind, v.numbers or v.per_day) for v, _ in found]
    assert said == [
        (0, "dose", (2,)), (0, "frequency", 1), (0, "duration", (5,)),
        (1, "dose", (1,)), (1, "frequency", 0.5),
    ]  # fmt: skip
    assert {of for _, of in found} == {"prednisone" if drug else None}


def test_as_needed():
    for text in ("[drug:ibuprofen] every 6-8 hours as needed", "every 6-8 hours as needed"):
        (often, _), (needed, _) = read(text)
        assert (often.per_day, often.numbers, often.unit) == ((3, 4), (6, 8), "h")
        assert needed.kind == "as_needed"
    found = short("[drug:Zofran] 4 mg q8h PRN [problem:nausea]/[problem:vomiting]")
    assert [(kind, text) for kind, text, _, _, _ in found][2:] == [
        ("as_needed", "PRN"), ("indication", "nausea"), ("indication", "vomiting"),
    ]  # fmt: skip


def test_a_class_is_a_score_and_hours_are_no_class():
    assert kinds("ASA class III 48 Hour Summary:") == [("value", (3,), "")]
    assert kinds("NYHA class II at rest, ASA 2 status") == [("value", (2,), "")]
    assert kinds("[drug:ASA] 81 mg") == [("strength", (81,), "mg")]


def test_times_of_day_are_no_values():
    for text in ("given 7.45pm, next due 11 am", "[drug:Lasix] given 7.45pm, next due 11 am",
                 "[test:Glucose] drawn 0612, next at 1800"):  # fmt: skip
        assert read(text) == []


def test_one_dose_of_two_drugs():
    found = short("[drug:vancomycin] and [drug:cefepime], 1 g each, IV q12h")
    assert [(kind, text, of) for kind, text, _, _, of in found] == [
        (kind, text, of)
        for kind, text in (("strength", "1 g"), ("route", "IV"), ("frequency", "q12h"))
        for of in ("vancomycin", "cefepime")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[test:Na] 138, [test:K] 4.2, [test:Cl] 101",
        "[test:Na] 138 [test:K] 4.2 [test:Cl] 101",
        "[test:Na]: 138; [test:K]: 4.2; [test:Cl]: 101",
        "[test:Na] = 138 / [test:K] = 4.2 / [test:Cl] = 101",
        "[test:Na]/[test:K]/[test:Cl] 138/4.2/101",
        "[test:Na], [test:K] and [test:Cl] 138, 4.2 and 101",
        "[test:Na]138 [test:K]4.2 [test:Cl]101",
        "[test:Na]\t138\n[test:K]\t4.2\n[test:Cl]\t101",
    ],
)
def test_labs_in_a_line(text):
    assert numbers(text) == [((138,), "", "Na"), ((4.2,), "", "K"), ((101,), "", "Cl")]


def test_a_trend_is_all_of_its_values():
    for text in ("1.2 -> 1.8 -> 2.4", "1.2 → 1.8 → 2.4", "1.2, 1.8, 2.4", "| 1.2 | 1.8 | 2.4 |"):
        assert numbers(f"[test:Cr] {text}") == [
            ((1.2,), "", "Cr"), ((1.8,), "", "Cr"), ((2.4,), "", "Cr"),
        ]  # fmt: skip
    assert numbers("[test:Hb] fell from 9.1 to 7.4 g/dL") == [
        ((9.1,), "g/dL", "Hb"), ((7.4,), "g/dL", "Hb"),
    ]  # fmt: skip


def test_figures_whose_places_are_names():
    found = read("[test:CBC] 14.2>10.1/30.8<388")
    assert [(v.name, v.numbers[0], of) for v, of in found] == [
        ("WBC", 14.2, "CBC"), ("Hgb", 10.1, "CBC"), ("Hct", 30.8, "CBC"), ("Plt", 388, "CBC"),
    ]  # fmt: skip
    found = read("138 | 101 | 14 / 112\n4.2 | 25 | 0.9")
    assert [(v.name, v.numbers[0]) for v, _ in found] == [
        ("Na", 138), ("Cl", 101), ("BUN", 14), ("glucose", 112), ("K", 4.2), ("CO2", 25),
        ("Cr", 0.9),
    ]  # fmt: skip
    assert [v.numbers[0] for v, of in read("[test:ABG] 7.31/55/68/27")] == [7.31, 55, 68, 27]
    assert [(v.kind, v.numbers) for v, _ in read("98.6 72 130/78 16 99% RA")] == [
        ("temperature", (98.6,)), ("heart_rate", (72,)), ("blood_pressure", (130, 78)),
        ("respiratory_rate", (16,)), ("oxygen_saturation", (99,)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"),
    [("168/94", (168, 94)), ("120-130s/70s", (120, 130, 70)), ("150s/90s", (150, 90)),
     ("144 over 86", (144, 86)), ("112/68 mmHg", (112, 68)), ("110-120/60-70", (110, 120, 60, 70))],
)  # fmt: skip
@pytest.mark.parametrize("name", ["BP ", "[test:BP] ", "BP: ", "Blood pressure was "])
def test_blood_pressures(name, text, number):
    ((value, of),) = read(f"{name}{text}")
    assert (value.kind, value.numbers, value.unit) == ("blood_pressure", number, "mm[Hg]")
    assert of == ("BP" if name.startswith("[") else None)


@pytest.mark.parametrize(
    ("text", "kind", "number", "unit"),
    [
        ("T 38.1 C", "temperature", 38.1, "Cel"), ("Tmax 102.4", "temperature", 102.4, "[degF]"),
        ("temp 36.8 °C", "temperature", 36.8, "Cel"), ("T39.4C", "temperature", 39.4, "Cel"),
        ("HR 102", "heart_rate", 102, "/min"), ("pulse 74 bpm", "heart_rate", 74, "/min"),
        ("P 70", "heart_rate", 70, "/min"), ("HR 120s", "heart_rate", 120, "/min"),
        ("RR 22", "respiratory_rate", 22, "/min"), ("SpO2 91% RA", "oxygen_saturation", 91, "%"),
        ("satting 94% on 2L NC", "oxygen_saturation", 94, "%"),
        ("O2 sat 97 on RA", "oxygen_saturation", 97, "%"), ("Wt 81.6 kg", "weight", 81.6, "kg"),
        ("weighs 141 lb", "weight", 141, "[lb_av]"), ("Ht 5'10\"", "height", 70, "[in_i]"),
        ("height 5 ft 4 in", "height", 64, "[in_i]"), ("Ht 64 in", "height", 64, "[in_i]"),
        ("BMI 25.8", "bmi", 25.8, "kg/m2"), ("pain 7/10", "pain_score", 7, ""),
        ("pain score 3", "pain_score", 3, ""), ("94% on room air", "oxygen_saturation", 94, "%"),
    ],
)  # fmt: skip
def test_vital_signs(text, kind, number, unit):
    ((value, _),) = read(text)
    assert (value.kind, value.numbers, value.unit) == (kind, (number,), unit)


@pytest.mark.parametrize(
    ("text", "number", "comparator", "flag"),
    [
        ("<0.01", (0.01,), "<", ""),
        ("< 20", (20,), "<", ""),
        (">3000", (3000,), ">", ""),
        ("1+", (1,), "", ""),
        ("trace", (), "", ""),
        ("negative", (), "", ""),
        ("wnl", (), "", "N"),
        ("50-100", (50, 100), "", ""),
        ("greater than 60", (60,), ">", ""),
        ("not detected", (), "", ""),
        ("within normal limits", (), "", "N"),
    ],
)
def test_results_that_are_more_than_a_number(text, number, comparator, flag):
    ((value, of),) = read(f"[test:Protein] {text}")
    assert (value.kind, value.numbers, value.comparator, value.flag, of) == (
        "value", number, comparator, flag, "Protein",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("67yo M", [((67,), "a")]),
        ("a 5-week-old male", [((5,), "wk")]),
        ("A 54 year-old woman", [((54,), "a")]),
        ("aged 81, retired", [((81,), "a")]),
        ("a twenty-two-year-old man", [((22,), "a")]),
        ("18 month old", [((18,), "mo")]),
    ],
)
def test_ages(text, found):
    assert [(v.numbers, v.unit) for v, _ in read(text) if v.kind == "age"] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3-day history of [problem:cough] and [problem:fever]",
         [((3,), "d", "cough"), ((3,), "d", "fever")]),
        ("[problem:vomiting] for 4 days", [((4,), "d", "vomiting")]),
        ("[problem:back pain] x 2 wks, on [drug:naproxen]", [((2,), "wk", "back pain")]),
        ("a 10/7 history of [problem:confusion] and 3/52 of [problem:falls]",
         [((10,), "d", "confusion"), ((3,), "wk", "falls")]),
        ("[drug:amoxicillin] 500 mg TID x 7d", [((7,), "d", "amoxicillin")]),
        ("[drug:Cephalexin] 500 mg\nSig: 1 cap PO QID x 7d", [((7,), "d", "Cephalexin")]),
        ("[problem:cough], recheck in 6 weeks", []),
    ],
)  # fmt: skip
def test_durations(text, found):
    assert numbers(text, "duration") == found


def test_a_sig_on_its_own_line_is_of_the_drug_above():
    found = short(
        "[drug:Aspirin] EC 81 mg delayed-release tablet (also known as: [drug:Ecotrin])\n"
        "   Take 1 tablet (81 mg total) by mouth daily.\n"
    )
    assert {of for *_, of in found} == {"Aspirin"}
    assert [(kind, text) for kind, text, *_ in found if kind in ("strength", "dose")] == [
        ("strength", "81 mg"), ("dose", "1 tablet"), ("dose", "81 mg"),
    ]  # fmt: skip


def test_what_stands_before_its_drug():
    assert numbers("Take 1/2 tab of [drug:metoprolol] 25 mg") == [
        ((0.5,), "{tbl}", "metoprolol"), ((25,), "mg", "metoprolol"),
    ]  # fmt: skip
    found = short("[drug:aspirin] 81 mg daily, IV [drug:heparin] 5000 units")
    assert [(text, of) for _, text, _, _, of in found] == [
        ("81 mg", "aspirin"), ("daily", "aspirin"), ("IV", "heparin"), ("5000 units", "heparin"),
    ]  # fmt: skip


def test_any_labels_will_do():
    found = short("[other:metformin] 500 mg BID, [other:creatinine] 1.2 mg/dL")
    assert [(kind, text, of) for kind, text, _, _, of in found] == [
        ("strength", "500 mg", "metformin"), ("frequency", "BID", "metformin"),
        ("value", "1.2 mg/dL", "creatinine"),
    ]  # fmt: skip


def test_names_that_are_units_too():
    assert numbers("[test:Na] 138 [test:K] 4.2 [test:Mg] 2.1 [test:Phos] 3.0") == [
        ((138,), "", "Na"), ((4.2,), "", "K"), ((2.1,), "", "Mg"), ((3,), "", "Phos"),
    ]  # fmt: skip
    found = [(value.kind, value.numbers) for value, _ in read("Tm 38.4 HR 70-90 BP 100/60 RR 14")]
    assert found == [
        ("temperature", (38.4,)), ("heart_rate", (70, 90)), ("blood_pressure", (100, 60)),
        ("respiratory_rate", (14,)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "oxygen"),
    [("SpO2 91% RA", "RA"), ("sats 94% on 2L NC", "2L NC"), ("94% on room air", "room air")],
)
def test_a_saturation_has_its_oxygen(text, oxygen):
    ((value, _),) = read(text)
    assert (value.kind, value.oxygen) == ("oxygen_saturation", oxygen)


def test_a_unit_behind_the_range_is_that_of_the_result_too():
    for text in ("[test:Sodium] 136 (135 - 145) mmol/L", "[test:Sodium]  136  135 - 145 mmol/L",
                 "[test:Sodium] 136 (H) [120-130] mmol/L"):  # fmt: skip
        found = [(v.kind, v.unit, v.worked_out) for v, _ in read(text) if v.kind != "flag"]
        assert [one[:2] for one in found] == [
            ("value", "mmol/L"), ("reference_range", "mmol/L"),
        ]  # fmt: skip
        assert "unit" in found[0][2]


def test_what_a_drug_is_for_where_nobody_has_marked_it():
    found = short("[drug:ondansetron] 4 mg q8h prn for nausea and vomiting, disp 12")
    assert ("indication", "nausea and vomiting", (), "", "ondansetron") in found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[test:POTASSIUM] 5.8 H mmol/L 3.5-5.1",
         [((5.8,), "mmol/L", "POTASSIUM"), ((), "", "POTASSIUM"),
          ((3.5, 5.1), "mmol/L", "POTASSIUM")]),
        ("[test:ABG]: 7.42 / 38 / 97%",
         [((7.42,), "", "ABG"), ((38,), "", "ABG"), ((97,), "%", "ABG")]),
        ("[test:WBC] 10.2 <- 12.1", [((10.2,), "", "WBC"), ((12.1,), "", "WBC")]),
        ("[test:Temp]:98.6F(37C) [test:HR]:88",
         [((98.6,), "[degF]", "Temp"), ((37,), "Cel", "Temp"), ((88,), "/min", "HR")]),
        ("[test:T]-98.4, [test:P]-88", [((98.4,), "[degF]", "T"), ((88,), "/min", "P")]),
        ("[test:Wt] Readings from Last 3 Encounters: 82 kg, 81.5 kg",
         [((82,), "kg", "Wt"), ((81.5,), "kg", "Wt")]),
        ("[test:platelets] 44 000 per microliter", [((44_000,), "/uL", "platelets")]),
        ("[test:CRP] more than 200 mg/l", [((200,), "mg/L", "CRP")]),
        ("[test:heart rate] between 50 and 60 bpm", [((50, 60), "/min", "heart rate")]),
        ("[problem:leukocytosis] of 49,500/mm3", [((49_500,), "/mm3", "leukocytosis")]),
        ("80% [test:neutrophils]", [((80,), "%", "neutrophils")]),
    ],
)  # fmt: skip
def test_results_in_other_layouts(text, found):
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Take one (1) capsule of [drug:Drug] by mouth 2 (two) times a day",
         [("dose", (1,), "{cap}"), ("route", (), ""), ("frequency", (2,), "/d")]),
        ("[drug:Drug] high-dose, then low dose", [("dose", (), ""), ("dose", (), "")]),
        ("[drug:Drug] 325 mg tab, 2 tabs (650 mg) q6h, max 3 g/day",
         [("strength", (325,), "mg"), ("form", (), ""), ("dose", (2,), "{tbl}"),
          ("dose", (650,), "mg"), ("frequency", (6,), "h")]),
        ("[drug:Drug] 15 mg weekly (six 2.5 mg tablets)",
         [("dose", (15,), "mg"), ("frequency", (), ""), ("dose", (6,), "{tbl}"),
          ("strength", (2.5,), "mg"), ("form", (), "")]),
        ("[drug:Carbi-levo] 25-100 mg 1.5 tabs 5x/day",
         [("strength", (25, 100), "mg"), ("dose", (1.5,), "{tbl}"), ("frequency", (5,), "/d")]),
        ("[drug:Epi] 1:1000 0.3 mL IM", [("strength", (1, 1000), ""), ("dose", (0.3,), "mL"),
                                         ("route", (), "")]),
        ("[drug:Drug]\nDose: 40 mg\nRoute: oral\nFrequency: nightly",
         [("strength", (40,), "mg"), ("route", (), ""), ("frequency", (), "")]),
    ],
)  # fmt: skip
def test_instructions_in_other_layouts(text, found):
    assert kinds(text) == found


def test_how_often_something_else_happens_is_not_of_a_drug_above():
    found = short(
        "He took [drug:olmesartan] 20 mg.\nOne week later he passed soft stools once daily. "
        "He is followed up every 3 months."
    )
    assert [text for _, text, *_ in found] == ["20 mg", "every 3 months"]
    assert found[1][4] is None


def test_entities_that_hold_their_values():
    for text in ("[test:BP 168/94]", "[test:BP: 168/94 mmHg]", "[other:blood pressure 168/94]"):
        ((value, of),) = read(f"{text}, alert")
        assert (value.kind, value.numbers) == ("blood_pressure", (168, 94))
        assert of == text[1:-1].partition(":")[2]
    found = short("[drug:lisinopril 20 mg] daily")
    assert [(kind, text) for kind, text, *_ in found] == [
        ("strength", "20 mg"), ("frequency", "daily"),
    ]  # fmt: skip
    assert read("[test:CA 19-9], [test:IL-6], [test:vitamin B12]") == []


def test_results_in_words_behind_what_a_test_is_of_and_before_a_number():
    found = short(
        "[test:CT] of the head was negative. [test:Cultures] from both sites are sterile."
    )
    assert [(text, of) for _, text, *_, of in found] == [
        ("negative", "CT"),
        ("sterile", "Cultures"),
    ]
    found = short("[test:Albumin] 37 g/L, normal [test:potassium] (5.1 mmol/L)")
    assert [(text, of) for _, text, *_, of in found] == [
        ("37 g/L", "Albumin"), ("normal", "potassium"), ("5.1 mmol/L", "potassium"),
    ]  # fmt: skip
    assert short("[test:CT] of the head was not done, exam normal-sized") == []
