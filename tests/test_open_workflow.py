"""The configs of NER and NLI on the open corpora, on toy weights and small corpora."""

from pathlib import Path

import pytest
import spacy
from spacy.cli.train import train

from spacy_umlsbert.corpora.docbin import write_docs
from spacy_umlsbert.corpora.pairs.formats import READERS
from spacy_umlsbert.model.published.import_checkpoint import import_checkpoint
from tests.published import TYPE_ORDER, write_checkpoint

ROOT = Path(__file__).parent.parent
FIXTURES = Path(__file__).parent / "corpora" / "fixtures"
CORPUS = FIXTURES / "pubtator" / "corpus.txt"
SMALL = {
    "components.transformer.model.window": 40,
    "components.transformer.model.stride": 30,
    "training.logger.progress_bar": None,
    "training.eval_frequency": 40,
    "training.optimizer.learn_rate.total_steps": 80,
}


def trained(output, kb, weights, **overrides):
    paths = {"train": CORPUS, "dev": CORPUS, "kb": kb, "weights": weights}
    settings = {f"paths.{name}": str(path) for name, path in paths.items()}
    train(ROOT / "configs" / "ner_open.cfg", output, overrides={**settings, **SMALL, **overrides})
    return spacy.load(output / "model-last")


@pytest.mark.parametrize("types", [True, False])
def test_it_trains_with_and_without_semantic_types(types, toy_bert, toy_kb_path, tmp_path):
    nlp = trained(
        tmp_path,
        toy_kb_path,
        toy_bert,
        **{"components.transformer.model.semantic_type_embeddings": types},
    )
    assert "Disease" in nlp.get_pipe("umls_ner").labels
    backbone = nlp.get_pipe("transformer").model.backbone
    assert bool(backbone.config.semantic_types) is types
    doc = nlp("The patient has chest pain and fever .")
    assert len(doc.spans["umls"]) == 2  # the lookup works in both; one of them does not use it


def test_a_published_umlsbert_trains_through_it(toy_kb_path, tmp_path):
    import_checkpoint(write_checkpoint(tmp_path / "published"), tmp_path / "umlsbert")
    lookup = {"components.transformer.model.semantic_type_lookup": "whole_words"}
    nlp = trained(tmp_path / "output", toy_kb_path, tmp_path / "umlsbert", **lookup)
    assert nlp.get_pipe("transformer").model.backbone.config.semantic_types == TYPE_ORDER


@pytest.mark.parametrize("name", ["rqe", "nli4ct"])
@pytest.mark.parametrize("types", [True, False])
def test_nli_trains_with_and_without_semantic_types(name, types, toy_bert, toy_kb_path, tmp_path):
    pairs = list(READERS[name](FIXTURES / name).docs(spacy.blank("en")))
    write_docs(pairs, tmp_path / "pairs.spacy")
    paths = {"train": tmp_path / "pairs.spacy", "dev": tmp_path / "pairs.spacy"}
    paths |= {"kb": toy_kb_path, "weights": toy_bert}
    settings = {
        "training.optimizer.learn_rate.total_steps": 4,
        "components.transformer.model.pair_window": 61,
        "components.transformer.model.semantic_type_embeddings": types,
        "components.transformer.model.window": 40,
        "components.transformer.model.stride": 30,
        "training.logger.progress_bar": None,
    }
    overrides = {**{f"paths.{name}": str(path) for name, path in paths.items()}, **settings}
    train(ROOT / "configs" / "nli_open.cfg", tmp_path / "output", overrides=overrides)
    nli = spacy.load(tmp_path / "output" / "model-last").get_pipe("umls_nli")
    assert set(nli.labels) == {max(doc.cats) for doc in pairs}
    assert nli.predict([("Fever and cough .", "Fever .")])[0].label in nli.labels
