"""Self-alignment: names of a concept come together, through an interruption too."""

from pathlib import Path

import numpy as np
import pytest

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.linking.alignment.pairs import NamePairs
from spacy_umlsbert.linking.alignment.run import Alignment
from spacy_umlsbert.linking.dense_encoder import NameEncoder
from spacy_umlsbert.linking.encoder_files import load_name_encoder
from spacy_umlsbert.umls import KnowledgeBase
from tests.rrf import Row, build_kb

CONFIG = Path(__file__).parents[2] / "configs" / "align.cfg"


@pytest.fixture(scope="module")
def settings(toy_kb_path, toy_bert):
    return {
        "paths.kb": str(toy_kb_path),
        "paths.weights": toy_bert,
        "optimizer.learn_rate": 0.01,
        "training.batch_size": 4,
        "training.epochs": 20,
        "training.log_steps": 5,
        "training.save_steps": 10,
        "training.plot": False,
    }


def run(settings, output, **more):
    overrides = {**settings, **{key.replace("__", "."): value for key, value in more.items()}}
    return Alignment.from_file(CONFIG, overrides, output, quiet=True).run()


def contrast(encoder: NameEncoder, kb: KnowledgeBase) -> float:
    """How much closer names of a concept are than names of two."""
    pairs = NamePairs(kb)
    names = [pairs[i] for i in range(len(pairs))]
    first, second = (encoder([pair[i] for pair in names]) for i in (0, 1))
    cosines = first @ second.T
    concepts = np.array([pair[2] for pair in names])
    other = concepts[:, None] != concepts[None]
    return float(np.diag(cosines).mean() - cosines[other].mean())


@pytest.fixture(scope="module")
def finished(settings, tmp_path_factory):
    output = tmp_path_factory.mktemp("aligned")
    return output, run(settings, output)


def test_names_of_a_concept_come_together(finished, toy_bert, toy_kb):
    output, metrics = finished
    before, after = load_name_encoder(toy_bert), load_name_encoder(str(output / "model"))
    assert contrast(after, toy_kb) > contrast(before, toy_kb) + 0.2
    assert metrics["steps"] == 20 * -(-metrics["pairs"] // 4)
    assert (after.pooling, after.max_length) == ("cls", 32)


def test_a_finished_run_is_not_trained_further(settings, finished):
    output, metrics = finished
    before = load_name_encoder(str(output / "model")).fingerprint
    assert run(settings, output)["steps"] == metrics["steps"]
    assert load_name_encoder(str(output / "model")).fingerprint == before


def test_interrupted_it_goes_on_as_if_it_had_not_been(settings, finished, tmp_path):
    """The limit of time stops it after a step; then it goes on without one."""
    assert run(settings, tmp_path, training__max_minutes=1e-6)["steps"] == 1
    run(settings, tmp_path)
    whole, again = (load_name_encoder(str(f / "model")) for f in (finished[0], tmp_path))
    np.testing.assert_allclose(whole(["chest pain"]), again(["chest pain"]), atol=1e-4)


@pytest.mark.parametrize(
    ("changed", "was"),
    [
        ({"optimizer__learn_rate": 0.02}, "optimizer.learn_rate was 0.01"),
        ({"model__transformer_config": {"a": 1}}, "model.transformer_config.a was not set"),
        ({"training__seed": 7}, "training.seed was 0"),
        ({"paths__kb": "elsewhere"}, "concepts.kb was"),
    ],
)
def test_a_run_is_not_taken_for_one_with_other_settings(settings, finished, changed, was):
    output, _ = finished
    before = (output / "metrics.json").read_text()
    with pytest.raises(InputError, match="other settings") as error:
        run(settings, output, **changed)
    assert was in str(error.value) and "--output" in str(error.value)
    assert (output / "metrics.json").read_text() == before


def test_how_long_and_what_is_kept_may_change(settings, finished):
    output, metrics = finished
    again = run(settings, output, training__log_steps=3, training__keep_checkpoints=5)
    assert again["steps"] == metrics["steps"]


@pytest.mark.parametrize(
    "more",
    [
        {"model__pooling": "mean", "objective__hard_mining": False},
        {"concepts__semantic_types": ["DISO"], "training__max_steps": 3},
    ],
)
def test_ways_to_train(settings, tmp_path, more):
    metrics = run(settings, tmp_path, **more)
    assert metrics["steps"] == more.get("training__max_steps", metrics["steps"])
    pooling = load_name_encoder(str(tmp_path / "model")).pooling
    assert pooling == more.get("model__pooling", "cls")


def test_pairs_are_of_one_concept_and_not_of_shared_names(toy_kb):
    pairs = NamePairs(toy_kb)
    names = {name for i in range(len(pairs)) for name in pairs[i][:2]}
    assert "cold" not in names, "a name of two concepts"
    for i in range(len(pairs)):
        first, second, row = pairs[i]
        concept = toy_kb.concept(row)
        of_concept = {name.lower() for name in [concept.canonical_name, *concept.aliases]}
        assert first != second and {first, second} <= of_concept
    diseases = NamePairs(toy_kb, ["T047"])
    assert 0 < len(diseases) < len(pairs)


def test_of_many_names_some_pairs_are_drawn(tmp_path):
    names = [f"name {i}" for i in range(40)]
    kb = build_kb(tmp_path, [Row("C1", ["T047"], names, "x.")])
    pairs = NamePairs(kb, most=50)
    assert len(pairs) == len({pairs[i][:2] for i in range(50)}) == 50
    assert all(pairs[i][0] != pairs[i][1] for i in range(50))
    np.testing.assert_array_equal(NamePairs(kb, most=50).rows, pairs.rows)


def test_a_base_without_synonyms_is_an_error(settings, tmp_path):
    kb = build_kb(tmp_path, [Row("C1", ["T047"], ["a name"], "x.")])
    with pytest.raises(InputError, match="nothing to learn from"):
        run(settings, tmp_path / "out", paths__kb=str(kb.path))
    with pytest.raises(InputError, match="at most 64 wordpieces"):
        run(settings, tmp_path / "out", model__max_length=65)
    with pytest.raises(InputError, match="cannot load the weights"):
        run(settings, tmp_path / "out", paths__weights="/nowhere")
