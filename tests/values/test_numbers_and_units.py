"""A value is the same number and the same unit however it is written."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.errors import MissingPackageError, UsageError
from spacy_umlsbert.values import conversion
from spacy_umlsbert.values.conversion import converted
from spacy_umlsbert.values.frequencies import read_code
from spacy_umlsbert.values.numbers import read_number
from spacy_umlsbert.values.units import Units, default_units, package_units
from tests.values.marked import numbers, read

ROWS = [row for row in package_units() if row.unit not in ("{score}",)]
FORMS = [
    (row.unit, form.lstrip("="), form.startswith("="))
    for row in ROWS
    for form in row.forms.split("|")
]
MASSES = [(unit, form) for unit, form, _ in FORMS if unit in ("kg", "g", "mg", "ug", "ng", "meq")]
TOPS = [(u, f) for u, f, _ in FORMS if u in ("mg", "ug", "g", "ng", "mmol", "meq", "U", "[IU]")]
BELOW = [(u, f) for u, f, _ in FORMS if u in ("kg", "L", "dL", "mL", "min", "h", "d")]


@given(st.sampled_from(FORMS), st.booleans())
def test_each_form_of_a_unit_is_its_code(form, upper):
    unit, written, as_it_stands = form
    text = written.upper() if upper and not as_it_stands else written
    if text.upper() in ("C", "F", "M", "H", "D", "W", "Y", "S", "M/UL", "K/UL"):
        text = written
    units = default_units()
    assert units.end_of(f"{text} ", 0) == len(text)
    assert units.read(text).code == unit


@given(st.sampled_from(TOPS), st.lists(st.sampled_from(BELOW), min_size=1, max_size=2, unique=True),
       st.sampled_from(["/", " / ", " per "]))  # fmt: skip
def test_units_that_are_put_together(top, below, stroke):
    units = default_units()
    written = stroke.join((top[1], *(form for _, form in below)))
    code = "/".join((top[0], *(unit for unit, _ in below)))
    assert units.end_of(f"{written},", 0) == len(written)
    assert units.read(written).code == code


def ways(number):
    """The ways in which a number may be written."""
    plain = f"{number:.10g}"
    found = {plain, f"{number:.2f}" if round(number, 2) == number else plain}
    if plain.startswith("0."):
        found.add(plain[1:])
    if number >= 1000:
        found.add(f"{number:,.10g}")
    return sorted(found)


NUMBERS = st.one_of(
    st.integers(1, 99_999).map(float),
    st.integers(1, 9999).map(lambda n: n / 100),
    st.integers(1, 999).map(lambda n: n / 10),
)


@given(NUMBERS, st.data())
def test_each_way_of_writing_a_number_is_the_number(number, data):
    written = data.draw(st.sampled_from(ways(number)))
    assert read_number(written).value == pytest.approx(number)
    assert read_number(written).doubt == ""


@given(NUMBERS, st.sampled_from(MASSES), st.sampled_from([" ", "", "  ", "-", "\u2009", "\xa0"]),
       st.data())  # fmt: skip
def test_a_dose_is_the_same_however_it_is_written(number, form, blank, data):
    unit, word = form
    written = data.draw(st.sampled_from(ways(number)))
    if unit == "kg" or (blank == "-" and not word.isalpha()):
        return
    ((found, code, of),) = numbers(f"[drug:mixture] {written}{blank}{word}", "strength")
    assert found == pytest.approx((number,))
    assert (code, of) == (unit, "mixture")


@given(NUMBERS, st.sampled_from(["mg/dL", "mg/dl", "MG/DL", "mg / dL", "mg per dL", "mg%"]))
def test_a_result_is_the_same_however_it_is_written(number, unit):
    for text in ("[test:creatinine] {} {}", "[test:creatinine]: {} {}", "[test:creatinine]={} {}",
                 "[test:Creatinine] was {} {}", "[test:creatinine] of {} {}",
                 "[test:creatinine]\t{}\t{}", "| [test:creatinine] | {} | {} |"):  # fmt: skip
        ((found, code, of),) = numbers(text.format(ways(number)[0], unit))
        assert found == pytest.approx((number,))
        assert code == "mg/dL" and of.lower() == "creatinine"


@pytest.mark.parametrize(
    ("text", "unit", "doubts"),
    [
        ("[drug:insulin] 6 units", "U", ()),
        ("[drug:vitamin D] 1000 units", "[IU]", ("international units",)),
        ("[drug:vitamin D] 1000 IU", "[IU]", ()),
        ("[drug:PRBC] 2 units", "{unit}", ()),
        ("[test:ALT] 35 U/L", "U/L", ()),
        ("[test:TSH] 4 uIU/mL", "u[IU]/mL", ()),
        ("[drug:levothyroxine] 50 mcg", "ug", ()),
        ("[drug:levothyroxine] 50 ug", "ug", ()),
        ("[drug:levothyroxine] 50 µg", "ug", ()),
        ("[drug:levothyroxine] 50 μg", "ug", ()),
        ("[test:WBC] 13.7 x10^9/L", "10*9/L", ()),
        ("[test:WBC] 13.7 K/uL", "10*3/uL", ()),
    ],
)
def test_ambiguous_units_are_what_they_measure_or_said_to_be(text, unit, doubts):
    ((value, _),) = read(text)
    assert (value.unit, value.doubts) == (unit, doubts)


@pytest.mark.parametrize("unit", ["RU/mL", "AU/mL", "GPL-U/mL".replace("-", ""), "foo/L"])
def test_a_unit_that_nobody_knows_is_kept_as_written(unit):
    assert numbers(f"[test:Antibody] 12 {unit}") == [((12.0,), unit, "Antibody")]


def test_users_add_units():
    units = Units([{"unit": "{sachet}", "forms": "sach|sachs", "whose": "form"}, ["mg", "milg"]])
    assert units.read("sachs").code == "{sachet}"
    assert units.read("milg/kg").code == "mg/kg"
    for bad in (["mg"], ["m g", "x"], ["mg", "a||b"], ["mg", "x", "mine"], {"unit": "mg"}):
        with pytest.raises(UsageError, match="unit"):
            Units([bad])


def test_codes_are_those_of_ucum():
    ucumvert = pytest.importorskip("ucumvert")
    registry = ucumvert.PintUcumRegistry()
    for row in ROWS:
        if row.unit != "[pH]":  # a code of UCUM that pint has no unit for
            registry.from_ucum(row.unit)


@pytest.mark.parametrize(
    ("number", "unit", "to", "result"),
    [
        (62.5, "ug", "mg", 0.0625), (98.6, "[degF]", "Cel", 37), (250, "mg/(5.mL)", "mg/mL", 50),
        (50, "mg/mL", "mg/(5.mL)", 250), (180, "[lb_av]", "kg", 81.6466), (5, "U", "U", 5),
        (70, "[in_i]", "cm", 177.8), (0.5, "mg/min", "ug/s", 8.3333),
    ],
)  # fmt: skip
def test_conversion(number, unit, to, result):
    pytest.importorskip("ucumvert")
    assert converted(number, unit, to) == pytest.approx(result, rel=1e-4)


@pytest.mark.parametrize(("unit", "to"), [("mg", "mL"), ("mg", "RU/mL"), ("{x", "mg")])
def test_what_cannot_be_converted(unit, to):
    pytest.importorskip("ucumvert")
    with pytest.raises(UsageError, match="codes of UCUM"):
        converted(1, unit, to)


def test_conversion_says_what_it_needs(monkeypatch):
    monkeypatch.setitem(sys.modules, "ucumvert", None)
    conversion._registry.cache_clear()
    with pytest.raises(MissingPackageError, match="ucumvert"):
        converted(1, "mg", "g")


@pytest.mark.parametrize(
    ("code", "per_day"),
    [("2/1d", 2), ("1/2d", 0.5), ("1/1wk", 0.143), ("1/6h", 4), ("1", None), ("@C", None)],
)
def test_codes_of_frequencies(code, per_day):
    assert read_code(code).per_day == per_day
