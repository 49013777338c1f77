"""What is written on a Doc, one attribute at a time."""

import pickle
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span

from spacy_umlsbert.annotations.attributes import (
    ABBREVIATION,
    ATTRIBUTES,
    UnalignedMention,
    get,
    install,
    put,
    readme_table,
    set_unaligned,
    unaligned_mentions,
)
from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.annotations.pairs import is_pair, make_pair, sides_of
from spacy_umlsbert.umls import MATCH_KINDS

NLP = spacy.blank("en")
TEXT = "Mild chest pain and a cold, no chest pain."


@pytest.fixture(autouse=True)
def installed():
    for component in {one for attribute in ATTRIBUTES for one in attribute.written_by}:
        install(component)


@pytest.fixture
def doc():
    doc = NLP.make_doc(TEXT)
    doc.ents = [Span(doc, 1, 3, "problem", kb_id="C1"), Span(doc, 5, 6, "problem", kb_id="C2")]
    doc.spans["umls"] = [
        Span(doc, 1, 3, "T184", kb_id="C1"),
        Span(doc, 5, 6, "T047", kb_id="C2", span_id="acronym"),
    ]
    for i, ent in enumerate(doc.ents):
        ent._.kb_ents = [(ent.kb_id_, 1.0), (f"C9{i}", 0.5)]
    for span in doc.spans["umls"]:
        span._.cuis = [span.kb_id_, "C7"]
        span._.kb_ents = [(span.kb_id_, 0.9)]
    return doc


def kb_ents(spans):
    return [span._.kb_ents for span in spans]


def test_two_spans_over_the_same_tokens_have_values_of_their_own(doc):
    assert kb_ents(doc.ents) == [[("C1", 1.0), ("C90", 0.5)], [("C2", 1.0), ("C91", 0.5)]]
    assert kb_ents(doc.spans["umls"]) == [[("C1", 0.9)], [("C2", 0.9)]]
    one, two = (Span(doc, 1, 3, "problem", span_id=name) for name in ("a", "b"))
    one._.kb_ents, two._.kb_ents = [("C3", 1.0)], [("C4", 1.0)]
    assert kb_ents([one, two, doc.ents[0]]) == [
        [("C3", 1.0)],
        [("C4", 1.0)],
        [("C1", 1.0), ("C90", 0.5)],
    ]


def test_a_slice_has_its_own_and_no_other(doc):
    part = doc[4:10].as_doc(copy_user_data=True)
    assert kb_ents(part.ents) == [[("C2", 1.0), ("C91", 0.5)]]
    # The second "chest pain" is none of the entities, and lies where the first one might.
    assert kb_ents([Span(part, i, i + 2, "problem") for i in range(len(part) - 1)]) == [[]] * 5
    assert kb_ents(doc[4:10].as_doc().ents) == [[]]


def test_what_a_slice_left_behind_is_not_read_on_other_words(doc):
    start = doc[0:1].as_doc(copy_user_data=True)
    other = NLP.make_doc("none xxxxx yyyy")
    joined = Doc.from_docs([start, other])
    assert joined.text[5:15] == "none xxxxx"
    assert kb_ents([Span(joined, 1, 3, "problem")]) == [[]]


def test_joined_docs_keep_what_they_had(doc):
    other = doc[4:7].as_doc(copy_user_data=True)
    joined = Doc.from_docs([doc, other])
    assert kb_ents(joined.ents) == [*kb_ents(doc.ents), *kb_ents(other.ents)]
    assert [s._.cuis for s in joined.spans["umls"]] == [["C1", "C7"], ["C2", "C7"]]
    assert [s._.match_kind for s in joined.spans["umls"]] == ["exact", "acronym"]


@pytest.mark.parametrize("way", ["copy", "pickle", "bytes", "docbin"])
def test_values_come_back_in_the_same_types(doc, way):
    doc._.document_id, doc._.patient_id = "d1", "p1"
    set_unaligned(doc, [UnalignedMention(6, 11, "A", "C1"), UnalignedMention(6, 11, "B", "")])
    if way == "copy":
        again = doc.copy()
    elif way == "pickle":
        again = pickle.loads(pickle.dumps(doc))
    elif way == "bytes":
        again = Doc(NLP.vocab).from_bytes(doc.to_bytes())
    else:
        data = DocBin(docs=[doc], store_user_data=True).to_bytes()
        (again,) = DocBin().from_bytes(data).get_docs(spacy.blank("en").vocab)
    assert kb_ents(again.ents) == kb_ents(doc.ents)
    assert all(type(one) is tuple for ent in again.ents for one in ent._.kb_ents)
    assert [s._.cuis for s in again.spans["umls"]] == [["C1", "C7"], ["C2", "C7"]]
    assert [s._.match_kind for s in again.spans["umls"]] == ["exact", "acronym"]
    assert again._.document_id == "d1" and again._.patient_id == "p1"
    assert unaligned_mentions(again) == [(6, 11, "A", "C1"), (6, 11, "B", "")]


