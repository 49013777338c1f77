"""Values in the layouts and abbreviations of several kinds of notes, each kind with relatives."""

import pytest

from tests.values.marked import numbers, read, short


def of_kind(marked, *kinds):
    return [(v.kind, v.text, v.numbers, v.unit) for v, _ in read(marked) if v.kind in kinds]


@pytest.mark.parametrize(
    ("text", "per_day"),
    [
        ("4 hourly", 6), ("4-6 hourly", (4, 6)), ("6hrly", 4), ("three-monthly", 0.011),
        ("TIDAC", 3), ("mane and nocte", 2), ("ON", 1), ("am", 1), ("midday", 1),
        ("6 days/week", 0.857), ("once every morning", 1), ("fortnightly", 0.071),
        ("three times a week", 0.429), ("on Mondays", 0.143), ("with meals and at bedtime", 4),
    ],
)  # fmt: skip
def test_how_often_as_others_write_it(text, per_day):
    often = [v for v, _ in read(f"[drug:Drug] 5 mg {text}") if v.kind == "frequency"]
    assert [(one.text, one.per_day) for one in often] == [(text, per_day)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2.5 ml-5 ml", ("dose", (2.5, 5), "mL")), ("1 tab to 2 tabs", ("dose", (1, 2), "{tbl}")),
        ("10-12-10 units", ("dose", (10, 12, 10), "U")), ("i tab", ("dose", (1,), "{tbl}")),
        ("ii gtts", ("dose", (2,), "[drp]")), ("1:100,000", ("strength", (1, 100_000), "")),
        ("100-62.5-25 mcg", ("strength", (100, 62.5, 25), "ug")),
        ("0.1 mg/24 h", ("dose", (0.1,), "mg/(24.h)")),
    ],
)  # fmt: skip
def test_amounts_as_others_write_them(text, found):
    ((value, of),) = read(f"[drug:Drug] {text}")
    assert ((value.kind, value.numbers, value.unit), value.text, of) == (found, text, "Drug")


def test_steps_of_a_taper_by_day():
    text = "[drug:prednisone]: Day 1-3: 40 mg daily; Day 4-6: 20 mg daily"
    assert numbers(text, "strength") == [((40,), "mg", "prednisone"), ((20,), "mg", "prednisone")]


@pytest.mark.parametrize(
    ("text", "kind"), [("1 gtt OD qhs", "route"), ("1 tab OD", "frequency"), ("4 gtts AS", "route")]
)
def test_right_eyes_are_not_once_a_day(text, kind):
    words = [(v.kind, v.text) for v, _ in read(f"[drug:Drug] {text}")]
    assert words[1] == (kind, text.split()[2])


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("daily for allergies", "allergies"), ("tid for itching for 2 weeks", "itching"),
        ("q4h prn breakthrough pain", "breakthrough pain"), ("q8h prn n/v", "n/v"),
        ("daily for life", None), ("prn via spacer", None), ("daily for the next week", None),
    ],
)  # fmt: skip
def test_what_a_drug_is_for(text, purpose):
    found = [one[1] for one in of_kind(f"[drug:Drug] 5 mg PO {text}", "indication")]
    assert found == ([purpose] if purpose else [])


@pytest.mark.parametrize(
    "text",
    [
        "Test;Result;Unit;Reference;Flag\n[test:Na];129;mmol/L;136-145;L",
        "Test,Result,Unit,Reference,Flag\n[test:Na],129,mmol/L,136-145,L",
        "Lab  Ref  Units  Result  Flag\n[test:Na]  136-145  mmol/L  129  L",
        "Flag\tTest\tResult\tUnits\tRange\nL\t[test:Na]\t129\tmmol/L\t136-145",
        "| Test | Range | Result | Unit | Flag |\n|--|--|--|--|--|\n"
        "| [test:Na] | 136-145 | 129 | mmol/L | L |",
        "Test  Result  Units  Range  Flag\n[test:Na]  129  mmol/L  136-145  L",
    ],
)
def test_rows_of_tables_in_any_order_of_columns(text):
    found = sorted((kind, number, unit, of) for kind, _, number, unit, of in short(text))
    assert found == [
        ("flag", (), "", "Na"), ("reference_range", (136, 145), "mmol/L", "Na"),
        ("value", (129,), "mmol/L", "Na"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("↓8.9", "L"), ("8.9↓", "L"), ("L 8.9", "L"), ("8.9 *LOW*", "L"), ("8.9 H*", "H"),
        ("8.9 g/dL (Ref: 12-16) LOW", "L"), ("8.9 (CRITICAL)", "AA"), ("8.9 !!", "A"),
    ],
)  # fmt: skip
def test_flags_as_others_write_them(text, flag):
    values = [v for v, of in read(f"[test:Hgb] {text}") if of == "Hgb" and v.kind == "value"]
    assert [(one.numbers, one.flag) for one in values] == [((8.9,), flag)]


