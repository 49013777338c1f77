"""`umls_assertion`: whether what a text names is there, absent, possible, somebody else's, past."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from spacy import Language
from spacy.tokens import Doc, Span, SpanGroup
from thinc.api import Model

from spacy_umlsbert.annotations.assertions import (
    ASSERTION_CUES,
    Assertion,
    foreign_flags,
    set_assertions,
    set_scopes,
    spans_of_cues,
)
from spacy_umlsbert.annotations.attributes import install
from spacy_umlsbert.assertion.by_rules import SECTION_EVIDENCE, DetectorByRules
from spacy_umlsbert.assertion.detector import AssertionDetector, Findings
from spacy_umlsbert.assertion.rules import Rule, RuleSet, read_rules
from spacy_umlsbert.assertion.verdicts import CATEGORIES
from spacy_umlsbert.errors import UsageError, safe
from spacy_umlsbert.files.rule_tables import PathOrPaths, is_path, missing_of, paths_of
from spacy_umlsbert.old_names import takes_old_names
from spacy_umlsbert.pipeline.rules_pipe import ENTS, RulesPipe

DEFAULT_CONFIG: dict[str, Any] = {
    "spans_keys": [ENTS],
    "cues_key": ASSERTION_CUES,
    "rules": None,
    "add_rules": [],
    "remove_rules": [],
    "section_evidence": SECTION_EVIDENCE,
    "model": None,
    "certainty": 0.5,
    "scorer": {"@scorers": "spacy_umlsbert.assertion_scorer.v1"},
}


class UmlsAssertion(RulesPipe):
    """Writes on spans what the text says of them.

    ``span._.assertion`` is a class of i2b2 2010; ``is_negated``, ``is_uncertain``,
    ``is_conditional``, ``is_hypothetical``, ``is_historical`` and ``is_family`` say what holds
    beside it, as in medspaCy. ``span._.assertion_cues`` are the cues that decided, and
    ``doc.spans["assertion_cues"]`` all cues of the text, with the category as label and the text
    that they reach as ``cue._.assertion_scope``.

    It profits from sentences and sections (``doc.sents``, ``doc.spans["sections"]``), and works
    without.
    """

    failure = "could not be read for assertions"
    kind = "umls_assertion"

    def __init__(
        self,
        name: str,
        detector: DetectorByRules,
        *,
        spans_keys: Sequence[str] = (ENTS,),
        cues_key: str = ASSERTION_CUES,
        missing_file: Path | None = None,
        scorer: Callable[..., dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(name, spans_keys, missing_file)
        install("umls_assertion")
        self.by_rules = detector
        self.cues_key = cues_key
        self.scorer = scorer

    @property
    def detector(self) -> AssertionDetector:
        """What judges spans."""
        return self.by_rules

    @property
    def rules(self) -> list[Rule]:
        """The rules in use."""
        return list(self.by_rules.rules)

    def add_rules(
        self, rules: str | Path | Iterable[Rule | Mapping[str, str] | Sequence[str]]
    ) -> "UmlsAssertion":
        """Add rules: ``[{"phrase": "no h/o", "category": "negated", "direction": "before"}]``.

        A rule takes the place of one of the same phrase and category.

        Args:
            rules: Rules, each also as a dict or the fields of a row; or a table of them, see
                `read_rules`.

        Raises:
            InputError: If a row of the table cannot be used.
            UsageError: If a rule cannot be used; then none is added.
        """
        added: Any = read_rules(str(rules)) if is_path(rules) else rules
        self.by_rules.change(add=added)
        return self

    def remove_rules(self, phrases: Iterable[str | tuple[str, str]]) -> "UmlsAssertion":
        """Remove rules by their phrases, or by (phrase, category).

        Raises:
            UsageError: If there is no such rule; then none is removed.
        """
        self.by_rules.change(remove=phrases)
        return self

    def set_annotations(self, docs: Iterable[Doc], findings: Sequence[Findings]) -> None:
        """Write what was found on the spans of each Doc."""
        for doc, of_doc in zip(docs, findings, strict=True):
            self._write(doc, self.spans(doc), of_doc)

    def _write(self, doc: Doc, spans: Sequence[Span], findings: Findings) -> None:
        places = [cue[:3] for cue in findings.cues]
        cues = dict(zip(places, spans_of_cues(doc, places), strict=True))
        group = {place: cue for place, cue in cues.items() if cue is not None}
        doc.spans[self.cues_key] = SpanGroup(doc, name=self.cues_key, spans=list(group.values()))
        set_scopes(
            doc,
            (
                (group[cue[:3]], cue.scope_start, cue.scope_end)
                for cue in findings.cues
                if cue[:3] in group
            ),
        )
        set_assertions(
            doc,
            (
                (
                    span,
                    Assertion(
                        verdict.assertion,
                        verdict.flags,
                        [group[cue[:3]] for cue in verdict.cues if cue[:3] in group],
                        verdict.probabilities,
                    ),
                )
                for span, verdict in zip(spans, findings.verdicts, strict=True)
            ),
        )

        for flag in foreign_flags():
            for span, verdict in zip(spans, findings.verdicts, strict=True):
                span._.set(f"is_{flag}", flag in verdict.flags)

    def score(self, examples: Iterable[Any], **kwargs: Any) -> dict[str, Any]:
        """The scores of the component's scorer; none without gold mentions."""
        return {} if self.scorer is None else self.scorer(examples, detector=self.detector)

    def _plain(self) -> list[list[str]]:
        return [list(rule) for rule in self.by_rules.rules]

    def _use_plain(self, data: Any) -> None:
        rules = RuleSet(Rule(*row) for row in data)
        self.by_rules = DetectorByRules(rules, self.by_rules.section_evidence)


