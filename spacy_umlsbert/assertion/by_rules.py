"""Verdicts by rules: for a plain text, and for Docs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.annotations.sentences import sentences_of
from spacy_umlsbert.assertion.alone import bare_cues
from spacy_umlsbert.assertion.answers import Fields, box_cues
from spacy_umlsbert.assertion.bars import Bars
from spacy_umlsbert.assertion.clauses import Clauses
from spacy_umlsbert.assertion.detector import AssertionDetector, Findings
from spacy_umlsbert.assertion.governing import governing, share_denials
from spacy_umlsbert.assertion.grids import grid_cues
from spacy_umlsbert.assertion.kinds import TEST, by_tests, condition_cues, kind_of, said_of
from spacy_umlsbert.assertion.lines import Lines
from spacy_umlsbert.assertion.overturned import overturn
from spacy_umlsbert.assertion.persons import pronoun_cues
from spacy_umlsbert.assertion.phrases import Match, phrase_finder
from spacy_umlsbert.assertion.places import Mentions
from spacy_umlsbert.assertion.reactions import reaction_cues
from spacy_umlsbert.assertion.rules import (
    ALL,
    ANSWER,
    GAP,
    PSEUDO,
    TERMINATING,
    Rule,
    RuleSet,
)
from spacy_umlsbert.assertion.scopes import Scopes, ends_of_scopes
from spacy_umlsbert.assertion.signs import sign_cues
from spacy_umlsbert.assertion.spelling import misspellings
from spacy_umlsbert.assertion.verdicts import (
    CONDITIONAL,
    ENDED,
    FAMILY,
    HISTORICAL,
    HYPOTHETICAL,
    WEAK,
    Cue,
    resolve,
)
from spacy_umlsbert.text.lexing import Tokens
from spacy_umlsbert.text.sentences import sentences as text_sentences

SECTIONS = "sections"
"""The span group of sections; the label of each is its category."""

SECTION_EVIDENCE = {
    "family_history": FAMILY,
    "past_medical_history": HISTORICAL,
    "past_surgical_history": HISTORICAL,
    "allergies": CONDITIONAL,
}
"""What sections say of the mentions in them, where no cue says something else."""

_LOOKING_FORWARD = ("before", "exception")
_BOX_ENDS = frozenset("]☐☒☑□■_")
_EITHER_WAY = ("both", "beside")
_AFTER_SIGNS = frozenset("+,;)]/\n")
_NOTHING_FOLLOWS = frozenset(".,;:!?\n")


class Section(NamedTuple):
    """A section of a text: its characters and its category."""

    start: int
    end: int
    category: str


class RuleReader:
    """Finds cues in a text, and judges mentions by them.

    Args:
        rules: The rules.
        section_evidence: Category of a section -> category of a cue.
    """

    def __init__(
        self, rules: Iterable[Rule], section_evidence: Mapping[str, str] = SECTION_EVIDENCE
    ) -> None:
        rules = list(rules)
        apart = (ANSWER, PSEUDO, TERMINATING)
        cues = [rule for rule in rules if rule.direction not in apart]
        self._cues = phrase_finder(rule for rule in cues if not _is_planned(rule))
        self._planned = phrase_finder(rule for rule in cues if _is_planned(rule))
        self._answers = phrase_finder(rule for rule in rules if rule.direction == ANSWER)
        self._pseudo = phrase_finder(rule for rule in rules if rule.direction == PSEUDO)
        self._ends = phrase_finder(rule for rule in rules if rule.direction == TERMINATING)
        self._evidence = dict(section_evidence)

    def read(
        self,
        text: str,
        mentions: Sequence[tuple[int, int]],
        *,
        sentences: Sequence[int] | None = None,
        sections: Sequence[Section] = (),
    ) -> Findings:
        """Judge the mentions of a text.

        Args:
            text: The text.
            mentions: First character and character after the last of each.
            sentences: Where sentences begin, if it is known; else `text.sentences` tells. Its items
                of lists and headings are borders in any case.
            sections: The sections, in the order of the text; one may lie in another.
        """
        tokens = Tokens(text, misspellings())
        kinds = [kind_of(text[start:end]) for start, end in mentions]
        cues = self._cues_of(tokens, mentions, kinds, sentences)
        around = _innermost(mentions, sections)
        governed = [
            said_of(mention, kind, found, text, tokens)
            for mention, kind, found in zip(
                mentions, kinds, share_denials(governing(mentions, cues), text), strict=True
            )
        ]
        verdicts = [
            resolve(found, self.evidence_of(section), mention=start)
            for found, section, (start, _) in zip(governed, around, mentions, strict=True)
        ]
        return Findings(verdicts, cues, governed, around)

    def cues(
        self, text: str, mentions: Sequence[tuple[int, int]], sentences: Sequence[int] | None = None
    ) -> list[Cue]:
        """All cues of a text with their scopes, in its order.

        What stands inside of a mention is no cue, except at its ends.
        """
        kinds = [kind_of(text[start:end]) for start, end in mentions]
        return self._cues_of(Tokens(text, misspellings()), mentions, kinds, sentences)

    def _cues_of(
        self,
        tokens: Tokens,
        mentions: Sequence[tuple[int, int]],
        kinds: Sequence[str],
        sentences: Sequence[int] | None,
    ) -> list[Cue]:
        if not len(tokens):
            return []
        text = tokens.text
        found = [sentence.start for sentence in text_sentences(text)]
        lines = Lines(text, found)
        borders = found
        if sentences is not None:
            borders = [*sentences, *filter(lines.begins_line, found)]
        tokens_of_borders = sorted({tokens.at(border) for border in borders})
        cues = [*box_cues(text, lines), *grid_cues(lines), *sign_cues(lines)]
        answers = self._in_fields(text, tokens, lines)
        cues += answers
        answered = {tokens.at(cue.start) for cue in answers}
        spans = [(tokens.at(start), tokens.at(end - 1) + 1) for start, end in mentions]
        places = Mentions(spans)
        planned = [span for span, kind in zip(spans, kinds, strict=True) if kind]
        bars = Bars(match for match in self._pseudo.find(tokens) if not _holds(match, places))
        begun = dict(sorted(spans))

        def allowed(match: Match) -> list[Rule]:
            rules = bars.allowed(match)
            if begun.get(match.first, match.last) < match.last:  # "[anaphylaxis] to bees"
                rules = [rule for rule in rules if rule.direction != "before"]
            return rules

        chosen, to_come = (
            [
                (match, rules)
                for match in finder.find(tokens, lambda one: bool(allowed(one)))
                if not _crosses(match, tokens_of_borders)
                and answered.isdisjoint(range(match.first, match.last))
                and not _is_option(tokens.words, match)
                and not _ends_line(tokens.words, match)
                and (rules := allowed(match))
            ]
            for finder in (self._cues, self._planned)
        )
        looking_forward: dict[int, set[str]] = {}
        looking_back = set()
        for match, rules in chosen:
            for rule in rules:
                either = rule.direction in _EITHER_WAY and _goes_on(tokens, match)
                if rule.direction in _LOOKING_FORWARD or either:
                    looking_forward.setdefault(match.first, set()).add(rule.category)
                elif rule.direction in ("after", *_EITHER_WAY):
                    looking_back.add(match.first)
        ends = list(self._ends.find(tokens))
        borders = sorted({*borders, *_after_stops(text, mentions)})
        breaks = [one.first for one in ends if any(rule.category == ALL for rule in one.rules)]
        gone = [match.first for match, rules in chosen if any(_is_gone(rule) for rule in rules)]
        clauses = Clauses(tokens, borders, looking_forward, looking_back, breaks)
        tests = [span for span, kind in zip(spans, kinds, strict=True) if kind == TEST]
        before = by_tests(tokens, [first for first, _ in tests])
        scopes = Scopes(tokens, clauses, lines, ends_of_scopes(ends), places, gone, before)
        cues.extend(pronoun_cues(tokens, clauses.sentences))
        cues.extend(condition_cues(tokens, planned))
        cues.extend(bare_cues(tokens, tests, clauses.sentences))
        cues.extend(reaction_cues(tokens))
        for match, rules in chain(overturn(chosen, tokens, clauses), to_come if planned else ()):
            for rule in rules:
                cues.extend(scopes.cues(match, rule))
        return _distinct(_outside(cues, mentions))

    def _in_fields(self, text: str, tokens: Tokens, lines: Lines) -> list[Cue]:
        """The cues that are answers in fields."""
        fields = Fields(text, lines)
        cues = []
        for match in self._answers.find(tokens):
            start, end = tokens.starts[match.first], tokens.ends[match.last - 1]
            field = fields.of_answer(start, end)
            if field is not None:
                cues += [
                    Cue(start, end, rule.category, field.start, field.end, rule.strength)
                    for rule in match.rules
                ]
        return cues

    def evidence_of(self, section: str) -> tuple[str, ...]:
        """What a section of a category says of the mentions in it."""
        evidence = self._evidence.get(section)
        return () if evidence is None else (evidence,)


class DetectorByRules(AssertionDetector):
    """Judges the spans of Docs by rules.

    Attributes:
        rules: The rules in use; `change` builds what is made of them anew.
        section_evidence: Category of a section -> category of a cue.
    """

    def __init__(
        self,
        rules: RuleSet | None = None,
        section_evidence: Mapping[str, str] = SECTION_EVIDENCE,
    ) -> None:
        self.rules = RuleSet() if rules is None else rules
        self.section_evidence = dict(section_evidence)
        self._reader: RuleReader | None = None

    @property
    def reader(self) -> RuleReader:
        """What reads plain text by these rules."""
        if self._reader is None:
            self._reader = RuleReader(self.rules, self.section_evidence)
        return self._reader

    def change(self, *, add: Iterable[Any] = (), remove: Iterable[Any] = ()) -> None:
        """Remove rules, and add some; see `RuleSet`."""
        self.rules.remove(remove)
        self.rules.add(add)
        self._reader = None

    def detect(self, docs: Sequence[Doc], spans: Sequence[Sequence[Span]]) -> list[Findings]:
        """Judge the spans of some Docs."""
        return [self._detect(doc, of) for doc, of in zip(docs, spans, strict=True)]

    def _detect(self, doc: Doc, spans: Sequence[Span]) -> Findings:
        places = [(span.start_char, span.end_char) for span in spans]
        return self.reader.read(
            doc.text, places, sentences=sentences_of(doc), sections=sections_of(doc, spans)
        )

    def __getstate__(self) -> dict[str, Any]:
        """The rules, without what is made of them."""
        return {**self.__dict__, "_reader": None}


def sections_of(doc: Doc, spans: Sequence[Span]) -> list[Section]:
    """The sections of a Doc: of its span group, or what ``span._.section`` says of some spans."""
    if SECTIONS in doc.spans:
        return [
            Section(one.start_char, one.end_char, one.label_) for one in spans_of(doc, SECTIONS)
        ]
    if not Span.has_extension("section"):
        return []
    named = ((span, span._.section) for span in spans)
    return [Section(one.start_char, one.end_char, name) for one, name in named if name]


def _innermost(mentions: Sequence[tuple[int, int]], sections: Sequence[Section]) -> list[str]:
    """The category of the innermost section of each mention; empty if there is none."""
    if not sections:
        return [""] * len(mentions)
    borders = sorted({0, *(place for one in sections for place in one[:2])})
    categories = [""] * len(borders)
    for section in sorted(sections, key=lambda one: (one.start, -one.end)):
        low, high = bisect_left(borders, section.start), bisect_left(borders, section.end)
        categories[low:high] = [section.category] * (high - low)
    return [categories[bisect_right(borders, start) - 1] for start, _ in mentions]


def _distinct(cues: Iterable[Cue]) -> list[Cue]:
    """Of cues of one category, side and strength in one place that with the longest scope; in the
    text's order."""
    longest: dict[tuple[int, int, str, str, bool], Cue] = {}
    for cue in cues:
        key = (*cue[:3], cue.strength, cue.scope_start < cue.start)
        known = longest.get(key)
        if known is None or _length(known) < _length(cue):
            longest[key] = cue
    return sorted(longest.values())


