"""What around a name speaks for a meaning or against it: rules, each with its points.

Rules know of kinds of concepts and of English, not of single names. One point is a hint, three
settle it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from spacy_umlsbert.umls.context.candidates import ILLNESSES, Candidate, Kind, Name, Writing
from spacy_umlsbert.umls.context.surroundings import Surroundings
from spacy_umlsbert.umls.matching.normalization import read_words

HINT, SURE = 1.0, 3.0

_ARTICLES = frozenset({"a", "an", "the"})
_BEFORE_AN_ILLNESS = frozenset("has have had having with without of for after denies".split())
_HISTORIES = frozenset("history hx diagnosis dx diagnosed".split())
_BEFORE_A_DRUG = frozenset(
    "on to of for take takes took taking taken start started starting begin began begun continue "
    "continued stop stopped give given received receiving hold held iv im po oral topical inhaled "
    "using uses used needs needed".split()
)
_BEFORE_A_VERB = frozenset(
    "will would can could may might shall should must i you we they he she who let".split()
)
_AFTER_A_VERB = frozenset("off out up away apart me him us them it you".split())
_BEFORE_A_NOUN = _ARTICLES | _BEFORE_AN_ILLNESS
_WITH_TO = frozenset(
    "due secondary prior related relative attributed attributable owing similar subsequent "
    "allergic exposed refractory leading led".split()
)
_NO_NOUNS = read_words("stop_names.txt") | {"today", "yesterday", "tomorrow"}
_VERB_OR_ADVERB = ("ed", "ing", "ly")
_BETWEEN_EQUALS = frozenset({",", "/", "and", "or", "&", "+"})
_LOCATING = frozenset("over of in at on along".split())

_NUMBER = re.compile(r"[<>~=]?\d+(?:[.,/-]\d+)*\+?")
_DECIMAL = re.compile(r"\d+\.\d+(?:/\d+)*")
_DOSES = frozenset("mg mcg g ml cc l units unit tabs tab puffs".split())
_SIZES = frozenset({"mm", "cm"})


def value_after(around: Surroundings, one: Candidate) -> float:
    """What is measured has a number after it."""
    return HINT if any(map(_NUMBER.fullmatch, around.after)) else 0.0


def no_value(around: Surroundings, one: Candidate) -> float:
    """What has no number near it is rather something else that the name means."""
    return 0.0 if any(map(_NUMBER.fullmatch, around.after)) else -HINT


def dose_after(around: Surroundings, one: Candidate) -> float:
    """No illness has a dose or decimals: "gas 7.28", "Robitussin DM 10 ml"."""
    if not around.after or not _NUMBER.fullmatch(around.after[0]):
        return 0.0
    has_unit = len(around.after) > 1 and around.after_small[1] in _DOSES
    return -SURE if has_unit or _DECIMAL.fullmatch(around.after[0]) else 0.0


def share_before(around: Surroundings, one: Candidate) -> float:
    """A percentage right before it ("97% RA") is not that of an illness or a part of the body."""
    return -SURE if around.before[:1] == ["%"] else 0.0


def being_on(around: Surroundings, one: Candidate) -> float:
    """People are on a medicine or treatment ("on PD"), not on an illness or a part of the body."""
    if around.before_small[:1] != ["on"]:
        return 0.0
    return -SURE if one.kind in ILLNESSES or one.kind is Kind.ANATOMY else HINT


def place(around: Surroundings, one: Candidate) -> float:
    """An illness is no place or time: "in the ED", "in the fall", "went to the ER"."""
    words = around.before_small
    if words[:1] != ["the"] or len(words) < 2:
        return 0.0
    goes_to = words[1] == "to" and _WITH_TO.isdisjoint(words[2:])
    return -SURE if words[1] in ("in", "at") or goes_to else 0.0


def verb(around: Surroundings, one: Candidate) -> float:
    """A word of everyday language may be a verb: "began to sob", "let it fall off"."""
    words = around.before_small
    before = words[0] if words else ""
    infinitive = before == "to" and _WITH_TO.isdisjoint(words[1:2])
    if infinitive or before in _BEFORE_A_VERB:
        return -HINT if one.preferred else -SURE
    is_verb = before not in _BEFORE_A_NOUN and around.after_small[:1]
    return -SURE if is_verb and around.after_small[0] in _AFTER_A_VERB else 0.0


def compound(around: Surroundings, one: Candidate) -> float:
    """A word of everyday language right before a noun belongs to that: "gas station".

    Not if it is what the concept is called: "pain medication" is about pain.
    """
    if one.preferred:
        return 0.0
    word = around.after[0] if around.after else ""
    if len(word) < 4 or not (word.isalpha() and word.islower()) or word in _NO_NOUNS:
        return 0.0
    if word.endswith(_VERB_OR_ADVERB) or (
        around.names_after and not around.names_after[0].distance
    ):
        return 0.0
    return -HINT


def medicine_before(around: Surroundings, one: Candidate) -> float:
    """What follows right after a medicine belongs to its name: "Robitussin DM"."""
    return -SURE if around.names_before[:1] == [(Kind.DRUG, 0)] else 0.0


def given(around: Surroundings, one: Candidate) -> float:
    """A medicine has a dose, is taken or given, or stands among others and results of tests."""
    if around.after and _NUMBER.match(around.after[0]):
        return HINT
    if not _BEFORE_A_DRUG.isdisjoint(around.before_small[:1]):
        return HINT
    names = (*around.names_before, *around.names_after)
    among = any(other.kind in (Kind.DRUG, Kind.MEASURED) for other in names)
    return HINT / 2 if among else 0.0


def body_part_after(around: Surroundings, one: Candidate) -> float:
    """Right before a part of the body stands what is done to it: "MR lumbar spine"."""
    if around.names_after[:1] != [(Kind.ANATOMY, 0)]:
        return 0.0
    return -HINT if one.kind in ILLNESSES else HINT


def other_acronym(around: Surroundings, one: Candidate) -> float:
    """A word that is no acronym, in capitals amid small letters, is one of something else."""
    if around.after[:1] == [":"]:
        return 0.0
    nearest = (*around.before[:2], *around.after[:2])
    return -SURE if any(word.isalpha() and word.islower() for word in nearest) else 0.0


def name_of_something(around: Surroundings, one: Candidate) -> float:
    """A capital amid small letters is that of somebody or something by name: "Sugar Hill"."""
    word = around.before[0] if around.before else ""
    return -HINT if word.isalpha() and word.islower() and around.after[:1] != [":"] else 0.0


def body_has_it(around: Surroundings, one: Candidate) -> float:
    """What has a size, or a place on the body, is no mental disorder: "depression over the arm"."""
    names = around.names_after
    before_a_part = bool(names) and names[0].kind is Kind.ANATOMY
    located = before_a_part and not _LOCATING.isdisjoint(around.after_small[:1])
    sized = not _SIZES.isdisjoint(around.before_small)
    touches = bool(around.names_before) and not around.names_before[0].distance
    coded = not touches and any(map(_is_code, around.before[:1]))
    return -SURE if sized or located or coded else 0.0


def _is_code(word: str) -> bool:
    return 2 <= len(word) <= 3 and word.isalpha() and word.isupper()


def heading(around: Surroundings, one: Candidate) -> float:
    """An examination stands as a heading: "PE: well developed"."""
    return HINT if not around.before and around.after[:1] == [":"] else 0.0


def had(around: Surroundings, one: Candidate) -> float:
    """An illness is had: "had a cold", "after a fall", "lots of gas"."""
    words = around.before_small
    first = words[1:2] if words and words[0] in _ARTICLES else words[:1]
    return 0.0 if _BEFORE_AN_ILLNESS.isdisjoint(first) else HINT


def in_history(around: Surroundings, one: Candidate) -> float:
    """What a history is of, or a diagnosis, is an illness: "h/o MS", "diagnosed with CF"."""
    before = around.before_small
    told = before[:1] == ["h/o"] or (
        before[:1] in (["of"], ["with"]) and not _HISTORIES.isdisjoint(before[1:2])
    )
    return 2 * HINT if told else 0.0


def equals(around: Surroundings, one: Candidate) -> float:
    """Things of one kind are listed together: "CP, SOB", "PT/INR"."""
    kinds = ILLNESSES if one.kind in ILLNESSES else {one.kind}
    for names, words in (
        (around.names_before, around.before_small),
        (around.names_after, around.after_small),
    ):
        beside = bool(names) and names[0].distance == 1 and names[0].kind in kinds
        if beside and words and words[0] in _BETWEEN_EQUALS:
            return HINT / 2
    return 0.0


Cue = Callable[[Surroundings, Candidate], float]


class Rule(NamedTuple):
    """A cue, and of which meanings of which names.

    Attributes:
        cue: Gives the points.
        kinds: The kinds of meanings.
        applies: Whether it is one for a name at all.
        against: Whether it can speak against the only meaning of a name.
    """

    cue: Cue
    kinds: frozenset[Kind]
    applies: Callable[[Name], bool] = lambda name: True
    against: bool = True


def _has_several_meanings(name: Name) -> bool:
    return len(name.candidates) > 1


def _is_everyday(name: Name) -> bool:
    return name.everyday


def _is_acronym(name: Name) -> bool:
    return name.acronym


def _is_everyday_with_a_capital(name: Name) -> bool:
    return name.everyday and name.writing is Writing.TITLE


def _is_no_acronym_in_capitals(name: Name) -> bool:
    return name.writing is Writing.CAPITALS and not name.acronym


_ANY = frozenset(Kind)

RULES: tuple[Rule, ...] = (
    Rule(value_after, frozenset({Kind.MEASURED}), against=False),
    Rule(no_value, frozenset({Kind.MEASURED}), _has_several_meanings, against=False),
    Rule(dose_after, ILLNESSES),
    Rule(share_before, ILLNESSES | {Kind.ANATOMY}, _is_acronym),
    Rule(being_on, ILLNESSES),
    Rule(being_on, frozenset({Kind.ANATOMY}), _is_acronym),
    Rule(being_on, frozenset({Kind.DRUG, Kind.TREATMENT}), against=False),
    Rule(place, ILLNESSES),
    Rule(verb, _ANY - {Kind.ANATOMY}, _is_everyday),
    Rule(compound, ILLNESSES, _is_everyday),
    Rule(given, frozenset({Kind.DRUG}), against=False),
    Rule(medicine_before, ILLNESSES, _is_acronym),
    Rule(body_part_after, ILLNESSES, _is_acronym),
    Rule(
        body_part_after,
        frozenset({Kind.EXAMINATION, Kind.TREATMENT}),
        _is_acronym,
        against=False,
    ),
    Rule(other_acronym, _ANY, _is_no_acronym_in_capitals),
    Rule(name_of_something, _ANY - {Kind.ANATOMY}, _is_everyday_with_a_capital),
    Rule(body_has_it, frozenset({Kind.MENTAL})),
    Rule(heading, frozenset({Kind.EXAMINATION}), against=False),
    Rule(had, ILLNESSES, _is_everyday, against=False),
    Rule(in_history, ILLNESSES, _has_several_meanings, against=False),
    Rule(equals, _ANY, against=False),
)


def rules_of(one: Candidate, name: Name) -> tuple[Rule, ...]:
    """The rules that count for a meaning of a name."""
    return tuple(rule for rule in RULES if one.kind in rule.kinds and rule.applies(name))
