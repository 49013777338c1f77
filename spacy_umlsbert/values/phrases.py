"""Words that say something of values: routes, forms, names of tests, flags; and where they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from spacy_umlsbert.files.resources import package_rows
from spacy_umlsbert.files.rule_tables import RuleKind
from spacy_umlsbert.text.lexing import Tokens, words_of
from spacy_umlsbert.text.phrase_forms import lacks_words, phrase_forms
from spacy_umlsbert.values.frequencies import read_code
from spacy_umlsbert.values.kinds import VITALS

CATEGORIES = (
    "route", "form", "frequency", "as_needed", "result", "flag", "vital", "vitals", "test",
    "amount", "condition", "target", "reference", "level", "oxygen", "bands", "no_dose", "purpose",
    "sign",
)  # fmt: skip
COLUMNS = ("phrase", "category", "code", "what")


class PhraseRow(NamedTuple):
    """A phrase, and what it says.

    Attributes:
        phrase: The words, as in `text.phrase_forms`.
        category: One of `CATEGORIES`.
        code: What the category needs besides: the code of a route, how often, the kind of value.
        what: What the phrase is, for who reads the table.
    """

    phrase: str
    category: str
    code: str = ""
    what: str = ""


class Phrase(NamedTuple):
    """A phrase in a text.

    Attributes:
        start: Its first character.
        end: The character after its last.
        rows: What it says; several rows if it says several things.
    """

    start: int
    end: int
    rows: tuple[PhraseRow, ...]

    def of(self, *categories: str) -> PhraseRow | None:
        """What it says in one of some categories."""
        return next((row for row in self.rows if row.category in categories), None)


def problem_of(row: PhraseRow) -> str:
    """What is wrong with a row; empty if nothing is."""
    if row.category not in CATEGORIES:
        return f"the category is none of {', '.join(CATEGORIES)}"
    if not words_of(row.phrase):
        return "there is no phrase"
    try:
        if lacks_words(phrase_forms(row.phrase)):
            return "the phrase has no word, or may be without one"
    except KeyError:
        return "there are no lists in braces here"
    except ValueError:
        return "the phrase has too many alternatives"
    return _problem_of_code(row)


def _problem_of_code(row: PhraseRow) -> str:
    if row.category in ("vital", "sign") and row.code not in VITALS:
        return f"the code of a vital sign is one of {', '.join(VITALS)}"
    try:
        read_code(row.code if row.category == "frequency" else "")
    except ValueError:
        return "the code of a frequency is written as in 2/1d@MORN,EVE"
    return ""


KIND = RuleKind(PhraseRow, COLUMNS, problem_of, name="phrase")


@cache
def package_phrases() -> tuple[PhraseRow, ...]:
    """The phrases of the package."""
    header, *rows = package_rows(__package__, "phrases.tsv")
    assert tuple(header) == COLUMNS
    return tuple(PhraseRow(*row) for row in rows)


class PhraseFinder:
    """Finds phrases: the longest at each place, one after the other.

    Args:
        rows: The phrases; those of the package if not given.
    """

    def __init__(self, rows: Iterable[PhraseRow] | None = None) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], tuple[PhraseRow, ...]]]] = {}
        said: dict[tuple[str, ...], tuple[PhraseRow, ...]] = {}
        for row in package_phrases() if rows is None else rows:
            for form in phrase_forms(row.phrase):
                said[form] = (*said.get(form, ()), row)
        for form in sorted(said, key=len, reverse=True):
            self._by_first.setdefault(form[0], []).append((form, said[form]))

    def find(self, tokens: Tokens) -> Iterator[Phrase]:
        """The phrases of a text, in its order."""
        words, by_first = tokens.words, self._by_first
        after = 0
        for i, word in enumerate(words):
            if i < after or word not in by_first:
                continue
            for form, rows in by_first[word]:
                last = i + len(form)
                if len(form) == 1 or tuple(words[i:last]) == form:
                    after = last
                    yield Phrase(tokens.starts[i], tokens.ends[last - 1], rows)
                    break
