"""The tables of headings and of their words: those of the package, and the user's own.

`headings.tsv` has the headings of each category, `words.tsv` the words that only say more of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from spacy_umlsbert.errors import InputError, UsageError, safe
from spacy_umlsbert.files.resources import package_table
from spacy_umlsbert.text.sections.titles import LONGEST_TITLE, words_of

CATEGORIES = (
    "chief_complaint",
    "history_of_present_illness",
    "past_medical_history",
    "past_surgical_history",
    "family_history",
    "social_history",
    "medications",
    "allergies",
    "review_of_systems",
    "vital_signs",
    "physical_exam",
    "labs",
    "imaging",
    "procedures",
    "hospital_course",
    "assessment",
    "plan",
    "assessment_and_plan",
    "diagnoses",
    "discharge_instructions",
    "follow_up",
    "other",
)
"""The categories of the headings that come with the package; users may add others."""

OTHER = "other"
LABEL, DIVISION, MINOR, LETTER, WITHIN = "label", "division", "minor", "letter", "within"
USES = ("", LABEL, DIVISION, MINOR, LETTER)
"""What else is known of headings: see `headings.tsv`; beside these ``within CATEGORY``."""

_REMEDY = (
    "A table of headings has the columns category and headings, and if wanted code and use, as "
    "spacy_umlsbert/text/sections/headings.tsv has."
)


class SectionRule(NamedTuple):
    """What a heading heads.

    Attributes:
        heading: The heading, in small letters.
        category: The category of its section.
        code: The section's LOINC code; empty if there is none.
        use: What else is known of it: nothing, ``label`` (a heading of no section), ``division``,
            ``minor``, ``letter`` or ``within CATEGORY``.
    """

    heading: str
    category: str
    code: str = ""
    use: str = ""

    @property
    def within(self) -> str:
        """The category of the section in which alone it is a heading; empty if there is none."""
        kind, _, category = self.use.partition(" ")
        return category if kind == WITHIN else ""


class TitleWords(NamedTuple):
    """The table of words.

    Attributes:
        same: Other ways to write words, and these.
        more: Words that only say more.
        small: Words of the kind that do so between others.
        head: Headings that stay some whatever stands before them.
        before: Headings that stay some whatever stands behind them.
        begins: How titles in a clause begin, and the headings that say the same.
    """

    same: dict[str, str]
    more: frozenset[str]
    small: frozenset[str]
    head: frozenset[str]
    before: frozenset[str]
    begins: dict[str, str]


def read_section_rules(path: str | Path) -> list[SectionRule]:
    """Rules from a table: .tsv, .csv, .jsonl or .parquet.

    Its columns are ``category`` and ``headings`` (with commas between them), and if wanted
    ``code`` (LOINC) and ``use``; see `SectionRule`.

    Raises:
        InputError: If it cannot be read, or a row is no rule; it says which file, which line, and
            what to do.
    """
    from spacy_umlsbert.files.row_files import RowFile  # noqa: PLC0415 - not for every pipeline

    rules: list[SectionRule] = []
    for line, row in RowFile(path).rows():
        found = list(_rules_of(row))
        problem = "" if found else "has no headings."
        problem = problem or next((f"{one}." for one in map(problem_of, found) if one), "")
        if problem:
            raise InputError(f"the row {safe(problem)}", path=path, line=safe(line), remedy=_REMEDY)
        rules += found
    if not rules:
        raise InputError("has no rules.", path=path, remedy=_REMEDY)
    return rules


def _rules_of(row: dict[str, Any]) -> Iterator[SectionRule]:
    category, code, use = (str(row.get(name) or "").strip() for name in ("category", "code", "use"))
    for heading in str(row.get("headings") or "").split(","):
        if heading.strip():
            yield SectionRule(heading.strip().casefold(), category, code, use)


def rule_of(row: SectionRule | Mapping[str, str] | Sequence[str], number: int = 1) -> SectionRule:
    """A rule from what a user writes in Python: a rule, a mapping, or the fields of a row.

    Raises:
        UsageError: If it has other fields, or cannot be used.
    """
    try:
        if isinstance(row, str):
            raise TypeError
        rule = SectionRule(**row) if isinstance(row, Mapping) else SectionRule(*row)
    except TypeError:
        raise UsageError(
            f"section rule {number} needs a heading and a category, and may have code and use."
        ) from None
    if problem := problem_of(rule):
        raise UsageError(f"section rule {number} {safe(problem)}")
    return rule._replace(heading=rule.heading.strip().casefold())


def problem_of(rule: SectionRule) -> str:
    """What is wrong with a rule, if anything."""
    if not key_of(rule.heading) or len(rule.heading) > LONGEST_TITLE:
        return "has a heading without a word, or one that is too long"
    if not rule.category:
        return "has no category"
    if rule.use not in USES and not rule.within:
        return "has an unknown use"
    return ""


def key_of(heading: str) -> str:
    """The words of a heading, by which it is found."""
    return " ".join(words_of(heading, title_words().same))


@lru_cache(maxsize=1)
def package_rules() -> tuple[SectionRule, ...]:
    """The rules that come with the package."""
    rows = package_table(__package__, "headings.tsv")
    return tuple(rule for row in rows for rule in _rules_of(row))


@lru_cache(maxsize=1)
def title_words() -> TitleWords:
    """The words that come with the package."""
    kinds: dict[str, set[str]] = {"more": set(), "small": set(), "head": set(), "before": set()}
    same: dict[str, str] = {}
    begins: dict[str, str] = {}
    for row in package_table(__package__, "words.tsv"):
        words = row["words"].split(", ")
        if row["kind"] == "same":
            same.update(dict.fromkeys(words, row["meaning"]))
        elif row["kind"] == "begins":
            begins.update(dict.fromkeys(words, row["meaning"]))
        else:
            kinds[row["kind"]].update(words)
    return TitleWords(same, begins=begins, **{kind: frozenset(one) for kind, one in kinds.items()})
