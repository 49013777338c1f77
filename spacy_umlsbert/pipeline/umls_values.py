"""`umls_values`: doses, labs and vital signs of a note, tied to what they belong to."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from spacy import Language
from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.attributes import install
from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.annotations.values import VALUES, set_values, spans_of_values
from spacy_umlsbert.errors import InputError, UsageError, safe
from spacy_umlsbert.files.texts import read_text
from spacy_umlsbert.files.writing import write_json
from spacy_umlsbert.pipeline.guarded_pipe import GuardedPipe
from spacy_umlsbert.values.clinical_drugs import clinical_drug
from spacy_umlsbert.values.detector import DetectorByRules, ValueDetector
from spacy_umlsbert.values.kinds import Found
from spacy_umlsbert.values.mentions import ROLES
from spacy_umlsbert.values.rules import Row, ValueRules

ENTS = "ents"
"""In the list of span groups: the entities."""

RULES_FILE = "rules.json"

DEFAULT_CONFIG: dict[str, Any] = {
    "spans_keys": [ENTS],
    "values_key": VALUES,
    "labels": {},
    "phrases_file": None,
    "units_file": None,
    "not_values_file": None,
    "add_phrases": [],
    "add_units": [],
    "add_not_values": [],
    "remove_phrases": [],
}


class UmlsValues(GuardedPipe):
    """Finds the values of a text, and what they belong to.

    Each is a span of ``doc.spans["values"]``; its label is the kind: strength, dose, form, route,
    frequency, duration, as_needed, indication; value, flag, reference_range; blood_pressure and the
    other vital signs; age. ``span._.value`` has its numbers, the unit (UCUM), comparator and times
    a day; ``span._.of`` is what it belongs to, and ``ent._.values`` are the values of an entity.
    ``ent._.clinical_drug`` is a drug with strength and form, written as in RxNorm.

    What an entity is (drug, test, problem) says its label or its semantic type, and else its words.
    It profits from sentences, and works without.
    """

    failure = "could not be read for values"

    def __init__(
        self,
        name: str,
        detector: DetectorByRules,
        *,
        spans_keys: Sequence[str] = (ENTS,),
        values_key: str = VALUES,
        missing_file: Path | None = None,
    ) -> None:
        self.name = name
        install("umls_values", {"clinical_drug": clinical_drug})
        self.by_rules = detector
        self.spans_keys = list(spans_keys)
        self.values_key = values_key
        self._missing_file = missing_file

    @property
    def detector(self) -> ValueDetector:
        """What finds values."""
        return self.by_rules

    @property
    def rules(self) -> ValueRules:
        """The rules in use."""
        return self.by_rules.rules

    def add_rules(
        self,
        *,
        phrases: Iterable[Row] = (),
        units: Iterable[Row] = (),
        not_values: Iterable[Row] = (),
    ) -> None:
        """Add rules: ``phrases=[{"phrase": "qdinner", "category": "frequency", "code": "1/1d"}]``.

        The tables of the package say what the fields are: ``phrases.tsv``, ``units.tsv`` and
        ``not_values.tsv`` of `spacy_umlsbert.values`.

        Raises:
            UsageError: If one cannot be used; then none is added.
        """
        self.by_rules.change(phrases_=phrases, units_=units, not_values_=not_values)

    def remove_phrases(self, phrases: Iterable[str]) -> None:
        """Remove phrases, as the table has them.

        Raises:
            UsageError: If there is no such phrase; then none is removed.
        """
        self.by_rules.change(remove=list(phrases))

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Write the values of each Doc.

        Raises:
            InputError: If a file of rules is not there, and no saved rules were loaded.
        """
        self.set_annotations(docs, self.predict(docs))

    def predict(self, docs: Iterable[Doc]) -> list[list[Found]]:
        """Find the values of each Doc, and write nothing.

        Raises:
            InputError: If a file of rules is not there, and no saved rules were loaded.
        """
        if self._missing_file is not None:
            raise InputError("there is no such file of rules.", path=self._missing_file)
        found = list(docs)
        return self.detector.detect(found, [self.spans(doc) for doc in found])

    def set_annotations(self, docs: Iterable[Doc], values: Sequence[Sequence[Found]]) -> None:
        """Write what was found on each Doc."""
        for doc, found in zip(docs, values, strict=True):
            owners = self.spans(doc)
            spans = spans_of_values(doc, [(one.start, one.end, one.value.kind) for one in found])
            set_values(
                doc,
                (
                    (span, one.value, None if one.of is None else owners[one.of])
                    for span, one in zip(spans, found, strict=True)
                    if span is not None
                ),
                self.values_key,
            )

    def spans(self, doc: Doc) -> list[Span]:
        """The spans of a Doc that values may belong to."""
        found: list[Span] = []
        for key in self.spans_keys:
            found.extend(doc.ents if key == ENTS else spans_of(doc, key))
        return found

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Save the rules to a folder."""
        if "rules" not in exclude:
            Path(path).mkdir(parents=True, exist_ok=True)
            write_json(Path(path) / RULES_FILE, self.rules.plain())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "UmlsValues":
        """Load the rules from a folder.

        Raises:
            InputError: If they cannot be read.
        """
        file = Path(path) / RULES_FILE
        if "rules" not in exclude and file.exists():
            self._use(read_text(file), file)
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The rules as bytes."""
        return b"" if "rules" in exclude else json.dumps(self.rules.plain()).encode()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "UmlsValues":
        """Load the rules from bytes."""
        if "rules" not in exclude and data:
            self._use(data.decode("utf-8"), None)
        return self

    def _use(self, text: str | None, file: Path | None) -> None:
        try:
            rules = ValueRules.from_plain(json.loads(text or ""))
        except (TypeError, ValueError, KeyError):
            raise InputError(
                "the rules of umls_values cannot be read.",
                path=file,
                remedy="Save the pipeline again.",
            ) from None
        self.by_rules = DetectorByRules(rules, self.by_rules.labels)
        self._missing_file = None


