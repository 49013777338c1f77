"""The tables of headings and of their words: those of the package, and the user's own.

`headings.tsv` has the headings of each category, `words.tsv` the words that only say more of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from spacy_umlsbert.errors import InputError, safe
from spacy_umlsbert.files.resources import package_table
from spacy_umlsbert.files.rule_tables import RuleKind, rows_of
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

HEADING, HEADINGS = "heading", "headings"

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

    Its columns are ``category`` and ``headings`` (with commas between them; ``heading`` will do
    too), and if wanted ``code`` (LOINC) and ``use``; see `SectionRule`.

    Raises:
        InputError: If it cannot be read, or a row is no rule; it says which file, which line, and
            what to do.
    """
    # not for every pipeline
    from spacy_umlsbert.files.parquet import PARQUET  # noqa: PLC0415
    from spacy_umlsbert.files.row_files import RowFile  # noqa: PLC0415

    rules: list[SectionRule] = []
    file = RowFile(path)
    _require_columns(file.columns(), path, None if file.kind == PARQUET else 1)
    for line, row in file.rows():
        found = list(_rules_of(row))
        problem = "" if found else "there are no headings"
        problem = problem or next(filter(None, map(problem_of, found)), "")
        if problem:
            raise InputError(f"{safe(problem)}.", path=path, line=safe(line), remedy=_REMEDY)
        rules += found
    if not rules:
        raise InputError("has no rules.", path=path, remedy=_REMEDY)
    return rules


def _require_columns(columns: Sequence[str] | None, path: str | Path, line: int | None) -> None:
    """Make sure that a table, if it says first which columns it has, has those that it needs."""
    if columns is None:
        return
    missing = [] if {HEADINGS, HEADING}.intersection(columns) else [HEADINGS]
    missing += [] if "category" in columns else ["category"]
    if missing:
        problem = f"the header has no column {safe(' and no column '.join(missing))}."
        raise InputError(problem, path=path, line=line, remedy=_REMEDY)


def _rules_of(row: dict[str, Any]) -> Iterator[SectionRule]:
    category, code, use = (str(row.get(name) or "").strip() for name in ("category", "code", "use"))
    for heading in str(row.get(HEADINGS) or row.get(HEADING) or "").split(","):
        if heading.strip():
            yield SectionRule(heading.strip().casefold(), category, code, use)


def rules_of(rows: Any) -> list[SectionRule]:
    """Rules from what a user writes in Python: each a rule, a mapping, or the fields of a row.

    A mapping may have ``headings``, with commas between them or as a list, in place of one
    ``heading``.

    Raises:
        UsageError: If one has other fields, or cannot be used: which, and why.
    """
    rules = []
    for number, row in enumerate(rows_of(rows), 1):
        for one in _by_heading(row):
            rule = KIND.rule(one, number)
            rules.append(rule._replace(heading=rule.heading.strip().casefold()))
    return rules


def _by_heading(row: Any) -> list[Any]:
    """A row, of several headings once for each."""
    if not isinstance(row, Mapping) or HEADINGS not in row or HEADING in row:
        return [row]
    headings = row[HEADINGS]
    if isinstance(headings, str):
        headings = [one for one in headings.split(",") if one.strip()] or [""]
    elif not isinstance(headings, Sequence):
        headings = [headings]
    others = {key: value for key, value in row.items() if key != HEADINGS}
    return [{HEADING: heading, **others} for heading in headings]


def problem_of(rule: SectionRule) -> str:
    """What is wrong with a rule, if anything."""
    if not key_of(rule.heading) or len(rule.heading) > LONGEST_TITLE:
        return "there is a heading without a word, or one that is too long"
    if not rule.category:
        return "there is no category"
    if rule.use not in USES and not rule.within:
        return "there is an unknown use"
    return ""


KIND = RuleKind(SectionRule, SectionRule._fields, problem_of)


def key_of(heading: str) -> str:
    """The words of a heading, by which it is found."""
    return " ".join(words_of(heading, title_words().same))


@lru_cache(maxsize=1)
def package_rules() -> tuple[SectionRule, ...]:
    """The rules that come with the package."""
    rows = package_table(__package__, "headings.tsv")
    return tuple(rule for row in rows for rule in _rules_of(row))


@lru_cache(maxsize=1)
def package_rules_by_words() -> dict[str, SectionRule]:
    """The same by their words; not to be changed."""
    rules: dict[str, SectionRule] = {}
    for rule in package_rules():
        rules.setdefault(key_of(rule.heading), rule)
    return rules


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
