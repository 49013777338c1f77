"""Wordpieces, tokens and semantic types stay aligned, whatever the text."""

import numpy as np
import pytest
import spacy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spacy.tokens import Span
from transformers import AutoTokenizer

from spacy_umlsbert.layers.transformer.encode_docs import encode_docs
from spacy_umlsbert.layers.transformer.semantic_types import SpanLookup
from spacy_umlsbert.layers.transformer.wordpiece_alignment import align_wordpieces

NLP = spacy.blank("en")
WINDOW, STRIDE = 12, 8
PIECES = st.sampled_from(
    [
        "chest pain", "don't", "x-ray", "67yo", "T2DM", "q.d.", "5mg", "Crohn's", "b.i.d", "can't",
        "😷", "👩🏽‍⚕️", "café", "cafe\u0301", "naïve", "µg/mL", "½", "\u200b", "\u00ad", "\x00", "ﬁ",
        "头痛", "İ", "ß", "\t", "\n", "\r\n", "   ", "\u00a0", "\u2028", " ", "...", "-", "/",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join) | st.lists(
    PIECES, max_size=25
).map(" ".join)


@pytest.fixture(scope="module")
def tokenizer(toy_bert):
    return AutoTokenizer.from_pretrained(toy_bert)


@st.composite
def texts_with_mentions(draw):
    text = draw(TEXTS)
    doc = NLP(text)
    cuts = sorted(draw(st.sets(st.integers(0, len(doc)), max_size=6)))
    spans = [
        Span(doc, a, b, label=draw(st.sampled_from(["T047", "T184", "T999"])))
        for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    doc.spans["umls"] = spans
    return doc


def encode(doc, tokenizer):
    lookup = SpanLookup("umls", {"T047": 1, "T184": 2})
    (encoded,) = encode_docs([doc], tokenizer, lookup, WINDOW, STRIDE)
    return encoded


@settings(deadline=None, max_examples=200)
@given(doc=texts_with_mentions())
def test_wordpieces_tokens_and_semantic_types_stay_aligned(tokenizer, doc):
    encoded = encode(doc, tokenizer)
    offsets = tokenizer(doc.text, add_special_tokens=False, return_offsets_mapping=True)
    pairs = set(zip(encoded.tokens.tolist(), encoded.wordpieces.tolist(), strict=True))
    expected = {
        (token.i, w)
        for w, (start, end) in enumerate(offsets["offset_mapping"])
        for token in doc
        if start < token.idx + len(token) and token.idx < end
    }
    assert pairs == expected, "a token has the wordpieces that share a character with it"
    types = {
        token.i: {"T047": 1, "T184": 2, "T999": 0}[span.label_]
        for span in doc.spans["umls"]
        for token in span
    }
    for w, type_id in enumerate(encoded.semantic_type_ids.tolist()):
        tokens = [t for t, v in pairs if v == w]
        assert type_id == (types.get(min(tokens), 0) if tokens else 0)


@settings(deadline=None, max_examples=100)
@given(doc=texts_with_mentions())
def test_every_token_finds_its_wordpieces_in_the_windows(tokenizer, doc):
    encoded = encode(doc, tokenizer)
    width = max((len(w) for w in encoded.windows), default=0) + 2
    flat = np.full(width * len(encoded.windows), -1)
    for i, window in enumerate(encoded.windows):
        flat[i * width + 1 : i * width + 1 + len(window)] = range(window.start, window.end)
    align = encoded.alignment(width)
    assert len(align.lengths) == len(doc)
    assert flat[align.dataXd].tolist() == encoded.wordpieces.tolist()
    assert np.repeat(np.arange(len(doc)), align.lengths).tolist() == encoded.tokens.tolist()


@example(text="")
@example(text=" ")
@example(text="\n\t \u2028")
@example(text="x" * 20_000)
@example(text="chest pain, " * 1_700)
@settings(deadline=None, max_examples=20)
@given(text=TEXTS)
def test_the_windows_of_a_doc_hold_all_its_wordpieces(tokenizer, text):
    doc = NLP(text)
    doc.spans["umls"] = []
    encoded = encode(doc, tokenizer)
    owned = [w for win in encoded.windows for w in range(win.owned_start, win.owned_end)]
    assert owned == list(range(len(encoded.ids)))
    assert len(encoded.windows) >= (1 if len(doc) else 0)
    assert len(encoded.spans()) == len(encoded.windows)


def test_no_offsets_no_pairs():
    tokens, wordpieces = align_wordpieces(NLP("fever"), np.zeros((0, 2), dtype=np.int64))
    assert len(tokens) == len(wordpieces) == 0
