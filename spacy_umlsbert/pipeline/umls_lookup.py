"""`umls_lookup`: finds the names of a knowledge base in text."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spacy import Language
from spacy.tokens import Doc, Span, SpanGroup

from spacy_umlsbert.annotations.attributes import (
    ABBREVIATION,
    EXACT,
    install,
    set_ambiguous,
)
from spacy_umlsbert.annotations.concepts import set_codes
from spacy_umlsbert.old_names import takes_old_names
from spacy_umlsbert.pipeline.concept_spans import concept_span
from spacy_umlsbert.pipeline.knowledge_base_holder import KnowledgeBaseHolder
from spacy_umlsbert.pipeline.knowledge_base_pipe import KnowledgeBasePipe, context_reader
from spacy_umlsbert.text.abbreviations import Abbreviation, AbbreviationFinder
from spacy_umlsbert.umls.concept_codes import ConceptCodes
from spacy_umlsbert.umls.concept_types import ConceptTypes
from spacy_umlsbert.umls.semantic_types import expand_tuis

if TYPE_CHECKING:
    from spacy_umlsbert.umls import Match
    from spacy_umlsbert.umls.context.reader import ContextReader

DEFAULT_CONFIG = {
    "kb": None,
    "spans_key": "umls",
    "semantic_types": None,
    "abbreviations": False,
    "context": False,
    "codes": None,
    "include_kb": None,
}


class UmlsLookup(KnowledgeBasePipe):
    """Writes the longest matches of a Doc with a knowledge base to ``doc.spans``.

    A span's label is a semantic type (TUI) of its best concept, and ``kb_id`` that concept's id.
    Of several types the label is the first by tree number, which puts what a chemical is for
    (T121) before what it is made of (T109). Where a name has several concepts or semantic types,
    ``span._.cuis`` and ``span._.tuis`` list them, best first. ``span._.match_kind`` says whether
    the name was found "exact", "normalized", as an "acronym" or misspelt ("approximate"), or is an
    "abbreviation" that the text defines. ``span._.codes`` has the codes of the best concept, if the
    knowledge base has codes.
    """

    def __init__(
        self,
        name: str,
        holder: KnowledgeBaseHolder,
        *,
        spans_key: str,
        semantic_types: Sequence[str] | None,
        abbreviations: AbbreviationFinder | None = None,
        context: bool = False,
        codes: Sequence[str] | None = None,
    ) -> None:
        super().__init__(name, holder)
        install("umls_lookup")
        self.spans_key = spans_key
        self._allowed = set(expand_tuis(semantic_types)) if semantic_types else None
        self._types: ConceptTypes | None = None
        self._vocabularies = codes
        self._codes: ConceptCodes | None = None
        self._abbreviations = abbreviations
        self._in_context = context
        self._reader: ContextReader | None = None

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Write the matches of each Doc."""
        kb = self.kb
        if self._types is None or self._types.kb is not kb:
            self._types = ConceptTypes(kb)
            self._codes = ConceptCodes(kb, self._vocabularies)
            self._reader = context_reader(kb) if self._in_context else None
        for doc, matches in zip(docs, kb.match(docs), strict=True):
            if self._reader is not None:
                matches = self._reader(doc, matches)  # noqa: PLW2901
            spans = [
                span
                for match in matches
                if (span := self._span(doc, match, self._types)) is not None
            ]
            if self._abbreviations is not None:
                spans = with_abbreviations(spans, self._abbreviations(doc))
            if self._codes:
                set_codes(doc, spans, self._codes.of)
            doc.spans[self.spans_key] = SpanGroup(doc, name=self.spans_key, spans=spans)

    def _span(self, doc: Doc, match: "Match", types_of: ConceptTypes) -> Span | None:
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
        kind = "" if match.kind == EXACT else match.kind
        return concept_span(doc, match.start, match.end, cuis, tuis, kind)


def with_abbreviations(spans: list[Span], abbreviations: Iterable[Abbreviation]) -> list[Span]:
    """The mentions of a Doc, with those of its abbreviations.

    An abbreviation is a mention of the concepts of its long form's mention, which may leave out
    its first words ("acute renal failure"). It takes the place of mentions that it overlaps; if
    the long form is none ("tamoxifen (TAM)" among disorders), the short one is no mention either.

    Args:
        spans: The mentions by name, in the order of the text.
        abbreviations: What the Doc defines.
    """
    by_end = {span.end: span for span in spans}
    found: dict[int, Span] = {}
    defined = set()
    for short, long in abbreviations:
        defined.add((short.start, short.end))
        mention = by_end.get(long.end)
        if mention is not None and long.start <= mention.start:
            span = Span(
                short.doc,
                short.start,
                short.end,
                mention.label,
                kb_id=mention.kb_id,
                span_id=ABBREVIATION,
            )
            set_ambiguous(span, mention._.cuis, mention._.tuis)
            found[span.start] = span
    taken = {i for span in found.values() for i in range(span.start, span.end)}
    others = [
        span
        for span in spans
        if taken.isdisjoint(range(span.start, span.end)) and (span.start, span.end) not in defined
    ]
    return sorted([*others, *found.values()], key=lambda span: span.start)


@Language.factory(
    "umls_lookup",
    assigns=["doc.spans", "span._.cuis", "span._.tuis", "span._.match_kind", "span._.codes"],
    default_config=DEFAULT_CONFIG,
)
@takes_old_names("umls_lookup", DEFAULT_CONFIG)
def make_umls_lookup(
    nlp: Language,
    name: str,
    kb: str | Path | None,
    spans_key: str,
    semantic_types: list[str] | None,
    abbreviations: bool,
    context: bool,
    codes: list[str] | None,
    include_kb: bool | None,
) -> UmlsLookup:
    """Create an `umls_lookup`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        kb: The path of a knowledge base. It comes before one that is saved with the pipeline.
        spans_key: The span group to write.
        semantic_types: Semantic types (T047) or groups (DISO) to look for; all if not given.
        abbreviations: Whether an abbreviation that the text defines, as in "atrial fibrillation
            (AF)", is a mention of what it stands for, wherever it occurs in the text.
        context: Whether what stands around decides what acronyms and words of everyday language
            mean, and whether they are names at all ("97% RA", "in the fall"). It takes about a
            fifth more time; see ``spacy_umlsbert.umls.context``.
        codes: The vocabularies whose codes are kept with the spans (ICD10CM, SNOMEDCT_US); all if
            not given, none if the list is empty, which keeps Docs small.
        include_kb: Whether saving the pipeline copies the knowledge base into it; by default it
            does if the recorded licence of the knowledge base is open.
    """
    holder = KnowledgeBaseHolder(name, kb, include_kb)
    return UmlsLookup(
        name,
        holder,
        spans_key=spans_key,
        semantic_types=semantic_types,
        abbreviations=AbbreviationFinder(nlp.vocab) if abbreviations else None,
        context=context,
        codes=codes,
    )