@Language.factory(
    "umls_values",
    assigns=["doc.spans", "span._.value", "span._.of", "span._.values", "span._.clinical_drug"],
    default_config=DEFAULT_CONFIG,
)
def make_umls_values(
    nlp: Language,
    name: str,
    spans_keys: list[str],
    values_key: str,
    labels: dict[str, str],
    phrases_file: str | Path | None,
    units_file: str | Path | None,
    not_values_file: str | Path | None,
    add_phrases: list[list[str]],
    add_units: list[list[str]],
    add_not_values: list[list[str]],
    remove_phrases: list[str],
) -> "UmlsValues":
    """Create a `umls_values`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        spans_keys: The span groups that values may belong to; ``ents`` are the entities.
        values_key: The span group to write the values to.
        labels: Label -> what its mentions are: drug, test, problem, other (any of them) or none.
            Labels of common corpora are known, and semantic types.
        phrases_file: A file of phrases that are added: routes, forms, frequencies, names of tests.
            It is tab-separated, with the columns of the package's table ``phrases.tsv``. It is
            read when the component is made, and its rows are saved with the pipeline.
        units_file: The same with units, as in ``units.tsv``.
        not_values_file: The same with what is no value, as in ``not_values.tsv``.
        add_phrases: Phrases that are added, each as the fields of a row.
        add_units: The same with units.
        add_not_values: The same with what is no value.
        remove_phrases: Phrases that are removed, as the table has them.
    """
    unknown: Mapping[str, str] = {k: v for k, v in labels.items() if v not in ROLES}
    if unknown:
        raise UsageError(f"labels: the values are of {safe(', '.join(ROLES))}.")
    files = {
        "phrases_file": phrases_file,
        "units_file": units_file,
        "not_values_file": not_values_file,
    }
    missing = [
        Path(file) for file in files.values() if file is not None and not Path(file).exists()
    ]
    rules = ValueRules()
    rules.remove(remove_phrases)
    if not missing:
        rules.add_files(**files)
    rules.add(phrases_=add_phrases, units_=add_units, not_values_=add_not_values)
    return UmlsValues(
        name,
        DetectorByRules(rules, labels),
        spans_keys=spans_keys,
        values_key=values_key,
        missing_file=missing[0] if missing else None,
    )
