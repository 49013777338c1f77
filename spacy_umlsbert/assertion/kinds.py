"""What cues say of tests and treatments, which are not there as findings are.

"Troponin was negative": the test is there. "MRI Thursday", "insulin if above 12": they are to come.
Their words tell what mentions are: lists of ``words.tsv``, and how names of drugs end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from spacy_umlsbert.assertion.rules import word_lists
from spacy_umlsbert.assertion.verdicts import (
    CONDITIONAL,
    ENDED,
    HISTORICAL,
    HYPOTHETICAL,
    NEGATED,
    UNCERTAIN,
    WEAK,
    Cue,
)
from spacy_umlsbert.text.lexing import Tokens, words_of

TEST, TREATMENT = "test", "treatment"

_LONGEST = 80  # characters of a mention that is looked at
_REMEMBERED = 1 << 14
_DRUG = re.compile(
    r"[a-z]*(?:cillin|mycin|micin|cycline|floxacin|azole|statin|sartan|[ao]lol|pril|dipine|xaban|"
    r"parin|prazole|tidine|gliptin|gliflozin|glutide|triptan|setron|zepam|zolam|pidem|mab|tinib|"
    r"ciclib|lukast|terol|tropium|sone|solone|onide|metacin|profen|coxib|caine|barbital|azine|"
    r"triptyline|oxetine|talopram|traline|faxine|apine|idone|racetam|gabalin|gabapentin|vudine|"
    r"ciclovir|cyclovir|tegravir|navir|buvir|platin|rubicin|taxel|bicin|trexate|thiazide|semide|"
    r"actone|dronate|thyroxine|formin|gliclazide|glipizide|fentanil|codone|morphone|codeine|"
    r"naloxone|nidazole|ezetimibe|clopidogrel|ferol|mustine|phylline|oxime|cef[a-z]+|cephal[eo][a-z]+)s?"
)
_DETERMINERS = 2  # words between a preposition and a test
_TO_CONDITION = 6  # words from a treatment to "if"
_PAST = frozenset(
    "had underwent after following since got received given did s post "
    "previous prior earlier last yesterday".split()
)
_STOPS = frozenset(".;:!?\n,|")
_ENDS = frozenset(".;!?\n")
_CONTRAST = frozenset("but although though however whereas".split())
_IF = frozenset("if once when whenever".split())
_NO_CONDITION = frozenset("as even only ask see check".split())
_LOOKED_FOR = re.compile(r"rule|exclu|r ?/ ?o|look|evaluat|assess|correlat", re.IGNORECASE)
_PLAN = re.compile(
    r"(?:p|plans?|recommendations?|recs?|to[- ]do|next steps|requests?|orders?)\s*[:\-–]"
)
_PROPOSED = ("consider", "suggest", "?", "possib", "query", "perhaps", "maybe")
_STOP = ("hold", "withh", "omit", "skip", "stop", "disconti", "cease")
_INTOLERANT = "intoleran"
_DONE = ("complete", "finish", "removed")
_OUT = ("out", "off", "complete")
_REMOVED = ("removed", "excised", "was removed", "were removed", "extracted")


@cache
def _single(name: str) -> frozenset[str]:
    return frozenset(words[-1] for words in word_lists()[name] if len(words) == 1)


@cache
def _several(name: str) -> frozenset[tuple[str, ...]]:
    return frozenset(words for words in word_lists()[name] if len(words) > 1)


def kind_of(mention: str) -> str:
    """Whether a mention names a test or a treatment, by its first or last words; else empty.

    An "elevated troponin" and "ECG changes" are findings.
    """
    return _kind_of(tuple(words_of(mention[:_LONGEST])))


@lru_cache(maxsize=_REMEMBERED)
def _kind_of(words: tuple[str, ...]) -> str:
    if not words or not _single("of_findings").isdisjoint(words):
        return ""
    for kind in (TEST, TREATMENT):
        if words[-1] in _single(kind) or any(words[-len(one) :] == one for one in _several(kind)):
            return kind
        first = f"{kind}_first"
        if words[0] in _single(first) or any(words[: len(one)] == one for one in _several(first)):
            return kind
    if any(_DRUG.fullmatch(word) for word in (words[0], words[-1])):
        return TREATMENT
    return ""


def by_tests(tokens: Tokens, tests: Iterable[int]) -> list[int]:
    """The prepositions before tests, which end what is said of findings: "no clot on CT".

    Args:
        tokens: The text.
        tests: The first token of each test.
    """
    found = set()
    for first in tests:
        for i in range(first - 1, max(first - 2 - _DETERMINERS, -1), -1):
            word = tokens.words[i]
            if word in _STOPS:
                break
            if word in _single("by_means_of"):
                found.add(i)
                break
    return sorted(found)


def condition_cues(tokens: Tokens, planned: Iterable[tuple[int, int]]) -> Iterator[Cue]:
    """What tests and treatments depend on: "MRI if no better", "for CT".

    Args:
        tokens: The text.
        planned: The first token, and that after the last, of each test and treatment.
    """
    words = tokens.words
    for first, last in planned:
        for i in range(last, min(last + _TO_CONDITION, len(words))):
            if words[i] in _STOPS or words[i] in _CONTRAST:
                break
            following = words[i + 1] if i + 1 < len(words) else ""
            depends = words[i] == "if" or (words[i] == "in" and following in ("case", "event"))
            if depends and following and words[i - 1] not in _NO_CONDITION:
                yield Cue(
                    tokens.starts[i],
                    tokens.ends[i],
                    HYPOTHETICAL,
                    tokens.starts[first],
                    tokens.ends[last - 1],
                    WEAK,
                )
                break


def said_of(
    mention: tuple[int, int], kind: str, cues: Sequence[Cue], text: str, tokens: Tokens
) -> list[Cue]:
    """The cues of a mention, as they count for its kind.

    - What is planned only ("MRI Thursday": a weak cue) says nothing of findings.
    - The result of a test is not the test.
    - A treatment that is considered, or depends on something, is to come; one that was not
      tolerated has ended.

    Args:
        mention: Its characters.
        kind: What it is, by `kind_of`.
        cues: The cues in whose scopes it lies.
        text: The text.
        tokens: Its tokens.
    """
    known = _Known(mention, kind, kind == TEST and _is_means(tokens, mention), tuple(cues), tokens)
    found = (_counting(cue, known, text) for cue in cues)
    return [cue for cue in found if cue is not None]


class _Known(NamedTuple):
    """What is known of a mention: its place and kind, whether it is that by which something was
    found, its cues, and the tokens of the text.
    """

    mention: tuple[int, int]
    kind: str
    is_means: bool
    cues: tuple[Cue, ...]
    tokens: Tokens


def _counting(cue: Cue, known: _Known, text: str) -> Cue | None:
    """A cue as it counts for a mention; None if it does not."""
    words = text[cue.start : cue.end].lower()
    after = cue.start >= known.mention[1]
    if cue.category == HYPOTHETICAL and _is_beside_it(cue, known, words, text):
        return None
    if known.is_means and after and cue.category in (NEGATED, UNCERTAIN):
        return None  # "a stone on CT was not seen"
    if words.startswith(_STOP) and " for " in text[cue.end : known.mention[0]]:
        return None  # "hold metoprolol for bradycardia"
    return _of_finding(cue, words) if known.kind == "" else _of_planned(cue, known.kind, words)


def _is_beside_it(cue: Cue, known: _Known, words: str, text: str) -> bool:
    """Whether what is said to come is not the mention."""
    mention, kind = known.mention, known.kind
    if mention[0] <= cue.start and cue.end <= mention[1] and not _as_needed(words):
        return True  # "tetanus vaccine", "coagulation screen"
    if cue.strength == WEAK and (not kind or (kind == TREATMENT and _PLAN.match(words))):
        return True
    if cue.strength == WEAK:
        denied = any(one.category in (NEGATED, ENDED) for one in known.cues)
        return denied or _is_past(known.tokens, mention)
    return not kind and any(_looks_for(one, text) for one in known.cues)


def _of_finding(cue: Cue, words: str) -> Cue | None:
    """What a cue says of a finding; None if nothing."""
    if cue.category == ENDED and words.startswith(_OUT):
        return None
    if cue.category == ENDED and words.startswith(_REMOVED):
        return cue._replace(category=HISTORICAL)  # a tumour was there
    return cue


def _of_planned(cue: Cue, kind: str, words: str) -> Cue | None:
    """What a cue says of a test or treatment; None if nothing."""
    is_result = cue.category in (NEGATED, UNCERTAIN) and kind == TEST
    if is_result and not _single("result").isdisjoint(words_of(words)):
        return None
    if kind == TEST and cue.category == ENDED and words.startswith(_DONE):
        return None
    category = cue.category
    if category == UNCERTAIN and (words.startswith(_PROPOSED) or "consider" in words):
        category = HYPOTHETICAL
    elif category == CONDITIONAL and kind == TREATMENT and words.startswith(_INTOLERANT):
        category = ENDED
    elif category == CONDITIONAL and not _IF.isdisjoint(words_of(words)):
        category = HYPOTHETICAL
    return cue._replace(category=category)


def _looks_for(cue: Cue, text: str) -> bool:
    """Whether a cue says that a finding is looked for: "will do a CT to rule out a clot"."""
    return cue.category == UNCERTAIN and bool(_LOOKED_FOR.search(text, cue.start, cue.end))


def _as_needed(words: str) -> bool:
    return "prn" in words or "need" in words or "require" in words or "necessary" in words


def _is_means(tokens: Tokens, mention: tuple[int, int]) -> bool:
    """Whether something is found by a test, or not: "on CT"."""
    return bool(by_tests(tokens, [tokens.at(mention[0])]))


def _is_past(tokens: Tokens, mention: tuple[int, int]) -> bool:
    """Whether a test or treatment was done: "had a CT Monday"."""
    first = tokens.at(mention[0])
    for word in reversed(tokens.words[max(first - 3, 0) : first]):
        if word in _PAST:
            return True
        if word in _ENDS:
            break
    return False
