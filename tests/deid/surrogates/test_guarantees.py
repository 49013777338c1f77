"""What whoever releases notes with surrogates relies on, over the hand-labelled notes and others.

What is found is the gold PHI of the notes, or what the rules find. A message must not quote a note,
so that tests compare lists of places and labels.
"""

import re
from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_umlsbert.corpora.annotated.formats.marked import marked_reader
from spacy_umlsbert.deid.labels import LABELS, SEVERAL
from spacy_umlsbert.deid.merging import merge
from spacy_umlsbert.deid.output_modes import replacements
from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.deid.rules.all_rules import find_by_rules
from spacy_umlsbert.deid.rules.eponyms import find_eponyms
from spacy_umlsbert.deid.rules.repeated_names import PERSONS, find_again
from spacy_umlsbert.deid.surrogates.allowed_words import may_stay
from spacy_umlsbert.deid.surrogates.writer import SurrogateWriter
from spacy_umlsbert.text.rewriting import rewrite
from tests.deid.surrogates.test_writer import LATER, NOTE
from tests.deid.test_rules import FOUND, cases

KEYS = [f"a secret of 16 or more bytes, {i}".encode() for i in range(4)]
OUTPUTS = ("placeholder", "label", "mask", "surrogate")
FOLDER = Path(__file__).parents[3] / "benchmarks" / "deid" / "notes"


def by_rules(text):
    found = merge(find_by_rules(text))
    return merge([*found, *find_again(text, found, list(find_eponyms(text)))])


def by_hand(text, annotations):
    gold = merge(Phi(a.start, a.end, a.label, "") for a in annotations)
    return merge([*gold, *find_again(text, gold, list(find_eponyms(text)))])


@cache
def notes(source):
    """Texts and what is found in them."""
    texts = list(marked_reader(FOLDER).texts())
    assert len(texts) >= 20
    if source == "gold":
        return [(text.text, by_hand(text.text, text.annotations)) for text in texts]
    examples = [example.replace("[[", "").replace("]]", "") for _, example in cases(FOUND)]
    return [(t, by_rules(t)) for t in [*(text.text for text in texts), *examples, NOTE, LATER]]


def written(text, found, output="surrogate", key=KEYS[0], patient="1"):
    return replacements(text, found, output, key, patient)


def words(text):
    return {word.lower() for word in re.findall(r"[^\W_]{3,}", text)}


both = pytest.mark.parametrize("source", ["gold", "rules"])


@both
@pytest.mark.parametrize("output", OUTPUTS)
def test_no_word_of_what_was_found_is_left_in_its_place(source, output):
    for text, found in notes(source):
        for phi, new in zip(found, written(text, found, output), strict=True):
            left = words(text[phi.start : phi.end]) & words(new.text)
            if output == "surrogate":
                left = {word for word in left if not may_stay(phi.label, word)}
            if output in ("placeholder", "label"):
                assert re.fullmatch(r"\[[A-Z-]+\]", new.text)
                left = set()  # the hospital's "[HOSPITAL]"
            assert not left, (phi.label, phi.start)


@both
def test_nobody_who_was_found_is_named_elsewhere(source):
    for text, found in notes(source):
        new = rewrite(text, written(text, found))
        kept = set(range(len(text))) - {i for phi in found for i in range(phi.start, phi.end)}
        kept -= {i for start, end in find_eponyms(text) for i in range(start, end)}
        for phi in found:
            for name in re.findall(r"[^\W\d_]{3,}", text[phi.start : phi.end]):
                if phi.label not in PERSONS or may_stay(phi.label, name):
                    continue
                form = rf"(?<![^\W\d_])(?:{name}|{name.capitalize()}|{name.upper()})(?![^\W\d_])"
                places = {m.start() for m in re.finditer(form, text)}
                assert places.isdisjoint(kept), (phi.label, phi.start)
        # What was not found stays as it was.
        assert all(new.text[new.to_new(i)] == text[i] for i in kept)


def test_what_may_stay_says_nothing_of_anybody():
    assert may_stay("HOSPITAL", "Hospital") and may_stay("STREET", "Street")
    assert may_stay("DATE", "Tuesday") and may_stay("DATE", "2009") and may_stay("AGE", "sixty")
    for label in [*(label.name for label in LABELS), *SEVERAL]:
        assert not may_stay(label, "Hollingsworth") and not may_stay(label, "44120")
        assert may_stay(label, "April") == (label == "DATE")


