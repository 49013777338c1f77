"""The names that mentions are compared with, each with the ids of its concept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from spacy_umlsbert.files.lines import read_lines
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.files.streams import require_file
from spacy_umlsbert.linking.gold_mentions import GoldMention, ids_of, simple_mentions
from spacy_umlsbert.umls import KnowledgeBase


@dataclass(frozen=True)
class NameTable:
    """Names with concept ids, a row for each name of a concept.

    Attributes:
        names: (rows,) the names, as they are compared.
        concept_ids: (rows,) the ids of the concept of each: several if a terminology has
            alternative ids for it. A name that concepts share has a row for each.
    """

    names: list[str]
    concept_ids: list[tuple[str, ...]]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, tuple[str, ...]]]) -> NameTable:
        """From names with ids; rows that repeat and names that are empty are left out."""
        distinct = [row for row in dict.fromkeys(rows) if row[0]]
        return cls([name for name, _ in distinct], [ids for _, ids in distinct])

    @classmethod
    def of_kb(cls, kb: KnowledgeBase, normalize: Callable[[str], str]) -> NameTable:
        """The names of a knowledge base: canonical ones, then second ones, and so on.

        So of concepts that share a name, the one goes first to which it is the more central.
        """
        placed = sorted(placed_names(kb), key=lambda row: row[0])
        return cls.of((normalize(name), (concept_id,)) for _, name, concept_id in placed)

    def __len__(self) -> int:
        return len(self.names)

    def rows(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Names with their ids."""
        return zip(self.names, self.concept_ids, strict=True)

    def with_mentions(self, mentions: Iterable[GoldMention]) -> NameTable:
        """With the mentions of a training corpus as further names, the most frequent first.

        BioSyn's protocol (Sung et al. 2020, section 4.3) adds them before it measures. They come
        before the terminology's names, so that of the concepts that share a name the one goes
        first that the corpus means most often. Composite mentions are left out, because it is not
        said which part has which id.
        """
        learnt = Counter(simple_mentions(mentions))
        frequent_first = [row for row, _ in learnt.most_common()]
        return NameTable.of([*frequent_first, *self.rows()])

    @cached_property
    def known_ids(self) -> frozenset[str]:
        """All ids."""
        return frozenset(one for ids in self.concept_ids for one in ids)


def placed_names(kb: KnowledgeBase) -> Iterator[tuple[int, str, str]]:
    """All names of a knowledge base, each after its place among those of its concept, from 0."""
    place, before = 0, None
    for name, concept_id in kb.names():
        place = place + 1 if concept_id == before else 0
        before = concept_id
        yield place, name, concept_id


def read_name_table(path: Path, normalize: Callable[[str], str]) -> NameTable:
    """Read a dictionary as BioSyn distributes them: lines ``id|alternative||name|name``.

    Raises:
        TerminologyError: If there is no such file, it is not UTF-8, or a line has no names.
    """
    return NameTable.of(_rows(path, normalize))


def _rows(path: Path, normalize: Callable[[str], str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for number, line, *_ in read_lines(require_file(path, TERMINOLOGY), TERMINOLOGY):
        if not line.strip():
            continue
        ids, separator, names = line.partition("||")
        if not separator or not ids.strip():
            raise TERMINOLOGY.error_of(path, number, "the line is not 'id||name|name'")
        for name in names.split("|"):
            yield normalize(name), ids_of(ids)
