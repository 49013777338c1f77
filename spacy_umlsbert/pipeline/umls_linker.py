"""`umls_linker`: maps entities to concepts."""

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import spacy
import srsly
from spacy import Language
from spacy.tokens import Doc, Span
from spacy.training import Example

from spacy_umlsbert.annotations.attributes import install
from spacy_umlsbert.annotations.concepts import set_codes, set_concepts, set_link_kinds
from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.annotations.pairs import is_pair
from spacy_umlsbert.errors import UsageTypeError
from spacy_umlsbert.linking.linker import Candidate, Link, Linker, LinkerSettings
from spacy_umlsbert.linking.mention import Mention, mention_of
from spacy_umlsbert.linking.mentions_in_context import in_context
from spacy_umlsbert.old_names import takes_old_names
from spacy_umlsbert.pipeline.context_vectors import ContextVectors
from spacy_umlsbert.pipeline.knowledge_base_holder import (
    KnowledgeBaseHolder,
    PipelineKnowledgeBase,
)
from spacy_umlsbert.pipeline.knowledge_base_pipe import KnowledgeBasePipe, context_reader
from spacy_umlsbert.text.abbreviations import AbbreviationFinder, can_find_abbreviations
from spacy_umlsbert.umls.concept_codes import ConceptCodes
from spacy_umlsbert.umls.concept_names import ConceptNames
from spacy_umlsbert.umls.semantic_types import expand_tuis

if TYPE_CHECKING:
    from spacy_umlsbert.linking.candidate_finder import CandidateFinder
    from spacy_umlsbert.umls import KnowledgeBase, Match
    from spacy_umlsbert.umls.context.reader import ContextReader

DEFAULT_CONFIG = {
    "kb": None,
    "encoder": None,
    "mentions": None,
    "index": None,
    "vector_type": "int8",
    "spans_key": None,
    "k": 30,
    "threshold": 0.8,
    "contained_threshold": 0.5,
    "broader": True,
    "max_entities_per_mention": 5,
    "semantic_types_by_label": {},
    "resolve_abbreviations": True,
    "context": False,
    "split_composites": True,
    "filter_for_definitions": False,
    "no_definition_threshold": 0.95,
    "codes": None,
    "include_kb": None,
    "linker_name": None,
    "scorer": {"@scorers": "spacy_umlsbert.linker_scorer.v1"},
}


