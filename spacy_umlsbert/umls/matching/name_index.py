"""The index of normalised names: which names begin with a word, and which a sequence of words is.

An entry is a normalised name, known by the hash of its subtokens; it lists the names that normalise
to it, with what tells how close a text is to them (``NAMES``), so that most text can be compared
without reading the names. Two smaller tables, of single subtokens and of pairs, say for each how
long the longest name is that begins with it, so that most positions of a text are given up after
one or two look-ups, however large the terminology.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spacy_umlsbert.files.storage import Files, write_array
from spacy_umlsbert.umls.matching.hashing import (
    HashIndex,
    Int64Array,
    UInt64Array,
    hash_sequence,
    hash_sequences,
    hash_subtoken,
    short_hash,
)
from spacy_umlsbert.umls.matching.name_variants import NOT_LOOKED_FOR, VariantRules

_CACHE_SIZE = 1 << 20

NAMES = np.dtype(
    [("row", "<u4"), ("concept", "<i4"), ("exact", "<u4"), ("letters", "<u4"), ("rule", "u1")]
)
"""A name of an entry: its row, the row of its concept, what its subtokens hash to as they are and
in small letters (``short_hash``; 0 for a form that is not the name as it stands), and whether it is
looked for (``VariantRules.rule``)."""


class PrefixIndex:
    """Subtokens or pairs of them that names begin with (single ones: that they contain).

    Attributes:
        index: Positions by hash.
        longest: Subtokens of the longest name that begins with it, 0 if none does; uint8.
        entry: The entry that is exactly this subtoken or pair, -1 if there is none; int32.
    """

    def __init__(self, files: Files, name: str) -> None:
        self.index = HashIndex(
            files.array(f"{name}_keys.npy", np.uint64),
            files.array(f"{name}_buckets.npy", np.uint32),
        )
        self.longest = files.array(f"{name}_longest.npy", np.uint8)
        self.entry = files.array(f"{name}_entry.npy", np.int32)
        self._single = self.longest.data, self.entry.data

    def find_one(self, value: int) -> tuple[int, int] | None:
        """``longest`` and ``entry`` of one hash, None if no name begins with it."""
        place = self.index.find_one(value)
        if place < 0:
            return None
        longest, entry = self._single
        return longest[place], entry[place]

    @staticmethod
    def write(
        directory: Path,
        name: str,
        keys: UInt64Array,
        longest: NDArray[np.uint8],
        entry: NDArray[np.int32],
    ) -> None:
        """Write the files; ``keys`` are sorted and without repeats."""
        write_array(directory, f"{name}_keys.npy", keys)
        write_array(directory, f"{name}_buckets.npy", HashIndex.make_buckets(keys))
        write_array(directory, f"{name}_longest.npy", longest)
        write_array(directory, f"{name}_entry.npy", entry)


class NameIndex:
    """The index, opened from the files of a knowledge base."""

    def __init__(self, files: Files) -> None:
        self.words = PrefixIndex(files, "words")
        self.pairs = PrefixIndex(files, "pairs")
        self.entries = HashIndex(
            files.array("entries_keys.npy", np.uint64),
            files.array("entries_buckets.npy", np.uint32),
        )
        self.looked_for = files.array("entries_looked_for.npy", np.bool_)
        self._looked_for_single = self.looked_for.data
        self._offsets = files.array("entries_offsets.npy", np.uint32).data
        self._names = files.array("entries_names.npy", NAMES)

    def names(self, entry: int) -> list[tuple[int, int, int, int, int]]:
        """The names of an entry, best first: the fields of ``NAMES`` for each."""
        return self._names[self._offsets[entry] : self._offsets[entry + 1]].tolist()

    def entry_looked_for(self, sequence: int) -> int:
        """The entry of a sequence's hash, -1 if there is none or it is not looked for in text."""
        entry = self.entries.find_one(sequence)
        return entry if entry >= 0 and self._looked_for_single[entry] else -1

    def find(self, subtokens: list[str]) -> int:
        """The entry of a sequence of normalised subtokens, -1 if there is none."""
        return self.entries.find_one(hash_sequence(map(hash_subtoken, subtokens)))


