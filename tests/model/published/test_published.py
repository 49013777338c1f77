"""The published UmlsBERT: its vocabulary file, and its checkpoint as a model of this package."""

import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModel,
    AutoModelForMaskedLM,
    AutoTokenizer,
    BertForMaskedLM,
    BertForTokenClassification,
)

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.model import UmlsBertConfig, UmlsBertForMaskedLM, UmlsBertModel, warm_start
from spacy_umlsbert.model.published.import_checkpoint import import_checkpoint
from spacy_umlsbert.model.published.vocabulary import (
    PublishedEntry,
    read_vocabulary,
    semantic_type_order,
)
from spacy_umlsbert.model.published.wordpiece_types import wordpiece_type_ids
from tests.published import (
    ANNOTATED,
    TYPE_ORDER,
    WORDPIECES,
    bert_config,
    state_dict,
    write_checkpoint,
)


@pytest.fixture
def published(tmp_path):
    return write_checkpoint(tmp_path / "published")


@pytest.fixture
def imported(published, tmp_path):
    import_checkpoint(published, tmp_path / "imported")
    return tmp_path / "imported"


# The vocabulary file


def test_the_number_of_a_line_is_the_id_of_its_wordpiece(published):
    entries = read_vocabulary(published / "vocab_updated.txt")
    assert [entry.wordpiece for entry in entries] == WORDPIECES
    assert entries[WORDPIECES.index("##itis")] == PublishedEntry("##itis", "C0021368", "T046")
    assert entries[WORDPIECES.index("the")] == PublishedEntry("the", None, None)
    assert {e.wordpiece for e in entries if e.cui} == set(ANNOTATED), "too short words do not count"


def test_semantic_types_are_numbered_by_first_appearance(published):
    assert semantic_type_order(read_vocabulary(published / "vocab_updated.txt")) == TYPE_ORDER


@pytest.mark.parametrize(
    ("lines", "line", "problem"),
    [
        ("a\nb|C0000001\n", 2, "neither a wordpiece nor"),
        ("a\nword|C0000001|\n", 2, "neither a wordpiece nor"),
        ("a\nb\na\n", 3, "the wordpiece of line 1 again"),
        (b"a\n\xff\n", 2, "invalid UTF-8"),
    ],
)
def test_a_bad_line_is_named(tmp_path, lines, line, problem):
    file = tmp_path / "vocab.txt"
    file.write_bytes(lines if isinstance(lines, bytes) else lines.encode())
    with pytest.raises(InputError, match=f"line {line}: {problem}"):
        read_vocabulary(file)


WORDS = st.text(st.characters(exclude_characters=" |\n\r\0\ufeff", codec="utf-8"), min_size=1)
CODES = st.from_regex(r"[CT][0-9]{3}", fullmatch=True)


@given(
    entries=st.lists(
        st.builds(PublishedEntry, WORDS, st.none(), st.none())
        | st.builds(PublishedEntry, WORDS.filter(lambda w: len(w) > 2), CODES, CODES),
        unique_by=lambda entry: entry.wordpiece,
        min_size=1,
    ).filter(lambda entries: not {"##"} & {e.wordpiece for e in entries}),
    ending=st.sampled_from(["", "\n"]),
)
def test_what_is_written_is_read(tmp_path_factory, entries, ending):
    file = tmp_path_factory.mktemp("vocabulary") / "vocab.txt"
    lines = ["|".join(field for field in entry if field) for entry in entries]
    file.write_bytes(("\n".join(lines) + ending).encode())
    assert read_vocabulary(file) == entries


# The checkpoint


def published_hidden_states(state, ids, type_ids):
    """BERT on the embedding sum as the paper has it, with the types of id 0 set to zero."""
    prefix = "bert.embeddings."
    types = state[prefix + "tui_type_embeddings.weight"][type_ids]
    types[type_ids == 0] = 0
    words = state[prefix + "word_embeddings.weight"][ids]
    positions = state[prefix + "position_embeddings.weight"][torch.arange(ids.shape[1])]
    segments = state[prefix + "token_type_embeddings.weight"][torch.zeros_like(ids)]
    summed = torch.nn.functional.layer_norm(
        words + positions + segments + types,
        (16,),
        state[prefix + "LayerNorm.weight"],
        state[prefix + "LayerNorm.bias"],
        eps=1e-12,
    )
    bert = BertForMaskedLM(bert_config()).eval()
    bert.load_state_dict(state, strict=False)
    with torch.no_grad():
        return bert.bert.encoder(summed).last_hidden_state


