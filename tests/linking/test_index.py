"""The index of names: what it finds, that it is opened and not rebuilt, and when it refuses."""

import numpy as np
import pyarrow as pa
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.linking.dense_encoder import NameEncoder
from spacy_umlsbert.linking.exact_search import ExactSearch
from spacy_umlsbert.linking.index import LinkerIndex, dense_search, open_or_build
from spacy_umlsbert.linking.index.location import FOLDER
from spacy_umlsbert.linking.known_mentions import (
    KnownMention,
    read_known_mentions,
    write_known_mentions,
)
from spacy_umlsbert.linking.name_normalizer import NameNormalizer
from spacy_umlsbert.linking.name_table import NameTable
from spacy_umlsbert.linking.sparse_encoder import SparseEncoder
from spacy_umlsbert.model import warm_start
from spacy_umlsbert.umls import KnowledgeBase
from tests.rrf import Row, build_kb


@pytest.fixture(scope="module")
def encoder(toy_bert):
    return NameEncoder(*warm_start(toy_bert, ()), half_precision=False)


def index_of(kb, path, encoder=None, **more):
    LinkerIndex.build(path, kb, encoder, progress=False, **more)
    return LinkerIndex.open(path, kb, encoder)


def concepts(found):
    return [one.concept_id for one in found]


@pytest.fixture(scope="module", params=["int8", "float16"])
def both(request, toy_kb, encoder, tmp_path_factory):
    path = tmp_path_factory.mktemp("index") / "i"
    return index_of(toy_kb, path, encoder, vector_type=request.param)


def test_a_name_is_found_with_score_one_whatever_its_case_and_punctuation(toy_kb, both, tmp_path):
    spelling_alone = index_of(toy_kb, tmp_path / "i")
    for index in (both, spelling_alone):
        for written in ("Chest pain", "CHEST-PAIN", " chest  pain."):
            (best, *others) = index.search([written], 5)[0]
            assert (best.concept_id, best.score) == ("C0008031", 1.0)
            assert best.name.lower() == "chest pain"
            assert all(0 <= other.score <= 1 for other in others)


def test_scores_are_those_of_the_search_that_computes_all(toy_kb, both, encoder, monkeypatch):
    table = NameTable.of_kb(toy_kb, NameNormalizer())
    every = ExactSearch(table, sparse=SparseEncoder.fit(dict.fromkeys(table.names)), dense=encoder)
    mentions = ["congestve heart failure", "pain in the chest", "diabetis"]
    every.sparse_weight = encoder.sparse_weight
    monkeypatch.setattr(encoder, "concept_weight", 0.0)
    exact = every.search(mentions, len(table))
    for found, all_names in zip(both.search(mentions, 1000), exact, strict=True):
        best: dict[str, float] = {}
        for candidate in all_names:
            best.setdefault(candidate.concept_ids[0], candidate.score)
        scores = {one.concept_id: one.score * (1 + encoder.sparse_weight) for one in found}
        assert scores.keys() == best.keys()
        assert all(abs(scores[one] - best[one]) < 0.02 for one in best)


def test_best_first_and_k_may_be_more_than_there_are(both):
    for found in both.search(["fevr", "x" * 10_000, "fever " * 2_000], 10_000):
        scores = [one.score for one in found]
        assert scores == sorted(scores, reverse=True)
        assert len(set(concepts(found))) == len(found) > 1


def test_nothing_to_compare_gives_no_concepts(both):
    assert both.search(["", "…!", "  "], 3)[:1] == [[]]
    assert both.search([], 3) == []
    assert all(found == [] for found in both.search(["", " - ", "  "], 3))


def test_one_concept(tmp_path, encoder):
    kb = build_kb(tmp_path, [Row("C1", ["T047"], ["fever"], "x.")])
    for i, used in enumerate((None, encoder)):
        index = index_of(kb, tmp_path / f"i{i}", used)
        assert concepts(index.search(["feverish", "fever"], 30)[1]) == ["C1"]


