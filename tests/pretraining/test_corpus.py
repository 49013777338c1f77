"""Encoded sequences on disk and as a stream."""

import pickle

import numpy as np
import pytest
from torch.utils.data import DataLoader

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.pretraining import corpus as module
from spacy_umlsbert.pretraining.corpus import EncodedCorpus, StreamedCorpus
from spacy_umlsbert.pretraining.encoding import Sequence


def sequences(n):
    rng = np.random.default_rng(0)
    for i in range(n):
        ids = rng.integers(0, 30_000, i % 7 + 2).astype(np.int32)
        yield Sequence(ids, (ids % 128).astype(np.int16))


def test_what_is_written_can_be_read_in_any_order(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_BATCH", 4)
    expected = list(sequences(11))
    corpus = EncodedCorpus.write(tmp_path / "x.arrow", iter(expected))
    for copy in (corpus, EncodedCorpus(tmp_path / "x.arrow"), pickle.loads(pickle.dumps(corpus))):
        assert len(copy) == 11
        assert copy.n_wordpieces == sum(len(sequence.input_ids) for sequence in expected)
        for i in (10, 0, 3, 4, 7, 8):
            assert copy[i]["input_ids"].tolist() == expected[i].input_ids.tolist()
            assert copy[i]["semantic_type_ids"].tolist() == expected[i].semantic_type_ids.tolist()
    with pytest.raises(IndexError):
        corpus[11]


def test_an_encoded_corpus_is_used_again_only_if_it_is_whole_and_the_same(tmp_path):
    path = tmp_path / "x.arrow"
    assert EncodedCorpus.reuse(path, "a") is None
    EncodedCorpus.write(path, sequences(3), "a")
    assert len(EncodedCorpus.reuse(path, "a")) == 3
    assert EncodedCorpus.reuse(path, "b") is None
    path.write_bytes(path.read_bytes()[:-20])
    assert EncodedCorpus.reuse(path, "a") is None


def test_an_error_while_encoding_leaves_the_old_file(tmp_path):
    def broken():
        yield from sequences(2)
        raise RuntimeError("stop")

    path = tmp_path / "x.arrow"
    EncodedCorpus.write(path, sequences(3), "a")
    with pytest.raises(RuntimeError, match="stop"):
        EncodedCorpus.write(path, broken(), "b")
    with pytest.raises(InputError, match="empty"):
        EncodedCorpus.write(path, [], "b")
    assert len(EncodedCorpus.reuse(path, "a")) == 3
    assert [file.name for file in tmp_path.iterdir()] == ["x.arrow"]


def numbered(n):
    return [[str(i)] for i in range(n)]


def encode(documents):
    for (text,) in documents:
        yield Sequence(np.array([int(text)], np.int32), np.zeros(1, np.int16))


def read(stream, workers=0):
    loader = DataLoader(stream, batch_size=None, num_workers=workers)
    return [int(example["input_ids"][0]) for example in loader]


def test_a_stream_gives_everything_once_shuffled_anew_each_epoch():
    stream = StreamedCorpus(lambda: numbered(50), encode, shuffle_buffer=8, seed=1)
    first, again = read(stream), read(stream)
    stream.set_epoch(1)
    second = read(stream)
    assert first == again
    assert first != second
    assert sorted(first) == sorted(second) == list(range(50))
    assert read(StreamedCorpus(lambda: numbered(5), encode, shuffle_buffer=0)) == [0, 1, 2, 3, 4]


def test_workers_share_the_documents_of_a_stream():
    stream = StreamedCorpus(lambda: numbered(20), encode, shuffle_buffer=4)
    assert sorted(read(stream, workers=2)) == list(range(20))
