"""What 0.1 saved loads, and gives what it gave then. `fixtures/saved_by_0_1/make.py` made it."""

import json
import tarfile
from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin, Span

from spacy_umlsbert.annotations.pairs import PREMISE, make_pair
from spacy_umlsbert.corpora.docbin import read_docs
from spacy_umlsbert.deid.deidentified import CHECKED
from spacy_umlsbert.linking.index import LinkerIndex
from spacy_umlsbert.umls import KnowledgeBase

FOLDER = Path(__file__).parent / "fixtures" / "saved_by_0_1"
PIPELINES = ("demo", "alone", "rules", "linker")
OF_DOC = {"deidentified", "patient_id", "document_id", "unaligned_mentions"}
EXPECTED = json.loads((FOLDER / "expected.json").read_text("utf8"))


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved_by_0_1")
    with tarfile.open(FOLDER / "pipelines.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


def to_annotate(nlp, expected):
    """The Doc of which a pipeline made what is expected: a text, a pair, or one with entities."""
    if PREMISE in expected["spans"]:
        doc = make_pair(nlp, *expected["text"].split("\n\n"))
    else:
        doc = nlp.make_doc(expected["text"])
    if "umls_ner" not in nlp.pipe_names:
        doc.ents = [Span(doc, e["start"], e["end"], label=e["label"]) for e in expected["ents"]]
    if "patient_id" in expected:
        doc._.patient_id = expected["patient_id"]
    return doc


def approx(value):
    """The same, with leave for numbers to be rounded otherwise."""
    if isinstance(value, dict):
        return {key: approx(one) for key, one in value.items()}
    if isinstance(value, list):
        return [approx(one) for one in value]
    return pytest.approx(value, abs=2e-3) if isinstance(value, float) else value


def annotations(doc, expected):
    """All that is expected of a Doc, as it is now."""
    return {
        **{name: plain(getattr(doc._, name)) for name in expected if name in OF_DOC},
        "text": doc.text,
        "cats": doc.cats,
        "ents": spans(doc.ents, expected["ents"]),
        "spans": {
            key: spans(group, expected["spans"].get(key, ()))
            for key, group in doc.spans.items()
            if key != CHECKED  # which 0.1 did not have
        },
    }


def spans(found, expected):
    names = {name for span in expected for name in span} - {"start", "end", "label", "kb_id"}
    return [
        {"start": span.start, "end": span.end, "label": span.label_, "kb_id": span.kb_id_}
        | {name: value for name in names if (value := plain(getattr(span._, name)))}
        for span in found
    ]


def plain(value):
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_gives_what_it_gave(saved, name):
    nlp = spacy.load(saved / name)
    docs = list(nlp.pipe([to_annotate(nlp, one) for one in EXPECTED[name]]))
    for doc, expected in zip(docs, EXPECTED[name], strict=True):
        assert annotations(doc, expected) == approx(expected)


def test_a_pipeline_that_is_saved_again_gives_the_same(saved, tmp_path):
    spacy.load(saved / "demo").to_disk(tmp_path)
    nlp = spacy.load(tmp_path)
    docs = list(nlp.pipe([to_annotate(nlp, one) for one in EXPECTED["demo"]]))
    for doc, expected in zip(docs, EXPECTED["demo"], strict=True):
        assert annotations(doc, expected) == approx(expected)


@pytest.mark.parametrize("name", PIPELINES)
def test_annotated_docs_are_read_with_all_annotations(saved, name):
    nlp = spacy.load(saved / name)
    docs = list(DocBin().from_disk(FOLDER / f"{name}.spacy").get_docs(nlp.vocab))
    for doc, expected in zip(docs, EXPECTED[name], strict=True):
        assert annotations(doc, expected) == approx(expected)
    assert docs[0].user_data["visit"] == 7


def test_gold_docs_are_read_with_all_annotations():
    docs = list(read_docs(FOLDER / "gold.spacy", spacy.blank("en").vocab))
    for doc, expected in zip(docs, EXPECTED["gold"], strict=True):
        assert annotations(doc, expected) == approx(expected)


def test_a_knowledge_base_opens_with_the_index_beside_it(saved):
    kb = KnowledgeBase.open(saved / "kb", verify=True)
    assert kb.find("chest pain") == ["C0008031"]
    for folder in (saved / "kb.linker").iterdir():
        if "name_vectors.npy" not in {path.name for path in folder.iterdir()}:
            index = LinkerIndex.open(folder, kb, None)
            assert index.search(["chest painz"], 1)[0][0].concept_id == "C0008031"
