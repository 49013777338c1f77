"""Dates that are moved: formats, weekdays and intervals stay."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.deid.rules.dates import find_dates
from spacy_umlsbert.deid.surrogates.dates import offset, shift
from spacy_umlsbert.deid.surrogates.keyed_choice import Keyed

KEY = b"sixteen bytes or more"
DATES = st.dates(date(1950, 1, 1), date(2030, 12, 31))
FORMATS = st.sampled_from(
    ["%m/%d/%Y", "%Y-%m-%d", "%B %d, %Y", "%d %b %Y", "%d-%b-%Y", "%Y%m%d", "%b %d %Y", "%m.%d.%Y"]
)


@given(DATES, DATES, FORMATS, st.text(max_size=8))
def test_intervals_and_weekdays_stay_and_so_does_the_format(one, other, form, patient):
    by = offset(Keyed(KEY, patient))
    moved = [shift(day.strftime(form), by, 2000) for day in (one, other)]
    parsed = [parse(text, form) for text in moved]
    assert parsed[1] - parsed[0] == other - one
    assert parsed[0].weekday() == one.weekday()
    assert timedelta(weeks=8) <= abs(parsed[0] - one) <= timedelta(weeks=156)
    if "%b" not in form.lower():
        assert moved[0] == parsed[0].strftime(form)


def parse(text, form):
    try:
        return datetime.strptime(text, form).date()
    except ValueError:  # after "May" the full name is as good as the short one
        return datetime.strptime(text, form.replace("%b", "%B")).date()


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("3/14/2009", "8/16/2008"),
        ("03/14/09", "08/16/08"),
        ("10/14/2009", "03/18/2009"),
        ("3/4/2009", "8/6/2008"),
        ("31/12/2009", "04/06/2009"),
        ("3/14", "8/16"),
        ("March 14th", "August 16th"),
        ("1 MAR 2009", "3 AUG 2008"),
        ("14-Mar-09", "16-Aug-08"),
        ("May 3-5, 2011", "October 5-7, 2010"),
        ("march '09", "august '08"),
        ("03/2009", "08/2008"),
        ("2009", "2008"),
        ("1990s", "1980s"),
        ("Monday", "Monday"),
        ("13/45/2009", None),
        ("April 31", None),
    ],
)
def test_each_format(text, moved):
    assert shift(text, timedelta(weeks=-30), 2009) == moved


@given(DATES, FORMATS)
def test_what_is_moved_is_found_again(day, form):
    text = f"Seen on {shift(day.strftime(form), timedelta(weeks=20), 2000)} by us."
    (found, *_) = sorted(find_dates(text), key=lambda phi: phi.start - phi.end)
    assert text[found.start : found.end] == text[8:-7]


def test_the_key_and_the_patient_decide():
    offsets = {offset(Keyed(key, patient)) for key in (KEY, KEY[::-1]) for patient in "abcdefgh"}
    assert len(offsets) > 12
    assert offset(Keyed(KEY, "a")) == offset(Keyed(KEY, "a"))
    with pytest.raises(ValueError, match="16"):
        Keyed(b"short", "a")
