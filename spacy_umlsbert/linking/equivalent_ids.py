"""Ids that mean the same concept, where a terminology has alternative ones."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from spacy_umlsbert.files.lines import read_lines
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.files.streams import require_file
from spacy_umlsbert.linking.gold_mentions import GoldMention, ids_of


class EquivalentIds:
    """Finds the id that a knowledge base has for a concept.

    Args:
        groups: Ids of one concept each.
    """

    def __init__(self, groups: Iterable[tuple[str, ...]] = ()) -> None:
        self._groups: dict[str, tuple[str, ...]] = {}
        for group in groups:
            # An id may be in several groups: they are one.
            joined = dict.fromkeys(one for i in group for one in self._groups.get(i, (i,)))
            self._groups.update(dict.fromkeys(joined, tuple(joined)))

    @classmethod
    def read(cls, path: Path | None) -> EquivalentIds:
        """Read the ids of a dictionary: lines that begin with ``id|alternative||``.

        Raises:
            TerminologyError: If there is no such file, or it is not UTF-8.
        """
        if path is None:
            return cls()
        lines = read_lines(require_file(path, TERMINOLOGY), TERMINOLOGY)
        groups = (ids_of(line.text.partition("||")[0]) for line in lines)
        return cls(ids for ids in groups if len(ids) > 1)

    def known(self, concept_id: str, kb: Container[str]) -> str:
        """The first of the ids that mean the same that is in a knowledge base; or else the id."""
        if concept_id in kb:
            return concept_id
        return next((one for one in self._groups.get(concept_id, ()) if one in kb), concept_id)

    def of_mentions(
        self, mentions: Iterable[GoldMention], kb: Container[str]
    ) -> Iterator[GoldMention]:
        """Mentions with the ids that a knowledge base has for their concepts."""
        for mention in mentions:
            ids = dict.fromkeys(self.known(one, kb) for one in mention.concept_ids)
            yield replace(mention, concept_ids=tuple(ids))
