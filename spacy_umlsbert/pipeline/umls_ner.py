"""`umls_ner`: named entities by a linear head on UmlsBERT vectors."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from spacy import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import Config, Model
from thinc.types import Floats2d

from spacy_umlsbert.layers.heads.iob import SpanOffsets
from spacy_umlsbert.old_names import takes_old_names
from spacy_umlsbert.pipeline.span_tagger import SpanTagger

DEFAULT_CONFIG = Config().from_str("""
[umls_ner]
scorer = {"@scorers": "spacy.ner_scorer.v1"}

[umls_ner.model]
@architectures = "spacy_umlsbert.TokenTagger.v1"
dropout = 0.1

[umls_ner.model.tok2vec]
@architectures = "spacy-transformers.TransformerListener.v1"
grad_factor = 1.0
upstream = "*"
pooling = {"@layers": "reduce_mean.v1"}
""")["umls_ner"]


class UmlsNer(SpanTagger):
    """Finds entities and writes them to ``doc.ents``.

    One linear layer per token over IOB tags, as in Clinical BERT and UmlsBERT, decoded by
    Viterbi so that the tags are always valid. An entity that crosses the start of a sentence is cut
    there, and blanks and a sentence's signs at its ends are none of it. Entities that are on the
    Doc already are kept, as spaCy's own `ner` does; a found entity that overlaps one of them is
    dropped.
    """

    def gold_labels(self, docs: Iterable[Doc]) -> Iterator[str]:
        """The labels of the entities on Docs."""
        return (ent.label_ for doc in docs for ent in doc.ents)

    def gold_biluo(self, example: Example) -> Sequence[str | None]:
        """The BILUO tags of the reference's entities, aligned to the predicted tokens."""
        return example.get_aligned_ner()

    def set_annotations(self, docs: Iterable[Doc], spans: Sequence[Sequence[SpanOffsets]]) -> None:
        """Write found entities to ``doc.ents``."""
        for doc, doc_spans in zip(docs, spans, strict=True):
            taken = {token for ent in doc.ents for token in range(ent.start, ent.end)}
            found = [
                Span(doc, start, end, label=label)
                for start, end, label in doc_spans
                if taken.isdisjoint(range(start, end))
            ]
            doc.set_ents([*doc.ents, *found])


@Language.factory(
    "umls_ner",
    assigns=["doc.ents", "token.ent_iob", "token.ent_type"],
    default_config=DEFAULT_CONFIG,
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
@takes_old_names("umls_ner", DEFAULT_CONFIG)
def make_umls_ner(
    nlp: Language,
    name: str,
    model: Model[list[Doc], list[Floats2d]],
    scorer: Callable[..., dict[str, Any]] | None,
) -> UmlsNer:
    """Create an `umls_ner`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        model: Gives scores (tokens, tags) per Doc, as `spacy_umlsbert.TokenTagger.v1` does.
        scorer: Scores the component; by default exact-match precision, recall and F1 of entities,
            the figures that conlleval gives.
    """
    return UmlsNer(nlp.vocab, model, name, scorer=scorer)