class UmlsLinker(KnowledgeBasePipe):
    """Sets ``span.kb_id_`` and the attributes of links of entities or of a group's spans.

    They are ``span._.kb_ents``, ``span._.link_kind`` and ``span._.codes``. How, is in
    `linking.linker`. A mention without a concept above the threshold stays unlinked.
    """

    def __init__(
        self,
        name: str,
        holder: KnowledgeBaseHolder,
        candidates: "CandidateFinder",
        *,
        spans_key: str | None,
        k: int,
        threshold: float,
        contained_threshold: float,
        broader: bool,
        max_entities_per_mention: int,
        semantic_types_by_label: Mapping[str, list[str]],
        resolve_abbreviations: bool,
        context: bool,
        split_composites: bool,
        filter_for_definitions: bool,
        no_definition_threshold: float,
        codes: Sequence[str] | None,
        scorer: Callable[..., dict[str, Any]] | None,
        vectors: ContextVectors | None = None,
    ) -> None:
        super().__init__(name, holder)
        self.settings = LinkerSettings(
            k=k,
            threshold=threshold,
            contained_threshold=contained_threshold,
            broader=broader,
            max_entities_per_mention=max_entities_per_mention,
            split_composites=split_composites,
            filter_for_definitions=filter_for_definitions,
            no_definition_threshold=no_definition_threshold,
            allowed={
                label: set(expand_tuis(types)) for label, types in semantic_types_by_label.items()
            },
        )
        self.settings.check(name)
        install("umls_linker")
        self.linker = Linker(candidates, self.settings)
        self._vocabularies = codes
        self._codes: ConceptCodes | None = None
        self._names: ConceptNames | None = None
        self._in_context = context
        self._vectors = vectors
        self._reader: ContextReader | None = None
        self.spans_key = spans_key
        self.resolve_abbreviations = resolve_abbreviations and can_find_abbreviations()
        if resolve_abbreviations and not self.resolve_abbreviations:
            warnings.warn(
                f"{name}: abbreviations are not written out, because scispaCy is not installed. "
                "Install it with: pip install scispacy; or set resolve_abbreviations = false.",
                UserWarning,
                stacklevel=2,
            )
        self.scorer = scorer

    @property
    def candidates(self) -> "CandidateFinder":
        """Finds names: index, encoder and known mentions."""
        return self.linker.candidates

    @classmethod
    def from_kb(cls, kb: "KnowledgeBase | str | Path", **config: Any) -> "UmlsLinker":
        """A linker outside a pipeline, as scispaCy's ``EntityLinker.from_kb``.

        Args:
            kb: The knowledge base, or the path of one.
            **config: Settings of the factory.
        """
        linker = spacy.blank("en").create_pipe("umls_linker", config=config)
        if not isinstance(linker, cls):
            raise UsageTypeError(f"umls_linker is a {type(linker).__name__}")
        linker.initialize(kb=kb)
        return linker

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Link the mentions of all Docs but pairs; each distinct mention is looked up once."""
        docs = [doc for doc in docs if not is_pair(doc)]
        kb = self.kb  # once: to find it may mean to ask the whole pipeline
        spans_in = [list(self._spans(doc)) for doc in docs]
        # The names within mentions are of no use where their heads are looked for.
        needed = self._in_context or not self.settings.drops_modifiers
        names_in = kb.match(docs) if needed else [()] * len(docs)
        if self._in_context and (self._reader is None or self._reader.kb is not kb):
            self._reader = context_reader(kb, self._vectors)
        mentions_of = [
            self._mentions(doc, spans, names)
            for doc, spans, names in zip(docs, spans_in, names_in, strict=True)
        ]
        if self._codes is None or self._codes.kb is not kb:
            self._codes = ConceptCodes(kb, self._vocabularies)
            self._names = ConceptNames(kb)
        linked = self.linker(kb, dict.fromkeys(m for mentions in mentions_of for m in mentions))
        for doc, spans, mentions in zip(docs, spans_in, mentions_of, strict=True):
            links = [linked[mention] for mention in mentions]
            for span, link in zip(spans, links, strict=True):
                span._.kb_ents = list(link.candidates)
            self._write(doc, spans, links, self._codes)

    def link(self, mentions: Sequence[str], label: str = "") -> list[list[Candidate]]:
        """Link mentions without a Doc: what ``span._.kb_ents`` would be, names within them aside.

        Args:
            mentions: Their texts; each distinct one is looked up once.
            label: Their entity label, for the semantic types that fit it.

        Raises:
            TypeError: If it is not a list of texts.
        """
        if isinstance(mentions, str) or not all(isinstance(one, str) for one in mentions):
            raise UsageTypeError(f"{self.name}: link takes a list of texts")
        keys = [Mention((" ".join(mention.split()),), label) for mention in mentions]
        linked = self.linker(self.kb, dict.fromkeys(keys))
        return [list(linked[key].candidates) for key in keys]

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]] | None = None,
        *,
        nlp: Language | None = None,
        kb: Any = None,  # see `KnowledgeBasePipe.initialize`
    ) -> None:
        """Set and open the knowledge base, and with an encoder build the index, if need be."""
        super().initialize(get_examples, nlp=nlp, kb=kb)
        if self.holder.is_set and self.candidates.has_encoder:
            self.candidates.index(self.kb)

    def _spans(self, doc: Doc) -> Iterable[Span]:
        return doc.ents if self.spans_key is None else spans_of(doc, self.spans_key)

    def _mentions(self, doc: Doc, spans: Sequence[Span], names: "Sequence[Match]") -> list[Mention]:
        long_forms = {}
        if self.resolve_abbreviations and spans:
            found = AbbreviationFinder(doc.vocab)(doc)
            long_forms = {one.short.text: " ".join(one.long.text.split()) for one in found}
        contained = () if self.settings.drops_modifiers else names
        mentions = [mention_of(span, contained, long_forms) for span in spans]
        if self._reader is None:
            return mentions
        return in_context(self._reader, doc, names, spans, mentions, self.settings.allowed)

    def _write(
        self, doc: Doc, spans: Sequence[Span], links: Sequence[Link], codes: ConceptCodes
    ) -> None:
        """Put the best concept on the spans. The Doc keeps copies, so it gets new ones."""
        best = [
            Span(
                doc,
                span.start,
                span.end,
                label=span.label,
                kb_id=link.candidates[0][0] if link.candidates else "",
                span_id=span.id,
            )
            for span, link in zip(spans, links, strict=True)
        ]
        set_codes(doc, best, codes.of)
        if self._names is not None:
            set_concepts(doc, best, self._names.of)
        set_link_kinds(doc, ((span, link.kind) for span, link in zip(best, links, strict=True)))
        if self.spans_key is None:
            doc.set_ents(best, default="unmodified")
        elif self.spans_key in doc.spans:
            doc.spans[self.spans_key] = best

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Save the component to a folder: encoder and index too, see `CandidateFinder`."""
        super().to_disk(path, exclude=exclude)
        if "candidates" not in exclude:
            self.candidates.to_disk(Path(path), self.holder.kb_to_save())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "UmlsLinker":
        """Load the component from a folder."""
        super().from_disk(path, exclude=exclude)
        if "candidates" not in exclude:
            self.candidates.from_disk(Path(path))
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The component as bytes."""
        message = {"kb": super().to_bytes(exclude=exclude)}
        if "candidates" not in exclude:
            message["candidates"] = self.candidates.to_bytes(self.holder.kb_to_save())
        return bytes(srsly.msgpack_dumps(message))

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "UmlsLinker":
        """Load the component from bytes."""
        message = srsly.msgpack_loads(data)
        super().from_bytes(message["kb"], exclude=exclude)
        if "candidates" not in exclude and "candidates" in message:
            self.candidates.from_bytes(message["candidates"])
        return self

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Score the links of a batch of examples."""
        return self.scorer(examples, **kwargs) if self.scorer else {}


