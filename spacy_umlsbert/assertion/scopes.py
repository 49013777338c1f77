"""How far a cue reaches, in which direction."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from spacy_umlsbert.assertion.brackets import OPENING, brackets
from spacy_umlsbert.assertion.clauses import Clauses
from spacy_umlsbert.assertion.lines import Lines
from spacy_umlsbert.assertion.phrases import Match
from spacy_umlsbert.assertion.places import Mentions, Range
from spacy_umlsbert.assertion.rules import GAP, Rule, word_lists
from spacy_umlsbert.assertion.verdicts import (
    AFFIRMED,
    CATEGORIES,
    ENDED,
    HISTORICAL,
    HYPOTHETICAL,
    NEGATED,
    UNCERTAIN,
    WEAK,
    Cue,
)
from spacy_umlsbert.text.lexing import Tokens

_STOPS = frozenset((",", ";", "|"))
_SIGNS = frozenset(".,;:!?|\n-–—)]")
_DIVIDERS = frozenset(",-–—:")
_JOINS = frozenset(("and", "&", "plus"))
_QUESTIONS = frozenset(
    "any do does did is are was were have has had what why how when where who which can could "
    "would should".split()
)
_HEADING = re.compile(
    r"[;.] +(?!(?:maternal |paternal )?(?:grand)?(?:mother|father|mom|dad|brother|sister|son|"
    r"daughter|aunt|uncle|cousin)s?\b)[A-Za-z][A-Za-z/&'’ ]{0,30}:",
    re.IGNORECASE,
)
_FAR = 400
_TURN_BACK = frozenset(
    "given in due because as with at and but on from considering based if by via after".split()
)
_ELLIPTIC = frozenset(("not", "denies", "denied", "denying", "none", "nil", "never"))
_OF_LISTS = frozenset((NEGATED, ENDED))
_FOUND = (NEGATED, UNCERTAIN, ENDED)
_FORWARD = frozenset(("before", "both"))
_WINDOW = 14  # tokens that a cue that reaches near looks through
_NEXT = 7  # tokens to the next mention
_BESIDE = 3  # tokens between a mention and what follows it directly
_EXCEPTION = 40
_EXCLUDING = frozenset(("other", "excluding", "with"))  # "other than", "with the exception of"
_DID_NOT = 20  # tokens from what stopped to what did not
_DO = frozenset("did do does didn't don't doesn't has have had hasn't haven't hadn't".split())
_VERBS = frozenset("is was are were has have had did does now looks seems appears".split())
_INSERTED = frozenset("which who that".split())
_INSERTIONS = 2


class Ends(NamedTuple):
    """Where scopes of a category end: the first tokens of phrases, sorted.

    Attributes:
        strong: Those that end a scope always.
        weak: Those that end one in which a mention lies already.
    """

    strong: list[int]
    weak: list[int]


def ends_of_scopes(matches: Sequence[Match]) -> dict[str, Ends]:
    """The ends of scopes by category."""
    ends = {category: Ends([], []) for category in CATEGORIES}
    for match in matches:
        for rule in match.rules:
            for category in rule.categories:
                kept = ends[category]
                (kept.weak if rule.strength == WEAK else kept.strong).append(match.first)
    return ends


class Scopes:
    """Finds the scopes of cues in a text."""

    def __init__(
        self,
        tokens: Tokens,
        clauses: Clauses,
        lines: Lines,
        ends: dict[str, Ends],
        mentions: Mentions,
        gone: Sequence[int] = (),
        by_tests: Sequence[int] = (),
    ) -> None:
        self._tokens = tokens
        self._words = tokens.words
        self._clauses = clauses
        self._lines = lines
        self._ends = ends
        self._mentions = mentions
        self._gone = gone
        self._by_tests = by_tests
        self._fresh: list[int] | None = None
        self._closing, self._opening = brackets(tokens.words)
        self._normal, self._any = (
            frozenset(words[0] for words in word_lists()[name]) for name in ("normal", "any")
        )

    def cues(self, match: Match, rule: Rule) -> Iterator[Cue]:
        """The cue that a phrase is by a rule, with its scope; none if it reaches nothing."""
        category, scope = rule.category, None
        match = self._before_mention(match, rule)
        if GAP in rule.phrase and rule.reach == "near":
            scope = match.first + 1, match.last - 1
            match = match._replace(last=match.first + 1)
        elif rule.direction == "exception":
            category = self._exception(match)
            scope = self._forward(match, category, rule.reach) if category else None
        elif rule.direction == "before":
            reads = self._backward if self._is_elliptic(match, category) else self._forward
            if reads == self._backward and self._did_not(match):
                category = AFFIRMED
            scope = reads(match, category, rule.reach if reads == self._forward else "near")
        elif rule.direction == "after":
            inside = self._mentions.first_from(match.first + 1)
            cut = self._words[match.first : match.last if inside is None else inside[0]]
            denied = not _ELLIPTIC.isdisjoint(cut) or cut[-1].endswith("n't")
            if category == NEGATED and denied and inside is not None and inside[0] < match.last:
                match = match._replace(last=inside[0])  # "not [swollen]"
                scope = self._forward(match, category, rule.reach)
            else:
                scope = self._backward(match, category, rule.reach)
        elif rule.direction == "joined":
            scope = self._joined(match)
        elif rule.direction in ("both", "beside"):
            scope = self._one_side(match, rule)
        if scope is not None:
            scope = self._trimmed(scope)
            if scope[0] < scope[1]:
                yield self._cue(match, category, scope, rule.strength)

    def _is_elliptic(self, match: Match, category: str) -> bool:
        """Whether a denial has nothing to deny behind it: "but chills were not", "cough no"."""
        last = self._words[match.last - 1]
        ends = match.last >= len(self._words) or self._words[match.last] in _SIGNS or last == ":"
        if category != NEGATED or not ends:
            return False
        before = self._mentions.last_until(match.first)
        if last == ":":  # "CT not done: claustrophobia"
            return before is not None and before[1] == match.first
        answers = last == "no" and before is not None and before[1] == match.first
        return answers or last in _ELLIPTIC or last.endswith("n't")

    def _did_not(self, match: Match) -> bool:
        """Whether something did not go, as something before it: "nausea stopped, pain did not"."""
        i = bisect_left(self._gone, match.first) - 1
        near = i >= 0 and match.first - self._gone[i] <= _DID_NOT
        return near and self._words[match.first] in _DO

    def _before_mention(self, match: Match, rule: Rule) -> Match:
        """A phrase that looks forward, up to a mention that begins in it: "no [signs of TIA]"."""
        if rule.direction in _FORWARD and GAP not in rule.phrase:
            found = self._mentions.first_from(match.first + 1)
            if found is not None and found[0] < match.last:
                return match._replace(last=found[0])
        return match

    def _trimmed(self, scope: Range) -> Range:
        """A scope without signs at its ends."""
        start, end = scope
        while start < end and self._words[start] in _SIGNS:
            start += 1
        while start < end and self._words[end - 1] in _SIGNS:
            end -= 1
        return start, end

    def _one_side(self, match: Match, rule: Rule) -> Range:
        """The side on which a mention is; if there is one on both, that of the direction."""
        following = self._words[match.last] if match.last < len(self._words) else ""
        over_comma = rule.direction == "beside" and following == ","
        ahead = match._replace(last=match.last + 1) if over_comma else match
        before = self._forward(ahead, rule.category, rule.reach)
        near = rule.direction == "both" and rule.reach == "clause"
        after = self._backward(match, rule.category, "near" if near else rule.reach)
        has_before, has_after = (self._mentions.between(*one) for one in (before, after))
        forward = rule.direction == "both" or self._words[max(match.first - 1, 0)] in _STOPS
        forward = forward and following not in _TURN_BACK
        if has_before and (forward or not has_after):
            return before
        if rule.direction == "both" and self._is_apart(match):
            return before
        return (
            after if has_after or (rule.direction == "beside" and after[0] < after[1]) else before
        )

    def _is_apart(self, match: Match) -> bool:
        """Whether a phrase after a comma goes on with what is no mention: ", likely urinary"."""
        before, following = self._words[match.first - 1 : match.first], match.last
        ends = following >= len(self._words) or self._words[following] in _SIGNS
        return before == [","] and not ends and self._words[following] not in _TURN_BACK

    def _cue(self, match: Match, category: str, scope: Range, strength: str) -> Cue:
        starts, ends = self._tokens.starts, self._tokens.ends
        return Cue(
            starts[match.first],
            ends[match.last - 1],
            category,
            starts[scope[0]],
            ends[scope[1] - 1],
            strength,
        )

    def _forward(self, match: Match, category: str, reach: str) -> Range:
        first = match.last
        end = self._clauses.sentence_end(first - 1)
        limit = len(self._words) if end is None else end
        if reach == "block":
            start = self._tokens.starts[first - 1]
            end_of_block = self._lines.block_end(self._lines.number(start))
            heading = _HEADING.search(self._tokens.text, start + 1, min(end_of_block, start + _FAR))
            end_of_block = heading.start() if heading is not None else end_of_block
            if category == HYPOTHETICAL:
                end_of_block = min(end_of_block, self._next_fresh(first))
            return first, max(self._tokens.at(end_of_block), min(first, limit))
        limit = min(limit, self._first_end(category, first))
        opens = self._words[first - 1] in OPENING and first < len(self._words)
        closing = self._closing[first if opens else match.first]
        if closing is not None and closing >= first:
            limit = min(limit, closing)
        if reach == "sentence":
            return first, limit
        clause = self._clauses.clause_end(first)
        limit = min(limit, limit if clause is None else clause)
        if reach == "near":
            limit = self._near(first, limit, category)
        elif reach == "next":
            limit = self._to_next(first, limit)
        return first, limit

    def _next_fresh(self, first: int) -> int:
        """The character at which the next sentence begins that tells of what is there already."""
        if self._fresh is None:
            ends = self._ends[HYPOTHETICAL]
            begins = frozenset((*ends.weak, *ends.strong))
            subjects = frozenset(one[0] for one in word_lists()["subject_starts"])
            sentences = self._clauses.sentences
            words = self._words
            self._fresh = [one for one in sentences if one in begins or words[one] in subjects]
        i = bisect_left(self._fresh, first)
        starts = self._tokens.starts
        return starts[self._fresh[i]] if i < len(self._fresh) else len(self._tokens.text)

    def _first_end(self, category: str, first: int) -> int:
        """The first token at or after one at which scopes of a category end."""
        ends = self._ends[category]
        limit = len(self._words)
        i = bisect_left(ends.strong, first)
        if i < len(ends.strong):
            limit = ends.strong[i]
        i = bisect_left(self._by_tests, first)
        if category in _FOUND and i < len(self._by_tests):
            limit = min(limit, self._by_tests[i])
        mention = self._mentions.first_from(first)
        if mention is not None:
            i = bisect_left(ends.weak, mention[1])
            if i < len(ends.weak):
                limit = min(limit, ends.weak[i])
        return limit

    def _near(self, first: int, limit: int, category: str) -> int:
        for i in range(first, min(limit, first + _WINDOW)):
            word = self._words[i]
            if i == first and (word in _STOPS or word in _JOINS):
                return i
            joins = word in _JOINS and category != HISTORICAL
            if (joins or word in _STOPS) and self._mentions.between(first, i):
                return i
        found = self._mentions.first_from(first)
        if found is not None and found[0] < first + _WINDOW:
            return min(limit, max(first + _WINDOW, found[1]))
        return min(limit, first + _WINDOW)

    def _to_next(self, first: int, limit: int) -> int:
        found = self._mentions.first_from(first)
        if found is None or found[0] >= min(limit, first + _NEXT):
            return min(limit, first + _BESIDE)
        if not (_STOPS | _JOINS).isdisjoint(self._words[first : found[0]]):
            return first
        return found[1]

    def _backward(self, match: Match, category: str, reach: str) -> Range:
        first = match.first
        sentence = self._clauses.sentence_start(first)
        start = self._after_semicolon(sentence, first)
        if reach != "sentence":
            start = self._clauses.clause_start(first)
            if start == first > sentence and self._words[first - 1] in _DIVIDERS:
                start = self._clauses.clause_start(first - 1)  # "oxygen in the ward, weaned off"
            start = max(self._over_insertion(start), sentence)
        ends = self._ends[category].strong
        i = bisect_left(ends, first) - 1
        if i >= 0:
            start = max(start, ends[i] + 1)
        opening = self._opening[first]
        if opening is not None and self._mentions.between(opening, first):
            start = max(start, opening + 1)
        if reach == "near":
            for i in range(first - 1, max(start, first - _WINDOW) - 1, -1):
                word = self._words[i]
                stops = word in _STOPS or (word in _JOINS and category not in _OF_LISTS)
                if stops and self._mentions.between(i, first):
                    return i + 1, first
            return max(start, first - _WINDOW), first
        if reach == "next":
            found = self._mentions.last_until(first)
            if found is None or found[1] <= max(start, first - 1 - _BESIDE):
                return max(start, first - _BESIDE), first
            of_it = self._words[first] in _INSERTED  # "the drug, which he stopped"
            if not of_it and not _STOPS.isdisjoint(self._words[found[1] : first]):
                return first, first
            return max(start, found[0]), first
        return start, first

    def _after_semicolon(self, start: int, end: int) -> int:
        """The token after the last semicolon between two, of those that are near the second."""
        for i in range(end - 1, max(start, end - _WINDOW * 2) - 1, -1):
            if self._words[i] == ";":
                return i + 1
        return start

    def _over_insertion(self, start: int) -> int:
        """Where a clause begins whose verb comes late: "X, which was bad, is gone"."""
        begin = start
        for _ in range(_INSERTIONS):
            goes_on = _VERBS if start == begin else _INSERTED
            if self._words[start] not in goes_on or start == 0 or self._words[start - 1] != ",":
                break
            start = self._clauses.clause_start(start - 1)
        return start

    def _joined(self, match: Match) -> Range | None:
        left, right = self._mentions.last_until(match.first), self._mentions.first_from(match.last)
        sentence = self._clauses.sentence_start(match.first)
        end = self._clauses.sentence_end(match.first)
        if self._words[match.first] == "?":
            if left is not None and left[1] == match.first:
                asks = self._words[sentence] in _QUESTIONS
                follows = right is not None and right[0] == match.last and not self._asks(match)
                end = right[1] if right is not None and follows else match.first
                return None if asks else (left[0], end)
            near = right is not None and right[0] <= match.last + 1
            return (match.last, right[1]) if right is not None and near else None
        if left is not None and (left[0] < sentence or match.first - left[1] > _BESIDE):
            left = None
        if right is not None and (
            (end is not None and right[0] >= end) or right[0] - match.last > _BESIDE
        ):
            right = None
        if right is not None and not _STOPS.isdisjoint(self._words[match.last : right[0]]):
            right = None
        if right is not None and not _verbs().isdisjoint(self._words[right[1] : right[1] + 1]):
            right = None  # "fever or the swelling spreads"
        if left is not None and not _verbs().isdisjoint(self._words[left[1] : match.first]):
            left = None  # "the swelling spreads or fever"
        both = left is not None and right is not None
        if not both and self._words[match.first] not in ("vs", "versus"):
            return None
        start = left[0] if left is not None else match.last
        stop = right[1] if right is not None else match.first
        return start, stop

    def _asks(self, match: Match) -> bool:
        """Whether a question mark asks of what stands before it: "lupus? ANA sent"."""
        starts, ends = self._tokens.starts, self._tokens.ends
        glued = ends[match.first - 1] == starts[match.first]
        return glued and starts[match.last] > ends[match.last - 1]

    def _exception(self, match: Match) -> str:
        """What an exception says: the contrary of what is said before it."""
        low = max(self._clauses.sentence_start(match.first), match.first - _EXCEPTION)
        before = self._words[low : match.first]
        if not self._normal.isdisjoint(before):
            return AFFIRMED
        excludes = bool(before) and self._words[match.first] in _EXCLUDING
        of_all = excludes or before[-1:] == ["("] or not self._any.isdisjoint(before)
        return NEGATED if of_all or self._mentions.between(low, match.first) else AFFIRMED


@cache
def _verbs() -> frozenset[str]:
    alone = (one[0] for one in word_lists()["spreads"] if len(one) == 1)
    return frozenset(word for word in alone if word.endswith("s"))
