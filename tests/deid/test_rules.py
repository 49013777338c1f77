"""What has the shape of protected health information, and what only looks like it."""

import pytest

from spacy_umlsbert.deid.labels import LABELS, category, known_types, type_of_2006, types_of
from spacy_umlsbert.deid.merging import merge
from spacy_umlsbert.deid.rules.all_rules import find_by_rules
from tests.clock import processor_seconds

# Each example: a text in which what is to be found stands in double brackets, and its label.
FOUND = """
DATE        Seen on [[3/4/2009]].
DATE        Admitted: [[2009-03-04]] 10:22
DATE        dob [[03.04.1931]], male
DATE        [[Feb. 11th, 2009]]: stable
DATE        since [[11 february 2009]]
DATE        in [[January]] she fell
DATE        follow-up [[3/14]] at noon
DATE        MI in [[1998]]
DATE        smoked in the [[1980s]]
DATE        Returns [[Tuesday]].
DATE        pain since [[Thanksgiving]]
DATE        until [[August]].
DATE        on [[4/5]]
DOCTOR      Dr. [[Hale]]'s advice
DATE        EXPIRED [[12-DEC-2011]]
PHONE       call [[(216) 555-0142]]
PHONE       Tel: [[+44 20 7946 0958]]
PHONE       [[555-0187]] after six
PHONE       pager [[31416]]
PHONE       phone [[216-555-0100, ext. 4410]]
FAX         Fax: [[216.555.0199]]
EMAIL       write to [[m.hale@example.com]]
URL         see [[www.example.org/notes]].
IPADDR      from [[192.168.10.7]]
IPADDR      from [[2001:db8::8a2e:370:7334]]
SSN         SSN [[078-05-1120]]
SSN         social security number: [[078051120]]
MEDICALRECORD   MRN: [[00-4471-23]]
MEDICALRECORD   medical record # [[A1234567]]
MEDICALRECORD   unit no. [[8812345]]
ACCOUNT     Acct: [[99123456]]
ACCOUNT     card [[4111 1111 1111 1111]]
HEALTHPLAN  member ID [[XYZ1234567]]
LICENSE     prescribed under [[AB1234563]]
LICENSE     NPI [[1234567893]]
DEVICE      serial number [[8812-AC-7]]
VEHICLE     car [[1HGCM82633A004352]]
IDNUM       Accession #: [[S09-12345]]
USERNAME    edited by user [[jsmith22]]
AGE         a [[94]]-year-old woman
AGE         [[101]] y.o. man
AGE         aged [[92]]
AGE         [[ninety-three]] years old
STREET      lives at [[4410 West Elm Street, Apt 3B]]
STREET      to [[12 Oak Dr]] in
STREET      [[PO Box 118]]
CITY        from [[Cleveland]], Ohio
ZIP         MA [[02139]]
STATE       moved to [[Nebraska]]
HOSPITAL    sent to [[St. Mary's Hospital]] by car
HOSPITAL    at [[Lakeview Medical Center]]
DOCTOR      seen by Dr. [[van der Berg]] today
DOCTOR      dr. [[okafor]] agrees
DOCTOR      [[Priya Raghunathan]], MD
DOCTOR      Attending: [[Lee, Susan K.]]
PATIENT     Mr. [[Hollingsworth]] was
PATIENT     Patient: [[O'Neil, Marcus J.]]
PATIENT     her son [[Ann-Marie Clark]] called
"""
NOT_FOUND = """
BP 120/80, HR 72, SpO2 98 %, temperature 98.6
pain 7/10, strength 5/5 in all, 1/2 tablet
creatinine 1.6 to 1.2, WBC 12,000, ratio 3:1
C5-C6 and L4-5, T10-11, 20-30 mg, 5-10 years
strength of 5/5 and 4/5, (7/10), go home in may be
Pulmonary Medicine Clinic, Children's Hospital
at 10:22:05 and 22:05
a 67-year-old man, 12 y/o
2000 ml of saline, 1998 calories
vitamin B12, CA 19-9, HbA1c 6.5, CD4 450
in the hospital, at the clinic, Primary Care Clinic
may go home, march in place
SpO2 90% on 2 L, FiO2 95
may take 2 tablets every 4-6 hours as needed
EKG: normal sinus rhythm at 72
No history of diabetes, MI or stroke.
100 units/ml, 1000 mg, 10,000 units
"""


def cases(table):
    return [line.split(maxsplit=1) for line in table.strip().splitlines()]


@pytest.mark.parametrize(("label", "marked"), cases(FOUND))
def test_what_is_found(label, marked):
    before, rest = marked.split("[[")
    wanted, after = rest.split("]]")
    text = before + wanted + after
    found = [(text[p.start : p.end], p.label) for p in merge(find_by_rules(text))]
    assert (wanted, label) in found


@pytest.mark.parametrize("text", NOT_FOUND.strip().splitlines())
def test_what_is_not(text):
    assert [(text[p.start : p.end], p.label) for p in merge(find_by_rules(text))] == []


def test_every_label_is_one_of_i2b2():
    found = {label for label, _ in cases(FOUND)}
    assert found <= {label.name for label in LABELS}
    assert category("FAX") == "CONTACT" and type_of_2006("FAX") == "PHONE"
    assert len({label.hipaa[:1] for label in LABELS if label.hipaa}) == 17  # all but photographs


def test_labels_that_stand_for_several_and_labels_of_ones_own():
    assert {label.i2b2_2006 for label in LABELS} - {""} == {
        "PATIENT", "DOCTOR", "HOSPITAL", "LOCATION", "DATE", "ID", "PHONE", "AGE",
    }  # fmt: skip
    for label in {label.i2b2_2006 for label in LABELS} | {label.category for label in LABELS}:
        assert not label or known_types(label)
    assert known_types("LOCATION") > {"CITY", "HOSPITAL", "ZIP"}
    assert known_types("ID") > {"SSN", "EMAIL"} and known_types("CITY") == {"CITY"}
    assert type_of_2006("EMAIL") == "ID" and type_of_2006("LOCATION") == "LOCATION"
    assert type_of_2006("PROFESSION") == "PROFESSION"  # 2006 has none
    assert category("ID") == "ID" and category("PER") == type_of_2006("PER") == "PER"
    assert types_of("PER") == frozenset()
    with pytest.raises(ValueError, match="PER"):
        known_types("PER")


@pytest.mark.parametrize(
    "text",
    ["1" * 50_000, "Dr. A " * 10_000, "1/" * 30_000, "a." * 30_000, "(" * 50_000, "A, B " * 10_000,
     "mrn: " * 10_000, "12 Elm " * 10_000, "555-" * 10_000, ":" * 50_000],
)  # fmt: skip
def test_no_text_takes_for_ever(text):
    assert processor_seconds(lambda: merge(find_by_rules(text))) < 20


def test_a_word_between_a_key_and_a_number_is_no_part_of_it():
    text = "Chart (MRN there 804-12-02) came along. MRN AB 80412"
    records = [text[phi.start : phi.end] for phi in find_by_rules(text) if phi.label != "PHONE"]
    assert "AB 80412" in records
    assert not any("there" in record for record in records)


def test_an_age_with_a_letter_for_the_sex_and_a_temperature():
    def ages(text):
        return [text[phi.start : phi.end] for phi in find_by_rules(text) if phi.label == "AGE"]

    assert ages("93M with fall.") == ["93"]
    assert ages("ED note.\n101F s/p fall, temp 99F, 67M with cough.") == ["101"]
    assert ages("Temp 98F. T 99 F, 101F overnight. VS: 98F, HR 80. Temp: 98F with chills.") == []
