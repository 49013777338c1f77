"""`umls_linker`: maps entities to concepts."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from spacy import Language
from spacy.pipeline import EntityLinker
from spacy.scorer import Scorer
from spacy.tokens import Doc, Span
from spacy.training import Example

from ..extensions import install_linker_extensions
from ..pairs import is_pair
from ..umls import KnowledgeBase, Match, expand_tuis
from ..umls.candidates import Candidate, TfidfCandidates
from .knowledge_base import KnowledgeBaseHolder
from .knowledge_base_pipe import KnowledgeBasePipe

DEFAULT_CONFIG = {
    "kb": None,
    "spans_key": None,
    "k": 30,
    "threshold": 0.8,
    "contained_threshold": 0.5,
    "max_entities_per_mention": 5,
    "semantic_types": {},
    "include_kb": None,
    "scorer": {"@scorers": "spacy_umlsbert.linker_scorer.v1"},
}


class PipelineKnowledgeBase(KnowledgeBaseHolder):
    """A knowledge base of its own, or else that of the pipeline's `umls_lookup`, which is shared.

    A shared one is not saved again with the linker.
    """

    def __init__(
        self, component: str, path: str | Path | None, include: bool | None, nlp: Language
    ) -> None:
        super().__init__(component, path, include)
        self._nlp = nlp

    def get(self) -> KnowledgeBase:
        """The linker's own knowledge base, or the first that another component has."""
        if not self.is_set:
            for _, pipe in self._nlp.components:
                holder = getattr(pipe, "holder", None)
                if isinstance(holder, KnowledgeBaseHolder) and holder.is_set:
                    return holder.get()
        return super().get()


class Mention(NamedTuple):
    """What decides the concepts of a mention; equal mentions are linked once.

    Attributes:
        text: The mention, with single spaces.
        label: Its entity label.
        contained: Concepts of the longest name that is a part of it, best first.
        share: Share of the mention's characters that this name makes up.
    """

    text: str
    label: str
    contained: tuple[str, ...]
    share: float


