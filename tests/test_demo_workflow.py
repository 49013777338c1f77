"""The demo's config, on toy weights: train, save, load, and the same output each way."""

from pathlib import Path

import pytest
import spacy
from spacy.cli.train import train
from spacy.tokens import DocBin

from demo.generator import NoteGenerator, write_notes
from demo.generator.nli import PairGenerator, write_pairs
from demo.generator.passages import write_notes_beside, write_passages
from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.annotations.pairs import make_pair

ROOT = Path(__file__).parent.parent
CONCEPTS = ROOT / "assets" / "umls" / "concepts.tsv"
TEXT = (
    "Pt with fever and chest pain, on metformin and aspirin.\nHTN: stable. 😷 No cough.\n\n"
    "Seen by Dr. Lund on 3/4/2019.\n"
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    write_notes(NoteGenerator.from_folder(ROOT / "demo", CONCEPTS, seed=0), folder, train=8, dev=3)
    write_pairs(PairGenerator.from_folder(ROOT / "demo", CONCEPTS, seed=0), folder, train=30, dev=9)
    passages = tmp_path_factory.mktemp("passages") / "passages.jsonl"
    lines = (ROOT / "demo" / "assertion" / "passages.jsonl").read_text("utf8").splitlines()
    passages.write_text("\n".join(lines[:20]), encoding="utf8")
    write_passages(passages, folder, spacy.blank("en"))
    write_notes_beside(folder, spacy.blank("en"), 4)
    return folder


def train_demo(toy_bert, toy_kb_path, corpus, output, **overrides):
    """The transformer with what shares it."""
    train(
        ROOT / "configs" / "demo.cfg",
        output,
        overrides={
            "paths.train": str(corpus / "train"),
            "paths.dev": str(corpus / "dev"),
            "paths.labels": str(corpus / "labels"),
            "paths.kb": str(toy_kb_path),
            "paths.weights": toy_bert,
            "components.transformer.model.window": 40,
            "components.transformer.model.stride": 30,
            "training.max_steps": 12,
            "training.eval_frequency": 6,
            "training.logger.progress_bar": None,
            **overrides,
        },
    )
    return output / "model-best"


@pytest.fixture(scope="module")
def model_path(toy_bert, toy_kb_path, corpus, tmp_path_factory):
    """What `project run demo` trains: heads on a transformer that was trained before."""
    shared = train_demo(toy_bert, toy_kb_path, corpus, tmp_path_factory.mktemp("shared"))
    output = tmp_path_factory.mktemp("training")
    train(
        ROOT / "configs" / "demo_heads.cfg",
        output,
        overrides={
            "paths.train": str(corpus / "train_heads"),
            "paths.dev": str(corpus / "dev"),
            "paths.labels": str(corpus / "labels"),
            "paths.pipeline": str(shared),
            "training.max_steps": 4,
            "training.eval_frequency": 4,
            "training.logger.progress_bar": None,
        },
    )
    trained = output / "model-best"
    before, after = spacy.load(shared), spacy.load(trained)
    assert after.pipe_names == before.pipe_names
    for name in ("transformer", "umls_ner", "umls_deid", "umls_nli"):
        kept = after.get_pipe(name).model.to_bytes() == before.get_pipe(name).model.to_bytes()
        assert kept, name
    return trained


@pytest.fixture(scope="module")
def nlp(model_path):
    return spacy.load(model_path)


def output(doc):
    return (
        doc.text,
        [(e.start, e.end, e.label_, e.kb_id_, e._.kb_ents) for e in doc.ents],
        [(s.start, s.end, s.label_, s.kb_id_, s._.cuis, s._.tuis) for s in doc.spans["umls"]],
        [(s.start, s.end, s.label_) for s in doc.spans["phi"]],
        doc._.deidentified,
        [(e._.assertion, e._.is_historical, e._.assertion_probabilities.keys()) for e in doc.ents],
        [
            (s.start, s.end, s.label_, s._.value.numbers, s._.value.unit)
            for s in spans_of(doc, "values")
        ],
    )


def test_semantic_types_have_learned(nlp):
    weight = nlp.get_pipe("transformer").model.backbone.embeddings.semantic_type_embeddings.weight
    assert weight.abs().sum() > 0
    assert not weight[0].any()


def test_one_setting_trains_without_semantic_types(toy_bert, toy_kb_path, corpus, tmp_path):
    off = {"components.transformer.model.semantic_type_embeddings": False}
    path = train_demo(toy_bert, toy_kb_path, corpus, tmp_path, **off)
    backbone = spacy.load(path).get_pipe("transformer").model.backbone
    assert backbone.config.semantic_types == []


def test_the_output_is_the_same_each_way(nlp, model_path, tmp_path):
    texts = [TEXT, "", "   ", TEXT * 4, "fever"] * 2
    expected = [output(nlp(text)) for text in texts]
    assert any(one[2] for one in expected) and any(one[3] for one in expected)
    assert [output(doc) for doc in nlp.pipe(texts)] == expected
    assert [output(doc) for doc in nlp.pipe(texts, batch_size=2, n_process=2)] == expected
    nlp.to_disk(tmp_path / "again")
    assert [output(doc) for doc in spacy.load(tmp_path / "again").pipe(texts)] == expected
    fresh = spacy.load(model_path, exclude=list(nlp.pipe_names))
    docs = DocBin(docs=[nlp(text) for text in texts], store_user_data=True).to_bytes()
    assert [output(doc) for doc in DocBin().from_bytes(docs).get_docs(fresh.vocab)] == expected


def test_vectors_are_dropped_at_the_end_unless_the_cleaner_is_disabled(nlp):
    assert nlp(TEXT)._.trf_data is None
    with nlp.select_pipes(disable=["trf_data_cleaner"]):
        assert nlp(TEXT)._.trf_data is not None


def test_what_users_do_with_a_doc_still_works(nlp):
    doc = nlp(TEXT)
    assert not doc[0].has_vector
    assert doc[0:4].as_doc().text.strip() == doc[0:4].text


def test_pairs_are_judged_and_are_no_notes(nlp):
    (prediction,) = nlp.get_pipe("umls_nli").predict_pairs([(TEXT, "The patient has a fever.")])
    assert set(prediction.probabilities) == {"entailment", "neutral", "contradiction"}
    pair, note = nlp.pipe([make_pair(nlp, TEXT, "The patient has a fever."), TEXT])
    assert pair.cats == pytest.approx(dict(prediction.probabilities), abs=1e-4)
    assert not pair.ents
    assert output(note) == output(nlp(TEXT))
    assert not note.cats


def test_it_drops_into_an_existing_pipeline(nlp):
    app = spacy.blank("en")
    app.add_pipe("sentencizer")
    for name in ("umls_lookup", "transformer", "umls_ner", "umls_deid", "umls_linker"):
        app.add_pipe(name, source=nlp)
    assert output(app(TEXT))[:5] == output(nlp(TEXT))[:5]
    assert len(list(app(TEXT).sents)) > 1
