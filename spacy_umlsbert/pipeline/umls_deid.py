"""`umls_deid`: protected health information, and a text without it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from spacy import Language, Vocab
from spacy.tokens import Doc, Span
from spacy.training import Example, offsets_to_biluo_tags
from spacy.util import filter_spans
from thinc.api import Config, Model
from thinc.types import Floats2d

from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.annotations.pairs import is_pair
from spacy_umlsbert.deid.deidentified import (
    install_deid_attributes,
    set_checked,
    set_surrogates,
)
from spacy_umlsbert.deid.output_modes import Output, without_phi
from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.deid.phi_spans import token_spans
from spacy_umlsbert.deid.surrogates.key import read_key
from spacy_umlsbert.layers.heads.iob import SpanOffsets
from spacy_umlsbert.layers.heads.null_tagger import NAME as NO_TAGGER
from spacy_umlsbert.old_names import takes_old_names
from spacy_umlsbert.pipeline.span_tagger import SpanTagger
from spacy_umlsbert.text.rewriting import RewrittenText

MODEL_RULE = "model"

DEFAULT_CONFIG = Config().from_str("""
[umls_deid]
spans_key = "phi"
head_key = null
gold_key = "phi"
lookup_key = "umls"
rules = true
find_again = true
recall_bias = 0.0
phi_types = null
output = "placeholder"
key_file = null
scorer = {"@scorers": "spacy_umlsbert.deid_scorer.v1"}

