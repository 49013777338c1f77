"""The settings of the name matcher, stored in a knowledge base and applied when it is used."""

from __future__ import annotations

from dataclasses import InitVar, asdict, dataclass, fields
from typing import Any, cast

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.old_names import warn_of_old_name

_IN_FILES = "max_pieces"


@dataclass(frozen=True)
class MatcherSettings:
    """How names are normalised and which of them are looked for in text.

    The same settings are applied to the names when a knowledge base is built and to the text when
    names are looked for, so they are stored in the knowledge base and cannot be changed later.

    Attributes:
        plural: Match singular and plural of a word ("seizure", "seizures").
        british_spelling: Match British and American spelling ("anaemia", "anemia").
        accents: Match letters with and without accents ("Ménière", "Meniere").
        comma_variants: Also find a name with a comma in its natural order ("Anemia, iron
            deficiency" as "iron deficiency anemia") and without the comma.
        word_order: Match "A of B" and "B A" ("deficiency of protein S", "protein S deficiency"),
            where A and B have at most three subtokens.
        adjectives: Match adjectives of disorders and their nouns ("hypertensive",
            "hypertension"). Raises recall where annotators mark adjectives, as in BC5CDR.
        misspellings: Words of at least ``misspelling_min_length`` letters that no name contains
            are taken for the one word of a name that is one letter away (one letter swapped,
            missing, too many or wrong; never the first).
        misspelling_min_length: See ``misspellings``.
        acronym_guard: Names that are written in capitals ("ALL", "MS", "mRNA") and at most
            ``acronym_max_length`` characters long must have the same capitals in the text. In
            small letters ("copd") they are found if they have ``min_length`` characters and are no
            ordinary English word ("all").
        acronym_max_length: See ``acronym_guard``.
        min_length: Names with fewer characters are found in exactly their own case only.
        min_exact_length: Names with fewer characters are not looked for.
        stop_names: Names, in small letters, that are not looked for because as words of a text
            they nearly always mean something else; acronyms of the same letters are still found
            in capitals. None for the packaged list (``stop_names.txt``).
        max_subtokens: Names of more subtokens (words, numbers, signs) are not looked for in
            text; they stay in the knowledge base and ``KnowledgeBase.find`` still finds them.
        max_concepts_per_name: At most this many names (and so concepts) are kept for one
            normalised name: the best by the order stated in ``KnowledgeBase.match``.
    """

    plural: bool = True
    british_spelling: bool = True
    accents: bool = True
    comma_variants: bool = True
    word_order: bool = True
    adjectives: bool = True
    misspellings: bool = False
    misspelling_min_length: int = 7
    acronym_guard: bool = True
    acronym_max_length: int = 6
    min_length: int = 3
    min_exact_length: int = 2
    stop_names: tuple[str, ...] | None = None
    max_subtokens: int = 12
    max_concepts_per_name: int = 64
    max_pieces: InitVar[int | None] = None

    def __post_init__(self, max_pieces: int | None) -> None:
        if max_pieces is not None:
            warn_of_old_name("setting max_pieces", "max_subtokens", where="MatcherSettings")
            object.__setattr__(self, "max_subtokens", max_pieces)
        for field in fields(self):
            _check_type(field.name, field.default, getattr(self, field.name))
        for name in ("max_subtokens", "max_concepts_per_name"):
            if getattr(self, name) < 1:
                raise TerminologyError(f"MatcherSettings.{name} must be at least 1.")
        if self.max_subtokens > 250:
            raise TerminologyError("MatcherSettings.max_subtokens must be at most 250.")

    def to_dict(self) -> dict[str, Any]:
        """As JSON-serialisable values."""
        values = asdict(self)
        if self.stop_names is not None:
            values["stop_names"] = list(self.stop_names)
        # As it is called in knowledge bases, whose fingerprints it is a part of.
        values[_IN_FILES] = values.pop("max_subtokens")
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> MatcherSettings:
        """From ``to_dict``'s values.

        Raises:
            TerminologyError: If there is a setting that this version does not know.
        """
        known = {field.name for field in fields(cls)}
        values = dict(values)
        if _IN_FILES in values:
            values.setdefault("max_subtokens", values.pop(_IN_FILES))
        unknown = sorted(set(values) - known)
        if unknown:
            raise TerminologyError(
                f"unknown matcher setting(s): {', '.join(unknown)}.",
                remedy=f"Known settings: {', '.join(sorted(known))}.",
            )
        if values.get("stop_names") is not None:
            names = values["stop_names"]
            values["stop_names"] = tuple(names) if isinstance(names, list) else names
        return cls(**values)


def _check_type(name: str, default: object, value: object) -> None:
    """Settings come from JSON files, and what is built with a wrong one cannot be mended."""
    if isinstance(default, bool):
        right, wanted = isinstance(value, bool), "true or false"
    elif isinstance(default, int):
        whole = isinstance(value, int) and not isinstance(value, bool)
        right, wanted = whole and cast("int", value) >= 0, "a whole number, 0 or more"
    else:
        listed = isinstance(value, tuple) and all(isinstance(item, str) for item in value)
        right, wanted = value is None or listed, "a list of texts, or null for the packaged list"
    if not right:
        raise TerminologyError(f"the matcher setting {name!r} must be {wanted}.")