@pytest.mark.parametrize("row_zero", [0.0, 3.0])
def test_hidden_states_are_those_of_the_published_embedding_sum(tmp_path, row_zero):
    state = state_dict(row_zero)
    write_checkpoint(tmp_path / "in", state)
    report = import_checkpoint(tmp_path / "in", tmp_path / "out")
    model = AutoModel.from_pretrained(tmp_path / "out").eval()
    ids = torch.randint(len(WORDPIECES), (3, 20), generator=torch.Generator().manual_seed(0))
    type_ids = torch.randint(len(TYPE_ORDER) + 1, (3, 20))
    with torch.no_grad():
        output = model(ids, semantic_type_ids=type_ids)
        plain = model(ids).last_hidden_state
    expected = published_hidden_states(state, ids, type_ids)
    assert (output.last_hidden_state - expected).abs().max() < 1e-5
    assert (plain - expected).abs().max() > 0.1, "the semantic types matter"
    pooled = expected[:, 0] @ state["bert.pooler.dense.weight"].T + state["bert.pooler.dense.bias"]
    assert torch.allclose(output.pooler_output, pooled.tanh(), atol=1e-5)
    assert any("Row 0" in remark for remark in report.remarks) is bool(row_zero)


def test_semantic_types_keep_the_ids_of_the_training(imported):
    config = UmlsBertConfig.from_pretrained(imported)
    assert config.semantic_types == TYPE_ORDER
    assert config.semantic_type_ids["T184"] == 1
    assert config.semantic_type_ids["T116"] == 6
    table = wordpiece_type_ids(config, AutoTokenizer.from_pretrained(imported))
    assert len(table) == len(WORDPIECES)
    named = {word: TYPE_ORDER[i - 1] for word, i in zip(WORDPIECES, table, strict=True) if i}
    assert named == {word: codes.split("|")[1] for word, codes in ANNOTATED.items()}


def test_the_tokenizer_has_the_plain_vocabulary(imported):
    tokenizer = AutoTokenizer.from_pretrained(imported)
    assert tokenizer.is_fast
    assert tokenizer.tokenize("The fever and hepatitis.") == [
        *("The", "fever", "and", "hep", "##at", "##itis", "."),
    ]
    assert tokenizer.convert_tokens_to_ids(WORDPIECES) == list(range(len(WORDPIECES)))


def test_the_model_starts_a_pipeline_with_its_own_types(imported):
    model, _ = warm_start(str(imported), ["T001"])
    assert model.config.semantic_types == TYPE_ORDER


def test_the_masked_lm_head_is_kept(published, imported):
    kept = load_file(imported / "model.safetensors")
    state = state_dict()
    head = {k: v for k, v in kept.items() if k.startswith("cls.")}
    assert set(head) == {
        "cls.predictions.bias",
        *(f"cls.predictions.transform.{layer}.{what}"
          for layer in ("dense", "LayerNorm") for what in ("weight", "bias")),
    }  # fmt: skip
    assert all(torch.equal(value, state[name]) for name, value in head.items())
    assert UmlsBertConfig.from_pretrained(imported).architectures == ["UmlsBertForMaskedLM"]
    model, info = AutoModelForMaskedLM.from_pretrained(imported, output_loading_info=True)
    assert isinstance(model, UmlsBertForMaskedLM)
    assert info["missing_keys"] == []
    reference = BertForMaskedLM(bert_config())
    reference.load_state_dict(state, strict=False)
    ids = torch.tensor([[2, 15, 18, 3]])
    with torch.no_grad():
        logits = model.eval()(ids).logits
        assert torch.allclose(logits, reference.eval()(ids).logits, atol=1e-5)
    _, info = UmlsBertModel.from_pretrained(imported, output_loading_info=True)
    assert info["missing_keys"] == []


def old_names(state):
    return {
        k.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
        : v for k, v in state.items()
    }  # fmt: skip


def without_prefix(state):
    return {k.removeprefix("bert."): v for k, v in state.items() if not k.startswith("cls.")}


def of_data_parallel(state):
    return {f"module.{k}": v for k, v in state.items()}


def with_tagging_head(state):
    head = BertForTokenClassification(bert_config()).classifier.state_dict()
    state = {k: v for k, v in state.items() if not k.startswith("cls.")}
    return {**state, **{f"classifier.{k}": v for k, v in head.items()}}


@pytest.mark.parametrize("form", [old_names, without_prefix, of_data_parallel, with_tagging_head])
def test_state_dicts_of_any_age_and_head(tmp_path, form):
    write_checkpoint(tmp_path / "in", form(state_dict()))
    report = import_checkpoint(tmp_path / "in", tmp_path / "out")
    model = AutoModel.from_pretrained(tmp_path / "out").eval()
    ids, type_ids = torch.tensor([[2, 15, 18, 3]]), torch.tensor([[0, 1, 2, 0]])
    with torch.no_grad():
        hidden = model(ids, semantic_type_ids=type_ids).last_hidden_state
    expected = published_hidden_states(state_dict(), ids, type_ids)
    assert torch.allclose(hidden, expected, atol=1e-5)
    assert report.masked_lm is (form in (old_names, of_data_parallel))
    left_out = any("another head: classifier" in remark for remark in report.remarks)
    assert left_out is (form is with_tagging_head)


