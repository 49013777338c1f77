"""What a gold Doc says: exact borders, no silent moves, and nothing lost on the way to disk."""

from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.scorer import Scorer
from spacy.training import Corpus, Example

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.docs import annotate, tokenized
from spacy_umlsbert.corpora.annotated.gold import GOLD
from spacy_umlsbert.corpora.docbin import read_docs, write_docs
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.errors import InputError

NLP = spacy.blank("en")


@pytest.fixture
def nlp():
    return NLP


def gold_doc(nlp, text, *spans, **settings):
    annotations = [Annotation(*span) for span in spans]
    document = AnnotatedText("d1", text, annotations, Path("file"))
    report = CorpusReport(quiet=True)
    return annotate(tokenized(document, nlp), document, report, **settings), report


def test_of_nested_mentions_the_longest_is_the_entity(nlp):
    text = "left knee pain today"
    doc, report = gold_doc(
        nlp, text, (5, 9, "A"), (0, 14, "B"), (0, 14, "C"), (10, 20, "D"), (15, 20, "E")
    )
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("left knee pain", "B"), ("today", "E")]
    assert len(doc.spans[GOLD]) == 5
    assert report.count(Kind.OVERLAP) == 3
    assert (report.mentions, report.entities) == (5, 2)


def test_a_border_inside_a_token_is_reported_and_not_moved(nlp):
    doc, report = gold_doc(nlp, "5HT2x and pain", (0, 3, "A"), (10, 14, "B"))
    assert [ent.text for ent in doc.ents] == ["pain"]
    assert [span.text for span in doc.spans[GOLD]] == ["pain"]
    assert doc._.unaligned_mentions == [(0, 3, "A", "")]
    assert report.count(Kind.UNALIGNED) == 1
    assert report.problems[0].line == 0
    assert "characters 0 to 3" in str(report.problems[0])


def test_tokens_of_an_unaligned_mention_do_not_count_in_training(nlp):
    doc, _ = gold_doc(nlp, "5HT2x and pain", (0, 3, "A"), (10, 14, "B"))
    example = Example(nlp.make_doc(doc.text), doc)
    assert example.get_aligned_ner() == [None, "O", "U-B"]


def test_an_unaligned_mention_can_be_expanded(nlp):
    doc, report = gold_doc(nlp, "5HT2x and pain", (0, 3, "A"), unaligned="expand")
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("5HT2x", "A")]
    assert doc._.unaligned_mentions == []
    assert report.count(Kind.UNALIGNED) == 1


def test_white_space_at_the_ends_of_a_mention_does_not_matter(nlp):
    doc, report = gold_doc(nlp, "A  fever \nhere", (1, 10, "A"))
    assert [ent.text for ent in doc.ents] == ["fever"]
    assert not report.problems


@given(st.text(alphabet="ab-(1. \n/é", min_size=1, max_size=30), st.data())
def test_every_mention_is_an_entity_or_accounted_for(text, data):
    position = st.integers(0, len(text))
    pairs = data.draw(st.lists(st.tuples(position, position, st.sampled_from("XY")), max_size=5))
    spans = {(a, b, label) for a, b, label in pairs if text[a:b].strip()}
    doc, report = gold_doc(NLP, text, *spans)
    trimmed = [Annotation(*span).trimmed(text) for span in spans]
    wanted = {(a.start, a.end, a.label) for a in trimmed}
    aligned = {(s.start_char, s.end_char, s.label_) for s in doc.spans[GOLD]}
    unaligned = {tuple(m[:3]) for m in doc._.unaligned_mentions}
    assert aligned | unaligned == wanted
    assert not aligned & unaligned
    assert {(e.start_char, e.end_char, e.label_) for e in doc.ents} <= aligned
    overlaps = report.count(Kind.OVERLAP)
    assert len(doc.ents) + overlaps + report.count(Kind.UNALIGNED) == len(wanted) == report.mentions


def test_nothing_is_lost_in_a_file(nlp, tmp_path):
    document = AnnotatedText(
        "d1",
        "5HT2x and breast and ovarian pain",
        [
            Annotation(0, 3, "A", ("C1",)),
            Annotation(10, 33, "B", ("C2", "C3"), names=("breast pain", "ovarian pain")),
            Annotation(29, 33, "B"),
        ],
        Path("file"),
    )
    doc = annotate(tokenized(document, nlp), document, CorpusReport(quiet=True))
    assert write_docs([doc], tmp_path / "new" / "a.spacy") == 1
    (again,) = read_docs(tmp_path / "new" / "a.spacy", spacy.blank("en").vocab)
    assert [(e.text, e.label_, e.kb_id_) for e in again.ents] == [
        ("breast and ovarian pain", "B", "C2|C3")
    ]
    assert [(s.text, s.kb_id_) for s in again.spans[GOLD]] == [
        ("breast and ovarian pain", "C2|C3"),
        ("pain", ""),
    ]
    assert again._.document_id == "d1"
    assert again._.unaligned_mentions == [(0, 3, "A", "C1")]
    assert again.ents[0]._.composite_names == ["breast pain", "ovarian pain"]
    (example,) = Corpus(tmp_path / "new")(nlp)
    assert example.get_aligned_ner()[:2] == [None, "O"]


def test_words_of_a_corpus_stay_as_they_are(nlp, tmp_path):
    document = AnnotatedText(
        "d1",
        "x-ray/CT (normal)",
        [Annotation(0, 8, "T")],
        Path("f"),
        words=["x-ray/CT", "(normal)"],
    )
    doc = annotate(tokenized(document, nlp), document, CorpusReport(quiet=True))
    assert doc.text == document.text
    write_docs([doc], tmp_path / "a.spacy")
    (example,) = Corpus(tmp_path / "a.spacy")(nlp)
    assert [token.text for token in example.predicted] == ["x-ray/CT", "(normal)"]
    assert Scorer.score_spans([Example(doc, doc)], "ents")["ents_f"] == 1.0


def test_a_failed_write_leaves_the_old_file(nlp, tmp_path):
    path = tmp_path / "a.spacy"
    path.write_bytes(b"old")

    def docs():
        yield nlp("one")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_docs(docs(), path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.spacy"]
    assert path.read_bytes() == b"old"
    with pytest.raises(InputError, match=r"a\.spacy"):
        list(read_docs(path, nlp.vocab))