class UmlsLinker(KnowledgeBasePipe):
    """Sets ``span.kb_id_`` and ``span._.kb_ents`` of entities, or of the spans of a group.

    The concepts of a name that is exactly the mention (after the knowledge base's normalisation)
    have score 1. If there are none, names of similar spelling are looked for, by TF-IDF over
    character trigrams, with the cosine as score; and the longest name that is a part of the
    mention ("chest pain" in "severe chest pain"), with its share of the characters as score. A
    mention without a concept above the threshold stays unlinked (NIL).
    """

    def __init__(
        self,
        name: str,
        holder: KnowledgeBaseHolder,
        *,
        spans_key: str | None,
        k: int,
        threshold: float,
        contained_threshold: float,
        max_entities_per_mention: int,
        semantic_types: dict[str, list[str]],
        scorer: Callable[..., dict[str, Any]] | None,
    ) -> None:
        super().__init__(name, holder)
        if not 0 <= threshold <= 1:
            raise ValueError(f"{name}: a threshold of {threshold} is not a cosine: use 0 … 1")
        if contained_threshold < 0 or k < 1 or max_entities_per_mention < 1:
            raise ValueError(
                f"{name}: contained_threshold must be 0 or more, k and max_entities_per_mention "
                "1 or more"
            )
        install_linker_extensions()
        self.spans_key = spans_key
        self.k = k
        self.threshold = threshold
        self.contained_threshold = contained_threshold
        self.max_entities_per_mention = max_entities_per_mention
        self.scorer = scorer
        self._allowed = {label: set(expand_tuis(types)) for label, types in semantic_types.items()}
        self._candidates: TfidfCandidates | None = None

    @property
    def candidates(self) -> TfidfCandidates:
        """Finds names of similar spelling; built when first needed, for the current base."""
        kb = self.kb
        if self._candidates is None or self._candidates.kb is not kb:
            self._candidates = TfidfCandidates(kb)
        return self._candidates

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Link the mentions of all Docs but pairs; each distinct mention is looked up once."""
        docs = [doc for doc in docs if not is_pair(doc)]
        spans_of = [list(self._spans(doc)) for doc in docs]
        mentions_of = [
            [_mention(span, matches) for span in spans]
            for spans, matches in zip(spans_of, self.kb.match(docs), strict=True)
        ]
        linked = self._link(dict.fromkeys(m for mentions in mentions_of for m in mentions))
        for doc, spans, mentions in zip(docs, spans_of, mentions_of, strict=True):
            for span, mention in zip(spans, mentions, strict=True):
                span._.kb_ents = linked[mention]
            self._write_ids(doc, spans)

    def _spans(self, doc: Doc) -> Iterable[Span]:
        return doc.ents if self.spans_key is None else doc.spans.get(self.spans_key, ())

    def _write_ids(self, doc: Doc, spans: Sequence[Span]) -> None:
        """Put the best concept's id on the spans. The Doc keeps copies, so it gets new ones."""
        best = [
            Span(
                doc,
                span.start,
                span.end,
                label=span.label,
                kb_id=span._.kb_ents[0][0] if span._.kb_ents else "",
                span_id=span.id,
            )
            for span in spans
        ]
        if self.spans_key is None:
            doc.set_ents(best, default="unmodified")
        elif self.spans_key in doc.spans:
            doc.spans[self.spans_key] = best

    def _link(self, mentions: Iterable[Mention]) -> dict[Mention, list[Candidate]]:
        kb = self.kb  # once: to find the knowledge base may mean to ask the whole pipeline
        linked: dict[Mention, list[Candidate]] = {}
        for mention in mentions:
            exact = [(concept_id, 1.0) for concept_id in kb.find(mention.text)]
            linked[mention] = self._select(kb, exact, mention.label)
        rest = [mention for mention in linked if not linked[mention]]
        similar = self.candidates.search([m.text for m in rest], self.k) if rest else ()
        for mention, spelt_alike in zip(rest, similar, strict=True):
            scores = {cui: score for cui, score in spelt_alike if score >= self.threshold}
            if mention.share >= self.contained_threshold:
                for cui in mention.contained:
                    scores[cui] = max(mention.share, scores.get(cui, 0.0))
            best_first = sorted(scores.items(), key=lambda item: -item[1])
            linked[mention] = self._select(kb, best_first, mention.label)
        return linked

    def _select(
        self, kb: KnowledgeBase, candidates: Iterable[Candidate], label: str
    ) -> list[Candidate]:
        """The first candidates whose semantic type fits the label."""
        allowed = self._allowed.get(label)
        fitting = (
            candidate
            for candidate in candidates
            if allowed is None or not allowed.isdisjoint(kb.types_of(candidate[0]))
        )
        return list(islice(fitting, self.max_entities_per_mention))

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Score the links of a batch of examples."""
        return self.scorer(examples, **kwargs) if self.scorer else {}

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_candidates": None}


def _mention(span: Span, matches: Iterable[Match]) -> Mention:
    text = " ".join(span.text.split())
    parts = [m for m in matches if span.start <= m.start and m.end <= span.end]
    # Of two names of the same length the last: the head of an English noun phrase is at its end.
    longest = max(parts, key=lambda m: (len(span.doc[m.start : m.end].text), m.start), default=None)
    if longest is None:
        return Mention(text, span.label_, (), 0.0)
    name = " ".join(span.doc[longest.start : longest.end].text.split())
    return Mention(text, span.label_, longest.concept_ids, len(name) / len(text))


def score_links(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    """`spacy_umlsbert.linker_scorer.v1`: spaCy's scores of links, NIL not counted."""
    return Scorer.score_links(examples, negative_labels=[EntityLinker.NIL, ""], **kwargs)


def make_linker_scorer() -> Callable[..., dict[str, Any]]:
    """Create the scorer."""
    return score_links


@Language.factory(
    "umls_linker",
    requires=["doc.ents"],
    assigns=["token.ent_kb_id", "span._.kb_ents"],
    default_config=DEFAULT_CONFIG,
    default_score_weights={"nel_micro_f": 0.0, "nel_micro_r": None, "nel_micro_p": None},
)
def make_umls_linker(
    nlp: Language,
    name: str,
    kb: str | Path | None,
    spans_key: str | None,
    k: int,
    threshold: float,
    contained_threshold: float,
    max_entities_per_mention: int,
    semantic_types: dict[str, list[str]],
    include_kb: bool | None,
    scorer: Callable[..., dict[str, Any]] | None,
) -> UmlsLinker:
    """Create an `umls_linker`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        kb: The path of a knowledge base; by default the one of the pipeline's `umls_lookup`.
        spans_key: The span group to link; by default the entities.
        k: Number of similar names to look at per mention.
        threshold: Lowest cosine of a name of similar spelling, 0 … 1.
        contained_threshold: Lowest share of the mention's characters that a name within it must
            make up, 0 … 1; above 1 only whole mentions are linked.
        max_entities_per_mention: Most concepts in ``span._.kb_ents``.
        semantic_types: For an entity label, the semantic types (T047) or groups (DISO) that its
            concept may have. Labels that are not named may have any.
        include_kb: As for `umls_lookup`, for a knowledge base of its own.
        scorer: Scores the links.
    """
    return UmlsLinker(
        name,
        PipelineKnowledgeBase(name, kb, include_kb, nlp),
        spans_key=spans_key,
        k=k,
        threshold=threshold,
        contained_threshold=contained_threshold,
        max_entities_per_mention=max_entities_per_mention,
        semantic_types=semantic_types,
        scorer=scorer,
    )
