"""All rules, in one list."""

from collections.abc import Iterator

from spacy_umlsbert.deid.phi import Phi, Rule
from spacy_umlsbert.deid.rules.ages import find_ages
from spacy_umlsbert.deid.rules.contacts import find_contacts
from spacy_umlsbert.deid.rules.dates import find_dates
from spacy_umlsbert.deid.rules.identifiers import find_identifiers
from spacy_umlsbert.deid.rules.names import find_names
from spacy_umlsbert.deid.rules.places import find_places

RULES: tuple[Rule, ...] = (
    find_identifiers,
    find_contacts,
    find_dates,
    find_ages,
    find_places,
    find_names,
)


def find_by_rules(text: str) -> Iterator[Phi]:
    """What the rules find in a text; findings may overlap (see `merge`)."""
    for rule in RULES:
        yield from rule(text)
