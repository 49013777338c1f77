"""Mentions whose concepts are known from a corpus: names beside those of a terminology."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.json_lines import read_json_lines
from spacy_umlsbert.files.writing import write_json_lines
from spacy_umlsbert.guard import hide_in_repr


@hide_in_repr("mention")
@dataclass(frozen=True)
class KnownMention:
    """A mention whose concept is known from a corpus.

    Attributes:
        mention: Its text.
        ids: The ids of its concept, which mean the same.
        count: How often it was seen.
    """

    mention: str
    ids: list[str]
    count: int = 1


def read_known_mentions(path: Path | None) -> list[KnownMention]:
    """Read what ``umls marginalize`` wrote as ``mentions.jsonl``, the most frequent first.

    Raises:
        InputError: If there is no such file, or a line is something else.
    """
    if path is None:
        return []
    if not path.is_file():
        raise InputError("there is no such file of mentions.", path=path)
    found = []
    for number, row in read_json_lines(path):
        try:
            known = KnownMention(str(row["mention"]), list(map(str, row["ids"])), row["count"])
            if not known.ids or not isinstance(known.count, int) or known.count < 1:
                raise ValueError("ids or count")
        except (ValueError, KeyError, TypeError):
            raise InputError(
                "is no known mention.",
                path=path,
                line=number,
                remedy='It must be {"mention": …, "ids": [id, …], "count": number}.',
            ) from None
        found.append(known)
    return sorted(found, key=lambda known: -known.count)


def write_known_mentions(path: Path, mentions: Iterable[KnownMention]) -> None:
    """Write what `read_known_mentions` reads."""
    rows = ({"mention": m.mention, "ids": m.ids, "count": m.count} for m in mentions)
    write_json_lines(path, rows)
