"""Settings, and what is said about wrong ones."""

import tempfile
from pathlib import Path

import pytest

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.pretraining.config import PretrainingConfig
from spacy_umlsbert.training.settings import load_settings

CONFIGS = Path(__file__).parents[2] / "configs"
TRAIN = {"paths.train": "notes.jsonl"}


def load(overrides=None, name="pretrain.cfg"):
    return load_settings(
        PretrainingConfig, CONFIGS / name, {**TRAIN, **(overrides or {})}, Path("out")
    )


def test_the_defaults_are_those_of_the_papers():
    config = load()
    assert config.training.max_steps == 150_000
    assert (config.training.batch_size, config.corpus.max_length) == (32, 128)
    assert config.optimizer.learn_rate == 5e-5
    assert config.objective.masking == 0.15
    assert config.objective.concepts
    assert config.objective.other_words == "binary_cross_entropy"
    assert config.objective.vocabulary_reduction == "mean"
    assert config.corpus.train == [Path("notes.jsonl")]
    assert config.corpus.dev == []


def test_the_file_of_the_papers_states_every_default():
    written = load().model_dump()
    # What the classes say if the file says nothing.
    bare = "[model]\nweights = 'x'\n[corpus]\ntrain = 'notes.jsonl'\n[paths]\noutput = 'out'\n"
    assert {key: written[key] for key in ("objective", "optimizer", "training")} == {
        key: load_text(bare).model_dump()[key] for key in ("objective", "optimizer", "training")
    }


def load_text(text, path=Path("bare.cfg")):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / path
        file.write_text(text.replace("'", '"'), "utf-8")
        return load_settings(PretrainingConfig, file)


def test_the_open_config_is_valid():
    config = load(name="pretrain_open.cfg")
    assert config.corpus.document_field == "document"


def test_several_files_and_lists_of_types():
    config = load(
        {"corpus.train": ["a.txt", "b.jsonl.gz"], "model.semantic_type_embeddings": ["DISO"]}
    )
    assert config.corpus.train == [Path("a.txt"), Path("b.jsonl.gz")]
    assert config.model.semantic_type_embeddings == ["DISO"]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"training.max_step": 5}, r"training.max_step: there is no such setting; did you mean"),
        ({"objective.other_words": "none"}, r"objective.other_words: .*cross_entropy"),
        ({"training.batch_size": 0}, r"training.batch_size: .*greater than 0"),
        ({"paths.train": None}, r"corpus.train: is missing"),
        ({"objective.masking": 1.5}, r"objective.masking: .*less than 1"),
    ],
)
def test_wrong_settings_are_named(overrides, message):
    with pytest.raises(InputError, match=message):
        load(overrides)


def test_files_that_are_no_config(tmp_path):
    with pytest.raises(InputError, match="no such config file"):
        load_settings(PretrainingConfig, tmp_path / "nowhere.cfg")
    broken = tmp_path / "broken.cfg"
    broken.write_text("[model\nweights = 1")
    with pytest.raises(InputError, match="cannot be read"):
        load_settings(PretrainingConfig, broken)
    with pytest.raises(InputError, match="weights: is missing"):
        load_text("[model]\n[corpus]\ntrain = 'x'\n[paths]\noutput = 'out'\n")
    with pytest.raises(InputError, match="--output"):
        load_text("[model]\nweights = 'x'\n[corpus]\ntrain = 'x'\n")
