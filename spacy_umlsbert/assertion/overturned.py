"""What was believed once and is not so: "was thought to be a lipoma, but it is a cyst"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from spacy_umlsbert.assertion.clauses import Clauses
from spacy_umlsbert.assertion.phrases import Match
from spacy_umlsbert.assertion.rules import Rule, word_lists
from spacy_umlsbert.assertion.verdicts import NEGATED, UNCERTAIN
from spacy_umlsbert.text.lexing import Tokens

_STILL = frozenset("is are remains still".split())
_NOT = frozenset("not never cannot can't couldn't could hasn't yet".split())
_FAR = 40  # tokens from a belief to what is said against it
_SOON = 10  # tokens from "but" to what was found


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(words[0] for words in word_lists()[name])


def overturn(
    chosen: Iterable[tuple[Match, list[Rule]]], tokens: Tokens, clauses: Clauses
) -> Iterator[tuple[Match, list[Rule]]]:
    """The cues, of which those that tell a belief deny it if the sentence goes on against it.

    Args:
        chosen: Phrases, and the rules by which they are cues.
        tokens: The text.
        clauses: Its sentences.
    """
    for match, rules in chosen:
        if any(rule.category == UNCERTAIN for rule in rules) and _is_overturned(
            match, tokens.words, clauses
        ):
            yield (
                match,
                [
                    one._replace(category=NEGATED) if one.category == UNCERTAIN else one
                    for one in rules
                ],
            )
        else:
            yield match, rules


def _is_overturned(match: Match, words: list[str], clauses: Clauses) -> bool:
    phrase = words[match.first : match.last]
    if _words("believed").isdisjoint(phrase) or not _STILL.isdisjoint(phrase):
        return False
    end = clauses.sentence_end(match.first)
    end = min(len(words) if end is None else end, match.last + _FAR)
    for i in range(match.last, end):
        if words[i] in _words("contrast"):
            said = words[i + 1 : min(end, i + 1 + _SOON)]
            return _NOT.isdisjoint(said[:2]) and not _words("found_out").isdisjoint(said)
    return False
