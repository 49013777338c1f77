"""From annotated texts to gold Docs."""

from collections.abc import Mapping
from typing import Literal

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from spacy_umlsbert.annotations.assertions import Assertion, set_assertions
from spacy_umlsbert.annotations.attributes import (
    UnalignedMention,
    install,
    set_ambiguous,
    set_unaligned,
)
from spacy_umlsbert.annotations.values import VALUES, Value, set_values, spans_of_values
from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.gold import (
    GOLD,
    ID_SEPARATOR,
    set_composite_names,
    set_document_id,
)
from spacy_umlsbert.corpora.report import CorpusReport, Kind

Unaligned = Literal["missing", "expand"]


def tokenized(text: AnnotatedText, nlp: Language) -> Doc:
    """A Doc without annotations: with the corpus's own words, if it has them.

    Such a Doc has unknown spaces, so that spaCy keeps its words when it trains and evaluates.
    """
    if text.words is None:
        return nlp.make_doc(text.text)
    spaces = []
    end = 0
    for word in text.words:
        end += len(word)
        spaces.append(text.text[end : end + 1].isspace())
        end += spaces[-1]
    starts = set(text.sentence_starts)
    sent_starts: list[bool | int | None] | None = None
    if starts:
        sent_starts = [i in starts for i in range(len(text.words))]
    doc = Doc(nlp.vocab, words=text.words, spaces=spaces, sent_starts=sent_starts)
    doc.has_unknown_spaces = True
    return doc


def annotate(
    doc: Doc, text: AnnotatedText, report: CorpusReport, *, unaligned: Unaligned = "missing"
) -> Doc:
    """Put the annotations of a text on its Doc, and count what could not be put there.

    A mention that begins and ends with a token is in ``doc.spans["gold"]``. Of mentions that
    overlap, the longest (in tokens; of equal ones the first) is an entity and the others are not:
    the rule of brat's converter to CoNLL, and of spaCy's ``filter_spans``.

    A mention whose border is inside a token is never moved silently. By default (``missing``)
    it is no entity, it is kept in ``doc._.unaligned_mentions``, so that an evaluation can count
    it as missed, and the entity annotation of the tokens it touches is missing: they are neither
    inside nor outside, and do not count in training. The tokenizer is not told of gold borders,
    because in use there are none. With ``expand`` the mention is as long as the tokens it touches
    and otherwise like any other; use that for training only.

    Values (`Annotation.is_value`) are no mentions: they are in ``doc.spans["values"]``.

    Args:
        doc: The tokenized text.
        text: The text with its annotations.
        report: Where to count.
        unaligned: What to do with mentions that are not made of whole tokens.

    Returns:
        The same Doc.
    """
    install("readers")
    spans: list[Span] = []
    beside: list[UnalignedMention] = []
    untold: set[int] = set()
    seen: dict[tuple[int, int, str], Annotation] = {}
    for annotation in (a.trimmed(text.text) for a in text.annotations):
        key = (annotation.start, annotation.end, annotation.label)
        where = _where(annotation.start, annotation.end, text)
        if key in seen:
            message = f"{where}: the same mention is in line {seen[key].line}"
            report.add(Kind.DUPLICATE_MENTION, text.path, annotation.line, message)
            continue
        seen[key] = annotation
        report.mentions += 1
        report.labels[annotation.label] += 1
        if annotation.is_value:
            continue
        span = _span(doc, annotation, "strict")
        if span is None:
            message = f"{where}: a border is inside a token"
            report.add(Kind.UNALIGNED, text.path, annotation.line, message)
            touched = _span(doc, annotation, "expand")
            if unaligned == "expand" and touched is not None:
                span = touched
            else:
                kb_id = ID_SEPARATOR.join(annotation.concept_ids)
                beside.append(
                    UnalignedMention(annotation.start, annotation.end, annotation.label, kb_id)
                )
                untold.update(range(touched.start, touched.end) if touched is not None else ())
        if span is not None:
            spans.append(span)
            _set_details(span, annotation)
    ents = filter_spans(spans)
    _report_overlaps(spans, ents, text, {key: a.line for key, a in seen.items()}, report)
    taken = {token for ent in ents for token in range(ent.start, ent.end)}
    doc.set_ents(ents, missing=[doc[i : i + 1] for i in sorted(untold - taken)])
    doc.spans[GOLD] = spans
    if any(annotation.of or annotation.is_value for annotation in seen.values()):
        _set_values(doc, seen)
    set_unaligned(doc, beside)
    set_document_id(doc, text.document_id)
    report.tokens += len(doc)
    report.entities += len(ents)
    return doc


def _span(doc: Doc, annotation: Annotation, mode: str) -> Span | None:
    return doc.char_span(
        annotation.start,
        annotation.end,
        label=annotation.label,
        kb_id=ID_SEPARATOR.join(annotation.concept_ids),
        alignment_mode=mode,
    )


def _set_details(span: Span, annotation: Annotation) -> None:
    set_ambiguous(span, [], list(annotation.semantic_types))
    if annotation.names:
        set_composite_names(span, annotation.names)
    if annotation.assertion:
        said = Assertion(annotation.assertion, annotation.flags)
        set_assertions(span.doc, [(span, said)])


def _set_values(doc: Doc, annotations: Mapping[tuple[int, int, str], Annotation]) -> None:
    """Keep what mentions belong to, as `umls_values` does: ``doc.spans["values"]``, ``span._.of``.

    What belongs to several is a span for each. A value may be less than a token: its text says so.
    """
    related = [
        (one, None if place is None else annotations.get(place))
        for one in annotations.values()
        for place in (one.of or ((None,) if one.is_value else ()))
    ]
    kept = [(one, other) for one, other in related if other is not None or one.is_value]
    spans = spans_of_values(doc, [(one.start, one.end, one.label) for one, _ in kept])
    values, text = [], doc.text
    for span, (one, other) in zip(spans, kept, strict=True):
        written = text[one.start : one.end]
        if span is None or (not one.is_value and len(span.text) != one.end - one.start):
            continue
        owner = None if other is None else _span(doc, other, "expand" if one.is_value else "strict")
        if owner is not None or one.is_value:
            values.append((span, Value(one.label, written), owner))
    set_values(doc, values, VALUES)


def _report_overlaps(
    spans: list[Span],
    ents: list[Span],
    text: AnnotatedText,
    lines: dict[tuple[int, int, str], int],
    report: CorpusReport,
) -> None:
    kept = {(ent.start, ent.end, ent.label) for ent in ents}
    for span in spans:
        if (span.start, span.end, span.label) not in kept:
            line = lines.get((span.start_char, span.end_char, span.label_), text.line)
            where = _where(span.start_char, span.end_char, text)
            message = f"{where}: a longer mention, or an earlier one of the same length, overlaps"
            report.add(Kind.OVERLAP, text.path, line, message)


def _where(start: int, end: int, text: AnnotatedText) -> str:
    return f"characters {text.offset + start} to {text.offset + end}"
