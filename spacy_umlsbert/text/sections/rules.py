"""Which section a title heads: the table of headings, and titles that are not in it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice, product
from typing import Any

from spacy_umlsbert.errors import UsageError, safe
from spacy_umlsbert.text.sections.spelling import NearWords
from spacy_umlsbert.text.sections.tables import (
    CATEGORIES,
    LABEL,
    LETTER,
    MINOR,
    OTHER,
    SectionRule,
    key_of,
    package_rules_by_words,
    rules_of,
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
_CLOSE = 0.8  # of a category in spelling to a known one
_HISTORY = "history"
_NEGATIONS = frozenset("no not none nil denies denied without negative".split())
_ARTICLES = frozenset("a the this that his her its their my our your".split())


class SectionRules:
    """The rules by which titles are told, and the user's own.

    Args:
        rules: Rules that come before those of the package: one of the same heading replaces it.
        misspelt: Whether a misspelt title is taken for the heading that is nearest in spelling.
        removed: Headings of the package that are not known.

    Attributes:
        own: The rules that were added.
        removed: The headings of the package that were removed, by their words.
    """

    def __init__(
        self,
        rules: Iterable[SectionRule] = (),
        *,
        misspelt: bool = True,
        removed: Iterable[str] = (),
    ) -> None:
        self.misspelt = misspelt
        self.own: list[SectionRule] = []
        self.removed: set[str] = set(removed)
        self._warned: set[str] = set()
        self._by_words: dict[str, SectionRule] = {}
        self._squeezed: dict[str, SectionRule] = {}
        self._first: set[str] = set()
        self._last: set[str] = set()
        self._words: set[str] = set()
        self._near: NearWords | None = None
        self._kept: dict[tuple[str, bool], SectionRule | None] = {}
        self._add(rules_of(rules))

    def add(self, rules: Iterable[SectionRule | Mapping[str, str] | Sequence[str]]) -> None:
        """Add rules, which come before those that are there.

        A category that is not in `CATEGORIES` is a new one. If it looks like one of these, a
        warning names that.

        Args:
            rules: Rules, each also as a mapping or a row of its fields. A mapping may have
                ``headings``, with commas between them, in place of ``heading``.

        Raises:
            UsageError: If one has no heading that can be told, no category, or an unknown use; then
                none is added.
        """
        added = rules_of(rules)
        for category in dict.fromkeys(rule.category for rule in added):
            self._warn_of_new(category)
        self._add(added)

    def remove(self, headings: Iterable[str]) -> None:
        """Remove headings, as the table has them: one that was added, else one of the package.

        Raises:
            UsageError: If there is no such heading; then none is removed.
        """
        own = {key_of(rule.heading) for rule in self.own}
        keys = {}
        for number, heading in enumerate([headings] if isinstance(headings, str) else headings, 1):
            key = key_of(heading)
            if key not in self._by_words:
                raise UsageError(
                    f"there is no such heading to remove (the {number}. that is given). It is "
                    "written as in spacy_umlsbert/text/sections/headings.tsv, or as it was added."
                )
            keys[key] = heading
        self.removed.update(keys.keys() - own)
        self.own = [rule for rule in self.own if key_of(rule.heading) not in keys]
        self._index()

    def _add(self, rules: Iterable[SectionRule]) -> None:
        self.own.extend(rules)
        self._index()

    def _warn_of_new(self, category: str) -> None:
        """Warn of a category that is none of those known, but looks like one; once."""
        if category in CATEGORIES or category in self._warned:
            return
        self._warned.add(category)
        if near := self._near_category(category):
            warnings.warn(
                f"the category {safe(category)} of sections is a new one: if a known one is meant, "
                f"the nearest is {safe(near)}.",
                UserWarning,
                stacklevel=5,
            )

    def _near_category(self, category: str) -> str:
        """The category that is nearest in spelling, or is that of such a heading: "meds"."""
        close = get_close_matches(category.casefold(), CATEGORIES, 1, _CLOSE)
        if close or not category.isalpha():
            return close[0] if close else ""
        rule = self.find(category, loosely=False)
        known = rule is not None and not rule.use and rule.category in CATEGORIES
        return rule.category if rule is not None and known and rule.category != OTHER else ""

    def _index(self) -> None:
        known = package_rules_by_words().items()
        self._by_words = {key: rule for key, rule in known if key not in self.removed}
        self._by_words.update((key_of(rule.heading), rule) for rule in self.own)
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
            return self._by_words.get("assessment and plan", found[0])
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
            if size < len(words) <= size + 3 and tail in table.head and tail in self._by_words:
                if tail == _HISTORY:
                    return self._history(words)
                return _as_minor(self._by_words[tail])
        for size in (3, 2, 1):
            start = " ".join(words[:size])
            if (
                size + 1 < len(words)
                and words[size] in table.small - {AND}
                and (start in table.before and start in self._by_words)
            ):
                return _as_minor(self._by_words[start])
        return self._begun(words)

    def _history(self, words: Sequence[str]) -> SectionRule | None:
        """The rule of a history of something: "family med history", "transplant history"."""
        kinds = (f"{word} {_HISTORY}" for word in words[:-1])
        known = next(filter(None, map(self._by_words.get, kinds)), None)
        known = known or self._by_words.get("medical history")
        return None if known is None else _as_minor(known)

    def _begun(self, words: Sequence[str]) -> SectionRule | None:
        """The rule of a title that says it in a clause: "when to call your doctor"."""
        if len(words) > _LONGEST_CLAUSE:
            return None
        for size in (3, 2):
            heading = title_words().begins.get(" ".join(words[:size]))
            if heading is not None:
                return self._by_words.get(heading)
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
        return _remade, (tuple(self.own), self.misspelt, tuple(self.removed))

    def rows(self) -> list[list[str]]:
        """The user's rules as plain data."""
        return [list(rule) for rule in self.own]


def _as_minor(rule: SectionRule) -> SectionRule:
    """The rule of a title that is a heading with more words."""
    return rule if rule.use else rule._replace(use=MINOR)


def _remade(
    own: Sequence[SectionRule], misspelt: bool, removed: Sequence[str] = ()
) -> SectionRules:
    return SectionRules(own, misspelt=misspelt, removed=removed)
