"""An entity as a flat row."""

import json

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span

from spacy_umlsbert.annotations.attributes import put
from spacy_umlsbert.annotations.concepts import Named, set_codes, set_concepts
from spacy_umlsbert.annotations.rows import COLUMNS, VALUE_KINDS, as_row
from spacy_umlsbert.values.kinds import KINDS


@pytest.fixture(scope="module")
def nlp():
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(
        {"label": label, "pattern": [{"LOWER": word}], "id": ""}
        for label, words in {
            "treatment": ["prednisone", "aspirin", "levothyroxine"],
            "test": ["hgb", "ferritin", "bp", "weight", "temp"],
            "problem": ["gout"],
        }.items()
        for word in words
    )
    nlp.add_pipe("umls_sections")
    nlp.add_pipe("umls_assertion")
    nlp.add_pipe("umls_values")
    return nlp


def rows(nlp, text):
    return {ent.text: ent._.as_row() for ent in nlp(text).ents}


def known(row):
    return {name: value for name, value in row.items() if value is not None}


def test_a_row_has_all_columns_each_of_its_type(nlp):
    text = (
        "Plan: prednisone 40 mg PO BID prn, then 20 mg daily. No gout. "
        "Hgb 9.1 g/dL (L). BP 168/94. Weight 180 lb."
    )
    for row in rows(nlp, text).values():
        assert list(row) == [column.name for column in COLUMNS]
        for column in COLUMNS:
            value = row[column.name]
            assert value is None or isinstance(value, (column.type, int)), column
    assert set(VALUE_KINDS) == set(KINDS)


def test_what_a_row_says(nlp):
    row = known(rows(nlp, "Plan: no gout")["gout"])
    assert row == {
        "start": 9, "end": 13, "text": "gout", "label": "problem", "section": "plan",
        "assertion": "absent", "is_negated": True, "is_uncertain": False,
        "is_conditional": False, "is_hypothetical": False, "is_historical": False,
        "is_family": False,
    }  # fmt: skip


def test_concept_codes_and_types():
    doc = spacy.blank("en").make_doc("Gout again")
    doc.ents = [Span(doc, 0, 1, "problem", kb_id="C1")]
    put(doc, "document_id", "note 7")
    assert as_row(doc.ents[0], lambda one: f"name of {one}")["canonical_name"] == "name of C1"
    set_codes(doc, doc.ents, lambda one: {"ICD10CM": ["M10"], "MSH": ["D006073", "D1"]})
    set_concepts(doc, doc.ents, lambda one: Named("Gout", ("T047", "T033")))
    put(doc.ents[0], "kb_ents", [("C1", 0.75)])
    (ent,) = DocBin(docs=[doc], store_user_data=True).get_docs(doc.vocab).__next__().ents
    row = as_row(ent)
    assert row["note_id"] == "note 7"
    assert (row["concept_id"], row["canonical_name"], row["score"]) == ("C1", "Gout", 0.75)
    assert row["codes"] == "ICD10CM:M10|MSH:D006073|MSH:D1"
    assert row["semantic_types"] == "T047|T033"


def test_another_concept_has_not_the_name_of_the_first():
    doc = spacy.blank("en").make_doc("Gout")
    doc.ents = [Span(doc, 0, 1, "problem", kb_id="C1")]
    set_concepts(doc, doc.ents, lambda one: Named("Gout", ("T047",)))
    doc.ents = [Span(doc, 0, 1, "problem", kb_id="C2")]
    row = as_row(doc.ents[0])
    assert (row["concept_id"], row["canonical_name"], row["semantic_types"]) == ("C2", None, None)


def test_of_several_of_a_kind_the_first_instruction_counts(nlp):
    row = rows(nlp, "prednisone 40 mg daily for 5 days, then 20 mg every other day")["prednisone"]
    amounts = [row[f"{kind}_text"] for kind in ("strength", "dose") if row[kind] is not None]
    assert amounts == ["40 mg"]
    assert (row["per_day"], row["duration"], row["duration_unit"]) == (1, 5, "d")
    every = json.loads(row["values"])
    assert "20 mg" in [one["text"] for one in every]
    assert any(one.get("per_day") == 0.5 for one in every)


@pytest.mark.parametrize(
    ("text", "entity", "expected"),
    [
        ("levothyroxine 62.5 mcg daily", "levothyroxine",
         {"strength": 0.0625, "strength_unit": "mg", "strength_text": "62.5 mcg"}),
        ("Weight 180 lb.", "Weight", {"weight": 81.6466266, "weight_unit": "kg"}),
        ("Temp 100.4 F.", "Temp", {"temperature": 38.0, "temperature_unit": "Cel"}),
        ("BP 168/94.", "BP", {"systolic": 168, "diastolic": 94, "blood_pressure_text": "168/94"}),
        ("Hgb 9.10 g/dL (L).", "Hgb",
         {"value": 9.1, "value_unit": "g/dL", "value_text": "9.10 g/dL", "flag": "L"}),
        ("Ferritin 14 ng/mL 30-400.", "Ferritin", {"reference_low": 30, "reference_high": 400}),
        ("aspirin 81 mg PO BID prn", "aspirin",
         {"route": "PO", "frequency": "BID", "per_day": 2, "as_needed": True,
          "clinical_drug": "aspirin 81 MG"}),
    ],
)  # fmt: skip
def test_values_have_columns_with_units_that_are_the_same(text, entity, expected, nlp):
    row = rows(nlp, text)[entity]
    assert {name: row[name] for name in expected} == pytest.approx(expected)


def test_a_row_of_a_slice_and_of_joined_docs(nlp):
    doc = nlp("No gout. aspirin 81 mg daily.")
    joined = Doc.from_docs([nlp("Hgb 9.1."), doc])
    assert joined.ents[-1]._.as_row()["strength"] == 81
    part = doc[3:].as_doc(copy_user_data=True)
    assert part.ents[0]._.as_row()["strength"] == 81
    assert part.ents[0]._.as_row()["start"] == 0
