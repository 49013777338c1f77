"""`umls_sentences` in a pipeline."""

import pickle

import pytest
import spacy
from hypothesis import given
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example

from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.text.sentences import SentenceFinder
from tests.clock import processor_seconds
from tests.text.test_sentences import CASES, TEXTS, starts_in

NOTE = (
    "Overnight:\n-slept 4 h\n-2 loose stools\n-no emesis\n\nSeen by Dr. Lund. No fever.Home soon."
)


def pipeline(**settings):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_sentences", config=settings)
    return nlp


@pytest.fixture(scope="module")
def nlp():
    return pipeline()


def words_of(doc):
    return [sentence.text.strip() for sentence in doc.sents]


@pytest.mark.parametrize("marked", CASES)
def test_the_sentences_of_a_doc_are_those_of_its_text(nlp, marked):
    text, expected = starts_in(marked)
    doc = nlp(text)
    assert doc.text == text
    assert [doc[0].idx, *(sentence.start_char for sentence in doc.sents)][2:] == expected[1:]


def test_words_and_marks_are_tokens_of_their_own(nlp):
    doc = nlp("-no emesis\n-2 stools\n2.No effusion.3.Old fracture")
    words = [token.text for token in doc if not token.is_space]
    assert words == "- no emesis - 2 stools 2 . No effusion . 3 . Old fracture".split()
    assert [token.text for token in nlp("P.mirabilis grew")] == ["P.mirabilis", "grew"]
    assert words_of(nlp("Base excess\n-2")) == ["Base excess", "-2"]
    assert [token.text for token in nlp("-2 today")] == ["-2", "today"], "a number"


def test_tokens_are_left_alone_if_asked_for():
    doc = pipeline(split_tokens=False)("No effusion.3.Old fracture.\n-no emesis")
    assert [token.text for token in doc] == [
        "No", "effusion.3.Old", "fracture", ".", "\n", "-no", "emesis",
    ]  # fmt: skip
    assert words_of(doc) == ["No effusion.3.Old", "fracture.", "-no emesis"]


def test_tokens_are_left_alone_on_a_doc_with_annotations(nlp):
    component = nlp.get_pipe("umls_sentences")
    doc = nlp.make_doc("No effusion.3.Old fracture")
    doc.spans["umls"] = [Span(doc, 2, 3, "x")]
    assert len(component(doc)) == 3
    assert doc.spans["umls"][0].text == "fracture"
    corpus = Doc(nlp.vocab, words=["effusion.3.Old", "fracture"])
    corpus.has_unknown_spaces = True
    assert len(component(corpus)) == 2


def test_blanks_belong_to_the_sentence_before_them(nlp):
    doc = nlp("\n\n----\n Cough. \n\n  No fever.\n____\n")
    assert [sentence.text for sentence in doc.sents] == [
        "\n\n----\n Cough. \n\n  ",
        "No fever.\n____\n",
    ]


def test_no_tokens_and_no_words(nlp):
    assert len(nlp("")) == 0
    for text in (" ", "\n", "____", "..."):
        assert len(list(nlp(text).sents)) == 1


@given(TEXTS)
def test_sentences_cover_all_tokens(nlp, text):
    doc = nlp(text)
    assert doc.text == text
    assert [token.i for sentence in doc.sents for token in sentence] == list(range(len(doc)))
    starts = SentenceFinder().starts(text)[1:]
    assert [sentence.start_char for sentence in list(doc.sents)[1:]] == starts


def test_marks_that_are_there_are_kept_unless_told_otherwise(nlp):
    words, spaces = ["Cough", ".", "Fever", "."], [False, True, False, False]
    for settings, kept in (({}, True), ({"overwrite": True}, False)):
        doc = Doc(nlp.vocab, words, spaces, sent_starts=[True, False, False, True])
        pipeline(**settings).get_pipe("umls_sentences")(doc)
        assert [token.is_sent_start for token in doc] == [True, False, not kept, kept]
    partly = Doc(nlp.vocab, words, spaces, sent_starts=[None, None, None, True])
    nlp.get_pipe("umls_sentences")(partly)
    assert [token.is_sent_start for token in partly] == [True, False, True, True]


def test_sentences_travel(nlp):
    doc = nlp(NOTE)
    expected = words_of(doc)
    assert len(expected) == 7
    stored = DocBin(docs=[doc]).to_bytes()
    (again,) = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    others = [
        pickle.loads(pickle.dumps(doc)),
        Doc(nlp.vocab).from_bytes(doc.to_bytes()),
        doc.copy(),
        again,
        doc[:].as_doc(),
        *nlp.pipe([NOTE] * 3, n_process=2),
    ]
    assert [words_of(other) for other in others] == [expected] * len(others)
    joined = Doc.from_docs([doc, nlp("No rash. Cough.")])
    assert words_of(joined) == [*expected, "No rash.", "Cough."]
    with joined.retokenize() as retokenizer:
        retokenizer.merge(joined[0:2])
    assert words_of(joined) == [*expected, "No rash.", "Cough."]


def test_words_are_saved_with_the_pipeline(tmp_path):
    text = "Seen in Int. Clinic by Sgn. Roe."
    assert len(words_of(pipeline()(text))) == 3
    path = tmp_path / "words.tsv"
    path.write_text("Sgn\ttitle\tsurgeon\n")
    nlp = pipeline(words={"before": ["int"]})
    nlp.config["initialize"]["components"]["umls_sentences"] = {"words": str(path)}
    nlp.initialize()
    path.unlink()
    nlp.to_disk(tmp_path / "saved")
    for made in (
        nlp,
        spacy.load(tmp_path / "saved"),
        pipeline().from_bytes(nlp.to_bytes()),
        pickle.loads(pickle.dumps(nlp)),
    ):
        assert words_of(made(text)) == [text]


def test_a_wrong_kind_of_words_is_refused():
    with pytest.raises(UsageError, match="of the kinds title, before"):
        pipeline(words={"titel": ["sgn"]})


def test_scores(nlp):
    gold = nlp("Cough. Fever. No rash.")
    assert nlp.evaluate([Example(nlp.make_doc(gold.text), gold)])["sents_f"] == 1.0


@pytest.mark.parametrize("piece", ["word", "No fever.3.Old", "-no\n", "fever. ", "\n", "x.3.Old "])
def test_time_grows_with_the_length(nlp, piece):
    component = nlp.get_pipe("umls_sentences")

    def seconds(n):
        pieces = [piece] * n
        doc = Doc(nlp.vocab, pieces, [not p[-1].isspace() for p in pieces])
        return processor_seconds(lambda: component(doc))

    seconds(10)
    # Divided or not: twenty times the text, and not four hundred times the time.
    assert seconds(40_000) < 60 * max(seconds(2_000), 0.02)


def test_training_goes_on_where_tokens_are_divided(nlp):
    text, gold = (
        "-no fever\n-chills\nCough.3.Old fracture",
        {"entities": [(4, 9, "X"), (30, 38, "X")]},
    )
    pipe = pipeline()
    pipe.add_pipe("ner")
    example = Example.from_dict(pipe.make_doc(text), gold)
    pipe.initialize(lambda: [example])
    for _ in range(40):
        example = Example.from_dict(pipe.make_doc(text), gold)
        pipe.update([example], annotates=["umls_sentences"])
    doc = pipe(text)
    assert len(doc) > len(example.reference), "tokens were divided"
    assert [ent.text for ent in doc.ents] == ["fever", "fracture"]
