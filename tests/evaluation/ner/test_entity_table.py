"""The table of entities that the demo prints."""

import spacy
from spacy.tokens import Span

from spacy_umlsbert.annotations.assertions import Assertion, set_assertions
from spacy_umlsbert.annotations.attributes import install
from spacy_umlsbert.evaluation.ner.entity_table import entity_rows


def test_a_row_says_what_is_known_of_an_entity(toy_kb_path, toy_kb):
    nlp = spacy.blank("en")
    install("umls_assertion")
    nlp.add_pipe("umls_linker", config={"kb": str(toy_kb_path)})
    doc = nlp.make_doc("chest\npain , zzz , Glucophage")
    doc.ents = [
        Span(doc, 0, 3, label="problem"),
        Span(doc, 4, 5, label="problem"),
        Span(doc, 6, 7, label="treatment"),
    ]
    set_assertions(doc, [(doc.ents[0], Assertion("absent", ["negated", "historical"]))])
    set_assertions(doc, [(doc.ents[1], Assertion("present"))])
    assert [tuple(row) for row in entity_rows(nlp(doc), toy_kb)] == [
        (
            "chest pain",
            "problem",
            "absent, past",
            "C0008031",
            "chest pain",
            "T184",
            "Disorders",
            "1.00",
        ),
        ("zzz", "problem", "present", "NIL", "", "", "", ""),
        (
            "Glucophage",
            "treatment",
            "",
            "C0025598",
            "metformin",
            "T109, T121",
            "Chemicals & Drugs",
            "1.00",
        ),
    ]
