"""A whole pretraining, from settings to a saved model, through an interruption."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import srsly
import torch
from spacy.cli._util import app
from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer
from typer.testing import CliRunner

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.model import UmlsBertForMaskedLM
from spacy_umlsbert.pretraining.run import Pretraining
from spacy_umlsbert.training.checkpoints import last_complete_checkpoint

CONFIG = Path(__file__).parents[2] / "configs" / "pretrain.cfg"
WORDS = "the patient denies fever cough chest pain diabetes metformin aspirin on with and".split()


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("texts")
    chance = random.Random(0)
    for name, n in (("train", 60), ("dev", 8)):
        rows = [{"text": " ".join(chance.choices(WORDS, k=12))} for _ in range(n)]
        srsly.write_jsonl(folder / f"{name}.jsonl", rows)
    return folder


@pytest.fixture(scope="module")
def settings(texts, toy_bert, toy_kb_path):
    return {
        "paths.train": str(texts / "train.jsonl"),
        "paths.dev": str(texts / "dev.jsonl"),
        "paths.kb": str(toy_kb_path),
        "paths.weights": toy_bert,
        "corpus.max_length": 32,
        "optimizer.learn_rate": 0.01,
        "objective.vocabulary_reduction": "sum",
        "training.batch_size": 8,
        "training.max_steps": 6,
        "training.log_steps": 2,
        "training.eval_steps": 3,
        "training.save_steps": 3,
        "training.plot": False,
    }


def run(settings, output, **more):
    overrides = {**settings, **{key.replace("__", "."): value for key, value in more.items()}}
    return Pretraining.from_file(CONFIG, overrides, output, quiet=True).run()


def steps(output):
    return [row["step"] for row in srsly.read_jsonl(output / "log.jsonl") if "loss" in row]


@pytest.fixture(scope="module")
def finished(settings, tmp_path_factory):
    output = tmp_path_factory.mktemp("finished")
    return output, run(settings, output)


def test_the_model_learns_and_is_saved(finished):
    output, metrics = finished
    assert metrics["steps"] == 6
    assert metrics["after"]["loss"] < metrics["before"]["loss"]
    assert json.loads((output / "metrics.json").read_text())["after"] == metrics["after"]
    assert steps(output) == [2, 4, 6]
    model = AutoModelForMaskedLM.from_pretrained(output / "model")
    assert isinstance(model, UmlsBertForMaskedLM)
    types = AutoModel.from_pretrained(output / "model").embeddings.semantic_type_embeddings.weight
    assert types.any(), "semantic types have learned"
    assert not types[0].any()
    assert AutoTokenizer.from_pretrained(output / "model").is_fast


def test_a_finished_run_is_not_trained_further(settings, finished):
    output, metrics = finished
    before = AutoModel.from_pretrained(output / "model").state_dict()
    again = run(settings, output)
    after = AutoModel.from_pretrained(output / "model").state_dict()
    assert again["steps"] == 6
    assert again["before"] == metrics["before"]
    assert all(torch.equal(before[k], after[k]) for k in before if not k.startswith("pooler"))


def test_killed_in_the_middle_it_goes_on_from_the_last_checkpoint(settings, tmp_path):
    """Started through accelerate, as on several GPUs."""
    output = tmp_path / "out"
    settings = {**settings, "training.max_steps": 80, "training.save_steps": 10}
    settings |= {"training.log_steps": 10, "training.eval_steps": 1000}
    options = [part for key, value in settings.items() for part in (f"--{key}", str(value))]
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "1"]
    command = ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"]
    command += ["-m", "spacy", "umls", "pretrain", str(CONFIG), "-o", str(output), "--quiet"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*launch, *command, *[str(option).replace("False", "false") for option in options]],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        deadline = time.monotonic() + 120
        while last_complete_checkpoint(output / "checkpoints") is None:
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    reached = int(last_complete_checkpoint(output / "checkpoints").name.rpartition("-")[2])
    assert 10 <= reached < 80
    # As if it had been killed while it wrote the next one, too.
    half = output / "checkpoints" / f"checkpoint-{reached + 10}"
    half.mkdir(exist_ok=True)
    (half / "model.safetensors").write_bytes(b"\x10")

    metrics = run(settings, output)
    assert metrics["steps"] == 80
    assert steps(output) == list(range(10, 81, 10)), "each step once"
    assert metrics["after"]["loss"] < metrics["before"]["loss"], "the start is remembered"
    state = srsly.read_json(output / "checkpoints" / "checkpoint-80" / "trainer_state.json")
    assert state["global_step"] == 80


def test_time_is_counted_over_all_starts(settings, tmp_path):
    first = run(settings, tmp_path, training__max_minutes=1e-6)
    assert first["steps"] == 1
    again = run(settings, tmp_path, training__max_minutes=1e-6)
    assert again["steps"] == 1
    assert run(settings, tmp_path)["steps"] == 6


@pytest.mark.parametrize(
    "more",
    [
        {"model__semantic_type_lookup": "wordpieces", "training__accumulate_gradient": 2},
        {"corpus__stream": True, "objective__whole_words": True, "training__max_steps": 9},
        {"objective__concepts": False, "model__semantic_type_embeddings": False, "paths__kb": None},
        {"objective__other_words": "cross_entropy", "training__group_by_length": True},
    ],
    ids=["wordpieces", "stream", "plain", "mixed"],
)
def test_ways_to_train(settings, tmp_path, more):
    metrics = run(settings, tmp_path, **more)
    assert metrics["steps"] == more.get("training__max_steps", 6)
    assert metrics["after"]["loss"] < metrics["before"]["loss"]
    config = AutoModel.from_pretrained(tmp_path / "model").config
    if "model__semantic_type_lookup" in more:
        assert config.wordpiece_semantic_types["fever"] == "T033"
    else:
        assert not config.wordpiece_semantic_types


def test_parts_have_learning_rates_of_their_own(toy_bert):
    from spacy_umlsbert.model import warm_start
    from spacy_umlsbert.pretraining.config import OptimizerSettings
    from spacy_umlsbert.pretraining.trainer import parameter_groups

    model, _ = warm_start(toy_bert, ["T047"], model_class=UmlsBertForMaskedLM)
    rates = OptimizerSettings(learn_rate=1e-4, semantic_type_factor=10, head_factor=5)
    rate_of = {
        id(p): (group["lr"], group["weight_decay"])
        for group in parameter_groups(model, rates)
        for p in group["params"]
    }
    assert len(rate_of) == len(list(model.parameters()))
    embeddings = model.bert.embeddings
    head = model.cls.predictions
    assert rate_of[id(embeddings.semantic_type_embeddings.weight)] == (pytest.approx(1e-3), 0.0)
    assert rate_of[id(head.transform.dense.weight)] == (pytest.approx(5e-4), 0.01)
    assert rate_of[id(head.bias)] == (pytest.approx(5e-4), 0.0)
    assert rate_of[id(head.decoder.weight)] == (pytest.approx(1e-4), 0.01), "the word embeddings"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"paths__kb": None}, "concepts.kb"),
        ({"paths__kb": "nowhere"}, "nowhere"),
        ({"paths__train": "nowhere.jsonl"}, "nowhere.jsonl: there is no such file"),
        ({"paths__weights": "/nowhere"}, "cannot load the weights"),
        ({"corpus__max_length": 65}, "at most 64 wordpieces"),
        ({"training__trainer": {"no_such": 1}}, "training.trainer: .*no_such"),
        ({"training__report_to": ["no_such"]}, "training.report_to: no_such"),
    ],
)
def test_what_is_missing_is_said_before_any_work(settings, tmp_path, more, message):
    with pytest.raises(InputError, match=message):
        run(settings, tmp_path / "out", **more)
    assert not (tmp_path / "out" / "data").exists()


def test_an_empty_corpus_is_an_error(settings, tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    with pytest.raises(InputError, match="empty"):
        run(settings, tmp_path / "out", paths__train=str(empty))
    with pytest.raises(InputError, match="empty"):
        run(settings, tmp_path / "out", paths__train=str(empty), corpus__stream=True)


def test_errors_are_shown_without_a_traceback(tmp_path):
    import spacy_umlsbert.cli  # noqa: F401

    result = CliRunner().invoke(app, ["umls", "pretrain", str(tmp_path / "nowhere.cfg")])
    assert result.exit_code == 1
    assert "there is no such config file" in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_a_plot_of_the_loss(tmp_path):
    pytest.importorskip("matplotlib")
    from spacy_umlsbert.training.plot import plot_loss

    plot_loss([{"step": 0, "eval_loss": 3.0}, {"step": 2, "loss": 1.0}], tmp_path / "loss.png")
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
