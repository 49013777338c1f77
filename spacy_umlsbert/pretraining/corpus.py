"""Encoded sequences for training: kept on disk and memory-mapped, or made while they are read."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from torch.utils.data import Dataset, IterableDataset, get_worker_info

from spacy_umlsbert.batching import chunks
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.pretraining.encoding import Sequence
from spacy_umlsbert.pretraining.text import Document

_SCHEMA = pa.schema(
    [("input_ids", pa.list_(pa.int32())), ("semantic_type_ids", pa.list_(pa.int16()))]
)
_FINGERPRINT = b"fingerprint"
_BATCH = 4096

Example = dict[str, Any]


def empty_corpus() -> InputError:
    """The error of texts that hold nothing."""
    return InputError(
        "the texts are empty: there is nothing to learn from.",
        remedy="See that corpus.train and corpus.dev name the right files.",
    )


class EncodedCorpus(Dataset[Example]):
    """Sequences in an Arrow file, memory-mapped: any number needs no memory to speak of, and the
    workers of a data loader share the pages.

    Args:
        path: What `write` has made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        reader = pa.ipc.open_file(pa.memory_map(str(path)))
        self.fingerprint = (reader.schema.metadata or {}).get(_FINGERPRINT, b"").decode()
        self._batches = []
        for i in range(reader.num_record_batches):
            ids, types = reader.get_batch(i).columns
            offsets = ids.offsets.to_numpy()
            self._batches.append((offsets, ids.values.to_numpy(), types.values.to_numpy()))
        sizes = [len(offsets) - 1 for offsets, _, _ in self._batches]
        self._ends = np.cumsum(sizes)

    def __len__(self) -> int:
        """The number of sequences."""
        return int(self._ends[-1]) if len(self._ends) else 0

    def __getitem__(self, index: int) -> Example:
        """A sequence: ``input_ids`` and ``semantic_type_ids``, 1-d arrays."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        batch = int(np.searchsorted(self._ends, index, side="right"))
        offsets, ids, types = self._batches[batch]
        row = index - (int(self._ends[batch - 1]) if batch else 0)
        part = slice(offsets[row], offsets[row + 1])
        return {"input_ids": ids[part], "semantic_type_ids": types[part]}

    def __iter__(self) -> Iterator[Example]:
        """All sequences, in order."""
        return (self[i] for i in range(len(self)))

    def __reduce__(self) -> tuple[type[EncodedCorpus], tuple[Path]]:
        return EncodedCorpus, (self.path,)

    @property
    def n_wordpieces(self) -> int:
        """The number of wordpieces, special ones included."""
        return sum(len(ids) for _, ids, _ in self._batches)

    @classmethod
    def write(
        cls,
        path: Path,
        sequences: Iterable[Sequence],
        fingerprint: str = "",
        progress: str | None = None,
    ) -> EncodedCorpus:
        """Write sequences to a file, which appears only when it is complete.

        Args:
            path: The file to make or replace.
            sequences: The sequences; they are written as they come.
            fingerprint: What tells whether the file is still the right one.
            progress: A name for the progress bar; none if not given.

        Raises:
            InputError: If there are no sequences.
        """
        schema = _SCHEMA.with_metadata({_FINGERPRINT: fingerprint.encode()})
        count = 0
        with (
            atomic_file(path) as unfinished,
            pa.ipc.new_file(str(unfinished), schema) as writer,
            progress_bar(
                doing=progress, unit="sequences", show=progress is not None, keep=True
            ) as bar,
        ):
            for batch in chunks(sequences, _BATCH):
                writer.write_batch(_record_batch(batch, schema))
                count += len(batch)
                bar.update(len(batch))
            if not count:
                raise empty_corpus()
        return cls(path)

    @classmethod
    def reuse(cls, path: Path, fingerprint: str) -> EncodedCorpus | None:
        """The corpus at a path if it is there, whole, and has this fingerprint."""
        if not path.is_file():
            return None
        try:
            corpus = cls(path)
        except (pa.ArrowInvalid, OSError):
            return None
        return corpus if corpus.fingerprint == fingerprint else None


def _record_batch(sequences: list[Sequence], schema: pa.Schema) -> pa.RecordBatch:
    lengths = [len(sequence.input_ids) for sequence in sequences]
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))
    columns = [
        pa.ListArray.from_arrays(offsets, pa.array(np.concatenate(values)))
        for values in zip(*sequences, strict=True)
    ]
    return pa.record_batch(columns, schema=schema)


class StreamedCorpus(IterableDataset[Example]):
    """Sequences that are made while the texts are read: nothing is kept.

    For corpora that are not to be written to disk a second time. The workers of a data loader
    share the documents among them, and a buffer shuffles what comes.

    Args:
        documents: Reads the documents from the start.
        encode: An `Encoder`.
        shuffle_buffer: Sequences in the buffer; 0 leaves them in order.
        seed: For the shuffling.
    """

    def __init__(
        self,
        documents: Callable[[], Iterable[Document]],
        encode: Callable[[Iterable[Document]], Iterable[Sequence]],
        shuffle_buffer: int = 10_000,
        seed: int = 0,
    ) -> None:
        self._documents = documents
        self._encode = encode
        self._size = shuffle_buffer
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Shuffle differently from now on; called by Trainer."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[Example]:
        worker = get_worker_info()
        first, step = (worker.id, worker.num_workers) if worker is not None else (0, 1)
        documents = (document for i, document in enumerate(self._documents()) if i % step == first)
        examples = (sequence._asdict() for sequence in self._encode(documents))
        return self._shuffled(examples, random.Random(f"{self._seed} {self._epoch} {first}"))

    def _shuffled(self, examples: Iterable[Example], chance: random.Random) -> Iterator[Example]:
        buffer: list[Example] = []
        for example in examples:
            if len(buffer) < self._size:
                buffer.append(example)
                continue
            if not self._size:
                yield example
                continue
            place = chance.randrange(self._size)
            yield buffer[place]
            buffer[place] = example
        chance.shuffle(buffer)
        yield from buffer
