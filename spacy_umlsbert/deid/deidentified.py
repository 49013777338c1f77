"""The text of a Doc without its PHI, computed from the spans that spaCy moves with it.

`umls_deid` writes PHI to a span group. Beside it, it keeps with the text that it has read what it
did (``deid_check``), and marks the Doc as one that it has read as a whole, by an empty span group:
spaCy keeps the mark in copies and files and drops it in slices and joins. A text is given only if
nothing can be missing from it:

- every character but white space was read, and is as it was; of a text of white space, a part;
- the group of PHI is there. On a marked Doc it counts as it is: whoever takes a false positive out,
  or adds a name, is right. In a joined Doc it has at least as many spans of each part as were found
  in it: if not, the part may have lost them before;
- where surrogates are written, each span has its own, which needed a key that is not here.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import cast

from spacy.tokens import Doc, Span, SpanGroup

from spacy_umlsbert.annotations import saved_by_0_1
from spacy_umlsbert.annotations.attributes import DeidCheck, install, put
from spacy_umlsbert.annotations.groups import places_of
from spacy_umlsbert.annotations.stored import places, values_at
from spacy_umlsbert.deid.merging import merge
from spacy_umlsbert.deid.output_modes import Output, replacements
from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.text.rewriting import Replacement, RewrittenText, rewrite

CHECKED = "phi_checked"
"""The empty span group of a Doc that was read."""

Region = tuple[int, int, DeidCheck]
"""A part of a text: first character, character after the last, what was done with it."""

_WHOLE = "whole"
"""Attribute of this group, which spaCy does not keep in slices and joins."""

_MAY_RECUR = ("DATE", "AGE")


def install_deid_attributes() -> None:
    """Register what `umls_deid` writes."""
    install("umls_deid", {"deidentified": deidentified, "deid_map": deid_map})


def set_checked(doc: Doc, spans_key: str, output: Output) -> None:
    """Say that the PHI of the whole Doc is in a span group, after it is written."""
    doc.spans[CHECKED] = SpanGroup(doc, name=CHECKED, attrs={_WHOLE: True})
    put(doc[:], "deid_check", DeidCheck(spans_key, output, len(doc.spans[spans_key])))


def set_surrogates(spans: Iterable[Span], written: Iterable[Replacement]) -> None:
    """Keep with each span of PHI what stands in its place."""
    by_place = {(one.start, one.end): one.text for one in written}
    for span in spans:
        put(span, "surrogate", by_place.get((span.start_char, span.end_char)))


def deidentified(doc: Doc) -> str | None:
    """``doc._.deidentified``: the text without its PHI; None if it might still show some."""
    new = deid_map(doc)
    return None if new is None else new.text


def deid_map(doc: Doc) -> RewrittenText | None:
    """``doc._.deid_map``: the same with a map of offsets."""
    if CHECKED in doc.spans:
        regions = _regions(doc)
        return None if regions is None else _without_phi(doc, regions)
    kept = saved_by_0_1.replacements(doc)
    return None if kept is None else rewrite(doc.text, (Replacement(*one) for one in kept))


def _without_phi(doc: Doc, regions: list[Region]) -> RewrittenText | None:
    is_whole = doc.spans[CHECKED].attrs.get(_WHOLE) is True
    written: list[Replacement] = []
    for start, end, check in regions:
        found = _phi_of(doc, start, end, check)
        if found is None or (len(found) < check.found and not is_whole):
            return None
        new = _written(doc, found, check)
        if new is None:
            return None
        written += new
    if any(last.end > one.start for last, one in pairwise(written)):
        return None  # PHI that reaches from one part of a joined Doc into the next
    rewritten = rewrite(doc.text, written)
    return rewritten if is_whole or not _shows(doc, regions, rewritten) else None


def _regions(doc: Doc) -> list[Region] | None:
    """The parts that were read, in the order of the text; None if none was, or not all of it."""
    text = doc.text
    regions = []
    done = 0
    for start, end in places(doc):
        for values in values_at(doc, start, end).values():
            if "deid_check" in values:
                if start < done or text[done:start].strip():
                    return None
                regions.append((start, end, DeidCheck(*values["deid_check"])))
                done = end
    return regions if regions and not text[done:].strip() else None


def _phi_of(doc: Doc, start: int, end: int, check: DeidCheck) -> list[Phi] | None:
    """The PHI that begins in a part; None if its group is lost."""
    if check.spans_key not in doc.spans:
        return None
    return [
        Phi(place.start_char, place.end_char, doc.vocab.strings[place.label], "")
        for place in places_of(doc, check.spans_key)
        if start <= place.start_char < end
    ]


def _written(doc: Doc, found: list[Phi], check: DeidCheck) -> list[Replacement] | None:
    """What stands in place of PHI; None if a surrogate is not known."""
    merged = merge(found)
    if check.output != "surrogate":
        return replacements(doc.text, merged, cast("Output", check.output), None, "")
    written = []
    for phi in merged:
        values = values_at(doc, phi.start, phi.end).values()
        made = {of["surrogate"] for of in values if "surrogate" in of}
        if len(made) != 1:
            return None
        written.append(Replacement(phi.start, phi.end, made.pop()))
    return written


def _shows(doc: Doc, regions: list[Region], rewritten: RewrittenText) -> bool:
    """Whether PHI of one part of a joined Doc is, by chance, a surrogate in another."""
    originals = {
        doc.text[phi.start : phi.end]
        for start, end, check in regions
        if check.output == "surrogate"
        for phi in _phi_of(doc, start, end, check) or ()
        if phi.label not in _MAY_RECUR
    }
    new = " \n ".join(one.text for one in rewritten.replacements)
    return any(
        re.search(rf"(?<!\w){re.escape(one)}(?!\w)", new, re.IGNORECASE) for one in originals
    )
