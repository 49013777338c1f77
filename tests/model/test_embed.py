"""Vectors of names, their files, and nearest neighbours."""

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.model import embed as embed_module
from spacy_umlsbert.model import warm_start
from spacy_umlsbert.model.embed import embed_names
from spacy_umlsbert.model.neighbours import Neighbourhood, whole_words
from spacy_umlsbert.model.published.import_checkpoint import import_checkpoint
from spacy_umlsbert.model.published.wordpiece_types import wordpiece_type_ids
from spacy_umlsbert.model.vector_files import NameRow, names_file, read_name_rows, write_vectors
from tests.published import write_checkpoint

NAMES = ["chest pain", "fever", "type 2 diabetes mellitus", "", "fever", "x" * 50, "😷 pain"]


@pytest.fixture(scope="module")
def encoder(toy_bert):
    return warm_start(toy_bert, [])


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    import_checkpoint(write_checkpoint(folder / "in"), folder / "out")
    return str(folder / "out")


def one_by_one(encoder, names, pooling):
    model, tokenizer = encoder
    result = []
    for name in names:
        with torch.no_grad():
            hidden = model(**tokenizer(name, return_tensors="pt")).last_hidden_state[0].numpy()
        result.append(hidden[0] if pooling == "cls" else hidden.mean(axis=0))
    return np.stack(result)


@pytest.mark.parametrize("pooling", ["cls", "mean"])
@pytest.mark.parametrize("budget", [1, 40, 8192])
def test_vectors_do_not_depend_on_the_batch(encoder, pooling, budget, monkeypatch):
    monkeypatch.setattr(embed_module.chunks, "__defaults__", (3,))
    parts = list(embed_names(*encoder, NAMES, pooling=pooling, batch_wordpieces=budget))
    assert [len(part) for part in parts] == [3, 3, 1]
    vectors = np.concatenate(parts)
    assert vectors.dtype == np.float32
    assert np.allclose(vectors, one_by_one(encoder, NAMES, pooling), atol=1e-6)


@settings(max_examples=20)
@given(names=st.lists(st.text(max_size=40), max_size=8))
def test_any_names_give_their_own_rows(encoder, names):
    parts = list(embed_names(*encoder, names))
    assert sum(map(len, parts)) == len(names)
    if names:
        assert np.allclose(np.concatenate(parts), one_by_one(encoder, names, "cls"), atol=1e-5)


def test_names_are_read_as_a_stream(encoder, monkeypatch):
    monkeypatch.setattr(embed_module.chunks, "__defaults__", (2,))
    read = []
    stream = embed_names(*encoder, (read.append(name) or name for name in NAMES))
    next(stream)
    assert read == NAMES[:2]


def test_precision_length_and_mode(encoder):
    model, _ = encoder
    model.train()
    (half,) = embed_names(*encoder, ["fever"], dtype="float16")
    assert half.dtype == np.float16
    assert model.training, "the model is left as it was"
    model.eval()
    (cut,) = embed_names(*encoder, ["fever cough"], max_length=3)
    (short,) = embed_names(*encoder, ["fever"])
    assert np.allclose(cut, short, atol=1e-6)
    (long,) = embed_names(*encoder, ["fever " * 500])
    assert np.isfinite(long).all()
    for wrong in (2, 65):
        with pytest.raises(ValueError, match="takes 3 to 64"):
            list(embed_names(*encoder, ["fever"], max_length=wrong))
    with pytest.raises(ValueError, match="cls or mean"):
        list(embed_names(*encoder, ["fever"], pooling="max"))


def test_semantic_types_of_wordpieces_if_asked_for(imported):
    model, tokenizer = warm_start(imported, [])
    table = wordpiece_type_ids(model.config, tokenizer)
    (plain,) = embed_names(model, tokenizer, ["fever", "the"])
    (typed,) = embed_names(model, tokenizer, ["fever", "the"], wordpiece_types=table)
    assert not np.allclose(plain[0], typed[0], atol=1e-3)
    assert np.allclose(plain[1], typed[1], atol=1e-6)


# Files


def rows_of(n):
    return [NameRow(f"name {i}", f"C{i}" if i % 2 else "") for i in range(n)]


def numbers(names):
    """A vector per name that tells which name it is."""
    return np.array([[int(name.split()[1]), 0.5, -1] for name in names], dtype=np.float32)


