"""The forms and words of `phi.yml`, and names out of Faker."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import srsly

from demo.generator.phi.drawing import Options
from demo.generator.template import TemplateError

HELD_OUT_FORMS = 0.2
HELD_OUT_WORDS = 0.15
GENDERS = ("female", "male")

CLOSED = frozenset(
    "statename stateabbr countryname memorial hospitalkind clinickind nursinghome institute "
    "universitykind pavilion compass streetkind streetkinduk townend newold citykind companykind "
    "shopkind schoolkind churchkind agencykind insurerkind techend abbr saint ordinalword "
    "sportsclub professions trade post seniority syllables endings".split()
)
"""Words that are no names: every note has some of them."""

_WEIGHT = re.compile(r"\*(\d+) ")
_SLOT = re.compile(r"\{([^{}]*)\}")
_LATIN = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž'’][^\W\d_]*(?:[ '’-][^\W\d_]+)*")
# The first of these that a locale has in Latin letters.
_GIVEN = ("first_romanized_names", "first_names")
_NATIVE_LISTS = {
    "female": ("first_romanized_names_female", "first_names_female", *_GIVEN),
    "male": ("first_romanized_names_male", "first_names_male", *_GIVEN),
    "surname": ("last_romanized_names", "last_names_without_suffix", "last_names"),
}


@dataclass(frozen=True, slots=True)
class Forms:
    """What PHI is made of.

    Args:
        forms: forms of each kind.
        words: words of each kind.
        names: by locale, and for "own" and each of female, male and surname, names.
        locales: locales by weight.
    """

    forms: Mapping[str, Options]
    words: Mapping[str, Options]
    names: Mapping[tuple[str, str], Options]
    locales: Options

    @classmethod
    def from_file(cls, path: Path) -> Forms:
        """Read `phi.yml`, and beside it `never.txt`: names that must not be drawn.

        They are those of hand-written notes that the model is measured on.

        Raises TemplateError for a form with a slot that nothing fills, or with bars that do not
        come in pairs.
        """
        content = srsly.read_yaml(path)
        never_drawn = path.parent / "never.txt"
        never = frozenset(
            never_drawn.read_text("utf8").splitlines() if never_drawn.exists() else ()
        )

        def allowed(names: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
            return [(name, weight) for name, weight in names if name.lower() not in never]

        lines = {kind: _lines(text) for kind, text in content["forms"].items()}
        words = {
            kind: _words(text) if kind in CLOSED else allowed(_words(text))
            for kind, text in content["words"].items()
        }
        for kind, forms in lines.items():
            for form, _ in forms:
                _check(path, kind, form, {*lines, *words})
        names = content["names"]
        locales = names["locales"]
        by_locale = {
            (locale, kind): Options.of(
                "phi name", allowed(_faker_names(locale, kind)), HELD_OUT_WORDS
            )
            for locale in locales
            for kind in _NATIVE_LISTS
        }
        for kind in _NATIVE_LISTS:
            own = allowed(_words(names[kind]))
            by_locale["own", kind] = Options.of("phi name", own, HELD_OUT_WORDS)
        for kind in ("syllables", "endings"):
            words[kind] = _words(names[kind])
        return cls(
            {k: Options.of(f"phi form {k}", v, HELD_OUT_FORMS) for k, v in lines.items()},
            {k: Options.of(f"phi word {k}", v, HELD_OUT_WORDS) for k, v in words.items()},
            by_locale,
            # Locales are not held out: with one away there would be nothing of its kind.
            Options.of("locale", [*locales.items(), ("own", names["own"])], 0.0),
        )


def _lines(text: str) -> list[tuple[str, float]]:
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        weight = _WEIGHT.match(line)
        found.append((line[weight.end() :] if weight else line, float(weight[1] if weight else 1)))
    return found


def _words(text: str) -> list[tuple[str, float]]:
    return [(word.strip(), 1.0) for word in text.split(";") if word.strip()]


def _check(path: Path, kind: str, form: str, known: set[str]) -> None:
    if form.count("|") % 2:
        raise TemplateError(f"{path}: {kind}: {form!r}: bars come in pairs")
    for slot in _SLOT.findall(form):
        name = re.split("[:-]", slot)[0]
        if name not in known and name not in FIELDS:
            raise TemplateError(f"{path}: {kind}: {form!r}: nothing fills {{{slot}}}")


FIELDS = frozenset(
    "first last last2 middle f l m title titlebare nick surname n hash at old oldwords decade "
    "d dd m mm yy yyyy b B month dayname wd th d2 dd2 m2 mm2 yyyy2 month2".split()
)
"""What is computed: the parts of a person's name, of a date, and numbers."""


def _faker_names(locale: str, kind: str) -> Iterator[tuple[str, float]]:
    """Faker's names of a locale, those in Latin letters, each once."""
    provider: Any = import_module(f"faker.providers.person.{locale}").Provider
    seen: set[str] = set()
    for attribute in _NATIVE_LISTS[kind]:
        for name in getattr(provider, attribute, ()):
            if name not in seen and _LATIN.fullmatch(name):
                seen.add(name)
                yield name, 1.0
        if seen:
            return
