"""What reading a corpus found: counts, and every problem with its file and position."""

import logging
from collections import Counter
from dataclasses import dataclass, field, fields
from enum import Enum
from pathlib import Path
from typing import Any

from spacy_umlsbert.files.problems import FileKind, Problem, Problems

logger = logging.getLogger("spacy_umlsbert.corpora")

LOGGED_OF_A_KIND = 5
"""So many problems of each kind are logged as warnings; the others at level DEBUG."""


class Kind(str, Enum):
    """Kinds of problems: those of files, and those of corpora.

    The values say what became of what they concern.
    """

    UNREADABLE = FileKind.UNREADABLE.value
    MISSING_FILE = "documents or pairs left out because one of their files is missing"
    MISSING_SECTION = "pairs left out because their report has no such section"
    ABSENT_DOCUMENT = "listed documents that the corpus does not have"
    EMPTY = "empty files, documents or pairs left out"
    UNLABELLED = "pairs left out because they have no label"
    TOO_LONG = "pairs left out because they have more characters than the pipeline's max_length"
    DUPLICATE_DOCUMENT = "documents or pairs left out because their id was there before"
    MALFORMED = FileKind.MALFORMED.value
    NUL = FileKind.NUL.value
    TOO_LARGE = FileKind.TOO_LARGE.value
    REPAIRED = FileKind.REPAIRED.value
    ENCODING = "files read as Windows-1252 because they are not UTF-8"
    OFFSET_UNIT = "documents whose offsets count something else than characters, and were converted"
    OFFSETS_UNKNOWN = "documents left out because their offsets do not fit their text"
    OFFSET_CORRECTED = "mentions moved to where their text is"
    TEXT_MISMATCH = "mentions left out because their text is not where they say"
    DISCONTINUOUS = "mentions in several pieces"
    DUPLICATE_MENTION = "mentions left out because the same one was there before"
    OVERLAP = "mentions that are no entities because a longer one overlaps them"
    UNALIGNED = "mentions that do not begin and end with a token"


@dataclass
class Report(Problems):
    """Counts of one pass over a corpus.

    Attributes:
        documents: Documents that were read; a pair is one.
        tokens: Their tokens.
        labels: Number of annotations by label.
        problems: What was not as it should be.
        quiet: Don't log the problems.
    """

    documents: int = 0
    tokens: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    quiet: bool = False

    def add(self, kind: Enum, path: str | Path, line: int, message: str) -> None:
        """Count and log a problem. The message must not quote the text of a document."""
        kind = Kind[kind.name]
        super().add(kind, path, line, message)
        problem = Problem(kind, path, line, message)
        self.problems.append(problem)
        if not self.quiet:
            few = self.counts[kind] <= LOGGED_OF_A_KIND
            logger.log(logging.WARNING if few else logging.DEBUG, "%s", problem)
            if self.counts[kind] == LOGGED_OF_A_KIND + 1:
                logger.warning("More %s: only counted from here on", kind.value)

    def count(self, kind: Kind) -> int:
        """Number of problems of a kind."""
        return self.counts[kind]

    def found(self) -> str:
        """What was read, in a few words."""
        return f"{self.documents} documents"

    def summary(self) -> str:
        """The counts in one line."""
        counts = [f"{self.counts[kind]} {kind.value}" for kind in Kind if self.counts[kind]]
        return "; ".join([self.found(), *counts])

    def as_dict(self) -> dict[str, Any]:
        """The counts as plain data, without the single problems."""
        values = ((one.name, getattr(self, one.name)) for one in fields(self))
        counts = {name: value for name, value in values if type(value) is int}
        return {
            **counts,
            "labels": dict(sorted(self.labels.items())),
            "problems": {kind.name.lower(): self.counts[kind] for kind in Kind},
        }

    def log_summary(self) -> None:
        """Log the counts: as a warning if there was a problem."""
        if not self.quiet:
            logger.log(logging.WARNING if self.problems else logging.INFO, "%s", self.summary())


@dataclass
class CorpusReport(Report):
    """Counts of one pass over annotated texts.

    Attributes:
        mentions: Annotated mentions that were found in their texts.
        entities: Those that became entities.
    """

    mentions: int = 0
    entities: int = 0

    def found(self) -> str:
        """What was read, in a few words."""
        return f"{self.documents} documents, {self.mentions} mentions, {self.entities} entities"


@dataclass
class PairReport(Report):
    """Counts of one pass over labelled pairs.

    Attributes:
        kept_apart: Pairs that are in no part of the corpus: dev has their hypothesis as a premise.
    """

    kept_apart: int = 0

    def found(self) -> str:
        """What was read, in a few words."""
        labels = ", ".join(f"{label} {count}" for label, count in self.labels.most_common())
        pairs = f"{self.documents} pairs ({labels})" if labels else f"{self.documents} pairs"
        if not self.kept_apart:
            return pairs
        reason = "dev has their hypothesis as a premise"
        return f"{pairs}; {self.kept_apart} kept out of training: {reason}"
