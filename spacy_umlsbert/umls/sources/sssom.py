"""SSSOM mappings of labels to concepts, for example Mondo's exact mappings to the UMLS.

The format is the tab-separated one of the Simple Standard for Sharing Ontological Mappings
(https://mapping-commons.github.io/sssom/).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.lines import read_lines
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.files.streams import require_file
from spacy_umlsbert.files.tables import refuse_duplicates, split_records
from spacy_umlsbert.umls.sources.base import DEFINITIONS, NAMES, PARENTS, TYPES
from spacy_umlsbert.umls.sources.concepts import check_types, to_table


class SssomMapping:
    """A mapping whose subjects' labels become names of the concepts they are mapped to.

    Args:
        path: The file (``.sssom.tsv``, which may be compressed).
        predicates: Which kinds of mappings count.
        object_prefix: The prefix of the wanted concepts' ids, which is taken off; mappings to
            others are left out. Empty to take all, with their prefix.
        default_types: TUIs for concepts that no source states types of.

    Raises:
        TerminologyError: If the file is missing; and later, while reading, if it is damaged.
    """

    def __init__(
        self,
        path: str | Path,
        predicates: Sequence[str] = ("skos:exactMatch",),
        object_prefix: str = "UMLS",
        default_types: Sequence[str] = (),
    ) -> None:
        check_types(default_types)
        self.path = require_file(path, TERMINOLOGY)
        self.predicates = list(predicates)
        self.object_prefix = object_prefix
        self.default_types = list(default_types)

    def describe(self) -> dict[str, Any]:
        """The file, its version and the choices made."""
        return {
            "kind": "sssom",
            "files": [self.path.name],
            "version": self._version(),
            "predicates": self.predicates,
            "default_types": self.default_types,
        }

    def names(self) -> Iterator[pa.Table]:
        """Labels of subjects and objects."""
        rows = []
        for concept_id, row in self._rows():
            rows.append((concept_id, row["subject_label"], 0))
            if row.get("object_label"):
                rows.append((concept_id, row["object_label"], 1))
        yield to_table(rows, NAMES)

    def types(self) -> Iterator[pa.Table]:
        """The default types, as assumed."""
        ids = dict.fromkeys(concept_id for concept_id, _ in self._rows())
        yield to_table([(one, tui, 1) for one in ids for tui in self.default_types], TYPES)

    def definitions(self) -> Iterator[pa.Table]:
        """None."""
        yield DEFINITIONS.empty_table()

    def parents(self) -> Iterator[pa.Table]:
        """None."""
        yield PARENTS.empty_table()

    def _rows(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Concept id and columns of each wanted mapping."""
        lines = read_lines(self.path, TERMINOLOGY)
        content = (line for line in lines if not line.text.startswith("#"))
        records = split_records(content, self.path, "\t", TERMINOLOGY)
        head = next(records, None)
        if head is None:
            raise TerminologyError("has no header line: not an SSSOM file?", path=self.path)
        header = head.fields
        refuse_duplicates(header, self.path, head.line, TERMINOLOGY)
        missing = {"subject_label", "predicate_id", "object_id"} - set(header)
        if missing:
            message = f"no column {', '.join(sorted(missing))}"
            raise TERMINOLOGY.error_of(self.path, head.line, message)
        for number, values in records:
            if len(values) > len(header):
                message = f"{len(values)} columns instead of {len(header)}"
                raise TERMINOLOGY.error_of(self.path, number, message)
            row = dict(zip(header, values, strict=False))
            if row.get("predicate_id") not in self.predicates or not row["subject_label"]:
                continue
            prefix, _, identifier = row.get("object_id", "").partition(":")
            if not self.object_prefix:
                yield row["object_id"], row
            elif prefix == self.object_prefix and identifier:
                yield identifier, row

    def _version(self) -> str:
        for _, line, *_ in read_lines(self.path, TERMINOLOGY):
            if not line.startswith("#"):
                break
            key, _, value = line.lstrip("# ").partition(":")
            if key == "mapping_set_version":
                return value.strip()
        return ""
