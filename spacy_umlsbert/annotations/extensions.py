"""The custom attributes that the components set. None replaces one that is there already."""

from typing import Any

from spacy.tokens import Doc, Span

from spacy_umlsbert.text.rewriting import Replacement, RewrittenText, rewrite

ABBREVIATION = "abbreviation"
"""Kind of a match by an abbreviation that the text defines; the matcher has the other kinds."""


def _key(span: Span, what: str) -> Any:  # spaCy types the keys as str, and uses tuples itself
    return ("umls", what, span.start_char, span.end_char)


def set_ambiguous(span: Span, cuis: list[str], tuis: list[str]) -> None:
    """Keep all concept ids and semantic types of a mention that has several, best first."""
    if len(cuis) > 1:
        span.doc.user_data[_key(span, "cuis")] = cuis
    if len(tuis) > 1:
        span.doc.user_data[_key(span, "tuis")] = tuis


def _cuis(span: Span) -> list[str]:
    kept = span.doc.user_data.get(_key(span, "cuis"))
    return list(kept) if kept else [span.kb_id_] if span.kb_id_ else []


def _tuis(span: Span) -> list[str]:
    kept = span.doc.user_data.get(_key(span, "tuis"))
    return list(kept) if kept else [span.label_] if span.kb_id_ else []


def set_match_kind(span: Span, kind: str) -> None:
    """Keep how a name was found, if not as it stands in the knowledge base."""
    if kind != "exact":
        span.doc.user_data[_key(span, "match_kind")] = kind


def _match_kind(span: Span) -> str:
    return str(span.doc.user_data.get(_key(span, "match_kind"), "exact"))


def install_lookup_extensions() -> None:
    """``span._.cuis``, ``span._.tuis`` and ``span._.match_kind`` of `umls_lookup`'s spans.

    They are kept in ``doc.user_data`` only where a mention is ambiguous, so that a Doc stays
    small, and they travel with it (``DocBin(store_user_data=True)``).
    """
    if not Span.has_extension("cuis"):
        Span.set_extension("cuis", getter=_cuis)
    if not Span.has_extension("tuis"):
        Span.set_extension("tuis", getter=_tuis)
    if not Span.has_extension("match_kind"):
        Span.set_extension("match_kind", getter=_match_kind)


def _kb_ents(span: Span) -> list[tuple[str, float]]:
    # Tuples again after a Doc was saved, which turns them into lists.
    return [(cui, score) for cui, score in span.doc.user_data.get(_key(span, "kb_ents"), ())]


def _set_kb_ents(span: Span, candidates: list[tuple[str, float]]) -> None:
    span.doc.user_data[_key(span, "kb_ents")] = [[cui, float(score)] for cui, score in candidates]


def install_linker_extensions() -> None:
    """``span._.kb_ents``, a list of (concept id, score), best first, as scispaCy's linker has it.

    If scispaCy has registered it, its registration stays, and both linkers write to it.
    """
    if not Span.has_extension("kb_ents"):
        Span.set_extension("kb_ents", getter=_kb_ents, setter=_set_kb_ents)


_DEIDENTIFIED = ("umls", "deidentified")
_PATIENT_ID = ("umls", "patient_id")


def set_deidentified(doc: Doc, text: RewrittenText) -> None:
    """Keep what stands in place of a Doc's PHI; not the PHI, and not the text a second time."""
    _user_data(doc)[_DEIDENTIFIED] = [list(replacement) for replacement in text.replacements]


def _deid_map(doc: Doc) -> RewrittenText | None:
    kept = _user_data(doc).get(_DEIDENTIFIED)
    return None if kept is None else rewrite(doc.text, (Replacement(*item) for item in kept))


def _deidentified(doc: Doc) -> str | None:
    new = _deid_map(doc)
    return None if new is None else new.text


def _patient_id(doc: Doc) -> Any:
    return _user_data(doc).get(_PATIENT_ID)


def _set_patient_id(doc: Doc, patient_id: str) -> None:
    _user_data(doc)[_PATIENT_ID] = patient_id


def _user_data(doc: Doc) -> dict[Any, Any]:
    return doc.user_data


def install_deid_extensions() -> None:
    """``doc._.deidentified``, ``doc._.deid_map`` and ``doc._.patient_id``.

    The first two are None until `umls_deid` has run.
    """
    if not Doc.has_extension("deidentified"):
        Doc.set_extension("deidentified", getter=_deidentified)
    if not Doc.has_extension("deid_map"):
        Doc.set_extension("deid_map", getter=_deid_map)
    if not Doc.has_extension("patient_id"):
        Doc.set_extension(
            "patient_id",
            getter=_patient_id,
            setter=_set_patient_id,
        )
