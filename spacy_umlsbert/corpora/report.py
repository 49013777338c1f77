"""What reading a corpus found: counts, and every problem with its file and position."""

import logging
from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

logger = logging.getLogger("spacy_umlsbert.corpora")

LOGGED_OF_A_KIND = 5
"""So many problems of each kind are logged as warnings; the others at level DEBUG."""


class Kind(str, Enum):
    """Kinds of problems. The values say what became of what they concern."""

    UNREADABLE = "files or parts of files left out because they cannot be read"
    MISSING_FILE = "documents or pairs left out because one of their files is missing"
    MISSING_SECTION = "pairs left out because their report has no such section"
    ABSENT_DOCUMENT = "listed documents that the corpus does not have"
    EMPTY = "empty files, documents or pairs left out"
    UNLABELLED = "pairs left out because they have no label"
    TOO_LONG = "pairs left out because they have more characters than the pipeline's max_length"
    DUPLICATE_DOCUMENT = "documents or pairs left out because their id was there before"
    MALFORMED = "lines or elements left out because they are not in the format"
    REPAIRED = "files read after repairing their markup"
    ENCODING = "files read as Windows-1252 because they are not UTF-8"
    OFFSET_CORRECTED = "mentions moved to where their text is"
    TEXT_MISMATCH = "mentions left out because their text is not where they say"
    DISCONTINUOUS = "mentions in several pieces"
    DUPLICATE_MENTION = "mentions left out because the same one was there before"
    OVERLAP = "mentions that are no entities because a longer one overlaps them"
    UNALIGNED = "mentions that do not begin and end with a token"


@dataclass(frozen=True)
class Problem:
    """One problem. The message has positions, never text of a document.

    Attributes:
        kind: Its kind.
        path: The file.
        line: The line of the file, 1-based; 0 if unknown.
        message: What is wrong.
    """

    kind: Kind
    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        where = f"{self.path}, line {self.line}" if self.line else str(self.path)
        return f"{where}: {self.message}"

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "kind": self.kind.name.lower(),
            "path": str(self.path),
            "line": self.line,
            "message": self.message,
        }


@dataclass
class Report:
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
    _counts: Counter[Kind] = field(default_factory=Counter)

    def add(self, kind: Kind, path: Path, line: int, message: str) -> None:
        """Count and log a problem. The message must not quote the text of a document."""
        problem = Problem(kind, path, line, message)
        self.problems.append(problem)
        self._counts[kind] += 1
        if not self.quiet:
            few = self._counts[kind] <= LOGGED_OF_A_KIND
            logger.log(logging.WARNING if few else logging.DEBUG, "%s", problem)
            if self._counts[kind] == LOGGED_OF_A_KIND + 1:
                logger.warning("More %s: only counted from here on", kind.value)

    def count(self, kind: Kind) -> int:
        """Number of problems of a kind."""
        return self._counts[kind]

    def found(self) -> str:
        """What was read, in a few words."""
        return f"{self.documents} documents"

    def summary(self) -> str:
        """The counts in one line."""
        counts = [f"{self._counts[kind]} {kind.value}" for kind in Kind if self._counts[kind]]
        return "; ".join([self.found(), *counts])

    def as_dict(self) -> dict[str, Any]:
        """The counts as plain data, without the single problems."""
        counts = {k: v for k, v in asdict(self).items() if type(v) is int}
        return {
            **counts,
            "labels": dict(sorted(self.labels.items())),
            "problems": {kind.name.lower(): self._counts[kind] for kind in Kind},
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
