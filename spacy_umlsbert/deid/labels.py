"""The labels of protected health information: those of i2b2 2014, and what they are elsewhere.

The rules find types of i2b2 2014. A tagging head finds what it was trained on, which may be

- types of i2b2 2014;
- labels that stand for several of them: the types LOCATION and ID of i2b2 2006, and the categories
  of 2014 (NAME, LOCATION, CONTACT, ID);
- labels of its own. They are their own category, and nothing is known of them.

Stubbs and Uzuner, "Annotating longitudinal clinical narratives for de-identification: The 2014
i2b2/UTHealth corpus", J Biomed Inform 2015; Uzuner, Luo and Szolovits, JAMIA 2007, for 2006; 45 CFR
164.514(b)(2)(i), the paragraphs (A) to (R), for HIPAA.
"""

from collections.abc import Collection
from typing import NamedTuple

from spacy_umlsbert.errors import UsageError


class PhiLabel(NamedTuple):
    """A kind of protected health information.

    Attributes:
        name: Type of i2b2 2014.
        category: Its category there.
        i2b2_2006: The type of i2b2 2006 that covers it; empty if none does.
        hipaa: HIPAA's identifier that covers it; empty if none does.
    """

    name: str
    category: str
    i2b2_2006: str
    hipaa: str


_NAMES = "A names"
_PLACES = "B geographic subdivisions smaller than a state"
_DATES = "C dates, and ages over 89"

LABELS = (
    PhiLabel("PATIENT", "NAME", "PATIENT", _NAMES),
    PhiLabel("DOCTOR", "NAME", "DOCTOR", _NAMES),
    PhiLabel("USERNAME", "NAME", "ID", "R other unique identifiers"),
    PhiLabel("PROFESSION", "PROFESSION", "", ""),
    PhiLabel("HOSPITAL", "LOCATION", "HOSPITAL", _PLACES),
    PhiLabel("ORGANIZATION", "LOCATION", "LOCATION", _PLACES),
    PhiLabel("STREET", "LOCATION", "LOCATION", _PLACES),
    PhiLabel("CITY", "LOCATION", "LOCATION", _PLACES),
    PhiLabel("STATE", "LOCATION", "LOCATION", ""),
    PhiLabel("COUNTRY", "LOCATION", "LOCATION", ""),
    PhiLabel("ZIP", "LOCATION", "LOCATION", _PLACES),
    PhiLabel("LOCATION-OTHER", "LOCATION", "LOCATION", _PLACES),
    PhiLabel("AGE", "AGE", "AGE", _DATES),
    PhiLabel("DATE", "DATE", "DATE", _DATES),
    PhiLabel("PHONE", "CONTACT", "PHONE", "D telephone numbers"),
    PhiLabel("FAX", "CONTACT", "PHONE", "E fax numbers"),
    PhiLabel("EMAIL", "CONTACT", "ID", "F electronic mail addresses"),
    PhiLabel("URL", "CONTACT", "ID", "N web universal resource locators"),
    PhiLabel("IPADDR", "CONTACT", "ID", "O internet protocol addresses"),
    PhiLabel("SSN", "ID", "ID", "G social security numbers"),
    PhiLabel("MEDICALRECORD", "ID", "ID", "H medical record numbers"),
    PhiLabel("HEALTHPLAN", "ID", "ID", "I health plan beneficiary numbers"),
    PhiLabel("ACCOUNT", "ID", "ID", "J account numbers"),
    PhiLabel("LICENSE", "ID", "ID", "K certificate and license numbers"),
    PhiLabel("VEHICLE", "ID", "ID", "L vehicle identifiers and license plates"),
    PhiLabel("DEVICE", "ID", "ID", "M device identifiers and serial numbers"),
    PhiLabel("BIOID", "ID", "ID", "P biometric identifiers"),
    PhiLabel("IDNUM", "ID", "ID", "R other unique identifiers"),
)
"""HIPAA has one more, Q: photographs, which no text holds. States and countries, and years, are
allowed by it; whether they go is a setting of `umls_deid`."""

_BY_NAME = {label.name: label for label in LABELS}

SEVERAL = {
    name: frozenset(label.name for label in LABELS if name in (label.category, label.i2b2_2006))
    for name in ("NAME", "LOCATION", "CONTACT", "ID")
}
"""Labels that stand for several types of i2b2 2014, and these."""


OTHER = "other"


def types_of(name: str) -> frozenset[str]:
    """The types of i2b2 2014 that a label stands for: itself if it is one; none if not known."""
    return frozenset((name,)) if name in _BY_NAME else SEVERAL.get(name, frozenset())


def known_types(name: str) -> frozenset[str]:
    """The types of i2b2 2014 that a label stands for.

    Raises:
        ValueError: If it is neither a type nor stands for several.
    """
    types = types_of(name)
    if not types:
        raise UsageError(
            f"{name!r} is no type of protected health information; there are "
            f"{', '.join((*_BY_NAME, *SEVERAL))}"
        )
    return types


def shown(name: str, own: Collection[str] = ()) -> str:
    """A label for a report: itself if it is known or one of these, else ``other``.

    What stands in the place of a label in a corpus may be there by a slip, and be text of a note.
    """
    return name if types_of(name) or name in own else OTHER


def category(name: str) -> str:
    """The category of a type of i2b2 2014; of another label, the label itself."""
    return _BY_NAME[name].category if name in _BY_NAME else name


def type_of_2006(name: str) -> str:
    """The type of i2b2 2006 that covers a type of 2014; where there is none, the label itself."""
    return (_BY_NAME[name].i2b2_2006 if name in _BY_NAME else "") or name
