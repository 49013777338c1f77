"""`umls_senses`: reads the names that `umls_lookup` found by what stands around them."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spacy import Language
from spacy.tokens import Doc, Span, SpanGroup

from spacy_umlsbert.annotations.attributes import (
    ABBREVIATION,
    install,
)
from spacy_umlsbert.annotations.concepts import set_codes
from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.annotations.pairs import is_pair
from spacy_umlsbert.pipeline.concept_spans import concept_span
from spacy_umlsbert.pipeline.context_vectors import ContextVectors
from spacy_umlsbert.pipeline.knowledge_base_holder import (
    KnowledgeBaseHolder,
    PipelineKnowledgeBase,
)
from spacy_umlsbert.pipeline.knowledge_base_pipe import KnowledgeBasePipe, context_reader
from spacy_umlsbert.umls.concept_codes import ConceptCodes
from spacy_umlsbert.umls.concept_types import ConceptTypes

if TYPE_CHECKING:
    from spacy_umlsbert.umls import Match
    from spacy_umlsbert.umls.context.reader import ContextReader

DEFAULT_CONFIG = {"kb": None, "spans_key": "umls", "codes": None, "include_kb": None}


class UmlsSenses(KnowledgeBasePipe):
    """Puts the likeliest concept of each name first, and leaves out what is no name there.

    Looked at are the names that mean several things, are short or words of everyday language. What
    `umls_lookup` does by rules with its setting ``context``, this does with the transformer's
    help, which has to come before it in the pipeline: a meaning that is like the surroundings gets
    points, and meanings that are no concepts ("room air" for RA) are among them. Without a
    transformer the rules decide alone. Pairs stay as they are.
    """

    def __init__(
        self,
        name: str,
        holder: KnowledgeBaseHolder,
        vectors: ContextVectors,
        *,
        spans_key: str,
        codes: Sequence[str] | None,
    ) -> None:
        super().__init__(name, holder)
        install("umls_lookup")
        self.spans_key = spans_key
        self._vectors = vectors
        self._vocabularies = codes
        self._reader: ContextReader | None = None

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Read the names of each Doc anew."""
        kb = self.kb
        if self._reader is None or self._reader.kb is not kb:
            self._reader = context_reader(kb, self._vectors)
            self._types = ConceptTypes(kb)
            self._codes = ConceptCodes(kb, self._vocabularies)
        for doc in docs:
            if self.spans_key in doc.spans and not is_pair(doc):
                self._read(doc, self._reader)

    def _read(self, doc: Doc, reader: "ContextReader") -> None:
        from spacy_umlsbert.umls import Match  # noqa: PLC0415 - as the knowledge base

        spans = list(spans_of(doc, self.spans_key))
        alone = Counter((span.start, span.end) for span in spans)
        matches = [
            Match(span.start, span.end, tuple(span._.cuis), span._.match_kind)
            for span in spans
            if alone[span.start, span.end] == 1
        ]
        read = {(match.start, match.end): match for match in reader(doc, matches)}
        kept, changed = [], []
        for span in spans:
            match = read.get((span.start, span.end))
            # What an abbreviation means that the text defines, the text says.
            if span._.match_kind == ABBREVIATION or alone[span.start, span.end] > 1:
                kept.append(span)
            elif match is not None and match.concept_ids != tuple(span._.cuis):
                changed.append(self._again(span, match))
                kept.append(changed[-1])
            elif match is not None:
                kept.append(span)
        if self._codes:
            set_codes(doc, changed, self._codes.of)
        doc.spans[self.spans_key] = SpanGroup(doc, name=self.spans_key, spans=kept)

    def _again(self, span: Span, match: "Match") -> Span:
        """A span with the concepts in another order."""
        tuis = list(dict.fromkeys(tui for cui in match.concept_ids for tui in self._types[cui]))
        return concept_span(span.doc, span.start, span.end, match.concept_ids, tuis, span.id_)


@Language.factory(
    "umls_senses",
    requires=["doc.spans"],
    assigns=["doc.spans", "span._.cuis", "span._.tuis", "span._.codes"],
    default_config=DEFAULT_CONFIG,
)
def make_umls_senses(
    nlp: Language,
    name: str,
    kb: str | Path | None,
    spans_key: str,
    codes: list[str] | None,
    include_kb: bool | None,
) -> UmlsSenses:
    """Create an `umls_senses`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        kb: The path of a knowledge base; by default the one of the pipeline's `umls_lookup`.
        spans_key: The span group that `umls_lookup` wrote.
        codes: As for `umls_lookup`.
        include_kb: As for `umls_lookup`, for a knowledge base of its own.
    """
    holder = PipelineKnowledgeBase(name, kb, include_kb, nlp)
    return UmlsSenses(
        name, holder, ContextVectors(nlp, spans_key), spans_key=spans_key, codes=codes
    )