def test_a_copy_is_a_copy(doc):
    before = kb_ents(doc.ents)
    for other in (doc[:].as_doc(copy_user_data=True), Doc.from_docs([doc]), doc.copy()):
        other.ents[0]._.kb_ents = [("C5", 1.0)]
        assert other.ents[0]._.kb_ents == [("C5", 1.0)]
        assert kb_ents(doc.ents) == before
    doc.ents[0]._.kb_ents.append(("C6", 1.0))
    assert kb_ents(doc.ents) == before


def test_after_a_merge_spans_are_where_their_characters_are(doc):
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[0:2])  # cuts the first mention
        retokenizer.merge(doc[7:9])
    stale = doc.spans["umls"][1]
    assert stale.text != "cold", "spaCy does not renumber"
    assert stale._.kb_ents == [] and stale._.cuis == []
    (cold,) = spans_of(doc, "umls")
    assert (cold.text, cold._.cuis, cold._.kb_ents) == ("cold", ["C2", "C7"], [("C2", 0.9)])
    with doc.retokenize() as retokenizer:
        retokenizer.split(doc[4], ["co", "ld"], heads=[doc[4], doc[4]])
    (cold,) = spans_of(doc, "umls")
    assert (cold.text, len(cold), cold._.kb_ents) == ("cold", 2, [("C2", 0.9)])


def test_unaligned_mentions_shift_with_the_text(doc):
    set_unaligned(doc, [UnalignedMention(6, 11, "A", "C1"), UnalignedMention(23, 25, "B", "C2")])
    part = doc[4:].as_doc(copy_user_data=True)
    (mention,) = unaligned_mentions(part)
    assert part.text[mention.start_char : mention.end_char] == TEXT[23:25]
    joined = Doc.from_docs([part, doc])
    assert [joined.text[m.start_char : m.end_char] for m in unaligned_mentions(joined)] == [
        TEXT[23:25],
        TEXT[6:11],
        TEXT[23:25],
    ]


def test_what_is_taken_away_leaves_nothing():
    doc = NLP.make_doc(TEXT)
    doc[1:3]._.kb_ents = [("C1", 1.0)]
    doc[1:3]._.kb_ents = None
    doc._.patient_id = "1"
    doc._.patient_id = None
    assert not doc.user_data and doc[1:3]._.kb_ents == [] and doc._.patient_id is None


def test_nothing_replaces_what_is_registered_already():
    kept = Span.remove_extension("kb_ents")
    try:
        Span.set_extension("kb_ents", default="mine")
        install("umls_linker")
        doc = NLP.make_doc(TEXT)
        assert doc[0:1]._.kb_ents == "mine"
        put(doc[0:1], "kb_ents", [("C1", 1)])
        assert get(doc[0:1], "kb_ents") == [("C1", 1.0)]
    finally:
        Span.remove_extension("kb_ents")
        Span.set_extension("kb_ents", getter=kept[2], setter=kept[3])


def test_the_kinds_of_matches_are_those_of_the_matcher():
    doc = NLP.make_doc(TEXT)
    for kind in (*MATCH_KINDS, ABBREVIATION):
        assert Span(doc, 0, 1, span_id=kind)._.match_kind == kind
    assert Span(doc, 0, 1, span_id="other")._.match_kind == "exact"


def test_a_pair_that_is_joined_or_merged():
    pair = make_pair(NLP, "Denies fever.", "The patient is febrile.")
    assert is_pair(pair) and not is_pair(Doc.from_docs([pair, NLP.make_doc("Mr. Hale")]))
    assert not is_pair(Doc.from_docs([pair, pair])) and not is_pair(pair[:].as_doc())
    with pytest.raises(ValueError, match="no pair"):
        sides_of(NLP.make_doc("x"))
    with pair.retokenize() as retokenizer:
        retokenizer.merge(pair[0:2])
    assert [side.text for side in sides_of(pair)] == ["Denies fever.", "The patient is febrile."]
    with pair.retokenize() as retokenizer:
        retokenizer.merge(pair[1:4])
    assert not is_pair(pair)


def test_the_readme_has_all_attributes():
    text = (Path(__file__).parents[2] / "README.md").read_text("utf8")
    assert readme_table() in text
