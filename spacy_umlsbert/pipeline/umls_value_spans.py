"""`umls_value_spans`: what may be a value and no rule knows, by a head on the transformer."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from spacy import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import filter_spans
from thinc.api import Config, Model
from thinc.types import Floats2d

from spacy_umlsbert.corpora.annotated.gold import gold_values
from spacy_umlsbert.layers.heads.iob import SpanOffsets
from spacy_umlsbert.pipeline.span_tagger import SpanTagger

VALUE_SPANS = "value_spans"
"""The span group."""

DEFAULT_CONFIG = Config().from_str(f"""
[umls_value_spans]
spans_key = "{VALUE_SPANS}"

[umls_value_spans.model]
@architectures = "spacy_umlsbert.TokenTagger.v1"
dropout = 0.1

[umls_value_spans.model.tok2vec]
@architectures = "spacy-transformers.TransformerListener.v1"
grad_factor = 1.0
upstream = "*"
pooling = {{"@layers": "reduce_mean.v1"}}
""")["umls_value_spans"]


class UmlsValueSpans(SpanTagger):
    """Finds spans that may be values, and writes them to a span group for `umls_values`.

    Their labels are the kinds of the values that it was trained on (``doc.spans["values"]``). A
    Doc without that group does not count in training.
    """

    def __init__(self, *args: Any, spans_key: str = VALUE_SPANS, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.spans_key = spans_key

    def gold_labels(self, docs: Iterable[Doc]) -> Iterator[str]:
        """The kinds of the gold values on Docs."""
        return (one.span.label_ for doc in docs for one in gold_values(doc) or ())

    def gold_biluo(self, example: Example) -> Sequence[str | None]:
        """The BILUO tags of the gold values; of those that overlap the longest counts."""
        doc, gold = example.predicted, gold_values(example.reference)
        if gold is None:
            return [None] * len(doc)
        places = ((one.span.start_char, one.span.end_char, one.span.label_) for one in gold)
        spans = [
            span
            for start, end, label in places
            if (span := doc.char_span(start, end, label=label, alignment_mode="expand")) is not None
        ]
        tags: list[str | None] = ["O"] * len(doc)
        for span in filter_spans(spans):
            for token in range(span.start, span.end):
                tags[token] = f"{'B' if token == span.start else 'I'}-{span.label_}"
        return tags

    def set_annotations(self, docs: Iterable[Doc], spans: Sequence[Sequence[SpanOffsets]]) -> None:
        """Write the found spans to the span group."""
        for doc, found in zip(docs, spans, strict=True):
            doc.spans[self.spans_key] = [Span(doc, start, end, kind) for start, end, kind in found]


@Language.factory("umls_value_spans", assigns=["doc.spans"], default_config=DEFAULT_CONFIG)
def make_umls_value_spans(
    nlp: Language, name: str, spans_key: str, model: Model[list[Doc], list[Floats2d]]
) -> UmlsValueSpans:
    """Create an `umls_value_spans`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        spans_key: The span group to write to; `umls_values` has it as ``candidates_key``.
        model: Gives scores (tokens, tags) per Doc, as `spacy_umlsbert.TokenTagger.v1` does.
    """
    return UmlsValueSpans(nlp.vocab, model, name, scorer=None, spans_key=spans_key)
