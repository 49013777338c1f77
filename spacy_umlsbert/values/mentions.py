"""What a mention is as far as values are concerned: a drug, a test, a problem, or any of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from spacy_umlsbert.values.kinds import DRUG, OTHER, PROBLEM, TEST

IGNORED = "none"
"""A role: mentions that have nothing to do with values, such as dates and persons."""

ROLES = (DRUG, TEST, PROBLEM, OTHER, IGNORED)

LABEL_ROLES: dict[str, str] = {
    **dict.fromkeys(
        "treatment medication medications drug drugs chemical chem med meds medicine "
        "therapeutic_procedure ingredient substance drug_name brand_name generic_name "
        "medication_name pharmacologic_substance simple_chemical".split(),
        DRUG,
    ),
    **dict.fromkeys(
        "test tests lab labs lab_test diagnostic_procedure procedure_diagnostic vital vitals "
        "vital_sign measurement lab_name test_name vital_name observation".split(),
        TEST,
    ),
    **dict.fromkeys(
        "problem problems disease disorder disease_disorder sign_symptom symptom symptoms "
        "finding diagnosis condition phenotype disease_syndrome sign reason ade "
        "adverse_event".split(),
        PROBLEM,
    ),
    **dict.fromkeys(
        "person date time org gpe loc fac norp cardinal ordinal quantity percent money event "
        "language law product work_of_art name age location contact id profession biological_"
        "structure anatomy organ tissue cell gene dna rna protein species organism sex dosage "
        "strength frequency duration route form lab_value value severity administration "
        "detailed_description".split(),
        IGNORED,
    ),
}
"""Label in small letters -> role; the labels of i2b2 2010, MACCROBAT, BC5CDR, spaCy and others."""

_BY_TYPE = {
    **dict.fromkeys(
        "T121 T200 T109 T195 T125 T127 T123 T129 T116 T197 T131 T114 T110 T103 T130 T168".split(),
        DRUG,
    ),
    **dict.fromkeys("T034 T059 T060 T201 T081 T196".split(), TEST),
    **dict.fromkeys("T047 T184 T191 T046 T048 T033 T037 T019 T020 T190 T049 T050".split(), PROBLEM),
    **dict.fromkeys("T079 T082 T077 T078 T080 T170 T098 T097".split(), IGNORED),
}
_TYPE = re.compile(r"T\d{3}")


def role_of(
    label: str, semantic_types: Iterable[str] = (), labels: Mapping[str, str] | None = None
) -> str:
    """The role of a mention.

    Args:
        label: Its label, in any case.
        semantic_types: Its TUIs, best first.
        labels: Label -> role, before those of `LABEL_ROLES`.
    """
    if labels and label in labels:
        return labels[label]
    known = LABEL_ROLES.get(label.lower())
    if known is not None:
        return known
    types = [label] if _TYPE.fullmatch(label) else []
    for one in (*types, *semantic_types):
        if one in _BY_TYPE:
            return _BY_TYPE[one]
    return OTHER