def _after_stops(text: str, mentions: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Where sentences begin after mentions with a full stop, in lower case too: "fx. prob tear"."""
    for _, end in mentions:
        if text[end : end + 1] == "." and text[end + 1 : end + 2] == " ":
            yield end + 2


def _length(cue: Cue) -> int:
    return cue.scope_end - cue.scope_start


def _holds(match: Match, mentions: Mentions) -> bool:
    """Whether a mention is a part of a phrase that would be no cue: "no [significant change]".

    What stands in a gap is none: "neither [cough] nor [fever] has improved".
    """
    if any(GAP in rule.phrase for rule in match.rules):
        return False
    return mentions.between(match.first + 1, match.last)


def _is_option(words: Sequence[str], match: Match) -> bool:
    """Whether a phrase is the "No" of a box, which `answers` reads."""
    before = words[match.first - 1] if match.first else ""
    return before in _BOX_ENDS and match.last == match.first + 1 and words[match.first] == "no"


def _is_planned(rule: Rule) -> bool:
    """Whether a rule says of tests and treatments alone that they are to come; see `kinds`."""
    return rule.category == HYPOTHETICAL and rule.strength == WEAK


def _is_gone(rule: Rule) -> bool:
    return rule.category == ENDED and rule.direction not in ("before", *_EITHER_WAY[:1])


def _ends_line(words: Sequence[str], match: Match) -> bool:
    """Whether a phrase is a sign after a finding, which `signs` reads."""
    ends = match.last == len(words) or words[match.last] in _AFTER_SIGNS
    return ends and words[match.first : match.last] == ["+"]


def _goes_on(tokens: Tokens, match: Match) -> bool:
    """Whether words follow a phrase, and no sign."""
    return match.last < len(tokens) and tokens.words[match.last] not in _NOTHING_FOLLOWS


def _crosses(match: Match, borders: Sequence[int]) -> bool:
    """Whether a sentence or an item begins inside of a phrase."""
    return bisect_right(borders, match.first) < bisect_left(borders, match.last)


def _outside(cues: Iterable[Cue], mentions: Sequence[tuple[int, int]]) -> Iterable[Cue]:
    """The cues that do not lie inside of a mention."""
    ordered = sorted(mentions)
    starts = [start for start, _ in ordered]
    furthest = []
    end = 0
    for _, stop in ordered:
        end = max(end, stop)
        furthest.append(end)
    whole = set(mentions)
    for cue in cues:
        looks_back = cue.scope_start < cue.start
        before = bisect_right if looks_back else bisect_left
        i = before(starts, cue.start) - 1
        inside = i >= 0 and furthest[i] >= cue.end
        if looks_back and inside and furthest[i] == cue.end and cue.start > starts[i]:
            inside = False
        if not inside and (cue.start, cue.end) not in whole:
            yield cue
