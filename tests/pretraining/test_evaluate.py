"""Measuring a model on held-out texts."""

import math

import pytest
import torch
from transformers import AutoTokenizer

from spacy_umlsbert.model import UmlsBertForMaskedLM, warm_start
from spacy_umlsbert.pretraining.concept_vocabulary import ConceptVocabulary
from spacy_umlsbert.pretraining.encoding import Encoder
from spacy_umlsbert.pretraining.evaluate import Evaluator


@pytest.fixture(scope="module")
def tokenizer(toy_bert):
    return AutoTokenizer.from_pretrained(toy_bert)


@pytest.fixture
def model(toy_bert):
    return warm_start(toy_bert, ["T184"], model_class=UmlsBertForMaskedLM)[0].train()


@pytest.fixture(scope="module")
def vocabulary(tokenizer):
    """Fever and cough are synonyms here; pain is a concept without another word."""
    concepts = {"fever": "C1", "cough": "C1", "pain": "C2"}
    pieces = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    return ConceptVocabulary([concepts.get(piece) for piece in pieces])


@pytest.fixture(scope="module")
def corpus(tokenizer):
    texts = ["the patient has fever and fever", "denies chest pain", "cough with aspirin on heart"]
    documents = [[text] for text in texts * 5]
    return [sequence._asdict() for sequence in Encoder(tokenizer)(documents)]


def predict_always(model, tokenizer, *words):
    """Make a model that predicts these words everywhere, the first as the best."""
    with torch.no_grad():
        model.cls.predictions.transform.LayerNorm.weight.zero_()
        model.cls.predictions.transform.LayerNorm.bias.zero_()
        bias = model.cls.predictions.bias
        bias.copy_(-torch.arange(len(bias)) / 100)
        for i, word in enumerate(words):
            bias[tokenizer.convert_tokens_to_ids(word)] = 5.0 - i


def test_each_medical_word_counts_once(model, tokenizer, vocabulary, corpus):
    predict_always(model, tokenizer, "fever")
    found = Evaluator(corpus, tokenizer, vocabulary)(model)
    assert found.medical_words == 15, "two fevers and one cough, five times; pain has no synonym"
    assert found.synonym_share == pytest.approx(1 / 3), "fever is predicted for every cough"
    assert found.concept_share == 1.0, "and for every fever, which is the word itself"
    assert model.training


def test_loss_is_the_cross_entropy_of_hidden_words(model, tokenizer, corpus):
    predict_always(model, tokenizer, "fever")
    found = Evaluator(corpus, tokenizer)(model)
    bias = model.cls.predictions.bias
    words = torch.tensor([w for e in corpus for w in e["input_ids"][1:-1].tolist()])
    losses = -bias.log_softmax(0)[words]
    assert losses.min() <= found.loss <= losses.max()
    assert found.perplexity == pytest.approx(math.exp(found.loss))
    assert 0 < found.words < len(words)
    assert found.medical_words == 0


def test_the_same_words_are_hidden_each_time(model, tokenizer, vocabulary, corpus):
    once = Evaluator(corpus, tokenizer, vocabulary, seed=2)
    again = Evaluator(corpus, tokenizer, vocabulary, seed=2)
    other = Evaluator(corpus, tokenizer, vocabulary, seed=3)
    assert once(model) == once(model) == again(model)
    assert once(model).loss != other(model).loss


def test_no_type_of_a_hidden_word_reaches_the_model(model, tokenizer, vocabulary, corpus):
    seen = []

    def record(module, args, kwargs):
        hidden = kwargs["input_ids"] == tokenizer.mask_token_id
        seen.append(kwargs["semantic_type_ids"][hidden])

    typed = [{**e, "semantic_type_ids": e["input_ids"] * 0 + 1} for e in corpus]
    model.register_forward_pre_hook(record, with_kwargs=True)
    Evaluator(typed, tokenizer, vocabulary)(model)
    assert sum(map(len, seen)) > 15
    assert not torch.cat(seen).any()
