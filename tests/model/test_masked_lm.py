"""The backbone with a masked-LM head."""

import subprocess
import sys

import pytest
import torch
from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer, BertForMaskedLM

from spacy_umlsbert.model import UmlsBertForMaskedLM, UmlsBertModel, warm_start

TUIS = ["T184", "T047"]


@pytest.fixture(scope="module")
def checkpoint(toy_bert, tmp_path_factory):
    """A BERT with a trained masked-LM head."""
    folder = tmp_path_factory.mktemp("masked_lm")
    torch.manual_seed(1)
    model = BertForMaskedLM.from_pretrained(toy_bert)
    torch.nn.init.normal_(model.cls.predictions.bias)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(toy_bert).save_pretrained(folder)
    return str(folder)


@pytest.fixture
def batch(checkpoint):
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    return tokenizer(["the patient has [MASK]", "fever"], padding=True, return_tensors="pt")


@pytest.fixture
def labels(batch):
    labels = torch.full_like(batch["input_ids"], -100)
    labels[0, 4], labels[1, 1] = 12, 7
    return labels


def test_any_bert_with_a_head_loads_and_predicts_the_same(checkpoint, batch, labels):
    bert = BertForMaskedLM.from_pretrained(checkpoint).eval()
    model, _ = warm_start(checkpoint, TUIS, model_class=UmlsBertForMaskedLM)
    types = torch.ones_like(batch["input_ids"])
    with torch.no_grad():
        expected = bert(**batch, labels=labels)
        found = model(**batch, semantic_type_ids=types)
        assert torch.equal(found.logits, expected.logits)
        assert model(**batch, labels=labels).loss == pytest.approx(expected.loss.item(), abs=1e-6)


def test_a_bert_without_a_head_gets_one_on_its_word_embeddings(toy_bert):
    model, _ = warm_start(toy_bert, TUIS, model_class=UmlsBertForMaskedLM)
    words = model.bert.embeddings.word_embeddings.weight
    assert model.get_output_embeddings().weight is words
    plain, _ = warm_start(toy_bert, TUIS)
    assert torch.equal(words, plain.embeddings.word_embeddings.weight)
    assert model.config.architectures == ["UmlsBertForMaskedLM"]


def test_the_head_is_applied_only_where_there_is_something_to_predict(checkpoint, batch, labels):
    model, _ = warm_start(checkpoint, TUIS, model_class=UmlsBertForMaskedLM)
    with torch.no_grad():
        everywhere = model(**batch).logits
        assert everywhere.shape[:2] == labels.shape
        chosen = everywhere[labels != -100]
        assert torch.allclose(model(**batch, labels=labels).logits, chosen, atol=1e-6)
        predicted = model(**batch, predicted=labels != -100)
    assert torch.allclose(predicted.logits, chosen, atol=1e-6)
    assert predicted.loss is None


def test_the_gradient_reaches_the_semantic_types(checkpoint, batch, labels):
    model, _ = warm_start(checkpoint, TUIS, model_class=UmlsBertForMaskedLM)
    model(**batch, semantic_type_ids=torch.ones_like(labels), labels=labels).loss.backward()
    gradient = model.bert.embeddings.semantic_type_embeddings.weight.grad
    assert gradient[1].any()
    assert not gradient[[0, 2]].any()


def test_what_is_saved_loads_with_and_without_the_head(checkpoint, batch, tmp_path):
    model, _ = warm_start(checkpoint, TUIS, model_class=UmlsBertForMaskedLM)
    with torch.no_grad():
        model.bert.embeddings.semantic_type_embeddings.weight[1:] = 0.3
    model.save_pretrained(tmp_path)
    types = torch.ones_like(batch["input_ids"])
    with_head = AutoModelForMaskedLM.from_pretrained(tmp_path).eval()
    assert isinstance(with_head, UmlsBertForMaskedLM)
    backbone, loading = AutoModel.from_pretrained(tmp_path, output_loading_info=True)
    assert isinstance(backbone, UmlsBertModel)
    assert all(key.startswith("pooler.") for key in loading["missing_keys"])
    with torch.no_grad():
        expected = model.bert(**batch, semantic_type_ids=types).last_hidden_state
        hidden = backbone.eval()(**batch, semantic_type_ids=types).last_hidden_state
        assert torch.equal(hidden, expected)
        assert torch.equal(
            with_head(**batch, semantic_type_ids=types).logits,
            model(**batch, semantic_type_ids=types).logits,
        )


def test_a_saved_model_is_used_without_spacy(checkpoint, tmp_path):
    model, _ = warm_start(checkpoint, TUIS, model_class=UmlsBertForMaskedLM)
    model.save_pretrained(tmp_path)
    code = (
        "import sys, spacy_umlsbert.model; from transformers import AutoModel; "
        f"print(type(AutoModel.from_pretrained({str(tmp_path)!r})).__name__, "
        "[m for m in sys.modules if m == 'spacy' or m.startswith(('spacy.', 'thinc', "
        "'spacy_umlsbert.pipeline'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["UmlsBertModel", "[]"]