def test_safetensors_and_untied_heads(tmp_path):
    folder = write_checkpoint(tmp_path / "in")
    (folder / "pytorch_model.bin").unlink()
    state = {k: v for k, v in state_dict().items() if "decoder.bias" not in k}
    state["cls.predictions.decoder.weight"] = state["cls.predictions.decoder.weight"] + 1
    save_file(state, folder / "model.safetensors")
    import_checkpoint(folder, tmp_path / "out")
    config = bert_config(tie_word_embeddings=False)
    loaded = BertForMaskedLM.from_pretrained(tmp_path / "out", config=config)
    decoder = loaded.get_output_embeddings().weight
    assert torch.equal(decoder, state["cls.predictions.decoder.weight"])
    assert UmlsBertConfig.from_pretrained(tmp_path / "out").tie_word_embeddings is False


@pytest.mark.parametrize(
    ("tokenizer_config", "asked", "expected"),
    [
        (None, None, False),
        ({"do_lower_case": True}, None, True),
        ({"max_len": 512}, None, False),
        (None, True, True),
        ({"do_lower_case": True}, False, False),
    ],
)
def test_case_of_the_tokenizer(published, tmp_path, tokenizer_config, asked, expected):
    if tokenizer_config is not None:
        (published / "tokenizer_config.json").write_text(json.dumps(tokenizer_config))
    report = import_checkpoint(published, tmp_path / "out", lower_case=asked)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert report.lower_case is expected
    assert tokenizer.tokenize("Fever") == (["fever"] if expected else ["Fever"])


def edit_config(folder, **values):
    file = folder / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **values}))


def resave(folder, **values):
    state = {**state_dict(), **values}
    torch.save({k: v for k, v in state.items() if v is not None}, folder / "pytorch_model.bin")


TYPES_KEY = "bert.embeddings.tui_type_embeddings.weight"
DENSE_KEY = "bert.encoder.layer.1.output.dense.weight"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda d: (d / "config.json").unlink(), r"config\.json: cannot be read"),
        (lambda d: (d / "config.json").write_text("[]"), r"config\.json: is not a JSON file"),
        (lambda d: (d / "pytorch_model.bin").unlink(), "has no weights"),
        (lambda d: (d / "pytorch_model.bin").write_bytes(b"PK"), r"pytorch_model\.bin: is damaged"),
        (
            lambda d: (d / "vocab_updated.txt").unlink(),
            r"vocab_updated\.txt: there is no such file",
        ),
        (lambda d: (d / "vocab_updated.txt").write_text("a\n"), r"has no \[PAD\]"),
        (lambda d: (d / "vocab.txt").write_text("a\n"), r"not those of .*vocab\.txt"),
        (lambda d: edit_config(d, tui_size=44), "says tui_size 44, but .* has 6 semantic types"),
        (lambda d: edit_config(d, vocab_size=28996), r"config\.json says 28996"),
        (lambda d: edit_config(d, num_hidden_layers=1), "the config does not know.*layer.1"),
        (lambda d: edit_config(d, intermediate_size=64), r"is of shape .*make it"),
        (lambda d: resave(d, **{TYPES_KEY: None}), "It is a plain BERT, which needs no import"),
        (lambda d: resave(d, **{TYPES_KEY: torch.zeros(44, 16)}), r"\(44, 16\).*\(7, 16\)"),
        (lambda d: resave(d, **{DENSE_KEY: None}), f"lacks {DENSE_KEY}"),
        (lambda d: resave(d, **{DENSE_KEY: torch.full((16, 32), float("nan"))}), "not finite"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_left(published, tmp_path, damage, message):
    damage(published)
    with pytest.raises(InputError, match=message):
        import_checkpoint(published, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["published"]


class Harmful:
    def __reduce__(self):
        return print, ("code of the file has run",)


def test_no_code_of_a_weights_file_is_run(published, tmp_path, capsys):
    torch.save({"weights": Harmful()}, published / "pytorch_model.bin")
    capsys.readouterr()
    with pytest.raises(InputError, match="holds more than weights"):
        import_checkpoint(published, tmp_path / "out")
    assert "has run" not in capsys.readouterr().out


def test_an_existing_directory_is_not_touched(published, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        import_checkpoint(published, tmp_path / "out")
    assert (tmp_path / "out" / "mine").read_text() == "mine"


def test_a_wordpiece_table_needs_known_types_and_its_own_tokenizer(imported, toy_bert):
    with pytest.raises(ValueError, match="T999"):
        UmlsBertConfig(["T047"], wordpiece_semantic_types={"fever": "T999"})
    config = UmlsBertConfig.from_pretrained(imported)
    with pytest.raises(ValueError, match="do not belong together"):
        wordpiece_type_ids(config, AutoTokenizer.from_pretrained(toy_bert))
