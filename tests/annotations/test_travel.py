"""Annotations that travel: in slices, joins, copies, merges, files, they are right or absent.

A Doc is what components made of a note, or what a step made of other Docs. Beside each Doc goes
what is true of it, worked out by hand: for every annotated stretch of text its values, and for the
whole its text without PHI. A Doc may say less than that, never something else.
"""

import pickle
import re
from dataclasses import dataclass, field
from importlib.util import find_spec

import pytest
import spacy
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin
from thinc.api import Model

from spacy_umlsbert.annotations.assertions import flags
from spacy_umlsbert.annotations.groups import places_of, spans_of
from spacy_umlsbert.annotations.pairs import (
    LEFT_OUT,
    is_pair,
    make_pair,
    set_left_out,
    sides_of,
)

KEY = "a secret of at least 16 bytes"
PIECES = [
    "Mr. Hollingsworth", "Dr. Parkinson", "Hollingsworth", "HALE", "Mr. Hale", "on 3/4/2009",
    "in 2011", "Call 216-555-0142.", "chest pain", "pain in the chest", "thoracic pains", "chest",
    "a cold", "cold", "feverr", "fever", "congestive heart failure (CHF)", "CHF", "ASA", "T2DM",
    "Parkinson's disease", "MRN: 4471123", "PMH: gout", "Plan:", "HPI",
    "\n\n", "\n", " ", "😷", "é", ".", ";", "and", "no",
    "denies", "mother has", "possible", "if", "was ruled out", "in 2010",
    "aspirin 81 mg daily", "aspirin and lasix, 40 mg each, PO", "BID", "Hgb 9.1 (L)", "BP 120/80",
]  # fmt: skip
ENTITIES = {
    "problem": ["chest pain", "cold", "CHF", "feverr"],
    "other": ["cold", "ASA", "Hale"],
    "treatment": ["aspirin", "lasix"],
    "test": ["Hgb"],
}
ABBREVIATIONS = find_spec("scispacy") is not None
NOTES = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)
SIDES = NOTES.filter(str.strip)
LABELS = ["contradiction", "entailment", "neutral"]


@spacy.registry.architectures("tests.scores_by_length.v1")
def scores_by_length():
    """In place of a trained model of pairs."""

    def forward(model, docs, is_train):
        scores = model.ops.asarray2f(
            [[len(doc) % (i + 2) for i, _ in enumerate(LABELS)] for doc in docs]
        )
        return scores, lambda d_scores: []

    model = Model("scores_by_length", forward, dims={"nO": None})
    model.set_ref("output", model)
    return model


@spacy.Language.component("short_window")
def short_window(doc):
    """In place of a transformer: of a long premise it leaves out the middle."""
    if is_pair(doc):
        premise, _ = sides_of(doc)
        set_left_out(doc, [premise[3:-3]] if len(premise) > 6 else [])
    return doc