[umls_deid.model]
@architectures = "spacy_umlsbert.NullTagger.v1"
""")["umls_deid"]


class UmlsDeid(SpanTagger):
    """Finds PHI with a tagging head and with rules, and writes it to ``doc.spans``.

    How, is in `deid.finder`; by default there is no tagging head, and rules alone work. A name
    inside a mention of the knowledge base of several words is none.

    The labels of the tagging head are those that it was trained on: types of i2b2 2014, of 2006
    (LOCATION and ID stand for several), or others, which are their own placeholder and whose
    surrogates are other letters and digits (see `deid.labels`).

    A pair Doc (`spacy_umlsbert.annotations.pairs`) passes through as it is.

    ``doc._.deidentified`` is the text without it, ``doc._.deid_map`` the same with a map of
    offsets. Set ``doc._.patient_id`` before, so that surrogates are the same in all notes of a
    patient; without it every text is a patient of its own.
    """

    failure = "could not be de-identified"
    in_sentences = False  # what is left out of PHI shows

    def __init__(
        self,
        vocab: Vocab,
        model: Model[list[Doc], list[Floats2d]],
        name: str,
        *,
        spans_key: str,
        head_key: str | None,
        gold_key: str | None,
        lookup_key: str,
        rules: bool,
        find_again: bool,
        recall_bias: float,
        phi_types: Sequence[str] | None,
        output: Output,
        key_file: str | Path | None,
        scorer: Callable[..., dict[str, Any]] | None,
    ) -> None:
        super().__init__(vocab, model, name, scorer=scorer)
        from spacy_umlsbert.deid.finder import PhiFinder  # noqa: PLC0415 - slow to import

        install_deid_attributes()
        self.spans_key = spans_key
        self.head_key = head_key
        self.gold_key = gold_key
        self.lookup_key = lookup_key
        self.finder = PhiFinder(rules=rules, find_again=find_again, phi_types=phi_types)
        self.recall_bias = recall_bias
        self.output: Output = output
        self.key_file = key_file

    @property
    def is_trainable(self) -> bool:
        """Whether there is a tagging head."""
        return self.model.name != NO_TAGGER

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        """See `SpanTagger.initialize`; nothing is to be done without a tagging head."""
        if self.is_trainable:
            super().initialize(get_examples, nlp=nlp, labels=labels)

    def gold_labels(self, docs: Iterable[Doc]) -> Iterator[str]:
        """The labels of the gold spans on Docs."""
        return (span.label_ for doc in docs for span in self._gold_spans(doc))

    def gold_biluo(self, example: Example) -> Sequence[str | None]:
        """The BILUO tags of the gold spans; all are unknown where a Doc has no such group."""
        if self.gold_key is None:
            return example.get_aligned_ner()
        if self.gold_key not in example.reference.spans:
            return [None] * len(example.predicted)
        gold = filter_spans(example.reference.spans[self.gold_key])
        spans = example.get_aligned_spans_y2x(gold)
        offsets = [(span.start_char, span.end_char, span.label_) for span in filter_spans(spans)]
        return offsets_to_biluo_tags(example.predicted, offsets)

    def _gold_spans(self, doc: Doc) -> Iterable[Span]:
        if self.gold_key is None:
            return doc.ents
        return spans_of(doc, self.gold_key)

    def predict(self, docs: Iterable[Doc]) -> list[list[SpanOffsets]]:
        """The spans that the tagging head finds."""
        docs = list(docs)
        return super().predict(docs) if self.is_trainable else [[] for _ in docs]

    def set_annotations(self, docs: Iterable[Doc], spans: Sequence[Sequence[SpanOffsets]]) -> None:
        """Write the PHI of each Doc, and its text without it.

        Raises:
            InputError: If surrogates are wanted and there is no key, or a text cannot be
                de-identified; the message quotes nothing.
        """
        key = self._key(self.output)
        for doc, doc_spans in zip(docs, spans, strict=True):
            if is_pair(doc):
                continue
            self._annotate(doc, doc_spans, key)

    def _annotate(self, doc: Doc, spans: Iterable[SpanOffsets], key: bytes | None) -> None:
        by_model = [
            Phi(doc[start:end].start_char, doc[start:end].end_char, label, MODEL_RULE)
            for start, end, label in spans
        ]
        if self.head_key is not None:
            doc.spans[self.head_key] = token_spans(doc, by_model)
        doc.spans[self.spans_key] = token_spans(
            doc, self.finder(doc.text, by_model, self._mentions(doc))
        )
        new = self._rewritten(doc, self.output, doc._.patient_id, key)  # fails now if it can
        if self.output == "surrogate":
            set_surrogates(doc.spans[self.spans_key], new.replacements)
        set_checked(doc, self.spans_key, self.output)

    def _mentions(self, doc: Doc) -> Iterator[tuple[int, int]]:
        """The mentions of the knowledge base that have several words."""
        for span in spans_of(doc, self.lookup_key):
            if len(span) > 1:
                yield span.start_char, span.end_char

    def deidentify(
        self, doc: Doc, *, output: Output | None = None, patient_id: str | None = None
    ) -> RewrittenText:
        """The text of a Doc without what is in ``doc.spans`` under the component's key.

        Args:
            doc: A Doc that went through the component. Its spans may have been corrected since.
            output: As the setting of the component, which is the default.
            patient_id: Whose note it is; by default ``doc._.patient_id``, or a patient of its own.

        Raises:
            InputError: If surrogates are wanted and there is no key, or the text cannot be
                rewritten; the message quotes nothing.
        """
        output = output or self.output
        key = self._key(output)
        return self._rewritten(doc, output, patient_id or doc._.patient_id, key)

    def _key(self, output: Output) -> bytes | None:
        return read_key(self.key_file) if output == "surrogate" else None

    def _rewritten(
        self, doc: Doc, output: Output, patient_id: str | None, key: bytes | None
    ) -> RewrittenText:
        found = [
            Phi(span.start_char, span.end_char, span.label_, "")
            for span in doc.spans[self.spans_key]
        ]
        return without_phi(doc.text, found, output, key, patient_id)

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """What the scorer says, given the span groups of found and of gold PHI."""
        groups = {
            "spans_key": self.spans_key,
            "head_key": self.head_key if self.is_trainable else None,
            "gold_key": self.gold_key,
        }
        return super().score(examples, **{**groups, **kwargs})


@Language.factory(
    "umls_deid",
    assigns=["doc.spans"],
    default_config=DEFAULT_CONFIG,
    default_score_weights={
        "spans_phi_f": 1.0,
        "spans_phi_p": 0.0,
        "spans_phi_r": 0.0,
        "spans_phi_per_type": None,
    },
)
@takes_old_names("umls_deid", DEFAULT_CONFIG, labels="phi_types", shapes="rules")
def make_umls_deid(
    nlp: Language,
    name: str,
    model: Model[list[Doc], list[Floats2d]],
    spans_key: str,
    head_key: str | None,
    gold_key: str | None,
    lookup_key: str,
    rules: bool,
    find_again: bool,
    recall_bias: float,
    phi_types: list[str] | None,
    output: Output,
    key_file: str | None,
    scorer: Callable[..., dict[str, Any]] | None,
) -> UmlsDeid:
    """Create an `umls_deid`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        model: `spacy_umlsbert.TokenTagger.v1`, or `spacy_umlsbert.NullTagger.v1` for rules alone.
        spans_key: The span group to write.
        head_key: A span group for what the tagging head finds by itself, which is scored apart;
            null for none.
        gold_key: The span group of gold PHI to learn from; null for ``doc.ents``, where the readers
            of i2b2's corpora put it.
        lookup_key: The span group of `umls_lookup`, whose mentions are no names.
        rules: Whether to use the rules.
        find_again: Whether people are found wherever they are named.
        recall_bias: How much the tagging head leans to finding PHI: added to the log-odds of
            every tag of PHI. Above zero fewer are missed, and more of the rest is taken out.
        phi_types: What to take out: types of i2b2 2014, or labels that stand for several of them
            (NAME, LOCATION, CONTACT, ID); everything if not given. What has such a label is taken
            out if any of its types is wanted, and what has a label of the tagging head's own
            always.
        output: ``placeholder`` ([NAME]), ``label`` ([DOCTOR]), ``mask`` (****) or ``surrogate``.
        key_file: A file with the key of surrogates; without it, the environment variable
            SPACY_UMLSBERT_DEID_KEY. Neither is saved with the pipeline.
        scorer: Scores the component.
    """
    return UmlsDeid(
        nlp.vocab,
        model,
        name,
        spans_key=spans_key,
        head_key=head_key,
        gold_key=gold_key,
        lookup_key=lookup_key,
        rules=rules,
        find_again=find_again,
        recall_bias=recall_bias,
        phi_types=phi_types,
        output=output,
        key_file=key_file,
        scorer=scorer,
    )
