"""Checks the offsets of a mention against its text, and finds it nearby if they are off."""

import html
import re
from dataclasses import replace
from itertools import islice
from pathlib import Path

from spacy_umlsbert.corpora.annotated.annotated_text import Annotation
from spacy_umlsbert.corpora.report import CorpusReport, Kind

WINDOW = 200
"""How many characters away from the given offset a mention is looked for."""

LEAST_CHARACTERS = 3
"""A shorter mention ("x") is in too many places to be looked for."""

_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d+|#[xX][0-9a-fA-F]+);")


def unescape(text: str) -> str:
    """The text with XML's own character references resolved, and nothing else (not "&not")."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text)


def same_text(found: str, expected: str) -> bool:
    """Whether two texts are the same but for case, white space and how "&" is written."""
    return found == expected or _normal(found) == _normal(expected)


def _normal(text: str) -> str:
    return " ".join(unescape(text).replace("&", "and").lower().split())


def locate(text: str, start: int, end: int, expected: str) -> tuple[int, int] | None:
    """Where a mention is.

    Args:
        text: The text of the document.
        start: The offset that the corpus gives for its first character.
        end: The offset that the corpus gives for the character after its last.
        expected: The text of the mention; empty if the corpus does not give it.

    Returns:
        First character and character after the last: as given if the text there is the expected
        one; else those of the nearest occurrence within `WINDOW` characters; else those of the
        only occurrence in the document; else None. A mention of one or two characters is not
        looked for.
    """
    if 0 <= start < end <= len(text) and (not expected or same_text(text[start:end], expected)):
        return start, end
    pattern = _pattern(expected)
    if pattern is None:
        return None
    low = max(0, start - WINDOW)
    near = [m.span() for m in pattern.finditer(text, low, max(low, end + WINDOW))]
    if near:
        return min(near, key=lambda span: abs(span[0] - start))
    anywhere = [m.span() for m in islice(pattern.finditer(text), 2)]
    return anywhere[0] if len(anywhere) == 1 else None


def _pattern(expected: str) -> re.Pattern[str] | None:
    """Finds a text, with any white space, where it is not a part of a longer word."""
    words = unescape(expected).split()
    if sum(map(len, words)) < LEAST_CHARACTERS:
        return None
    before = r"(?<!\w)" if words[0][0].isalnum() else ""
    after = r"(?!\w)" if words[-1][-1].isalnum() else ""
    return re.compile(before + r"\s+".join(map(re.escape, words)) + after, re.IGNORECASE)


def checked(
    text: str, annotation: Annotation, expected: str, report: CorpusReport, path: Path
) -> Annotation | None:
    """The annotation, moved to where its text is; None, and reported, if that is nowhere."""
    found = locate(text, annotation.start, annotation.end, expected)
    where = f"characters {annotation.start} to {annotation.end}"
    if found is None:
        what = "are not in the text" if not expected else "do not hold the text of the mention"
        report.add(Kind.TEXT_MISMATCH, path, annotation.line, f"{where} {what}")
        return None
    if found == (annotation.start, annotation.end):
        return annotation
    report.add(
        Kind.OFFSET_CORRECTED,
        path,
        annotation.line,
        f"{where}: the text of the mention is at {found[0]} to {found[1]}",
    )
    return replace(annotation, start=found[0], end=found[1])
