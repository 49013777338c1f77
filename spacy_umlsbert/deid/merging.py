"""One place, one finding: what to do with findings that overlap.

What is covered by any finding stays covered: a name that is too long is no harm, one that is cut
is. Findings that overlap become one from the first character of any to the last of any; its label
and rule are those of the finding that comes first by

1. the kind of its label, in the order of `PRECEDENCE`: what a check digit or a word before it
   proves comes before what only looks like something;
2. its length, the longer first;
3. its place in the text, its label and its rule, in alphabetical order.
"""

from collections.abc import Iterable

from spacy_umlsbert.deid.phi import Phi

PRECEDENCE = (
    (
        "EMAIL",
        "URL",
        "IPADDR",
        "SSN",
        "MEDICALRECORD",
        "HEALTHPLAN",
        "ACCOUNT",
        "LICENSE",
        "VEHICLE",
    ),
    ("DEVICE", "BIOID", "USERNAME", "FAX", "STREET", "ZIP", "HOSPITAL"),
    ("DATE", "PHONE", "DOCTOR", "PATIENT", "NAME", "AGE"),
    ("IDNUM", "CITY", "STATE", "COUNTRY", "ORGANIZATION", "LOCATION-OTHER", "PROFESSION"),
    ("CONTACT", "ID", "LOCATION"),  # what a rule or another head says more exactly goes before
)
_RANK = {label: rank for rank, labels in enumerate(PRECEDENCE) for label in labels}


def merge(findings: Iterable[Phi]) -> list[Phi]:
    """Findings that do not overlap, in the order of the text, which cover all that were given."""
    merged: list[Phi] = []
    best: list[tuple[int, int, Phi]] = []
    for phi in sorted(findings):
        order = (_RANK.get(phi.label, len(PRECEDENCE)), phi.start - phi.end, phi)
        if not merged or phi.start >= merged[-1].end:
            merged.append(phi)
            best.append(order)
            continue
        last = merged[-1]
        winner = phi if order < best[-1] else last
        best[-1] = min(best[-1], order)
        merged[-1] = Phi(last.start, max(last.end, phi.end), winner.label, winner.rule)
    return merged
