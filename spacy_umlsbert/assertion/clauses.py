"""Where clauses begin within sentences: which commas end a clause, and which divide a list.

"No fever, chills or cough" is one list; "uses a cane, two falls this year, no walker" are three
clauses. What follows a comma or "and" tells: a subject, a verb, a number, a severity begin a new
clause, unless the list goes on to an "or".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cache

from spacy_umlsbert.assertion.rules import word_lists
from spacy_umlsbert.assertion.verdicts import NEGATED, UNCERTAIN
from spacy_umlsbert.text.lexing import Tokens

_JOINS = frozenset(("and", "&", "plus"))
_ALTERNATIVES = frozenset(("or", "nor"))
_COMMA = ","
_STOPS = frozenset(".;:!?\n")
_HARD = frozenset((";", "|"))
_ARTICLES = frozenset(("a", "an", "the"))
_BE = frozenset("is are was were be been being".split())
_STILL_SUBJECT = frozenset("died passed also".split())
_UNITS = frozenset(
    "mg mcg g ml units unit tab tabs tablet tablets capsule puffs meq iu % mmhg bpm l "
    "nightly".split()
)
_DASH = re.compile(
    r"\s[-–—]{1,2}\s(?!(?:sided|side|year|month|week|day|old|acquired|appearing|like|type|ray)\b)"
    r"|\t|—| {3,}"
)
_DENIALS = frozenset("no not without denies nil".split())
_SIDES = ("l", "r", "left", "right")
_ON = frozenset("on under over".split())
_MOST_IN_CHUNK = 25
_MOST_IN_CLAUSE = 60


@cache
def _single(name: str) -> frozenset[str]:
    return frozenset(words[0] for words in word_lists()[name] if len(words) == 1)


class Clauses:
    """The borders of clauses and sentences of a text, as numbers of tokens that begin one.

    Args:
        tokens: The tokens of the text.
        borders: Characters at which a sentence or an item begins.
        cues: Token -> categories of the cues that begin there and look forward.
        predicates: Tokens at which cues begin that look back ("absent", "was denied").
        breaks: Tokens that end what stands before them, whatever it is ("but").

    Attributes:
        sentences: The first token of each sentence.
        clauses: The first token of each clause; those of sentences are among them.
    """

    def __init__(
        self,
        tokens: Tokens,
        borders: Iterable[int],
        cues: dict[int, set[str]],
        predicates: set[int],
        breaks: Sequence[int] = (),
    ) -> None:
        self._words = tokens.words
        self._cues = cues
        self._predicates = predicates
        self._breaks = breaks
        count = len(tokens)
        self.sentences = sorted({0, *(tokens.at(one) for one in borders)} - {count})
        found = set(self.sentences)
        dashes = {tokens.at(match.end()) for match in _DASH.finditer(tokens.text)}
        found.update(one for one in dashes if one < count)
        for first, last in zip(self.sentences, [*self.sentences[1:], count], strict=False):
            self._divide(first, last, found)
        self.clauses = sorted(found)

    def _divide(self, first: int, last: int, found: set[int]) -> None:
        """Add the clauses of a sentence."""
        words = self._words
        signs = [
            i
            for i in range(first, last)
            if words[i] == _COMMA
            or words[i] in _JOINS
            or words[i] in _HARD
            or words[i] in _ALTERNATIVES
        ]
        goes_on_to_or = self._before_or(signs, last)
        begin = first
        for number, sign in enumerate(signs):
            end = signs[number + 1] if number + 1 < len(signs) else last
            place = bisect_right(self._breaks, sign)
            if place < len(self._breaks):
                end = min(end, self._breaks[place])
            word = words[sign]
            to_or = goes_on_to_or[number]
            apart = number > 1 and self._is_one_denied(signs[number - 2 : number + 1])
            apart = apart or (not to_or and self._each_was_denied(begin, signs, number, end))
            after_or = number > 0 and words[signs[number - 1]] in _ALTERNATIVES
            closed = after_or and word == _COMMA and not to_or and signs[number - 1] > begin
            apart = apart or (closed and self._is_denied(begin, sign) and end > sign + 1)
            if word in _HARD or apart or self._begins_clause(begin, sign, end, to_or):
                begin = sign + 1
                found.add(begin)

    def _before_or(self, signs: Sequence[int], last: int) -> list[bool]:
        """For each sign whether the list that it is in goes on to an "or", without a verb."""
        words = self._words
        goes_on = [False] * len(signs)
        for number in range(len(signs) - 2, -1, -1):
            between = words[signs[number] + 1 : min(signs[number + 1], last)]
            following = words[signs[number + 1]]
            if following in _HARD or len(between) > _MOST_IN_CHUNK:
                continue
            if not _single("finite").isdisjoint(between):
                continue
            goes_on[number] = following in _ALTERNATIVES or goes_on[number + 1]
        return goes_on

    def _begins_clause(self, begin: int, sign: int, end: int, to_or: bool) -> bool:
        """Whether a clause begins after a sign.

        Args:
            begin: The first token of the clause that the sign may end.
            sign: The sign.
            end: The next sign.
            to_or: Whether the list that the sign is in goes on to an "or".
        """
        words = self._words
        after = sign + 1
        while after < end and words[after] == "\n":
            after += 1
        if after >= end:  # ", and": the second sign decides
            return False
        word, chunk = words[after], words[after : min(end, after + _MOST_IN_CHUNK)]
        verb = self._verb(chunk, after)
        is_pronoun = word in _single("pronoun")
        if words[sign] in _ALTERNATIVES:
            return verb and (is_pronoun or word in _single("finite"))
        subject = word in _single("subject_starts") or word in _single("finite")
        if is_pronoun and len(chunk) > 1 and chunk[1] in _STILL_SUBJECT:
            return False
        if verb or (subject and not to_or):
            joined = words[sign] in _JOINS and not subject
            alone = not self._predicate(begin, sign)
            of_list = (joined and alone) or ((joined or alone) and self._is_passive(chunk))
            return not (verb and of_list)
        return not to_or and self._stands_apart(begin, sign, after, chunk)

    def _is_one_denied(self, signs: Sequence[int]) -> bool:
        """Whether one thing is denied in a list of others: "has gout, no fever, and cough"."""
        before, comma, joins = signs
        words = self._words
        listed = words[before] == _COMMA == words[comma] and words[joins] in _JOINS
        return listed and joins == comma + 1 and words[before + 1] in ("no", "not", "without")

    def _each_was_denied(self, begin: int, signs: Sequence[int], number: int, end: int) -> bool:
        """Whether all before was denied one by one: "no rash, no ulcers, Raynaud's in winter"."""
        words, sign = self._words, signs[number]
        if words[sign] != _COMMA or sign + 1 >= end or words[sign + 1] in _DENIALS:
            return False
        if words[sign + 1] in _JOINS or words[sign + 1] in _ALTERNATIVES or number == 0:
            return False
        before = signs[number - 1]
        denied = words[before] == _COMMA and before >= begin and words[before + 1] in _DENIALS
        one_more = signs[number - 2] + 1 if number > 1 and signs[number - 2] >= begin else begin
        return denied and words[one_more] in _DENIALS

    def _stands_apart(self, begin: int, sign: int, after: int, chunk: Sequence[str]) -> bool:
        """Whether words without a subject and verb are no item of the list before them."""
        word = chunk[0]
        denied = self._is_denied(begin, sign)
        others = self._cues.get(after, set()) - {NEGATED}
        if others:
            return denied or bool(others - {UNCERTAIN})
        if denied and (word in _single("severity") or word in _ARTICLES):
            after_comma = _COMMA in (self._words[sign], self._words[max(sign - 1, 0)])
            return word not in _ARTICLES or after_comma
        if denied and self._words[sign] == _COMMA and _has_side(chunk):
            return True
        if denied and self._words[sign] == _COMMA and len(chunk) > 1:
            last = chunk[-2] if chunk[-1] in _STOPS else chunk[-1]
            if last in _single("predicative"):
                return True
        if self._words[sign] == _COMMA and (word[0].isdigit() or not _UNITS.isdisjoint(chunk)):
            return True
        return self._predicate(begin, sign) and any(
            i in self._predicates for i in range(after, after + len(chunk))
        )

    def _verb(self, chunk: Sequence[str], after: int) -> bool:
        """Whether there is a verb in a chunk; one in a cue that looks forward is none."""
        finite = _single("finite")
        return any(word in finite and after + i not in self._cues for i, word in enumerate(chunk))

    def _is_passive(self, chunk: Sequence[str]) -> bool:
        """Whether the only verb says that something was seen or denied: "chills were noted"."""
        for i, word in enumerate(chunk):
            if word in _BE or word in ("has", "have", "had"):
                rest = [one for one in chunk[i + 1 :] if one not in ("been", "not", "all", "also")]
                return bool(rest) and rest[0] in _passive()
        return False

    def _is_denied(self, begin: int, sign: int) -> bool:
        low = max(begin, sign - _MOST_IN_CLAUSE)
        return any(NEGATED in self._cues.get(i, ()) for i in range(low, sign))

    def _predicate(self, begin: int, sign: int) -> bool:
        """Whether a part of a sentence says something by itself."""
        low = max(begin, sign - _MOST_IN_CHUNK)
        return self._verb(self._words[low:sign], low) or any(
            i in self._cues or i in self._predicates for i in range(low, sign)
        )

    def clause_end(self, token: int) -> int | None:
        """The first token of the next clause after a token; None if there is none."""
        return _next(self.clauses, token)

    def clause_start(self, token: int) -> int:
        """The first token of the clause that a token is in."""
        return self.clauses[bisect_right(self.clauses, token) - 1]

    def sentence_end(self, token: int) -> int | None:
        """The first token of the next sentence after a token; None if there is none."""
        return _next(self.sentences, token)

    def sentence_start(self, token: int) -> int:
        """The first token of the sentence that a token is in."""
        return self.sentences[bisect_right(self.sentences, token) - 1]


def _has_side(chunk: Sequence[str]) -> bool:
    """Whether a finding is said to be on a side: "no ulcer, callus R hallux"."""
    return any(
        word in _SIDES[:2] or (word in _SIDES and not _ON.isdisjoint(chunk[max(i - 2, 1) : i]))
        for i, word in enumerate(chunk)
        if i
    )


@cache
def _passive() -> frozenset[str]:
    return (
        _single("seen")
        | _single("deny")
        | _single("done")
        | {
            "absent",
            "excluded",
            "ruled",
            "resolved",
            "negative",
            "unlikely",
            "possible",
        }
    )


def _next(borders: Sequence[int], token: int) -> int | None:
    i = bisect_right(borders, token)
    return borders[i] if i < len(borders) else None
