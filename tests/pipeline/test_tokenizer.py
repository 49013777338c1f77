"""What a user of the biomedical tokenizer can rely on."""

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from thinc.api import Config

CONFIG = """
[nlp]
lang = "en"

[nlp.tokenizer]
@tokenizers = "spacy_umlsbert.BiomedicalTokenizer.v1"
"""
NLP = spacy.util.load_model_from_config(Config().from_str(CONFIG), auto_fill=True)


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("methamphetamine (METH)-induced toxicity", "METH"),
        ("the 5-HT(6) receptor", "5-HT"),
        ("lack of vitamin D.", "vitamin D"),
        ("digitalis-, and drug-treated", "digitalis"),
        ("thallium-201 imaging", "thallium"),
        ("Na+-binding", "Na"),
        ("CaCl(2)-treated rats", "CaCl(2)"),
        ("given (+/-)-amphetamine", "amphetamine"),
        ("[Ca2+]i", "Ca2"),
    ],
)
def test_a_mention_ends_where_a_token_ends(text: str, mention: str) -> None:
    start = text.index(mention)
    assert NLP.make_doc(text).char_span(start, start + len(mention)) is not None


def test_other_words_stay_as_spacy_has_them() -> None:
    text = "Dr. Lee saw a 67-year-old man, e.g. at https://example.org/a-b, on 8.4 mg q.d."
    plain = spacy.blank("en").make_doc(text)
    assert [t.text for t in NLP.make_doc(text)] == [t.text for t in plain]


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet=st.sampled_from("aB1 -+/()[].,\n–é")) | st.text())
def test_no_character_is_lost_and_a_saved_pipeline_cuts_alike(text: str) -> None:
    doc = NLP.make_doc(text)
    assert doc.text == text
    assert [t.text for t in doc] == [t.text for t in SAVED.make_doc(text)]


def saved(nlp: Language) -> Language:
    return spacy.util.load_model_from_config(nlp.config).from_bytes(nlp.to_bytes())


SAVED = saved(NLP)


def test_it_survives_the_disk(tmp_path) -> None:
    NLP.to_disk(tmp_path / "nlp")
    text = "(METH)-induced, vitamin D."
    expected = [t.text for t in NLP.make_doc(text)]
    assert [t.text for t in spacy.load(tmp_path / "nlp").make_doc(text)] == expected
