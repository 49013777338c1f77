"""Whom a pronoun means: "The wife states he is confused. She has dementia herself."."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from spacy_umlsbert.assertion.rules import word_lists
from spacy_umlsbert.assertion.verdicts import FAMILY, Cue
from spacy_umlsbert.text.lexing import Tokens

_SHE, _HE = "she", "he"
_PRONOUNS = {
    _SHE: frozenset(("she", "her", "herself")),
    _HE: frozenset(("he", "him", "his", "himself")),
}
_OTHER = {_SHE: _HE, _HE: _SHE}
_SELF = {_SHE: "herself", _HE: "himself"}
_HAS = frozenset("has had is was suffers suffered takes also does lives cannot can".split())
_SUBJECT = 4  # tokens from the beginning of a sentence to its subject
_VERB = 4  # tokens from a relative to what they tell
_LOOKS = 25


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(words[0] for words in word_lists()[name] if len(words) == 1)


def pronoun_cues(tokens: Tokens, sentences: Sequence[int]) -> Iterator[Cue]:
    """Sentences about a relative who was named in the sentence before as "he" or "she".

    It is the relative, and not the patient, if they tell something there and "herself" stands
    here, or if the patient is there of the other sex.

    Args:
        tokens: The text.
        sentences: The first token of each sentence.
    """
    words = tokens.words
    for number in range(1, len(sentences)):
        first, before = sentences[number], sentences[number - 1]
        last = sentences[number + 1] if number + 1 < len(sentences) else len(words)
        pronoun = words[first]
        if pronoun not in _PRONOUNS or last - first < _SUBJECT:
            continue
        if words[first + 1 + (words[first + 1] == _SELF[pronoun])] not in _HAS:
            continue
        sentence = words[first : min(last, first + _LOOKS)]
        if not _words("tells").isdisjoint(sentence[1:_SUBJECT]):
            continue  # "She has not noticed": of the patient
        told = words[before : min(first, before + _LOOKS)]
        herself = _SELF[pronoun] in sentence
        if not _tells(told, pronoun, len(told) if herself else _SUBJECT):
            continue
        patient = _PRONOUNS[_OTHER[pronoun]]
        is_relative = herself or not patient.isdisjoint(told)
        if is_relative and patient.isdisjoint(sentence):
            place = tokens.starts[first], tokens.ends[first]
            yield Cue(*place, FAMILY, tokens.ends[first], tokens.ends[last - 1])


def _tells(sentence: Sequence[str], pronoun: str, within: int) -> bool:
    """Whether a relative whom a pronoun may mean tells something in a sentence."""
    relatives = _words("women" if pronoun == _SHE else "men")
    for i, word in enumerate(sentence[:within]):
        if word in relatives:
            return not _words("tells").isdisjoint(sentence[i + 1 : i + 1 + _VERB])
    return False