@pytest.fixture(scope="module")
def pipelines(toy_kb_path):
    """All components that need no weights, with each of the outputs of de-identification."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPACY_UMLSBERT_DEID_KEY", KEY)
        made = {}
        vocab = spacy.blank("en").vocab  # one for all, so that their Docs can be joined
        for output in ("placeholder", "label", "mask", "surrogate"):
            nlp = spacy.blank("en", vocab=vocab)
            nlp.add_pipe("umls_sections")
            lookup = {"kb": str(toy_kb_path), "abbreviations": ABBREVIATIONS}
            nlp.add_pipe("umls_lookup", config=lookup)
            ruler = nlp.add_pipe("span_ruler", config={"annotate_ents": True, "spans_key": None})
            ruler.add_patterns(
                {"label": label, "pattern": text}
                for label, texts in ENTITIES.items()
                for text in texts
            )
            nlp.add_pipe("umls_deid", config={"output": output})
            loose = {"threshold": 0.3}
            nlp.add_pipe("umls_linker", config=loose)
            nlp.add_pipe("umls_linker", "link_group", config={**loose, "spans_key": "umls"})
            nlp.add_pipe("umls_assertion", config={"spans_keys": ["ents", "umls"]})
            nlp.add_pipe("umls_values")
            nlp.add_pipe("short_window")
            scores = {"@architectures": "tests.scores_by_length.v1"}
            nlp.add_pipe("umls_nli", config={"model": scores}).initialize(list, labels=LABELS)
            made[output] = nlp
        yield made


# What is true


@dataclass
class Truth:
    """What is true of a Doc.

    Attributes:
        values: For each annotated stretch of characters what was said of it.
        phi: Where its PHI is.
        deidentified: The text without its PHI; None if nobody can know.
        shown: The words that this showed of the notes that it is made of.
        pair: The premise and the hypothesis of a pair.
        cats: Its labels and their probabilities.
        left_out: What was not read of pairs.
    """

    values: dict[tuple[int, int, str, str], dict[str, object]] = field(default_factory=dict)
    phi: list[tuple[int, int]] = field(default_factory=list)
    deidentified: str | None = ""
    shown: frozenset[str] = frozenset()
    pair: tuple[str, str] | None = None
    cats: dict[str, float] = field(default_factory=dict)
    left_out: list[tuple[int, int]] = field(default_factory=list)

    def shifted(self, start, end, by):
        """Of the characters from start to end, moved by some."""
        inside = {
            (a + by, b + by, *kind): of
            for (a, b, *kind), of in self.values.items()
            if start <= a and b <= end
        }
        phi = [(max(a, start) + by, min(b, end) + by) for a, b in self.phi if a < end and start < b]
        left_out = [(a + by, b + by) for a, b in self.left_out if start <= a and b <= end]
        return Truth(inside, phi, None, self.shown, left_out=left_out)


def values_of(span):
    return {
        "kb_id": span.kb_id_,
        "cuis": span._.cuis,
        "tuis": span._.tuis,
        "match_kind": span._.match_kind,
        "kb_ents": span._.kb_ents,
        "link_kind": span._.link_kind,
        "codes": span._.codes,
        "canonical_name": span._.canonical_name,
        "semantic_types": span._.semantic_types,
        "surrogate": span._.surrogate,
        "section": span._.section,
        "section_title": text_of(span._.section_title),
        "section_body": text_of(span._.section_body),
        "section_code": span._.section_code,
        "assertion": span._.assertion,
        "flags": flags(span),
        "cues": [(cue.text, cue.label_) for cue in span._.assertion_cues],
        "scope": span._.assertion_scope and span._.assertion_scope.text,
        "value": span._.value,
        "of": text_of(span._.of),
        "values": [(one.text, one.label_) for one in span._.values],
        "clinical_drug": span._.clinical_drug,
    }


def text_of(span):
    return None if span is None else span.text


def annotated(doc):
    """All spans of a Doc that bear annotations, with where they come from."""
    yield from (("ents", span) for span in doc.ents)
    for key in ("umls", "phi", "sections", "assertion_cues", "values"):
        yield from ((key, span) for span in spans_of(doc, key))


def truth_of(doc):
    """Of a Doc just processed."""
    truth = Truth(deidentified=doc._.deidentified, shown=words(doc._.deidentified or ""))
    for kind, span in annotated(doc):
        of = truth.values.setdefault(place(kind, span), values_of(span))
        assert of == values_of(span)
    truth.phi = [(s.start_char, s.end_char) for s in doc.spans.get("phi", ())]
    return truth


def place(kind, span):
    return (span.start_char, span.end_char, kind, f"{span.label_} {span.id_}")


ABSENT = {
    "kb_ents": [], "link_kind": "", "codes": {}, "canonical_name": "", "semantic_types": [],
    "surrogate": None, "section": "",
    "section_title": None, "section_body": None, "section_code": "",
    "assertion": None, "flags": [], "scope": None, "value": None, "of": None,
    "clinical_drug": "",
}  # fmt: skip


def truth_of_pair(doc, premise, hypothesis):
    """Of a pair just processed."""
    truth = truth_of(doc)
    truth.pair, truth.cats = (premise.strip(), hypothesis.strip()), dict(doc.cats)
    truth.left_out = [(s.start_char, s.end_char) for s in doc.spans.get(LEFT_OUT, ())]
    assert is_pair(doc) and sum(truth.cats.values()) == pytest.approx(1)
    return truth


def check_pair(doc, truth):
    assert doc.cats in ({}, truth.cats)
    if is_pair(doc):
        assert tuple(side.text for side in sides_of(doc)) == truth.pair
    found = [(s.start_char, s.end_char) for s in spans_of(doc, LEFT_OUT)]
    assert set(found) <= set(truth.left_out)


def check(doc, truth):
    check_pair(doc, truth)
    for kind, span in annotated(doc):
        of = truth.values.get(place(kind, span))
        now = values_of(span)
        if of is None:
            # Only an entity that a merge made longer or shorter, or cut, and nothing is said of it.
            assert kind == "ents" and now["kb_ents"] == [] and now["surrogate"] is None
            assert now["codes"] == {} and now["link_kind"] == now["canonical_name"] == ""
            assert now["semantic_types"] == []
            assert now["assertion"] is None and now["cues"] == [] and now["scope"] is None
            assert now["value"] is None and now["of"] is None and now["values"] == []
            continue
        for name, value in now.items():
            if name == "clinical_drug" and now["values"] != of["values"]:
                continue
            if name in ("cues", "values"):  # those that were cut off are absent
                assert set(value) <= set(of[name]), kind
                continue
            best = {"cuis": of["cuis"][:1], "tuis": of["tuis"][:1]}.get(name, ABSENT.get(name))
            if name == "kb_id" and kind == "ents":
                continue  # spaCy's own, which merges mix up
            assert value in (of[name], best), (name, kind)
            assert type(value) is type(of[name]) or value is None
    if doc._.deidentified is not None:
        assert doc._.deidentified == truth.deidentified
        assert doc._.deid_map.text == truth.deidentified
    for start, end in truth.phi:
        hidden = words(doc.text[start:end]) - truth.shown
        assert not hidden & words(doc._.deidentified or "")


def words(text):
    return frozenset(re.findall(r"[^\W_]{3,}", text.lower()))


# Steps


def sliced(doc, truth, data):
    start = data.draw(st.integers(0, len(doc)))
    end = data.draw(st.integers(start, len(doc)))
    copy = data.draw(st.booleans())
    part = doc[start:end].as_doc(copy_user_data=copy) if end > start else None
    if part is None:
        return doc, truth
    first = doc[start].idx
    new = truth.shifted(first, first + len(part.text), -first)
    return part, new


def joined(parts, data):
    exclude = data.draw(st.sampled_from([(), ("user_data",), ("spans",)]))
    space = data.draw(st.booleans())
    docs = [doc for doc, _ in parts]
    new = Doc.from_docs(docs, ensure_whitespace=space, exclude=list(exclude))
    truth, at = Truth(), 0
    texts = []
    for doc, of in parts:
        moved = of.shifted(0, len(doc.text), at)
        truth.values |= moved.values
        truth.phi += moved.phi
        truth.shown |= moved.shown
        truth.left_out += moved.left_out
        text = of.deidentified if doc.text.strip() else doc.text  # blanks hide nothing
        ends = len(doc) == 0 or doc[-1].is_space or bool(doc[-1].whitespace_)
        end = at + len(doc.text)
        gap = "" if ends or not space else new.text[end : end + 1]
        texts.append(None if text is None else text + gap)
        at += len(doc.text) + len(gap)
    assert at == len(new.text)
    truth.deidentified = None if None in texts else "".join(texts)
    with_text = [of for doc, of in parts if len(doc)]
    truth.pair = with_text[0].pair if len(with_text) == 1 else None
    return new, truth


def merged(doc, truth, data):
    if len(doc) < 2:
        return doc, truth
    start = data.draw(st.integers(0, len(doc) - 2))
    end = data.draw(st.integers(start + 2, min(len(doc), start + 4)))
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[start:end])
    return doc, truth


def split(doc, truth, data):
    long = [token.i for token in doc if len(token) > 1]
    if not long:
        return doc, truth
    token = doc[data.draw(st.sampled_from(long))]
    at = data.draw(st.integers(1, len(token) - 1))
    with doc.retokenize() as retokenizer:
        retokenizer.split(token, [token.text[:at], token.text[at:]], heads=[token, token])
    return doc, truth


def copied(doc, truth, data):
    if out_of_the_doc(doc):
        return doc, truth
    try:
        return doc.copy(), truth
    except ValueError as error:  # a group's span is no whole tokens any more
        assert "E1052" in str(error)
        return doc, truth


def saved(doc, truth, data):
    if out_of_the_doc(doc):
        return doc, truth
    way = data.draw(st.sampled_from(["pickle", "bytes", "docbin", "less"]))
    if way == "pickle":
        again = pickle.loads(pickle.dumps(doc))
        check(again, truth)
        return Doc(doc.vocab).from_bytes(again.to_bytes()), truth  # it had a vocabulary of its own
    if way == "bytes":
        return Doc(doc.vocab).from_bytes(doc.to_bytes()), truth
    data = DocBin(docs=[doc], store_user_data=way == "docbin").to_bytes()
    (again,) = DocBin().from_bytes(data).get_docs(doc.vocab)
    return again, truth


ONE = [sliced, merged, split, copied, saved]


def aligned(doc):
    """Whether spaCy can join it: not after a merge that left the spans of groups elsewhere."""
    return all(
        (span := doc.char_span(*one[:2])) is not None and span.text == text
        for key in doc.spans
        for one, text in zip(places_of(doc, key), texts(doc, key), strict=True)
    )


def out_of_the_doc(doc):
    """Whether a merge left a group's span out of it: spaCy can neither copy nor save it then."""
    return any(None in texts(doc, key) for key in doc.spans)