@Language.factory(
    "umls_assertion",
    assigns=[
        "doc.spans",
        "span._.assertion",
        "span._.is_negated",
        "span._.is_uncertain",
        "span._.is_conditional",
        "span._.is_hypothetical",
        "span._.is_historical",
        "span._.is_family",
        "span._.assertion_cues",
    ],
    default_config=DEFAULT_CONFIG,
    default_score_weights={
        "assertion_acc": 1.0,
        "assertion_macro_f": 0.0,
        "assertion_per_class": None,
    },
)
@takes_old_names("umls_assertion", DEFAULT_CONFIG, rules_file="rules")
def make_umls_assertion(
    nlp: Language,
    name: str,
    spans_keys: list[str],
    cues_key: str,
    rules: PathOrPaths,
    add_rules: list[dict[str, str] | list[str]],
    remove_rules: list[str],
    section_evidence: dict[str, str],
    model: Model[Any, Any] | None,
    certainty: float,
    scorer: Callable[..., dict[str, Any]] | None,
) -> UmlsAssertion:
    """Create an `umls_assertion`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        spans_keys: The span groups whose spans are judged; ``ents`` are the entities.
        cues_key: The span group to write the cues to.
        rules: A file of rules that are added, or several: tab-separated, with a header ``phrase``,
            ``category``, ``direction``, ``reach``, ``strength``, ``what``. It is read when the
            component is made, and its rules are saved with the pipeline; where a saved pipeline is
            loaded it need not be there.
        add_rules: Rules that are added, each as a dict, or as the fields of a row in that order.
        remove_rules: Phrases of rules that are removed, as the table has them.
        section_evidence: Category of a section -> what it says of the spans in it, where no cue
            says something else.
        model: A head on the transformer, such as `spacy_umlsbert.MentionClassifier.v1`, which is
            trained on mentions with assertions; null for rules alone.
        certainty: Where rules and head disagree, the head decides if it gives its class at least
            this probability, else the rules.
        scorer: Scores the component; by default accuracy and macro-F1 of the classes.
    """
    unknown = set(section_evidence.values()) - set(CATEGORIES)
    if unknown:
        raise UsageError(f"section_evidence: the values are of {safe(', '.join(CATEGORIES))}.")
    missing = missing_of(rules)
    in_use = RuleSet()
    in_use.remove(remove_rules)
    for file in [] if missing else paths_of(rules):
        in_use.add(read_rules(file))
    in_use.add(add_rules)
    detector = DetectorByRules(in_use, section_evidence)
    settings: dict[str, Any] = {
        "spans_keys": spans_keys,
        "cues_key": cues_key,
        "missing_file": missing,
        "scorer": scorer,
    }
    if model is None:
        return UmlsAssertion(name, detector, **settings)
    from spacy_umlsbert.pipeline.trainable_assertion import TrainableUmlsAssertion  # noqa: PLC0415

    return TrainableUmlsAssertion(nlp.vocab, model, name, detector, certainty=certainty, **settings)
