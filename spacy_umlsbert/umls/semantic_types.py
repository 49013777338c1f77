"""The semantic types of the UMLS Semantic Network and the 15 semantic groups.

The table ``semantic_types.tsv`` holds the 127 current semantic types: TUI, four-letter
abbreviation, tree number (STN) and name as in the Semantic Network's ``SRDEF``, and the semantic
group of each (McCray, Burgun, Bodenreider: Aggregating UMLS semantic types for reducing conceptual
complexity, Medinfo 2001; ``SemGroups.txt`` of the National Library of Medicine).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.resources import package_table

SEMANTIC_GROUPS: dict[str, str] = {
    "ACTI": "Activities & Behaviors",
    "ANAT": "Anatomy",
    "CHEM": "Chemicals & Drugs",
    "CONC": "Concepts & Ideas",
    "DEVI": "Devices",
    "DISO": "Disorders",
    "GENE": "Genes & Molecular Sequences",
    "GEOG": "Geographic Areas",
    "LIVB": "Living Beings",
    "OBJC": "Objects",
    "OCCU": "Occupations",
    "ORGA": "Organizations",
    "PHEN": "Phenomena",
    "PHYS": "Physiology",
    "PROC": "Procedures",
}
"""Code and name of each semantic group."""


class SemanticType(NamedTuple):
    """One semantic type, for example T047, "Disease or Syndrome", B2.2.1.2.1, dsyn, DISO."""

    tui: str
    name: str
    tree_number: str
    abbreviation: str
    group: str
    group_name: str


@lru_cache(maxsize=1)
def _table() -> dict[str, SemanticType]:
    return {
        row["tui"]: SemanticType(
            tui=row["tui"],
            name=row["name"],
            tree_number=row["tree_number"],
            abbreviation=row["abbreviation"],
            group=row["group"],
            group_name=SEMANTIC_GROUPS[row["group"]],
        )
        for row in package_table(__package__, "semantic_types.tsv")
    }


def semantic_type(tui: str) -> SemanticType:
    """The semantic type of a TUI.

    Raises:
        TerminologyError: If it is not one of the 127 current semantic types.
    """
    try:
        return _table()[tui]
    except KeyError:
        raise TerminologyError(
            f"{tui!r} is not a semantic type of the UMLS Semantic Network.",
            remedy="TUIs look like T047; spacy_umlsbert.umls.all_tuis() lists them.",
        ) from None


def is_semantic_type(tui: str) -> bool:
    """Whether a string is the TUI of a current semantic type."""
    return tui in _table()


def all_tuis() -> list[str]:
    """All 127 TUIs, sorted."""
    return sorted(_table())


def group_code(name: str) -> str:
    """The four-letter code of a semantic group given as a code or a name, in any case.

    Raises:
        TerminologyError: If there is no such group.
    """
    wanted = name.strip().casefold()
    for code, group_name in SEMANTIC_GROUPS.items():
        if wanted in (code.casefold(), group_name.casefold()):
            return code
    raise TerminologyError(
        f"{name!r} is not a semantic group.",
        remedy=f"The groups are {', '.join(SEMANTIC_GROUPS)}.",
    )


def group_tuis(group: str) -> list[str]:
    """The sorted TUIs of a semantic group, given by code ("DISO") or name ("Disorders")."""
    code = group_code(group)
    return sorted(tui for tui, entry in _table().items() if entry.group == code)


def group_of(tui: str) -> str | None:
    """The group code of a TUI; None for a TUI that is not current (an old release's T003)."""
    entry = _table().get(tui)
    return None if entry is None else entry.group


def expand_tuis(types_or_groups: Iterable[str]) -> list[str]:
    """Sorted TUIs of a mixed list of TUIs and semantic groups (codes or names).

    Raises:
        TerminologyError: If an item is neither.
    """
    tuis: set[str] = set()
    for item in types_or_groups:
        if re.fullmatch(r"T\d+", item):
            tuis.add(semantic_type(item).tui)
        else:
            tuis.update(group_tuis(item))
    return sorted(tuis)