@pytest.mark.parametrize(
    "text",
    [
        "9.8 (3/1), 8.7 (3/2)", "3/1: 9.8, 3/2: 8.7", "(3/1) 9.8 (3/2) 8.7", "9.8@0600, 8.7@1200",
        "9.8 > 8.7", "9.8 (prev 8.7)", "9.8 today, 8.7 on 3/2", "......9.8, 8.7", "POC 9.8, 8.7",
    ],
)  # fmt: skip
def test_results_with_dates_and_times_between(text):
    assert numbers(f"[test:Hgb] {text}") == [((9.8,), "", "Hgb"), ((8.7,), "", "Hgb")]


def test_a_transfusion_between_two_results():
    found = short("[test:Hgb] 7.1 s/p 2u [drug:pRBC] -> 8.9")
    assert [(kind, number, unit, of) for kind, _, number, unit, of in found] == [
        ("value", (7.1,), "", "Hgb"), ("dose", (2,), "{unit}", "pRBC"),
        ("value", (8.9,), "", "Hgb"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["NR", "non reactive", "immune", "NGTD", "+", "(-)", "mixed flora"]
)
def test_results_of_serologies_and_cultures(text):
    assert [(v.kind, v.text, of) for v, of in read(f"[test:RPR] {text}, seen")] == [
        ("value", text, "RPR")
    ]


def test_parts_of_a_panel():
    found = [(v.name, v.text, of) for v, of in read("[test:UA]: protein 2+, ketones trace")]
    assert found == [("protein", "2+", "UA"), ("ketones", "trace", "UA")]


@pytest.mark.parametrize(
    "text",
    ["98.6 88 132/84 16 98%", "98.6-88-16-132/84-98%", "132/84, 88, 16, 98.6, 98%"],
)
def test_vital_signs_without_names(text):
    assert {(v.kind, v.numbers) for v, _ in read(text)} == {
        ("temperature", (98.6,)), ("heart_rate", (88,)), ("blood_pressure", (132, 84)),
        ("respiratory_rate", (16,)), ("oxygen_saturation", (98,)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("BP (!) 168/94", ("blood_pressure", (168, 94), "mm[Hg]")),
        ("BP 132/84 L arm", ("blood_pressure", (132, 84), "mm[Hg]")),
        ("febrile to 39.5", ("temperature", (39.5,), "Cel")),
        ("tachycardic to the 130s", ("heart_rate", (130,), "/min")),
        ("SBPs in the 80s", ("blood_pressure", (80,), "mm[Hg]")),
        ("Wt 7 lb 4 oz", ("weight", (7.25,), "[lb_av]")),
        ("Birth weight: 2840 g", ("weight", (2840,), "g")),
        ("72F presents with", ("age", (72,), "a")), ("Age 58.", ("age", (58,), "a")),
        ("101F with", ("temperature", (101,), "[degF]")),
    ],
)  # fmt: skip
def test_vital_signs_as_others_write_them(text, found):
    ((value, _),) = read(text)
    assert (value.kind, value.numbers, value.unit) == found


def test_pressures_below_their_name():
    text = "[test:BP]\nR arm 146/90\nL arm 139/84"
    assert numbers(text) == [((146, 90), "mm[Hg]", "BP"), ((139, 84), "mm[Hg]", "BP")]


@pytest.mark.parametrize(
    "text", ["cough - 3 days", "cough 3 days", "cough (3 days)", "cough x1 day"]
)
def test_how_long_a_problem_lasts(text):
    ((value, of),) = read(f"[problem:cough]{text[5:]}, better")
    assert (value.kind, value.unit, of) == ("duration", "d", "cough")