@pytest.mark.parametrize(
    ("label", "original"),
    [
        ("DATE", "3/4/2009 Hollingsworth"),
        ("DATE", "Tuesday, Hollingsworth"),
        ("DATE", "March 3rd with Hollingsworth"),
        ("DOCTOR", "Hollingsworth;MRN:4471123"),
        ("PATIENT", "Hollingsworth's 216-555-0142"),
        ("PHONE", "Hollingsworth 216-555-0142"),
        ("AGE", "94, Hollingsworth"),
        ("STATE", "Hollingsworth, OH"),
        ("FAX", "Hollingsworth"),
        ("LOCATION", "12 Hollingsworth Street, Cleveland"),
        ("ID", "hollingsworth@example.com"),
        ("ORGANIZATION", "Hollingsworth"),
        ("PER", "Hollingsworth 4471"),
    ],
)
def test_nor_is_anything_left_of_what_does_not_fit_its_label(label, original):
    for key in KEYS:
        write = SurrogateWriter(key, "1", original, [Phi(0, len(original), label, "")])
        new = write(label, original)
        assert words(original) & words(new) <= {"street", "555", "example", "tuesday"}
        assert label in ("DATE", "STATE") or len(new) > 1


LABEL = st.sampled_from([*(label.name for label in LABELS), *SEVERAL, "PER"])
ODD = st.lists(
    st.sampled_from(
        ["Hale", "o'neil", "12", "1234", "3/4/2009", "+49 30 12345", "March", "x@y.org", "OH", "-",
         "Street", "M.", "½", "'s", "Ⅳ", "漢字漢", "ﬁre", "ǅura", "(216)", "İzmir"]
    ),
    min_size=1, max_size=5,
).map(" ".join)  # fmt: skip


@given(LABEL, ODD)
def test_whatever_is_found_nothing_of_it_is_left(label, original):
    write = SurrogateWriter(KEYS[0], "1", original, [Phi(0, len(original), label, "")])
    left = words(original) & words(write(label, original))
    assert not {word for word in left if not may_stay(label, word)}


def names_of(text, found, new):
    """The words of people and what each became, which is as many words."""
    pairs = defaultdict(set)
    for phi, replacement in zip(found, new, strict=True):
        if phi.label in PERSONS:
            old, made = (
                re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", t.lower())
                for t in (text[phi.start : phi.end], replacement.text)
            )
            for one, other in zip(old, made, strict=True):
                pairs[one].add(other)
    return pairs


@both
def test_the_same_person_is_the_same_in_all_notes_of_a_patient(source):
    """As if all notes were of one patient."""
    everywhere = defaultdict(lambda: defaultdict(list))
    for number, (text, found) in enumerate(notes(source)):
        for name, made in names_of(text, found, written(text, found)).items():
            assert len(made) == 1  # within a note without exception
            everywhere[name][made.pop()].append(number)
    again = [made for made in everywhere.values() if sum(map(len, made.values())) > 1]
    assert len(again) >= 5
    for made in everywhere.values():
        # Only where the usual surrogate is a name in the note it is another one there.
        usual = max(made, key=lambda surrogate: len(made[surrogate]))
        for other, places in made.items():
            for number in places:
                text, found = notes(source)[number]
                own = words(" ".join(text[phi.start : phi.end] for phi in found))
                assert other == usual or usual in own


def share_of_the_same(source, one, other):
    """Of the replacements of two ways to write, how many are equal; those that may stay apart."""
    counts = [0, 0]
    for text, found in notes(source):
        for phi, a, b in zip(found, written(text, found, **one), written(text, found, **other),
                             strict=True):  # fmt: skip
            long = words(text[phi.start : phi.end])
            if phi.label != "AGE" and any(not may_stay(phi.label, word) for word in long):
                counts[a.text == b.text] += 1
    assert sum(counts) > 100
    return counts[True] / sum(counts)


@both
def test_patients_differ_and_the_key_changes_everything(source):
    for one, other in pairwise(KEYS):
        # By chance two of a hundred names, or of thirty countries, are the same.
        assert share_of_the_same(source, {"key": one}, {"key": other}) < 0.04
        for patient in ("2", "3"):
            assert share_of_the_same(source, {"key": one}, {"patient": patient, "key": one}) < 0.04
    text, found = notes("rules")[0]
    assert len({rewrite(text, written(text, found, key=key)).text for key in KEYS}) == len(KEYS)


FORMS = (
    *("%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m.%d.%Y", "%m-%d-%Y"),
    *("%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%B %d, %Y", "%b %d, %Y", "%a, %d %b %Y", "%Y%m%d"),
)