def test_a_name_of_fifty_concepts_gives_them_all(tmp_path, encoder):
    rows = [Row(f"C{i:02}", ["T047"], ["cold", f"cold {i}"], "x.") for i in range(50)]
    kb = build_kb(tmp_path, rows)
    index = index_of(kb, tmp_path / "i", encoder)
    found = index.search(["Cold"], 3)[0]
    assert sorted(concepts(found)[:50]) == sorted(row.cui for row in rows)
    assert all(one.score == 1.0 for one in found[:50])


def test_known_mentions_are_names_and_come_first(toy_kb, encoder, tmp_path):
    known = [
        KnownMention("the sugar disease", ["C0011860"], 3),
        KnownMention("cold", ["C0009443"], 2),
        KnownMention("ghost", ["not in the base"]),
    ]
    index = index_of(toy_kb, tmp_path / "i", encoder, known=known)
    found = index.search(["Sugar  disease, the", "the sugar disease", "cold", "ghost"], 5)
    assert concepts(found[1])[0] == "C0011860"
    assert concepts(found[2])[:2] == ["C0009443", "C0009264"]
    assert "not in the base" not in concepts(found[3])


def test_frequent_concepts_come_before_others_of_similar_names(toy_kb, toy_bert, tmp_path):
    encoder = NameEncoder(*warm_start(toy_bert, ()), prior_weight=0.5)
    known = [KnownMention("fever", ["C0015967"], 1000)]
    index = index_of(toy_kb, tmp_path / "i", encoder, known=known)
    assert concepts(index.search(["something else"], 50)[0])[0] == "C0015967"
    assert concepts(index.search(["chest pain"], 50)[0])[0] == "C0008031", "a name is a name"


def test_it_is_built_next_to_the_base_once(toy_kb, encoder, tmp_path, monkeypatch):
    toy_kb.copy_to(tmp_path / "kb")
    kb = KnowledgeBase.open(tmp_path / "kb")
    first = open_or_build(kb, encoder, progress=False).search(["fevers"], 3)
    (folder,) = (tmp_path / f"kb{FOLDER}").iterdir()
    assert (folder / "meta.json").is_file()

    def refuse(*args, **kwargs):
        raise AssertionError("built again")

    monkeypatch.setattr(LinkerIndex, "build", refuse)
    again = open_or_build(KnowledgeBase.open(tmp_path / "kb"), encoder)
    assert again.search(["fevers"], 3) == first


def test_for_a_base_in_memory_it_is_built_in_a_temporary_folder(toy_kb):
    kb = KnowledgeBase.from_bytes(toy_kb.to_bytes())
    assert concepts(open_or_build(kb, progress=False).search(["fever"], 3)[0])[0] == "C0015967"


def test_a_base_that_was_built_anew_gets_a_new_index(tmp_path):
    kb = build_kb(tmp_path, [Row("C1", ["T047"], ["fever"], "x.")])
    open_or_build(kb, progress=False)
    other = tmp_path / "other"
    build_kb(other, [Row("C2", ["T047"], ["fever"], "x.")]).copy_to(tmp_path / "kb")
    kb = KnowledgeBase.open(tmp_path / "kb")
    assert concepts(open_or_build(kb, progress=False).search(["fever"], 3)[0]) == ["C2"]


def test_index_base_and_encoder_must_belong_together(toy_kb, encoder, toy_bert, tmp_path):
    index_of(toy_kb, tmp_path / "i", encoder)
    other = build_kb(tmp_path, [Row("C1", ["T047"], ["fever"], "x.")])
    with pytest.raises(InputError, match=r"i: the linker index was built for another knowledge"):
        LinkerIndex.open(tmp_path / "i", other, encoder)
    trained = NameEncoder(*warm_start(toy_bert, ()))
    with torch.no_grad():
        trained.model.embeddings.word_embeddings.weight[5] += 1
    with pytest.raises(InputError, match="built for another encoder"):
        LinkerIndex.open(tmp_path / "i", toy_kb, trained)
    with pytest.raises(InputError, match="built for another encoder"):
        LinkerIndex.open(tmp_path / "i", toy_kb, None)


def test_damage_is_found(toy_kb, tmp_path):
    index_of(toy_kb, tmp_path / "i")
    names = tmp_path / "i" / "names.arrow"
    names.write_bytes(names.read_bytes()[:-8])
    with pytest.raises(InputError, match="the linker index is damaged"):
        LinkerIndex.open(tmp_path / "i", toy_kb, None)
    with pytest.raises(InputError, match="there is no such linker index"):
        LinkerIndex.open(tmp_path / "none", toy_kb, None)


