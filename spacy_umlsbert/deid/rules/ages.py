"""Ages over 89, which HIPAA counts as identifying."""

import re
from collections.abc import Iterator

from spacy_umlsbert.deid.phi import Phi

HIGHEST = 89
"""The highest age that may stand."""

_I = re.IGNORECASE
_ONES = "one two three four five six seven eight nine".split()
_AGE = re.compile(
    r"(?<![\w./])(?P<phi>(?P<n>9\d|1[0-3]\d)s?)(?=[\s\-]*(?:years?|yrs?|y\.?/?o\b|y\.?\s?o\.?(?!\w)|yo[mf]\b"
    r"|y(?:ear)?[\s\-]?old))",
    _I,
)
_AGE_AFTER = re.compile(
    r"\b(?:aged?|age\s+is|age\s+of|turn(?:s|ed|ing)|at\s+(?:the\s+)?age(?:\s+of)?)\s*[:=]?\s*"
    r"(?P<phi>(?P<n>9\d|1[0-3]\d))(?![\w%/]|\.\d)",
    _I,
)
# "93F" may be a temperature: only at the start of a sentence, and before what is said of people.
_AGE_SEX = re.compile(
    r"(?:^|\.\s)(?P<phi>(?P<n>9\d|1[0-3]\d))(?=\s?(?:M,|[MF]\s(?:with|w/|s/p|c/o|p/w|who|presents"
    r"|presenting|admitted|h/o|hx|status)(?!\w)))",
    re.MULTILINE,
)
_SPELLED = re.compile(
    rf"\b(?P<phi>ninety(?:[\s\-]+(?:{'|'.join(_ONES)}))?|(?:one|a)\s+hundred(?:\s+(?:and\s+)?\w+)?)"
    r"(?=[\s\-]+years?\b)",
    _I,
)


def find_ages(text: str) -> Iterator[Phi]:
    """The ages over 89 of a text: only the number, not "years old"."""
    for pattern in (_AGE, _AGE_AFTER, _AGE_SEX):
        for match in pattern.finditer(text):
            if int(match["n"]) > HIGHEST:
                yield Phi(match.start("phi"), match.end("phi"), "AGE", "age over 89")
    for match in _SPELLED.finditer(text):
        yield Phi(match.start("phi"), match.end("phi"), "AGE", "age over 89")
