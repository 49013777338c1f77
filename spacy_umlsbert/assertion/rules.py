"""The rules: phrases that are cues, end scopes, or are no cues although they look like some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from spacy_umlsbert.assertion.verdicts import CATEGORIES, STRENGTHS
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.files.resources import package_lines, package_rows
from spacy_umlsbert.files.rule_tables import RuleKind, read_rule_table
from spacy_umlsbert.text.lexing import words_of
from spacy_umlsbert.text.phrase_forms import lacks_words, phrase_forms

Direction = Literal[
    "before", "after", "both", "beside", "joined", "answer", "exception", "pseudo", "terminating"
]
Reach = Literal["clause", "sentence", "near", "next", "block"]

DIRECTIONS: tuple[str, ...] = get_args(Direction)
REACHES: tuple[str, ...] = get_args(Reach)

ANSWER, PSEUDO, TERMINATING = "answer", "pseudo", "terminating"

ALL = "all"
"""In place of categories: a phrase that ends all scopes, or is no cue of any kind."""

GAP = "…"
"""In a phrase: up to a few words that may be anything."""

COLUMNS = ("phrase", "category", "direction", "reach", "strength", "what")


class Rule(NamedTuple):
    """A phrase, and what it says.

    Attributes:
        phrase: Words; case and blanks do not matter. ``a|b`` is one of several words, and of ``a|``
            the word may be missing; ``a_b`` is two words in such a place; ``{name}`` is one of the
            list of that name in ``words.tsv``; ``…`` is up to six words; ``<number>``, ``<year>``,
            ``<ing>`` and ``<does>`` are any number, year, word that ends in -ing, verb that ends in
            -s, ``<relative>``, ``<tells>``
            and ``<few>`` any single word of the list of that name, found faster than in braces.
        category: What it says (`verdicts.CATEGORIES`). Of terminating and pseudo phrases, the
            categories with commas between, or ``all``.
        direction: Where the phrase stands: ``before`` the mention, ``after`` it, at ``both`` sides,
            ``beside`` it (after it, else before), ``joined`` between two; ``answer`` in a field,
            ``exception`` turns round what is said before it; ``pseudo`` is no cue although it looks
            like one, ``terminating`` ends scopes.
        reach: How far: to the end of the ``clause`` or ``sentence``, ``near`` (to a comma behind
            the first mention), to the ``next`` mention, or to the end of the ``block`` of lines
            below.
        strength: ``weak``, ``strong`` or nothing. What is weakly hypothetical ("MRI Thursday")
            counts for tests and treatments alone.
        what: What the phrase is, for who reads the table.
    """

    phrase: str
    category: str
    direction: str = "before"
    reach: str = "clause"
    strength: str = ""
    what: str = ""

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories, one by one."""
        if self.category == ALL:
            return CATEGORIES
        return tuple(one.strip() for one in self.category.split(","))


def problem_of(rule: Rule) -> str:
    """What is wrong with a rule; empty if nothing is."""
    several = rule.direction in (PSEUDO, TERMINATING)
    categories = rule.categories
    known = set(categories) <= set(CATEGORIES) and (several or len(categories) == 1)
    problems = {
        "there is no phrase": not words_of(rule.phrase),
        f"the direction is none of {', '.join(DIRECTIONS)}": rule.direction not in DIRECTIONS,
        f"the category is none of {', '.join(CATEGORIES)} (of terminating and pseudo phrases "
        "also several, or all)": not known,
        f"the reach is none of {', '.join(REACHES)}": rule.reach not in REACHES
        and not (several and not rule.reach),
        "the strength is neither weak nor strong nor empty": rule.strength not in STRENGTHS,
    }
    found = next((problem for problem, is_so in problems.items() if is_so), "")
    return found or _problem_of_phrase(rule.phrase)


def _problem_of_phrase(phrase: str) -> str:
    try:
        if lacks_words(forms_of(phrase)):
            return "the phrase has no word, or may be without one"
    except KeyError:
        return "the phrase has a list in braces that words.tsv does not have"
    except ValueError:
        return "the phrase has too many alternatives"
    return ""


KIND = RuleKind(Rule, COLUMNS, problem_of)


@cache
def package_rules() -> tuple[Rule, ...]:
    """The rules of the package."""
    header, *rows = package_rows(__package__, "rules.tsv")
    assert tuple(header) == COLUMNS
    return tuple(Rule(*row) for row in rows)


def read_rules(path: str | Path) -> list[Rule]:
    """The rules of a file: tab-separated, with a header as `COLUMNS`, of which the last four may be
    missing. Lines that begin with ``#`` are comments.

    Raises:
        InputError: If a row cannot be used: the file, the line, and what to do.
    """
    return read_rule_table(path, KIND)


@cache
def word_lists() -> dict[str, tuple[tuple[str, ...], ...]]:
    """The lists of ``words.tsv``: by name, each entry as its words."""
    lists = {}
    for line in package_lines(__package__, "words.tsv"):
        name, listed = line.split("\t")
        lists[name] = tuple(tuple(words_of(one)) for one in listed.split(","))
    return lists


@cache
def forms_of(phrase: str) -> tuple[tuple[str, ...], ...]:
    """All that a phrase may be, word by word.

    Raises:
        KeyError: If it names a list that is not there.
        ValueError: If they are too many.
    """
    return phrase_forms(phrase, word_lists())


class RuleSet:
    """The rules in use: those of the package, without some, and those of the user.

    Args:
        rules: The rules to begin with; those of the package if not given.
    """

    def __init__(self, rules: Iterable[Rule] | None = None) -> None:
        self._rules = list(package_rules()) if rules is None else KIND.rules(rules)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def add(self, rules: Iterable[Rule | Mapping[str, str] | Sequence[str]]) -> None:
        """Add rules. What is said by one of the same phrase and category goes.

        Raises:
            UsageError: If one cannot be used; then none is added.
        """
        added = KIND.rules(rules)
        keys = {_key(rule.phrase, rule.category) for rule in added}
        kept = [rule for rule in self._rules if _key(rule.phrase, rule.category) not in keys]
        self._rules = [*kept, *added]

    def remove(self, phrases: Iterable[str | tuple[str, str]]) -> None:
        """Remove rules by their phrases, as the table has them, or by phrase and category.

        Raises:
            UsageError: If there is no such rule; then none is removed.
        """
        gone: set[Rule] = set()
        for number, one in enumerate([phrases] if isinstance(phrases, str) else phrases, 1):
            phrase, category = (one, None) if isinstance(one, str) else one
            found = [
                rule
                for rule in self._rules
                if _key(rule.phrase, "") == _key(phrase, "") and category in (None, rule.category)
            ]
            if not found:
                raise UsageError(
                    f"there is no such rule to remove (the {number}. that is given). A phrase is "
                    "written as in the table: nlp.get_pipe(…).rules has them."
                )
            gone.update(found)
        self._rules = [rule for rule in self._rules if rule not in gone]


def _key(phrase: str, category: str) -> tuple[str, ...]:
    return (*phrase.lower().split(), "\t", category)
