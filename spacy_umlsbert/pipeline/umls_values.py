"""`umls_values`: doses, labs and vital signs of a note, tied to what they belong to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from spacy import Language
from spacy.tokens import Doc
from thinc.api import Model

from spacy_umlsbert.annotations.attributes import install
from spacy_umlsbert.annotations.values import VALUES, set_values, spans_of_values
from spacy_umlsbert.errors import UsageError, safe
from spacy_umlsbert.files.rule_tables import PathOrPaths, is_path, missing_of, paths_of
from spacy_umlsbert.old_names import takes_old_names, warn_of_old_name
from spacy_umlsbert.pipeline.rules_pipe import ENTS, RulesPipe
from spacy_umlsbert.values.clinical_drugs import clinical_drug
from spacy_umlsbert.values.detector import DetectorByRules, ValueDetector
from spacy_umlsbert.values.kinds import Found
from spacy_umlsbert.values.mentions import ROLES
from spacy_umlsbert.values.rules import AnyRow, Row, ValueRules, read_value_rules

DEFAULT_CONFIG: dict[str, Any] = {
    "spans_keys": [ENTS],
    "values_key": VALUES,
    "labels": {},
    "rules": None,
    "add_rules": [],
    "add_phrases": [],
    "add_units": [],
    "add_not_values": [],
    "remove_rules": [],
    "model": None,
    "certainty": 0.5,
    "candidates_key": None,
    "scorer": {"@scorers": "spacy_umlsbert.values_scorer.v1"},
}


class UmlsValues(RulesPipe):
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
    kind = "umls_values"

    def __init__(
        self,
        name: str,
        detector: DetectorByRules,
        *,
        spans_keys: Sequence[str] = (ENTS,),
        values_key: str = VALUES,
        missing_file: Path | None = None,
        scorer: Callable[..., dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(name, spans_keys, missing_file)
        install("umls_values", {"clinical_drug": clinical_drug})
        self.by_rules = detector
        self.values_key = values_key
        self.scorer = scorer

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
        rules: str | Path | Iterable[AnyRow] = (),
        *,
        phrases: Iterable[Row] = (),
        units: Iterable[Row] = (),
        not_values: Iterable[Row] = (),
    ) -> "UmlsValues":
        """Add rules: ``[{"phrase": "qdinner", "category": "frequency", "code": "1/1d"}]``.

        The tables of the package say what the fields are: ``phrases.tsv``, ``units.tsv`` and
        ``not_values.tsv`` of `spacy_umlsbert.values`.

        Args:
            rules: Rules of any kind, each a dict; or a table of one kind.
            phrases: Phrases alone, each also as the fields of a row.
            units: Units alone, each also as the fields of a row.
            not_values: What is no value alone, each also as the fields of a row.

        Raises:
            InputError: If a row of the table cannot be used.
            UsageError: If a rule cannot be used; then none is added.
        """
        added: Any = read_value_rules(str(rules)) if is_path(rules) else rules
        self.by_rules.change(add=added, phrases=phrases, units=units, not_values=not_values)
        return self

    def remove_rules(self, names: Iterable[str]) -> "UmlsValues":
        """Remove phrases, as the table has them, or units by their codes.

        Raises:
            UsageError: If there is no such rule; then none is removed.
        """
        self.by_rules.change(remove=names)
        return self

    def remove_phrases(self, phrases: Iterable[str]) -> None:
        """The old name of `remove_rules`."""
        warn_of_old_name("method remove_phrases", "remove_rules", where=self.name)
        self.remove_rules(phrases)

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

    def score(self, examples: Iterable[Any], **kwargs: Any) -> dict[str, Any]:
        """The scores of the component's scorer; none without gold values."""
        return {} if self.scorer is None else self.scorer(examples, detector=self.detector)

    def _plain(self) -> dict[str, Any]:
        return self.rules.plain()

    def _use_plain(self, data: Any) -> None:
        self.by_rules = DetectorByRules(ValueRules.from_plain(data), self.by_rules.labels)


_OLD_NAMES = {
    "phrases_file": "rules",
    "units_file": "rules",
    "not_values_file": "rules",
    "remove_phrases": "remove_rules",
}


@Language.factory(
    "umls_values",
    assigns=["doc.spans", "span._.value", "span._.of", "span._.values", "span._.clinical_drug"],
    default_config=DEFAULT_CONFIG,
    default_score_weights={
        "values_f": 1.0,
        "values_p": 0.0,
        "values_r": 0.0,
        "values_lenient_f": 0.0,
        "values_spans_f": 0.0,
        "values_per_kind": None,
    },
)
@takes_old_names("umls_values", DEFAULT_CONFIG, **_OLD_NAMES)
def make_umls_values(
    nlp: Language,
    name: str,
    spans_keys: list[str],
    values_key: str,
    labels: dict[str, str],
    rules: PathOrPaths,
    add_rules: list[dict[str, str]],
    add_phrases: list[dict[str, str] | list[str]],
    add_units: list[dict[str, str] | list[str]],
    add_not_values: list[dict[str, str] | list[str]],
    remove_rules: list[str],
    model: Model[Any, Any] | None,
    certainty: float,
    candidates_key: str | None,
    scorer: Callable[..., dict[str, Any]] | None,
) -> "UmlsValues":
    """Create a `umls_values`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        spans_keys: The span groups that values may belong to; ``ents`` are the entities.
        values_key: The span group to write the values to.
        labels: Label -> what its mentions are: drug, test, problem, other (any of them) or none.
            Labels of common corpora are known, and semantic types.
        rules: A file of rules that are added, or several. Each is tab-separated, with the columns
            of one of the package's tables ``phrases.tsv`` (routes, forms, frequencies, names of
            tests), ``units.tsv`` and ``not_values.tsv``. It is read when the component is made,
            and its rules are saved with the pipeline; where a saved pipeline is loaded it need not
            be there.
        add_rules: Rules that are added, each as a dict.
        add_phrases: Phrases that are added, each as a dict or the fields of a row.
        add_units: The same with units.
        add_not_values: The same with what is no value.
        remove_rules: Phrases, as the table has them, and codes of units that are removed.
        model: A head on the transformer, such as `spacy_umlsbert.ValueAttacher.v1`, which is
            trained on gold values and says what each belongs to; null for rules alone.
        certainty: Where rules and head disagree, the head decides if it gives its answer at least
            this probability, else the rules.
        candidates_key: With a head, a span group of what may be values besides those that the rules
            find, such as that of `umls_value_spans`; the label of each is its kind.
        scorer: Scores the component; by default F1 of the relations between values and what they
            belong to.
    """
    unknown: Mapping[str, str] = {k: v for k, v in labels.items() if v not in ROLES}
    if unknown:
        raise UsageError(f"labels: the values are of {safe(', '.join(ROLES))}.")
    missing = missing_of(rules)
    in_use = ValueRules()
    in_use.remove(remove_rules)
    for file in [] if missing else paths_of(rules):
        in_use.add(read_value_rules(file))
    in_use.add(add_rules, phrases=add_phrases, units=add_units, not_values=add_not_values)
    detector = DetectorByRules(in_use, labels)
    settings: dict[str, Any] = {
        "spans_keys": spans_keys,
        "values_key": values_key,
        "missing_file": missing,
        "scorer": scorer,
    }
    if model is None:
        return UmlsValues(name, detector, **settings)
    from spacy_umlsbert.pipeline.trainable_values import TrainableUmlsValues  # noqa: PLC0415

    return TrainableUmlsValues(
        nlp.vocab, model, name, detector,
        certainty=certainty, candidates_key=candidates_key, **settings,
    )  # fmt: skip