def readings(text):
    """The days that a date may be of, by format."""
    days = {}
    for form in FORMS:
        try:
            days[form] = datetime.strptime(text, form).date()
        except ValueError:
            continue
    return days


@both
def test_all_dates_of_a_patient_move_by_the_same_whole_weeks(source):
    for key, patient in product(KEYS, "12"):
        moved = []
        for text, found in notes(source):
            for phi, new in zip(found, written(text, found, key=key, patient=patient), strict=True):
                if phi.label == "DATE":
                    old, after = readings(text[phi.start : phi.end]), readings(new.text)
                    moved.append({after[form] - old[form] for form in old.keys() & after.keys()})
        moved = [offsets for offsets in moved if offsets]
        assert len(moved) >= 25
        (by,) = set.intersection(*moved)
        assert by and not by % timedelta(weeks=1)


DAYS = st.lists(st.dates(date(1950, 1, 1), date(2030, 12, 31)), min_size=2, max_size=6)
ORDERS = st.sampled_from(
    [("%m/%d/%Y", "%m-%d-%Y"), ("%d/%m/%Y", "%d.%m.%Y"), ("%Y-%m-%d", "%B %d, %Y")]
)


@given(DAYS, ORDERS, st.sampled_from(KEYS))
@settings(max_examples=60)
def test_intervals_are_kept_exactly_whether_month_or_day_comes_first(days, forms, key):
    """The days of a note in the formats of one country; its 20th and 28th show the order."""
    days = [*days, date(2009, 3, 20), date(2008, 2, 28), date(2008, 2, 29)]
    dates = [day.strftime(forms[i % 2]) for i, day in enumerate(days)]
    text = " and ".join(dates)
    starts = [sum(len(d) + 5 for d in dates[:i]) for i in range(len(dates))]
    found = [Phi(a, a + len(d), "DATE", "") for a, d in zip(starts, dates, strict=True)]
    moved = [
        datetime.strptime(new.text, forms[i % 2]).date()
        for i, new in enumerate(written(text, found, key=key))
    ]
    assert len({new - old for new, old in zip(moved, days, strict=True)}) == 1
    assert [new.weekday() for new in moved] == [old.weekday() for old in days]


def test_a_day_without_a_year_moves_as_in_the_year_of_the_note():
    """Over the 29th of February too, which not every year has."""
    text = "Born 3/4/1931. Seen 2/27/2012, 3/2/2012. Fever 2/28, well on 3/1. Next year 2/29."
    found = [Phi(m.start(), m.end(), "DATE", "") for m in re.finditer(r"\d[\d/]+\d", text)]
    for key in KEYS:
        new = [replacement.text for replacement in written(text, found, key=key)]
        year = int(new[1][-4:])
        fever, well = (datetime.strptime(f"{t}/{year}", "%m/%d/%Y").date() for t in new[3:5])
        first, last = (datetime.strptime(t, "%m/%d/%Y").date() for t in new[1:3])
        assert (last - first).days == 4
        assert first < fever < well < last
        assert re.fullmatch(r"\d+/\d+", new[5])


@pytest.mark.parametrize("key", KEYS)
def test_the_surrogates_of_what_rules_find_are_found_again(key):
    for text, found in notes("rules"):
        new = rewrite(text, written(text, found, key=key))
        again = {i for phi in by_rules(new.text) for i in range(phi.start, phi.end)}
        for phi, replacement, start in zip(found, new.replacements, new.starts, strict=True):
            places = range(start, start + len(replacement.text))
            missed = [i for i in places if new.text[i].isalnum() and i not in again]
            assert not missed, (phi.label, phi.rule, phi.start)


@both
@pytest.mark.parametrize("output", OUTPUTS)
def test_output_can_be_deidentified_in_its_turn(source, output, tmp_path):
    """By the component; what stands in place of PHI is in its place or becomes other such text."""
    (tmp_path / "key").write_bytes(KEYS[0])
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_deid", config={"output": output, "key_file": str(tmp_path / "key")})
    for text, found in notes(source):
        once = rewrite(text, written(text, found, output))
        twice = nlp(once.text)._.deid_map
        assert nlp(twice.text)._.deidentified is not None
        touched = {i for r in twice.replacements for i in range(r.start, r.end)}
        for replacement, start in zip(once.replacements, once.starts, strict=True):
            if output != "surrogate":
                assert touched.isdisjoint(range(start, start + len(replacement.text)))
