"""`umls_lookup`: finds the names of a knowledge base in text."""

from collections.abc import Sequence
from pathlib import Path

from spacy import Language
from spacy.tokens import Doc, Span, SpanGroup

from ..extensions import install_lookup_extensions, set_ambiguous, set_match_kind
from ..umls import Match, expand_tuis
from ..umls.concept_types import ConceptTypes
from .knowledge_base import KnowledgeBaseHolder
from .knowledge_base_pipe import KnowledgeBasePipe

DEFAULT_CONFIG = {
    "kb": None,
    "spans_key": "umls",
    "semantic_types": None,
    "include_kb": None,
}


class UmlsLookup(KnowledgeBasePipe):
    """Writes the longest matches of a Doc with a knowledge base to ``doc.spans``.

    A span's label is a semantic type (TUI) of its best concept, and ``kb_id`` that concept's id.
    Of several types the label is the first by tree number, which puts what a chemical is for
    (T121) before what it is made of (T109). Where a name has several concepts or semantic types,
    ``span._.cuis`` and ``span._.tuis`` list them, best first. ``span._.match_kind`` says whether
    the name was found "exact", "normalized", as an "acronym" or misspelt ("approximate").
    """

    def __init__(
        self,
        name: str,
        holder: KnowledgeBaseHolder,
        *,
        spans_key: str,
        semantic_types: Sequence[str] | None,
    ) -> None:
        super().__init__(name, holder)
        install_lookup_extensions()
        self.spans_key = spans_key
        self._allowed = set(expand_tuis(semantic_types)) if semantic_types else None
        self._types: ConceptTypes | None = None

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Write the matches of each Doc."""
        kb = self.kb
        if self._types is None or self._types.kb is not kb:
            self._types = ConceptTypes(kb)
        for doc, matches in zip(docs, kb.match(docs), strict=True):
            group = SpanGroup(doc, name=self.spans_key)
            for match in matches:
                span = self._span(doc, match, self._types)
                if span is not None:
                    group.append(span)
            doc.spans[self.spans_key] = group

    def _span(self, doc: Doc, match: Match, types_of: ConceptTypes) -> Span | None:
        cuis = []
        tuis: list[str] = []
        for cui in match.concept_ids:
            types = types_of[cui]
            if self._allowed is not None and self._allowed.isdisjoint(types):
                continue
            cuis.append(cui)
            tuis.extend(tui for tui in types if tui not in tuis)
        if not cuis:
            return None
        label = tuis[0] if tuis else ""
        span = Span(doc, match.start, match.end, label=label, kb_id=cuis[0])
        set_ambiguous(span, cuis, tuis)
        set_match_kind(span, match.kind)
        return span

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_types": None}


@Language.factory(
    "umls_lookup",
    assigns=["doc.spans", "span._.cuis", "span._.tuis", "span._.match_kind"],
    default_config=DEFAULT_CONFIG,
)
def make_umls_lookup(
    nlp: Language,
    name: str,
    kb: str | Path | None,
    spans_key: str,
    semantic_types: list[str] | None,
    include_kb: bool | None,
) -> UmlsLookup:
    """Create an `umls_lookup`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        kb: The path of a knowledge base. It comes before one that is saved with the pipeline.
        spans_key: The span group to write.
        semantic_types: Semantic types (T047) or groups (DISO) to look for; all if not given.
        include_kb: Whether saving the pipeline copies the knowledge base into it; by default it
            does if the recorded licence of the knowledge base is open.
    """
    holder = KnowledgeBaseHolder(name, kb, include_kb)
    return UmlsLookup(name, holder, spans_key=spans_key, semantic_types=semantic_types)
