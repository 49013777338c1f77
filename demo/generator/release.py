"""The names of the small release, as the generator needs them: role, kind, CUI.

Reads `assets/umls/concepts.tsv` (the release's source table), not the knowledge base: notes can be
made before anything is built, and a name here is exactly one the release's authors wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spacy_umlsbert.files.lines import read_lines
from spacy_umlsbert.files.tables import Record, split_records

_COLUMNS = ("cui", "tuis", "role", "name", "synonyms", "abbreviations", "lay_names")
_LABEL_OF_ROLE = {
    "problem": "problem",
    "test": "test",
    "treatment": "treatment",
    "drug": "treatment",
}
_PROBLEM_KINDS = {"T184": "symptom", "T033": "sign", "T037": "injury"}
_IMAGING = re.compile(
    r"x-?ray|radiograph|tomograph|\bct\b|\bmri\b|magnetic|ultraso|\bscan\b|doppler|mammogra|angiogr"
    r"|\bpet\b",
    re.I,
)
_SURGERY = re.compile(
    r"ectomy|otomy|ostomy|plasty|graft|repair|surgery|surgical|transplant|bypass|stent|arthrodesis"
    r"|fusion|replacement|cesarean|c-section|ablation|catheterization|biopsy|fixation|amputation"
    r"|excision|resection|\bcabg\b|\bpci\b|implant|incision|debridement|reduction|cardioversion",
    re.I,
)
_VACCINE = re.compile(r"vaccin|immuniz|\bshot\b", re.I)
_DRUG_CLASS = re.compile(
    r"s$|inhibitor$|blocker$|agonist$|antibiotic|steroid|agent$|medication|analgesic", re.I
)
_NO_CLASS = re.compile(r"(is|us|ss)$")


class ReleaseError(ValueError):
    """The release's table cannot be used."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of the release that can be a mention: its names by sort, its label and kind."""

    cui: str
    label: str
    kind: str
    name: str
    synonyms: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    lay_names: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the preferred one first."""
        every = (self.name, *self.synonyms, *self.abbreviations, *self.lay_names)
        return tuple(dict.fromkeys(every))


def read_concepts(path: Path) -> Iterator[Concept]:
    """Yield the concepts whose role is a problem, test, treatment or drug.

    Raises ReleaseError, naming file and line, where the table is missing a column or value.
    """
    if not path.is_file():
        raise ReleaseError(f"{path}: no such file; it is the release's table of concepts")
    records = split_records(read_lines(path), path, "\t")
    names = next(records, Record(1, [])).fields
    missing = [c for c in _COLUMNS if c not in names]
    if missing:
        raise ReleaseError(f"{path}, line 1: no column {', '.join(missing)}")
    for line, fields in records:
        row = dict(zip(names, [*fields, *[""] * len(names)], strict=False))
        if not row["cui"] or not row["name"] or len(fields) <= names.index("role"):
            raise ReleaseError(f"{path}, line {line}: cui, name and role are needed")
        label = _LABEL_OF_ROLE.get(row["role"])
        if label is not None:
            yield _concept(row, label)


def _concept(row: dict[str, str], label: str) -> Concept:
    return Concept(
        cui=row["cui"],
        label=label,
        kind=_kind(row["role"], row["tuis"].split("|"), row["name"]),
        name=row["name"],
        synonyms=_values(row["synonyms"]),
        abbreviations=_values(row["abbreviations"]),
        lay_names=_values(row["lay_names"]),
    )


def _values(cell: str | None) -> tuple[str, ...]:
    return tuple(v.strip() for v in (cell or "").split(" | ") if v.strip())


def _kind(role: str, tuis: list[str], name: str) -> str:
    """The slot a concept fits, from its role, semantic types and (for want of better) its name."""
    if role == "problem":
        return next((_PROBLEM_KINDS[t] for t in tuis if t in _PROBLEM_KINDS), "disease")
    if role == "test":
        other = "study" if "T060" in tuis else "lab"
        return "imaging" if _IMAGING.search(name) else other
    if _VACCINE.search(name):
        return "vaccine"
    if role == "treatment":
        other = "device" if "T074" in tuis else "therapy"
        return "procedure" if _SURGERY.search(name) else other
    is_class = _DRUG_CLASS.search(name) and not _NO_CLASS.search(name)
    return "drugclass" if is_class else "drug"