class NameIndexBuilder:
    """Collects the names of a knowledge base, in the order of their rows, and writes the index.

    Args:
        rules: The rules of the knowledge base.
    """

    def __init__(self, rules: VariantRules) -> None:
        self._rules = rules
        self._hashes: dict[str, tuple[int, int, int]] = {}
        self._size = 0
        self._parts: dict[str, list[NDArray[Any]]] = {
            key: [] for key in ("names", "keys", "first", "pair", "length", "subtokens")
        }

    def add(self, names: Iterable[str]) -> None:
        """Add names; each call continues where the last one ended."""
        flat: list[tuple[int, int, int]] = []
        rows: list[int] = []
        lengths: list[int] = []
        rules: list[int] = []
        as_it_stands: list[bool] = []
        row = self._size
        for row, name in enumerate(names, start=self._size):
            for number, form in enumerate(self._rules.forms(name)):
                if form:
                    rows.append(row)
                    lengths.append(len(form))
                    rules.append(self._rules.rule(name, form))
                    as_it_stands.append(number == 0)
                    flat.extend(map(self._hash, form))
            self._size = row + 1
        found = np.zeros(len(rows), NAMES)
        found["row"], found["rule"] = rows, rules
        hashes = np.array(flat, np.uint64).reshape(-1, 3)
        self._append(found, hashes, np.array(lengths, np.int64), np.array(as_it_stands, np.bool_))

    def _hash(self, subtoken: str) -> tuple[int, int, int]:
        """The hashes of a subtoken: in its normal form, as it is, and in small letters."""
        value = self._hashes.get(subtoken)
        if value is None:
            if len(self._hashes) >= _CACHE_SIZE:
                self._hashes.clear()
            forms = (self._rules.normalizer.fold(subtoken), subtoken, subtoken.casefold())
            value = hash_subtoken(forms[0]), hash_subtoken(forms[1]), hash_subtoken(forms[2])
            self._hashes[subtoken] = value
        return value

    def _append(
        self,
        names: NDArray[Any],
        hashes: UInt64Array,
        lengths: Int64Array,
        as_it_stands: NDArray[np.bool_],
    ) -> None:
        starts = np.cumsum(lengths) - lengths
        flat = hashes[:, 0]
        for column, field in ((1, "exact"), (2, "letters")):
            sequences = short_hash(hash_sequences(hashes[:, column], starts, lengths))
            names[field] = np.where(as_it_stands, sequences, 0)
        parts = self._parts
        parts["names"].append(names)
        parts["keys"].append(hash_sequences(flat, starts, lengths))
        looked_for = names["rule"] != NOT_LOOKED_FOR
        starts, lengths = starts[looked_for], lengths[looked_for]
        parts["first"].append(flat[starts])
        parts["pair"].append(hash_sequences(flat, starts, np.minimum(lengths, 2)))
        parts["length"].append(lengths.astype(np.uint8))
        ends = np.cumsum(lengths)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
        parts["subtokens"].append(np.unique(flat[np.repeat(starts, lengths) + within]))

    def write(
        self,
        directory: Path,
        best_first: NDArray[np.uint32],
        concept_of_name: NDArray[np.int32],
        limit: int,
    ) -> dict[str, int]:
        """Write the files of the index.

        Args:
            directory: Where to.
            best_first: For each name row its place in the order in which names of an entry are
                kept, best first.
            concept_of_name: For each name row the row of its concept.
            limit: At most so many names of one entry are kept.

        Returns:
            Counts: the entries, those looked for in text, and the names beyond the limit.
        """
        joined = {key: np.concatenate(parts) for key, parts in self._parts.items()}
        self._parts.clear()
        entry_keys, starts = self._sorted_entries(joined, best_first)
        names = joined["names"]
        names["concept"] = concept_of_name[names["row"]]
        counts = np.diff(np.append(starts, len(names)))
        looked_for = np.zeros(len(starts), np.bool_)
        if len(starts):
            looked_for = np.logical_or.reduceat(names["rule"] != NOT_LOOKED_FOR, starts)
        within = np.arange(len(names)) - np.repeat(starts, counts)
        kept = np.minimum(counts, limit)
        write_array(directory, "entries_keys.npy", entry_keys)
        write_array(directory, "entries_buckets.npy", HashIndex.make_buckets(entry_keys))
        write_array(directory, "entries_looked_for.npy", looked_for)
        offsets = np.concatenate([[0], np.cumsum(kept)]).astype(np.uint32)
        write_array(directory, "entries_offsets.npy", offsets)
        write_array(directory, "entries_names.npy", names[within < limit])

        index = HashIndex(entry_keys, HashIndex.make_buckets(entry_keys))
        self._write_words(directory, joined, index, looked_for)
        self._write_pairs(directory, joined, index, looked_for)
        return {
            "entries": len(entry_keys),
            "entries_looked_for": int(looked_for.sum()),
            "names_beyond_limit": int(counts.sum() - kept.sum()),
        }

    @staticmethod
    def _sorted_entries(
        joined: dict[str, NDArray[Any]], best_first: NDArray[np.uint32]
    ) -> tuple[UInt64Array, Int64Array]:
        """Sort names by entry, best first, drop repeats; returns entry keys and their starts."""
        order = np.lexsort((best_first[joined["names"]["row"]], joined["keys"]))
        keys, names = joined["keys"][order], joined["names"][order]
        # Two forms of one name can normalise to the same entry; the name as it stands comes first.
        fresh = np.ones(len(keys), dtype=np.bool_)
        fresh[1:] = (keys[1:] != keys[:-1]) | (names["row"][1:] != names["row"][:-1])
        joined["names"] = names[fresh]
        keys = keys[fresh]
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)])
        return keys[starts], starts

    @staticmethod
    def _write_words(
        directory: Path,
        joined: dict[str, NDArray[Any]],
        entries: HashIndex,
        looked_for: NDArray[np.bool_],
    ) -> None:
        words = np.unique(joined["subtokens"])
        longest = np.zeros(len(words), np.uint8)
        position = np.searchsorted(words, joined["first"])
        np.maximum.at(longest, position, joined["length"])
        size = len(words)
        single = hash_sequences(words, np.arange(size), np.ones(size, np.int64))
        entry = _only_looked_for(entries.find(single), looked_for)
        PrefixIndex.write(directory, "words", words, longest, entry)

    @staticmethod
    def _write_pairs(
        directory: Path,
        joined: dict[str, NDArray[Any]],
        entries: HashIndex,
        looked_for: NDArray[np.bool_],
    ) -> None:
        several = joined["length"] >= 2
        pairs, position = np.unique(joined["pair"][several], return_inverse=True)
        longest = np.zeros(len(pairs), np.uint8)
        np.maximum.at(longest, position, joined["length"][several])
        entry = _only_looked_for(entries.find(pairs), looked_for)
        PrefixIndex.write(directory, "pairs", pairs, longest, entry)


def _only_looked_for(entry: Int64Array, looked_for: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Entries with -1 in place of those that are not looked for in text."""
    kept = (entry >= 0) & looked_for[np.maximum(entry, 0)]
    return np.where(kept, entry, -1).astype(np.int32)