def texts(doc, key):
    try:
        return [span.text for span in doc.spans[key]]
    except IndexError:
        return [None for _ in places_of(doc, key)]


@settings(max_examples=150, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_annotations_are_right_or_absent(pipelines, data):
    outputs = st.sampled_from(sorted(pipelines))
    parts = []
    for _ in range(data.draw(st.integers(1, 3))):
        nlp = pipelines[data.draw(outputs)]
        pair = data.draw(st.none() | st.tuples(SIDES, SIDES))
        doc = make_pair(nlp, *pair) if pair else nlp.make_doc(data.draw(NOTES))
        doc._.patient_id = data.draw(st.sampled_from(["1", "2"]))
        doc = nlp(doc) if data.draw(st.booleans()) else next(nlp.pipe([doc]))
        parts.append((doc, truth_of_pair(doc, *pair) if pair else truth_of(doc)))
    if data.draw(st.booleans()):  # a text that nobody has read
        doc = nlp.make_doc(data.draw(NOTES))
        parts.append((doc, Truth(deidentified=None)))
    for _ in range(data.draw(st.integers(1, 6))):
        i = data.draw(st.integers(0, len(parts) - 1))
        if data.draw(st.booleans()):
            parts[i] = data.draw(st.sampled_from(ONE))(*parts[i], data)
        else:
            chosen = data.draw(st.lists(st.sampled_from(range(len(parts))), min_size=1, max_size=3))
            if all(aligned(parts[j][0]) for j in chosen):
                parts.append(joined([parts[j] for j in chosen], data))
        for doc, truth in parts:
            check(doc, truth)
