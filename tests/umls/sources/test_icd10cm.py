"""The tabular list of ICD-10-CM."""

import pytest

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.umls.sources.icd10cm import Icd10Cm, shorter_forms

TABULAR = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular>
  <version>2026</version>
  <chapter><name>9</name><desc>Diseases of the circulatory system (I00-I99)</desc>
    <section id="I10-I1A"><desc>Hypertensive diseases (I10-I1A)</desc>
      <diag><name>I10</name><desc>Essential (primary) hypertension</desc>
        <includes><note>high blood pressure</note></includes>
        <excludes1><note>hypertension complicating pregnancy (O10-O11)</note></excludes1>
      </diag>
      <diag><name>I11</name><desc>Hypertensive heart disease</desc>
        <diag><name>I11.9</name><desc>Hypertensive heart disease without
            heart failure</desc>
          <inclusionTerm><note>Hypertensive heart disease NOS</note></inclusionTerm>
        </diag>
      </diag>
    </section>
  </chapter>
  <chapter><name>18</name><desc>Symptoms</desc>
    <section id="R00-R09"><desc>x</desc>
      <diag><name>R00.2</name><desc>Palpitations</desc></diag>
      <diag><name>R73.9</name><desc>Hyperglycemia, unspecified</desc></diag>
    </section>
  </chapter>
</ICD10CM.tabular>
"""


@pytest.fixture
def icd(tmp_path):
    path = tmp_path / "icd10cm-tabular-2026.xml"
    path.write_text(TABULAR, encoding="utf8")
    return Icd10Cm(path)


def rows(tables):
    return [tuple(row.values()) for table in tables for row in table.to_pylist()]


def test_titles_come_first_then_what_a_code_includes(icd):
    names = rows(icd.names())
    assert [row[1:] for row in names if row[0] == "ICD10CM:I10"] == [
        ("Essential (primary) hypertension", 0),
        ("Essential hypertension", 1),
        ("high blood pressure", 2),
    ]
    title = "Hypertensive heart disease without heart failure"
    assert ("ICD10CM:I11.9", title, 0) in names, "line breaks are blanks"
    assert ("ICD10CM:I11.9", "Hypertensive heart disease", 3) in names
    assert not any("pregnancy" in row[1] for row in names), "what a code excludes is no name of it"


def test_what_is_left_of_a_thing_is_not_the_thing(tmp_path):
    titles = {"R60": "Edema, not elsewhere classified", "R60.9": "Edema, unspecified"}
    codes = [f"<diag><name>{c}</name><desc>{t}</desc></diag>" for c, t in titles.items()]
    path = tmp_path / "x.xml"
    path.write_text(f"<ICD10CM.tabular>{''.join(codes)}</ICD10CM.tabular>")
    ranks = {row[0]: row[2] for row in rows(Icd10Cm(path).names()) if row[1] == "Edema"}
    assert ranks["ICD10CM:R60.9"] == 1 < ranks["ICD10CM:R60"]


def test_causes_are_not_named_by_what_happened(tmp_path):
    cause = "<diag><name>X58</name><desc>Exposure, unspecified</desc>"
    cause += "<inclusionTerm><note>Accident NOS</note></inclusionTerm></diag>"
    path = tmp_path / "x.xml"
    path.write_text(f"<ICD10CM.tabular>{cause}</ICD10CM.tabular>")
    names = [row[1] for row in rows(Icd10Cm(path).names())]
    assert names == ["Exposure, unspecified", "Accident NOS"]


def test_types_follow_the_chapters(icd):
    types = {row[0]: row[1] for row in rows(icd.types())}
    assert types["ICD10CM:I10"] == "T047" and types["ICD10CM:R00.2"] == "T184"
    assert types["ICD10CM:R73.9"] == "T033"


def test_the_hierarchy_is_that_of_the_codes(icd):
    assert rows(icd.parents()) == [("ICD10CM:I11.9", "ICD10CM:I11")]


def test_codes_say_where_each_name_is_from(icd):
    codes = rows(icd.codes())
    row = ("ICD10CM:I10", "ICD10CM", "I10", "exact")
    assert (*row, "PT", "Essential (primary) hypertension") in codes
    assert (*row, "ET", "high blood pressure") in codes
    assert icd.describe()["version"] == "2026"


@pytest.mark.parametrize(
    ("title", "forms"),
    [
        ("Cholera, unspecified", ["Cholera"]),
        ("Asthma NOS", ["Asthma"]),
        ("Group A shigellosis [Shiga-Kruse dysentery]",
         ["Group A shigellosis", "Shiga-Kruse dysentery"]),
        ("Hypertension (arterial) (benign) (malignant)", ["Hypertension"]),
        ("Palpitations", []),
        ("Inclusion body myositis [IBM]", ["Inclusion body myositis", "IBM"]),
        ("Elevated prostate specific antigen [PSA]", ["Elevated prostate specific antigen"]),
        ("Estrogen receptor negative status [ER-]", ["Estrogen receptor negative status"]),
        ("Selective deficiency of immunoglobulin A [IgA]",
         ["Selective deficiency of immunoglobulin A"]),
        ("Eosinophilic cellulitis [Wells]", ["Eosinophilic cellulitis"]),
        ("Deficiency of factor VII [stable]", ["Deficiency of factor VII"]),
        ("Acquired absence of lung [part of]", ["Acquired absence of lung"]),
        ("Erythema infectiosum [fifth disease]", ["Erythema infectiosum", "fifth disease"]),
        ("Acute kidney failure, not elsewhere classified", ["Acute kidney failure"]),
    ],
)  # fmt: skip
def test_forms_without_what_only_a_classification_needs(title, forms):
    assert shorter_forms(title) == forms


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<other/>", "is not the tabular list"),
        ("<ICD10CM.tabular></ICD10CM.tabular>", "has no codes"),
        (TABULAR.replace("<desc>Palpitations</desc>", ""), "line 20: a <diag> without"),
        (TABULAR[:-300], "line"),
        ("", "the file is not XML"),
    ],
)
def test_another_or_a_damaged_file_is_refused(tmp_path, content, message):
    path = tmp_path / "x.xml"
    path.write_text(content)
    with pytest.raises(TerminologyError, match=message) as caught:
        rows(Icd10Cm(path).names())
    assert "x.xml" in str(caught.value)