def write(path, rows, monkeypatch, **options):
    monkeypatch.setattr(embed_module.chunks, "__defaults__", (3,))
    write_vectors(path, rows, numbers, width=3, progress=False, **{"count": len(rows), **options})


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_npy(tmp_path, monkeypatch, dtype):
    path = tmp_path / "v.npy"
    write(path, rows_of(10), monkeypatch, dtype=dtype)
    vectors = np.load(path, mmap_mode="r")
    assert vectors.dtype == dtype
    assert vectors.tolist() == [[i, 0.5, -1] for i in range(10)]
    assert list(read_name_rows(names_file(path))) == rows_of(10)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_parquet(tmp_path, monkeypatch, dtype):
    write(tmp_path / "v.parquet", rows_of(10), monkeypatch, dtype=dtype)
    table = pq.read_table(tmp_path / "v.parquet")
    assert table.column_names == ["name", "concept_id", "vector"]
    assert table["name"].to_pylist() == [row.name for row in rows_of(10)]
    assert table["concept_id"].to_pylist() == [row.concept_id or None for row in rows_of(10)]
    vectors = np.stack(table["vector"].to_numpy())
    assert vectors.dtype == dtype
    assert vectors.tolist() == [[i, 0.5, -1] for i in range(10)]


@pytest.mark.parametrize("name", ["v.npy", "v.parquet"])
@pytest.mark.parametrize("count", [9, 11])
def test_files_are_whole_or_not_there(tmp_path, monkeypatch, name, count):
    with pytest.raises(InputError, match=f"{count} names were counted, and 10 read"):
        write(tmp_path / name, rows_of(10), monkeypatch, count=count)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match=r"\.npy or \.parquet"):
        write(tmp_path / "v.txt", rows_of(1), monkeypatch)


def test_names_of_a_file(tmp_path):
    file = tmp_path / "names.txt"
    file.write_bytes("\ufefffever\r\n\n heart attack \tC0027051\textra\n\tC1\n".encode())
    assert list(read_name_rows(file)) == [NameRow("fever"), NameRow("heart attack", "C0027051")]
    file.write_bytes(b"fever\n\xff\n")
    with pytest.raises(InputError, match="line 2: invalid UTF-8"):
        list(read_name_rows(file))
    with pytest.raises(InputError, match="no such file"):
        list(read_name_rows(tmp_path / "missing"))


# Neighbours


def test_whole_words(toy_bert):
    words = whole_words(AutoTokenizer.from_pretrained(toy_bert))
    assert {"fever", "metformin", "short"} <= set(words)
    assert not {"[PAD]", "##ness", "2", "x", "no"} & set(words)


@pytest.mark.parametrize("centre", [True, False])
def test_nearest_words_are_those_of_a_full_search(encoder, centre):
    space = Neighbourhood(*encoder, centre=centre)
    vectors = one_by_one(encoder, space.words, "mean")
    origin = vectors.mean(axis=0) if centre else 0
    unit = (vectors - origin) / np.linalg.norm(vectors - origin, axis=1, keepdims=True)
    query = one_by_one(encoder, ["Fever"], "mean") - origin
    cosines = dict(zip(space.words, unit @ (query / np.linalg.norm(query))[0], strict=True))
    del cosines["fever"]  # the word itself, in any case
    expected = sorted(cosines, key=cosines.__getitem__, reverse=True)[:5]
    (found,) = space.nearest_words(["Fever"], 5)
    assert [n.name for n in found] == expected
    assert found[0].score == pytest.approx(cosines[expected[0]], abs=1e-5)


RANDOM = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)


class RandomVectors(Neighbourhood):
    """The vector of a name is the row of its number."""

    def _embed(self, names):
        return RANDOM[[int(name) for name in names]]


@given(
    ids=st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=25),
    k=st.integers(1, 4),
    size=st.integers(1, 7),
)
def test_nearest_concepts_have_the_score_of_their_best_name(ids, k, size):
    space = RandomVectors(None, None, map(str, range(30)), centre=False)
    unit = RANDOM / np.linalg.norm(RANDOM, axis=1, keepdims=True)
    expected = {}
    for i, concept in enumerate(ids):
        expected[concept] = max(float(unit[29] @ unit[i]), expected.get(concept, -2))
    best = sorted(expected, key=expected.__getitem__, reverse=True)[:k]
    rows = [NameRow(str(i), concept) for i, concept in enumerate(ids)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embed_module.chunks, "__defaults__", (size,))
        (found,) = space.nearest_concepts(["29"], rows, k)
    assert [n.concept_id for n in found] == best
    assert [n.score for n in found] == pytest.approx([expected[c] for c in best], abs=1e-5)
    assert all(ids[int(n.name)] == n.concept_id for n in found)


def test_no_words_are_an_error(encoder):
    with pytest.raises(ValueError, match="no words"):
        Neighbourhood(*encoder, [])
