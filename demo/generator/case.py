"""The made-up patient that one note is about: what stays the same in all its sections."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from demo.generator.drawing import Drawing
from demo.generator.lexicon import COMMON, UNSORTED, Lexicon
from demo.generator.names import Entry


@dataclass(slots=True)
class Case:
    """A patient and a reason to write a note.

    `topics` go from the main one to the comorbidities. `recurring` are the things that come back in
    several sections: `cc` chief complaints, `dx` diagnoses of this visit, `hx` known conditions,
    `med` home drugs.
    """

    sex: str
    age: int
    specialty: str
    topics: tuple[str, ...]
    recurring: dict[str, list[Entry]] = field(default_factory=dict)

    @property
    def is_child(self) -> bool:
        """Younger than 13: brought by someone who tells the story."""
        return self.age < 13


RECURRING_KINDS = {"cc": "symptom", "dx": "disease", "hx": "disease", "med": "drug"}
"""The slots of a case's recurring things, and the kind of each."""


def draw_case(rng: random.Random, lexicon: Lexicon, drawing: Drawing) -> Case:
    """Make up a patient: a topic by weight, sex and age to suit, comorbidities, drugs."""
    named = [t for t in lexicon.topics.values() if t.weight > 0 and t.name != COMMON]
    main = rng.choices(named, [t.weight for t in named])[0]
    sex = main.sex or rng.choice("FM")
    if main.specialty == "pediatrics":
        age = rng.randint(1, 17)
    else:
        age = min(96, max(18, round(rng.gauss(36 if main.specialty == "obstetrics" else 57, 16))))
    others = [t for t in named if t.sex in ("", sex) and t.name != main.name]
    extra = rng.sample(others, rng.randint(1, 3))
    case = Case(sex, age, main.specialty, (main.name, *(t.name for t in extra)))
    own, broad = (main.name,), (COMMON, *case.topics)
    case.recurring = {
        "cc": _some(rng, lexicon, drawing, "symptom", own, sex, 3),
        "dx": _some(rng, lexicon, drawing, "disease", own, sex, 2),
        "hx": _some(rng, lexicon, drawing, "disease", broad, sex, rng.randint(3, 6)),
        "med": _some(rng, lexicon, drawing, "drug", broad, sex, rng.randint(3, 6)),
    }
    return case


def pick_entry(
    rng: random.Random,
    lexicon: Lexicon,
    drawing: Drawing,
    kind: str,
    topics: Iterable[str],
    sex: str,
    avoid: Iterable[str] = (),
) -> Entry | None:
    """One entry of a kind out of some topics, if possible none of those to `avoid` (keys)."""
    pool = lexicon.pool(kind, topics, sex)
    taken = set(avoid)
    fresh = [e for e in pool if e.key not in taken]
    return drawing.entry(rng, fresh or pool)


def _some(
    rng: random.Random,
    lexicon: Lexicon,
    drawing: Drawing,
    kind: str,
    topics: tuple[str, ...],
    sex: str,
    n: int,
) -> list[Entry]:
    found: list[Entry] = []
    for _ in range(n):
        wanted = (UNSORTED,) if rng.random() < 0.1 else topics
        for choice in (wanted, (COMMON,), tuple(lexicon.topics)):
            entry = pick_entry(rng, lexicon, drawing, kind, choice, sex, [e.key for e in found])
            if entry is not None:
                break
        if entry is not None and entry.key not in {e.key for e in found}:
            found.append(entry)
    return found
