"""Concept ids as corpora write them."""

import re
from collections.abc import Sequence

PREFIXES = ["UMLS:", "MESH:", "MSH:"]
"""What is taken off ids, because most terminologies' files don't have it."""

NO_CONCEPT = {"", "-1", "-", "CUI-less", "NULL"}
"""What corpora write for a mention without a concept."""


def parse_concept_ids(field: str, prefixes: Sequence[str] = PREFIXES) -> tuple[str, ...]:
    """Take a field of concept ids apart.

    ``|``, ``,`` and ``;`` separate the concepts of a composite mention, all of which it names.
    ``+`` joins ids that only together express one concept, and stays.
    """
    ids = []
    for part in re.split(r"[|,;]", field):
        pieces = [_without_prefix(piece.strip(), prefixes) for piece in part.split("+")]
        one = "+".join(piece for piece in pieces if piece not in NO_CONCEPT)
        if one:
            ids.append(one)
    return tuple(dict.fromkeys(ids))


def _without_prefix(concept_id: str, prefixes: Sequence[str]) -> str:
    for prefix in prefixes:
        if concept_id.upper().startswith(prefix.upper()):
            return concept_id[len(prefix) :]
    return concept_id
