"""All rules for what has a shape, in one list."""

from collections.abc import Iterator

from .ages import find_ages
from .contacts import find_contacts
from .dates import find_dates
from .identifiers import find_identifiers
from .names import find_names
from .phi import Phi, Rule
from .places import find_places

RULES: tuple[Rule, ...] = (
    find_identifiers,
    find_contacts,
    find_dates,
    find_ages,
    find_places,
    find_names,
)


def find_shapes(text: str) -> Iterator[Phi]:
    """What the rules find in a text; findings may overlap (see `merge`)."""
    for rule in RULES:
        yield from rule(text)
