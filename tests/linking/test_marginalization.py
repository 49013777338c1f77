"""Synonym marginalisation: mentions come to the names of their concept."""

from pathlib import Path

import numpy as np
import pytest
import srsly
import torch
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.linking.concept_counts import ConceptCounts
from spacy_umlsbert.linking.dense_encoder import NameEncoder
from spacy_umlsbert.linking.encoder_files import load_name_encoder, read_settings
from spacy_umlsbert.linking.equivalent_ids import EquivalentIds
from spacy_umlsbert.linking.gold_mentions import GoldMention
from spacy_umlsbert.linking.marginalization.candidates import CandidateNames
from spacy_umlsbert.linking.marginalization.run import Marginalization
from spacy_umlsbert.linking.marginalization.trainer import marginal_loss
from spacy_umlsbert.linking.name_table import NameTable
from spacy_umlsbert.linking.sparse_encoder import SparseEncoder
from spacy_umlsbert.model import warm_start

CONFIG = Path(__file__).parents[2] / "configs" / "marginalize.cfg"
MENTIONS = [
    ("sugar trouble", "C0011860"),
    ("sugar troubles", "C0011860"),
    ("raised warmth", "C0015967"),
    ("warmth", "C0015967"),
    ("pump weakness", "C0018801"),
    ("weak pump", "C0018801"),
    ("chest pains", "C0008031"),
    ("ache in chest", "ALT1"),
]


def write_pubtator(path, mentions):
    rows = []
    for i, (mention, concept_id) in enumerate(mentions):
        rows += [f"{i}|t|{mention} .", f"{i}|a|x"]
        rows += [f"{i}\t0\t{len(mention)}\t{mention}\tproblem\t{concept_id}", ""]
    path.write_text("\n".join(rows) + "\n")