@Language.factory(
    "umls_linker",
    requires=["doc.ents"],
    assigns=[
        "token.ent_kb_id",
        "span._.kb_ents",
        "span._.link_kind",
        "span._.codes",
        "span._.canonical_name",
        "span._.semantic_types",
    ],
    default_config=DEFAULT_CONFIG,
    default_score_weights={"nel_micro_f": 0.0, "nel_micro_r": None, "nel_micro_p": None},
)
@takes_old_names("umls_linker", DEFAULT_CONFIG, semantic_types="semantic_types_by_label")
def make_umls_linker(
    nlp: Language,
    name: str,
    kb: str | Path | None,
    encoder: str | None,
    mentions: str | Path | None,
    index: str | Path | None,
    vector_type: str,
    spans_key: str | None,
    k: int,
    threshold: float,
    contained_threshold: float,
    broader: bool,
    max_entities_per_mention: int,
    semantic_types_by_label: dict[str, list[str]],
    resolve_abbreviations: bool,
    context: bool,
    split_composites: bool,
    filter_for_definitions: bool,
    no_definition_threshold: float,
    codes: list[str] | None,
    include_kb: bool | None,
    linker_name: str | None,
    scorer: Callable[..., dict[str, Any]] | None,
) -> "UmlsLinker":
    """Create an `umls_linker`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        kb: The path of a knowledge base; by default the one of the pipeline's `umls_lookup`.
        encoder: An encoder of names: a model that ``umls marginalize`` or ``umls align`` made, a
            SapBERT or any other BERT (a folder, a name on the hub, ``package:…``). Without one
            names are found by their spelling alone.
        mentions: A file of mentions whose concepts are known (``mentions.jsonl`` of
            ``umls marginalize``): they are names too.
        index: Where the index of names is, or is to be built; by default in a folder next to the
            knowledge base.
        vector_type: How the index keeps the vectors of the encoder: ``int8`` or ``float16``.
        spans_key: The span group to link; by default the entities.
        k: Number of similar names to look at per mention, by spelling and by meaning each.
        threshold: Lowest score of a similar name, 0 … 1.
        contained_threshold: Without `broader`, the lowest share of the mention's characters that a
            name within it must make up, 0 … 1. Above 1 only whole mentions are linked.
        broader: Whether a mention that is no name goes to the nearest concept that says less:
            without severity, course, side, place, or that of its head ("recurrent bunion deformity
            in bilateral feet": bunion). ``span._.link_kind`` says so, and the score goes down with
            what was left out.
        max_entities_per_mention: Most concepts in ``span._.kb_ents``.
        semantic_types_by_label: For an entity label, the semantic types (T047) or groups (DISO)
            that its concept may have. Labels that are not named may have any.
        resolve_abbreviations: Whether abbreviations that the text defines are written out.
        context: Whether what stands around decides what ambiguous acronyms and words of everyday
            language mean, of what the entity's label allows; see `umls_lookup` and, for what the
            transformer says of it, `umls_senses`. A mention that can mean none of it there stays
            unlinked.
        split_composites: Whether mentions that name several concepts are split.
        filter_for_definitions: Whether concepts need a definition.
        no_definition_threshold: Score from which they need none.
        codes: As for `umls_lookup`.
        include_kb: As for `umls_lookup`, for a knowledge base of its own.
        linker_name: Not used; scispaCy's name of a knowledge base, so that its settings can stay.
        scorer: Scores the links.
    """
    from spacy_umlsbert.linking.candidate_finder import CandidateFinder  # noqa: PLC0415 - heavy

    return UmlsLinker(
        name,
        PipelineKnowledgeBase(name, kb, include_kb, nlp),
        CandidateFinder(name, encoder, mentions, index, vector_type),
        spans_key=spans_key,
        k=k,
        threshold=threshold,
        contained_threshold=contained_threshold,
        broader=broader,
        max_entities_per_mention=max_entities_per_mention,
        semantic_types_by_label=semantic_types_by_label,
        resolve_abbreviations=resolve_abbreviations,
        context=context,
        split_composites=split_composites,
        filter_for_definitions=filter_for_definitions,
        no_definition_threshold=no_definition_threshold,
        codes=codes,
        scorer=scorer,
        vectors=ContextVectors(nlp) if context else None,
    )