def test_a_failed_build_leaves_nothing(toy_kb, encoder, tmp_path, monkeypatch):
    monkeypatch.setattr(
        NameEncoder, "stream", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        LinkerIndex.build(tmp_path / "i", toy_kb, encoder, progress=False)
    assert list(tmp_path.iterdir()) == []


def test_bytes(toy_kb, both, encoder):
    again = LinkerIndex.from_bytes(both.files.to_bytes(), toy_kb, encoder)
    assert again.search(["chest pains"], 5) == both.search(["chest pains"], 5)


def test_the_fingerprint_of_an_encoder_does_not_change_by_use(toy_bert):
    encoder = NameEncoder(*warm_start(toy_bert, ()))
    before = encoder.fingerprint
    encoder(["fever and cough"])
    assert encoder.fingerprint == before
    assert NameEncoder(*warm_start(toy_bert, ()), pooling="cls").fingerprint != before


@pytest.mark.parametrize("memory", [False, True])
def test_the_graph_of_neighbours_finds_what_comparing_all_finds(
    toy_kb, tmp_path, monkeypatch, memory
):
    """With more names than are compared one by one."""
    chance = np.random.default_rng(0)
    vectors = chance.normal(size=(3_000, 160)).astype(np.float32)
    vectors += 2 * vectors[chance.integers(0, 40, 3_000)]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = vectors[:50] + 0.02 * chance.normal(size=(50, 160)).astype(np.float32)
    monkeypatch.setattr(dense_search, "FEW", 100)
    from spacy_umlsbert.files.storage import Files, write_meta
    from spacy_umlsbert.linking.index.index import INDEX

    concepts = pa.array([[i, i + 1] for i in range(0, 3_000, 2)], pa.list_(pa.int64()))
    blocks = np.split(vectors, 3)
    dense_search.DenseSearch.build(tmp_path, blocks, vectors.shape, "int8", concepts)
    write_meta(tmp_path, {"vector_type": "int8"}, INDEX)
    files = Files.from_directory(tmp_path, INDEX)
    if memory:
        files = Files.from_bytes(files.to_bytes(), INDEX)
    search = dense_search.DenseSearch(files, 160)
    best = np.argsort(-(queries @ vectors.T), axis=1)[:, :10]
    found = search.search(queries, 40)
    recall = np.mean([len(np.intersect1d(a, b)) / 10 for a, b in zip(best, found, strict=True)])
    assert recall > 0.95
    rows = best[:, 0]
    expected = np.einsum("qw,qw->q", queries, vectors[rows])
    np.testing.assert_allclose(search.scores(queries, rows), expected, atol=0.01)
    means = vectors.reshape(1_500, 2, 160).mean(axis=1)[rows // 2]
    expected = np.einsum("qw,qw->q", queries, means)
    np.testing.assert_allclose(search.concept_scores(queries, rows // 2), expected, atol=0.01)


@given(st.lists(st.text(max_size=20), max_size=5))
def test_any_text_is_a_mention(index_of_toys, mentions):
    found = index_of_toys.search(mentions, 3)
    assert len(found) == len(mentions)


@pytest.fixture(scope="module")
def index_of_toys(toy_kb, encoder, tmp_path_factory):
    return index_of(toy_kb, tmp_path_factory.mktemp("toys") / "i", encoder)


def test_known_mentions_in_a_file(tmp_path):
    path = tmp_path / "mentions.jsonl"
    rows = [KnownMention("a", ["C1"], 1), KnownMention("b", ["C2", "C3"], 4)]
    write_known_mentions(path, rows)
    assert read_known_mentions(path) == rows[::-1]
    assert read_known_mentions(None) == []
    path.write_text('{"mention": "secret", "ids": []}\n')
    with pytest.raises(InputError, match="line 1") as error:
        read_known_mentions(path)
    assert "secret" not in str(error.value)
    with pytest.raises(InputError, match="no such file"):
        read_known_mentions(tmp_path / "none")