@pytest.fixture(scope="module")
def settings(toy_kb_path, toy_bert, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mentions")
    write_pubtator(folder / "train.txt", [*MENTIONS, ("ghost", "C9999999")])
    write_pubtator(folder / "dev.txt", [("sugar troubles now", "C0011860"), ("warmth", "C0015967")])
    (folder / "ids.txt").write_text("C0008031|ALT1||chest pain\n")
    return {
        "paths.kb": str(toy_kb_path),
        "paths.weights": toy_bert,
        "paths.train": str(folder / "train.txt"),
        "paths.dev": str(folder / "dev.txt"),
        "concepts.equivalent_ids": str(folder / "ids.txt"),
        "candidates.k": 8,
        "optimizer.learn_rate": 0.01,
        "training.batch_size": 4,
        "training.epochs": 8,
        "training.log_steps": 2,
        "training.plot": False,
    }


def run(settings, output, **more):
    overrides = {**settings, **{key.replace("__", "."): value for key, value in more.items()}}
    return Marginalization.from_file(CONFIG, overrides, output, quiet=True).run()


@pytest.fixture(scope="module")
def finished(settings, tmp_path_factory):
    output = tmp_path_factory.mktemp("linker")
    return output, run(settings, output)


def test_it_learns_and_is_saved(finished):
    output, metrics = finished
    losses = [row["loss"] for row in srsly.read_jsonl(output / "log.jsonl") if "loss" in row]
    assert losses[-1] < 0.7 * losses[0]
    assert metrics["mentions"] == len(MENTIONS), "not the one whose concept is unknown"
    assert metrics["after"]["acc@1"] >= metrics["before"]["acc@1"]
    saved = read_settings(str(output / "model"))
    assert saved.sparse_weight == pytest.approx(metrics["sparse_weight"], abs=1e-5) != 0.5
    assert saved.prior_weight != 0
    known = list(srsly.read_jsonl(output / "mentions.jsonl"))
    assert {"mention": "ache in chest", "ids": ["C0008031"], "count": 1} in known


def test_a_finished_run_is_not_trained_further(settings, finished):
    output, metrics = finished
    before = load_name_encoder(str(output / "model")).fingerprint
    assert run(settings, output)["after"] == metrics["after"]
    assert load_name_encoder(str(output / "model")).fingerprint == before


def test_stopped_between_epochs_it_goes_on_as_if_it_had_not_been(settings, finished, tmp_path):
    """As if it had been killed: the last checkpoints are taken away, and what was saved."""
    import shutil

    whole, metrics = finished
    run(settings, tmp_path, training__keep_checkpoints=8)
    for checkpoint in sorted((tmp_path / "checkpoints").glob("checkpoint-*")):
        if int(checkpoint.name.rpartition("-")[2]) > metrics["steps"] // 2:
            shutil.rmtree(checkpoint)
    shutil.rmtree(tmp_path / "model")
    again = run(settings, tmp_path, training__keep_checkpoints=8)
    assert again["steps"] == metrics["steps"]
    assert again["sparse_weight"] == pytest.approx(metrics["sparse_weight"], abs=1e-4)
    first, second = (load_name_encoder(str(f / "model")) for f in (whole, tmp_path))
    np.testing.assert_allclose(first(["warmth"]), second(["warmth"]), atol=1e-3)


def test_without_held_out_mentions_and_weights(settings, tmp_path):
    metrics = run(
        settings,
        tmp_path,
        paths__dev=[],
        objective__learn_weights=False,
        candidates__mentions=False,
        training__epochs=1,
    )
    assert metrics["sparse_weight"] == 0.5 and "after" not in metrics


@pytest.mark.parametrize(("part", "name"), [("train", "training"), ("dev", "held-out")])
def test_other_ids_than_the_bases_are_an_error(settings, tmp_path, part, name):
    write_pubtator(tmp_path / "other.txt", [("fever", "D005334")])
    with pytest.raises(InputError, match=f"{name} part.*Choose the knowledge base whose ids"):
        run(settings, tmp_path / "out", **{f"paths__{part}": str(tmp_path / "other.txt")})


TABLE = NameTable.of(
    [("fever", ("C1",)), ("pyrexia", ("C1",)), ("cough", ("C2",)), ("fever cough", ("C2", "A2"))]
)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_candidates_are_found_by_spelling_and_by_meaning(toy_bert, share):
    encoder = NameEncoder(*warm_start(toy_bert, ()), half_precision=False)
    mentions = [("fever", ("C1",)), ("coughs", ("A2",)), ("zzz", ("C9",))]
    counts = ConceptCounts([("fever", ("C1",), 3), ("hot", ("C1",), 2)])
    from_corpus = np.array([True, False, False, False])
    names = CandidateNames(
        mentions, counts, TABLE, from_corpus, SparseEncoder.fit(TABLE.names), 3, share
    )
    names.retrieve(encoder, encoder(TABLE.names))
    fever = names[0]
    assert len(fever.names) == 3
    assert "fever" not in fever.names, "its own row"
    for name, right, frequency in zip(fever.names, fever.right, fever.frequency, strict=True):
        assert right == (name == "pyrexia")
        assert frequency == pytest.approx(np.log1p(2) if name == "pyrexia" else 0), "not its own"
    cough = names[1]
    assert cough.right.any() and not names[2].right.any()
    assert names.recall == pytest.approx(2 / 3) or share < 1


def test_k_may_be_more_than_there_are(toy_bert):
    encoder = NameEncoder(*warm_start(toy_bert, ()))
    names = CandidateNames(
        [("fever", ("C1",))],
        ConceptCounts(),
        TABLE,
        np.zeros(4, dtype=bool),
        SparseEncoder.fit(TABLE.names),
        100,
        0.5,
    )
    names.retrieve(encoder, encoder(TABLE.names))
    assert sorted(names[0].names) == sorted(TABLE.names)


def test_the_loss_is_that_of_all_right_names_together():
    scores = torch.tensor([[1.0, 2.0, 0.0], [5.0, 1.0, 1.0], [1.0, 1.0, 1.0]], requires_grad=True)
    right = torch.tensor([[True, False, True], [True, True, True], [False, False, False]])
    loss = marginal_loss(scores, right)
    probabilities = torch.softmax(scores[0], 0)
    expected = -torch.log(probabilities[0] + probabilities[2]) / 2  # the second has none to lose
    torch.testing.assert_close(loss, expected)
    loss.backward()
    assert not scores.grad[2].any(), "nothing is learned from a mention without a right name"
    assert marginal_loss(scores, torch.zeros(3, 3, dtype=torch.bool)) == 0


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3), max_size=6))
def test_ids_that_mean_the_same_are_one(groups):
    ids = EquivalentIds(map(tuple, groups))
    for group in groups:
        for one in group:
            for known in group:
                assert ids.known(one, {known}) == known
    assert ids.known("z", {"a"}) == "z"


def test_ids_of_mentions_are_those_of_the_base(tmp_path):
    path = tmp_path / "ids.txt"
    path.write_text("D1|100||name\nD2||other\n")
    ids = EquivalentIds.read(path)
    mentions = [GoldMention("d", ("x",), ("100", "D1")), GoldMention("d", ("x",), ("D7",))]
    found = [m.concept_ids for m in ids.of_mentions(mentions, {"D1"})]
    assert found == [("D1",), ("D7",)]
    assert EquivalentIds.read(None).known("D1", set()) == "D1"
