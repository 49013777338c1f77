"""Which section a title heads: the table of headings, and titles that are not in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from spacy_umlsbert.text.sections.spelling import NearWords
from spacy_umlsbert.text.sections.tables import (
    LABEL,
    LETTER,
    MINOR,
    SectionRule,
    key_of,
    package_rules,
    rule_of,
    title_words,
)
from spacy_umlsbert.text.sections.titles import (
    AND,
    LONGEST_TITLE,
    are_measured,
    without_asides,
    words_of,
)

_SENTENCE = re.compile(r"[:：](?!\d)|;|\w{5}[.?!]\s+\w\w")
_MOST_WORDS = 10
_FEWEST_SQUEEZED = 6  # characters of a title that is written as one word
_MOST_SPELLINGS = 8
_LONGEST_CLAUSE = 7  # words
_MOST_WITH_LABEL = 4  # words of a title that names a label too: "ID/CC"
_MOST_KEPT = 4096
_HISTORY = "history"
_NEGATIONS = frozenset("no not none nil denies denied without negative".split())
_ARTICLES = frozenset("a the this that his her its their my our your".split())


class SectionRules:
    """The rules by which titles are told, and the user's own.

    Args:
        rules: Rules that come before those of the package: one of the same heading replaces it.
        misspelt: Whether a misspelt title is taken for the heading that is nearest in spelling.
    """

    def __init__(self, rules: Iterable[SectionRule] = (), *, misspelt: bool = True) -> None:
        self.misspelt = misspelt
        self.own: list[SectionRule] = []
        self._by_words: dict[str, SectionRule] = {}
        self._squeezed: dict[str, SectionRule] = {}
        self._first: set[str] = set()
        self._last: set[str] = set()
        self._words: set[str] = set()
        self._near: NearWords | None = None
        self._kept: dict[tuple[str, bool], SectionRule | None] = {}
        for rule in package_rules():
            self._by_words.setdefault(key_of(rule.heading), rule)
        self._index()
        self.add(rules)

    def add(self, rules: Iterable[SectionRule | Mapping[str, str] | Sequence[str]]) -> None:
        """Add rules, which come before those that are there.

        Args:
            rules: Rules, each also as a mapping or a row of its fields.

        Raises:
            UsageError: If one has no heading that can be told, no category, or an unknown use; then
                none is added.
        """
        if isinstance(rules, SectionRule | Mapping):
            rules = [rules]
        for rule in [rule_of(row, number) for number, row in enumerate(rules, 1)]:
            self.own.append(rule)
            self._by_words[key_of(rule.heading)] = rule
        self._index()

    def _index(self) -> None:
        self._squeezed = {
            squeezed: rule
            for key, rule in self._by_words.items()
            if len(squeezed := key.replace(" ", "")) >= _FEWEST_SQUEEZED and " " in key
        }
        self._first = {key.partition(" ")[0] for key in self._by_words} | title_words().more
        self._last = {key.rpartition(" ")[2] for key in self._by_words} | title_words().more
        self._words = {word for key in self._by_words for word in key.split()}
        self._near = None
        self._kept.clear()

    def find(self, title: str, *, loosely: bool = True) -> SectionRule | None:
        """The rule of a title, in whatever case; None if it is not known.

        A title is known if it is in the table, whatever it has in brackets, with words that only
        say more before or behind it ("pertinent past medical history on admission"); if it is made
        of known ones ("past medical and family history"), and of several the first counts; if its
        last words, or its first, are a heading that stays one so ("cardiac medications"), or it
        says in a clause what it heads ("when to call"); and if it is misspelt.

        Args:
            title: The title, without its colon.
            loosely: Whether it may be misspelt, or known by its first or last words alone.
        """
        if len(title) > LONGEST_TITLE or _SENTENCE.search(title) is not None:
            return None
        key = (title, loosely)
        if key in self._kept:
            return self._kept[key]
        rule = self._find(*key)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[key] = rule
        return rule

    def may_begin_with(self, word: str) -> bool:
        """The same of the first word."""
        word = word.strip("().,&+").casefold()
        return title_words().same.get(word, word) in self._first or not word.isalpha()

    def may_end_with(self, word: str) -> bool:
        """Whether a title that is known may have this as its last word: to look at few."""
        word = word.casefold()
        return not word.isalpha() or title_words().same.get(word, word) in self._last

    def may_have(self, word: str) -> bool:
        """Whether a title of the table may have this word: to look at few."""
        word = word.casefold()
        word = title_words().same.get(word, word)
        return word in self._words or word in title_words().more

    def _find(self, title: str, loosely: bool) -> SectionRule | None:
        same = title_words().same
        plain, asides = without_asides(title)
        letter: SectionRule | None = None
        for part in (plain, *asides):
            words = words_of(part, same)
            if not 0 < len(words) <= _MOST_WORDS:
                continue
            rule = self._told(words) or self._squeezed.get("".join(words))
            if rule is None and loosely:
                rule = self._nearly(words)
            if rule is not None and rule.use != LETTER:
                return rule
            letter = letter or rule  # "S (subjective)"
        return letter

    def _nearly(self, words: Sequence[str]) -> SectionRule | None:
        """The rule of a title that is misspelt, or known by some of its words."""
        spellings = list(self._spellings(words)) if self.misspelt else []
        told = next(filter(None, map(self._told, spellings)), None)
        return told or next(filter(None, map(self._part, [words, *spellings])), None)

    def _told(self, words: Sequence[str]) -> SectionRule | None:
        """The rule of a title by its words."""
        rule = self._named(words)
        if rule is None and any(word[0].isdigit() for word in words) and not are_measured(words):
            words = [word for word in words if not word[0].isdigit()]
            rule = self._named(words)
        if rule is None and AND in words:
            rule = self._several(words)
        return rule

    def _named(self, words: Sequence[str]) -> SectionRule | None:
        """The rule of the longest heading around which there are only words that say more."""
        more, small = title_words().more, title_words().small - title_words().more
        for length in range(len(words), 0, -1):
            for start in range(len(words) - length + 1):
                end = start + length
                rule = self._by_words.get(" ".join(words[start:end]))
                if rule is None:
                    continue
                if length == len(words):
                    return rule
                around = [*words[:start], *words[end:]]
                if all(word in more or word in small or word == AND for word in around) and (
                    words[-1] not in small | _ARTICLES and words[0] not in small
                ):
                    # "Other skin", "current smoker": what only labels a line does so still.
                    return rule
        return None

    def _several(self, words: Sequence[str]) -> SectionRule | None:
        """The rule of a title that names several sections: "past medical and family history"."""
        parts: list[list[str]] = [[]]
        for word in words:
            if word == AND:
                parts.append([])
            else:
                parts[-1].append(word)
        last = parts[-1][-1:]
        found = []
        for part in parts:
            rule = self._named(part)
            if rule is None or rule.use:
                rule = self._named([*part, *last]) or rule
            if rule is None or rule.use == LETTER or rule.within:
                return None
            found.append(rule)
        sections = [rule for rule in found if rule.use != LABEL]
        if 0 < len(sections) < len(found) and len(words) > _MOST_WITH_LABEL:
            return None
        found = sections or found[:1]
        categories = [rule.category for rule in found]
        if "plan" in categories and {"assessment", "diagnoses"}.intersection(categories):
            return self._by_words["assessment and plan"]
        if {"social_history", "family_history"} == set(categories):
            return found[categories.index("social_history")]
        return found[0]._replace(heading=" ".join(words))

    def _part(self, words: Sequence[str]) -> SectionRule | None:
        """The rule of a title of which the last words or the first say what is in the section."""
        table = title_words()
        while words and words[0] in _ARTICLES:
            words = words[1:]
        if words and words[0] in _NEGATIONS:
            return None
        for size in (2, 1):
            tail = " ".join(words[-size:])
            if size < len(words) <= size + 3 and tail in table.head:
                if tail == _HISTORY:
                    return self._history(words)
                return _as_minor(self._by_words[tail])
        for size in (3, 2, 1):
            start = " ".join(words[:size])
            if (
                size + 1 < len(words)
                and words[size] in table.small - {AND}
                and (start in table.before)
            ):
                return _as_minor(self._by_words[start])
        return self._begun(words)

    def _history(self, words: Sequence[str]) -> SectionRule:
        """The rule of a history of something: "family med history", "transplant history"."""
        kinds = (f"{word} {_HISTORY}" for word in words[:-1])
        known = next(filter(None, map(self._by_words.get, kinds)), None)
        return _as_minor(known or self._by_words["medical history"])

    def _begun(self, words: Sequence[str]) -> SectionRule | None:
        """The rule of a title that says it in a clause: "when to call your doctor"."""
        if len(words) > _LONGEST_CLAUSE:
            return None
        for size in (3, 2):
            heading = title_words().begins.get(" ".join(words[:size]))
            if heading is not None:
                return self._by_words[heading]
        return None

    def _spellings(self, words: Sequence[str]) -> Iterator[list[str]]:
        """The words with those that are in no heading replaced by the nearest that are."""
        if self._near is None:
            table = title_words()
            self._near = NearWords(self._words | table.more | table.small)
        near = self._near
        unknown = [i for i, word in enumerate(words) if word not in near]
        if not unknown:
            return
        choices = [near.near(word) if word not in near else [word] for word in words]
        yield from (list(one) for one in islice(product(*choices), _MOST_SPELLINGS))

    def __reduce__(self) -> tuple[Any, ...]:
        """Only the user's rules travel: none of the titles that were looked up."""
        return _remade, (tuple(self.own), self.misspelt)

    def rows(self) -> list[list[str]]:
        """The user's rules as plain data."""
        return [list(rule) for rule in self.own]


def _as_minor(rule: SectionRule) -> SectionRule:
    """The rule of a title that is a heading with more words."""
    return rule if rule.use else rule._replace(use=MINOR)


def _remade(own: Sequence[SectionRule], misspelt: bool) -> SectionRules:
    return SectionRules(own, misspelt=misspelt)
