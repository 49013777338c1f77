"""Scores of entities are those of conlleval, and what cannot be aligned counts as missed."""

from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.scorer import Scorer
from spacy.tokens import Doc
from spacy.training import Example, iob_to_biluo
from spacy.training.iob_utils import biluo_tags_to_spans

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.docs import annotate, tokenized
from spacy_umlsbert.corpora.report import CorpusReport
from spacy_umlsbert.evaluation import report_files
from spacy_umlsbert.evaluation.ner.report import write_entity_report
from spacy_umlsbert.evaluation.ner.scores import EntityScores, score_entities

NLP = spacy.blank("en")
TAGS = st.lists(st.sampled_from(["O", "O", "B-X", "I-X", "B-Y", "I-Y"]), min_size=1, max_size=20)


def conlleval(gold, found):
    """Correct, found and gold chunks, counted tag by tag as the script of CoNLL-2000 does."""
    correct = n_found = n_gold = 0
    open_alike = False
    before = ["O", "O"]
    for tags in [*zip(gold, found, strict=True), ("O", "O")]:
        ends = [_ends(old, new) for old, new in zip(before, tags, strict=True)]
        starts = [_starts(old, new) for old, new in zip(before, tags, strict=True)]
        if open_alike and any(ends):
            correct += all(ends)
            open_alike = False
        if all(starts) and tags[0][2:] == tags[1][2:]:
            open_alike = True
        n_gold += starts[0]
        n_found += starts[1]
        before = tags
    return correct, n_found, n_gold


def _ends(old, new):
    return old != "O" and (new == "O" or new[0] == "B" or old[2:] != new[2:])


def _starts(old, new):
    return new != "O" and (old == "O" or new[0] == "B" or old[2:] != new[2:])


def doc_of(tags):
    doc = Doc(NLP.vocab, words=["w"] * len(tags))
    doc.ents = biluo_tags_to_spans(doc, iob_to_biluo(tags))
    return doc


@settings(max_examples=200)
@given(st.lists(TAGS, min_size=1, max_size=3), st.data())
def test_scores_are_those_of_conlleval_and_of_spacy(gold, data):
    pairs = []
    for tags in gold:
        size = len(tags)
        free = st.sampled_from(["O", "B-X", "I-X", "B-Y", "I-Y"])
        noise = data.draw(st.lists(st.none() | free, min_size=size, max_size=size))
        pairs.append((tags, [new or tag for tag, new in zip(tags, noise, strict=True)]))
    scores = EntityScores()
    examples = []
    counts = [0, 0, 0]
    for tags, found in pairs:
        predicted, reference = doc_of(found), doc_of(tags)
        # As tags of valid spans: conlleval and IOB converters differ in what I-X after O means.
        valid = [[_tag(token) for token in doc] for doc in (reference, predicted)]
        counts = [a + b for a, b in zip(counts, conlleval(*valid), strict=True)]
        scores.add(predicted, reference)
        examples.append(Example(predicted, reference))
    micro = scores.as_dict()["micro"]
    assert [micro["correct"], micro["found"], micro["gold"]] == counts
    spacys = Scorer.score_spans(examples, "ents")
    if counts[1] or counts[2]:
        assert micro["f"] == pytest.approx(spacys["ents_f"] or 0.0)
    for label, figures in scores.as_dict()["per_label"].items():
        assert figures["r"] == pytest.approx(spacys["ents_per_type"][label]["r"])


def _tag(token):
    return f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else "O"


def unaligned_gold():
    text = AnnotatedText(
        "d", "5HT2x and pain", [Annotation(0, 3, "A"), Annotation(10, 14, "B")], Path("file")
    )
    return annotate(tokenized(text, NLP), text, CorpusReport(quiet=True))


def test_an_unaligned_mention_counts_as_missed():
    gold = unaligned_gold()
    predicted = NLP.make_doc(gold.text)
    predicted.ents = [predicted.char_span(0, 5, label="A"), predicted.char_span(10, 14, label="B")]
    scores = EntityScores()
    scores.add(predicted, gold)
    figures = scores.as_dict()
    assert figures["unaligned"] == 1
    assert figures["micro"] == {
        "p": 0.5, "r": 0.5, "f": pytest.approx(0.5), "correct": 1, "found": 2, "gold": 2,
    }  # fmt: skip
    spacys = Scorer.score_spans([Example(predicted, gold)], "ents")
    assert spacys["ents_r"] == 1.0, "spaCy leaves it out, which is why there are figures of our own"


def test_a_finer_tokenizer_can_find_it():
    gold = unaligned_gold()
    predicted = Doc(
        NLP.vocab, words=["5HT", "2x", "and", "pain"], spaces=[False, True, True, False]
    )
    predicted.ents = [predicted.char_span(0, 3, label="A")]
    scores = EntityScores()
    scores.add(predicted, gold)
    assert scores.per_label["A"].fscore == pytest.approx(1.0)


def test_docs_of_other_texts_are_an_error():
    with pytest.raises(ValueError, match="different texts"):
        EntityScores().add(NLP("a"), NLP("b"))


def test_a_pipeline_gets_the_words_that_a_corpus_fixes():
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "T", "pattern": [{"ORTH": "x-ray/CT"}]}])
    text = AnnotatedText("d", "x-ray/CT", [Annotation(0, 8, "T")], Path("f"), words=["x-ray/CT"])
    gold = annotate(tokenized(text, nlp), text, CorpusReport(quiet=True))
    assert score_entities(nlp, [gold]).micro.fscore == pytest.approx(1.0)


def test_a_report_has_a_table_figures_and_a_plot(tmp_path, monkeypatch):
    scores = EntityScores()
    scores.add(doc_of(["B-X", "I-X", "B-Y"]), doc_of(["B-X", "I-X", "O"]))
    written = write_entity_report(
        scores, tmp_path / "report", title="Some corpus", facts={"seed": "1"}
    )
    assert [path.name for path in written] == ["entities.md", "entities.json", "entities.png"]
    assert all(path.stat().st_size for path in written)
    table = written[0].read_text("utf8")
    assert "- seed: 1" in table
    assert "| X | 100.00 | 100.00 | 100.00 | 1 | 1 | 1 |" in table
    assert "| **all (micro)** | 50.00 | 100.00 | 66.67 | 1 | 2 | 1 |" in table
    monkeypatch.setattr(report_files, "can_plot", lambda: False)
    assert len(write_entity_report(scores, tmp_path / "plain", title="Some corpus")) == 2
