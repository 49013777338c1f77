"""PHI as spans of a Doc: all tokens that any character of it touches."""

from collections.abc import Iterable

from spacy.tokens import Doc, Span

from spacy_umlsbert.deid.merging import merge
from spacy_umlsbert.deid.phi import Phi


def token_spans(doc: Doc, found: Iterable[Phi]) -> list[Span]:
    """Spans that do not overlap and cover all that was found.

    Findings that touch the same token become one span (see `merge` for its label): with one of
    them left out, as `filter_spans` would, a part of it would stay in the open.
    """
    touched = []
    for phi in found:
        span = doc.char_span(phi.start, phi.end, alignment_mode="expand")
        if span is not None:
            touched.append(Phi(span.start_char, span.end_char, phi.label, phi.rule))
    spans = (doc.char_span(phi.start, phi.end, label=phi.label) for phi in merge(touched))
    return [span for span in spans if span is not None]
