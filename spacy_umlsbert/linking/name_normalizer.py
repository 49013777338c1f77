"""How names and mentions are written before they are compared."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import punctuation

from spacy_umlsbert.files.lines import read_lines
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.files.streams import require_file

_PUNCTUATION = re.compile(rf"[\s{re.escape(punctuation)}]+")


@dataclass(frozen=True)
class NameNormalizer:
    """BioSyn's: lower case, a list of spellings, no punctuation (Sung et al. 2020, section 4.1).

    Attributes:
        lowercase: Whether to lower the case.
        remove_punctuation: Whether ASCII punctuation becomes a space.
        spelling: What is to be written in place of which word.
    """

    lowercase: bool = True
    remove_punctuation: bool = True
    spelling: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, name: str) -> str:
        """The name as it is compared."""
        if self.lowercase:
            name = name.lower()
        if self.spelling:
            words = (self.spelling.get(word, word) for word in name.split())
            name = " ".join(word for word in words if word)
        if self.remove_punctuation:
            name = _PUNCTUATION.sub(" ", name)
        return name.strip()


def read_spelling(path: Path) -> dict[str, str]:
    """Read a list of spellings: a line ``wrong||right`` each, or ``wrong`` for what is to go.

    Raises:
        TerminologyError: If there is no such file, or it is not UTF-8.
    """
    lines = read_lines(require_file(path, TERMINOLOGY), TERMINOLOGY)
    rows = (line.text.strip().split("||") for line in lines if line.text.strip())
    return {row[0]: row[1] if len(row) > 1 else "" for row in rows}
