"""What drugs do to who takes them: "codeine gave her a rash"."""

from __future__ import annotations

from collections.abc import Iterator

from spacy_umlsbert.assertion.kinds import TREATMENT, kind_of
from spacy_umlsbert.assertion.verdicts import CONDITIONAL, Cue
from spacy_umlsbert.text.lexing import Tokens

_CAUSES = frozenset("cause causes caused gave gives triggers triggered".split())
_ENDS = frozenset((*".;:!?|\n)", "but", "because", "so", "however", "until"))
_OPERATIONS = ("tomy", "plasty", "surgery", "operation", "repair", "radiotherapy", "resection")
_NOT = frozenset(("not", "n't", "never"))
_TO_VERB = 4  # tokens from a drug to the verb
_REACH = 12


def reaction_cues(tokens: Tokens) -> Iterator[Cue]:
    """The verbs behind drugs and devices, which say that what follows is a reaction."""
    words = tokens.words
    for i, word in enumerate(words):
        if word not in _CAUSES or not _is_after_drug(words, i):
            continue
        end = i + 1
        while end < min(len(words), i + 1 + _REACH) and words[end] not in _ENDS:
            end += 1
        if end > i + 1:
            scope = tokens.starts[i + 1], tokens.ends[end - 1]
            yield Cue(tokens.starts[i], tokens.ends[i], CONDITIONAL, *scope)


def _is_after_drug(words: list[str], verb: int) -> bool:
    for word in reversed(words[max(verb - _TO_VERB, 0) : verb]):
        if word in _ENDS or word in _NOT or word == ",":
            return False
        if kind_of(word) == TREATMENT:
            return not word.endswith(_OPERATIONS)
    return False
