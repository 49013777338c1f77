"""Checks the offsets of mentions against their texts, and finds them nearby if they are off."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from spacy_umlsbert.corpora.annotated.annotated_text import Annotation
from spacy_umlsbert.corpora.annotated.offset_units import (
    CHARACTERS,
    Claim,
    OffsetUnit,
    Span,
    best_fit,
    piece_text,
)
from spacy_umlsbert.corpora.annotated.same_text import letters_of, same_text, unescape
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.guard import hide_in_repr

WINDOW = 200
"""How many characters away from the given offset a mention is looked for."""

LEAST_CHARACTERS = 3
"""A shorter mention ("x") is in too many places to be looked for."""

_FEWEST_TO_REFUSE = 3


def locate(
    text: str, start: int, end: int, expected: str, *, nearby: bool = True
) -> tuple[int, int] | None:
    """Where a mention is.

    Args:
        text: The text of the document.
        start: The offset that the corpus gives for its first character.
        end: The offset that the corpus gives for the character after its last.
        expected: The text of the mention; empty if the corpus does not give it.
        nearby: Whether the offsets are good enough for it to be near them.

    Returns:
        First character and character after the last: as given if the text there is the expected
        one; else those of the nearest occurrence within `WINDOW` characters; else those of the
        only occurrence in the document; else None. A mention of one or two characters is not
        looked for.
    """
    if 0 <= start < end <= len(text) and (not expected or same_text(text[start:end], expected)):
        return start, end
    return _found(text, _pattern(expected), start, end, nearby) or _found_by_letters(
        text, start, end, expected, nearby
    )


def _found(
    text: str, pattern: re.Pattern[str] | None, start: int, end: int, nearby: bool
) -> Span | None:
    if pattern is None:
        return None
    low = max(0, start - WINDOW)
    near = [m.span() for m in pattern.finditer(text, low, max(low, end + WINDOW))]
    if near and nearby:
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


def _found_by_letters(text: str, start: int, end: int, expected: str, nearby: bool) -> Span | None:
    """The same for a text that the corpus writes in another way."""
    if expected.isascii() and text.isascii():
        return None
    sought = "".join(map(letters_of, unescape(expected)))
    if len(sought) < LEAST_CHARACTERS:
        return None
    low, high = (max(0, start - WINDOW), max(0, end + WINDOW)) if nearby else (0, len(text))
    spelt = [
        (letter, i) for i in range(low, min(high, len(text))) for letter in letters_of(text[i])
    ]
    letters = "".join(letter for letter, _ in spelt)
    spans = [
        (spelt[m.start()][1], spelt[m.start() + len(sought) - 1][1] + 1)
        for m in re.finditer(f"(?={re.escape(sought)})", letters)
    ]
    whole = [
        (a, b)
        for a, b in spans
        if not text[a - 1 : a].isalnum()
        and not text[b : b + 1].isalnum()
        and same_text(text[a:b], expected.strip())
    ]
    if not whole or (len(whole) > 1 and not nearby):
        return None
    return min(whole, key=lambda span: abs(span[0] - start))


@hide_in_repr("text")
@dataclass(frozen=True)
class Offsets:
    """The offsets of a document, and how they are to be read.

    Attributes:
        text: The text of the document.
        path: The file that they come from.
        report: Where problems are counted.
        unit: What they count.
        nearby: Whether a mention that is not where they say is near there: not if most are not
            where they say.
    """

    text: str
    path: Path
    report: CorpusReport
    unit: OffsetUnit = CHARACTERS
    nearby: bool = True

    def span(self, start: int, end: int) -> Span | None:
        """The characters between two offsets; None if they are no borders of characters."""
        return self.unit.span(start, end)

    def text_at(self, start: int, end: int) -> str:
        """The text between two offsets."""
        first, last = self.span(start, end) or (start, end)
        return self.text[max(first, 0) : max(last, 0)]

    def checked(self, annotation: Annotation, expected: str) -> Annotation | None:
        """The annotation, at characters, where its text is; None, and reported, if nowhere.

        Args:
            annotation: The annotation, with the offsets of the corpus.
            expected: Its text; empty if the corpus does not repeat it.
        """
        given = (annotation.start, annotation.end)
        # An offset within a character is off, but not by much.
        start, end = self.span(*given) or given
        found = locate(self.text, start, end, expected, nearby=self.nearby)
        where = f"characters {start} to {end}"
        if found is None:
            what = "are not in the text" if not expected else "do not hold the text of the mention"
            self._add(Kind.TEXT_MISMATCH, annotation.line, f"{where} {what}")
            return None
        if found != (start, end):
            message = f"{where}: the text of the mention is at {found[0]} to {found[1]}"
            self._add(Kind.OFFSET_CORRECTED, annotation.line, message)
        return replace(annotation, start=found[0], end=found[1])

    def _add(self, kind: Kind, line: int, message: str) -> None:
        self.report.add(kind, self.path, line, message)


def offsets_of(
    text: str,
    claims: Iterable[Claim],
    report: CorpusReport,
    path: Path,
    line: int = 0,
    *,
    other_units: bool = True,
) -> Offsets | None:
    """How the offsets of a document are to be read; what they count is reported if not characters.

    Args:
        text: The text of the document, with its line ends as they are in the file.
        claims: What the corpus says of its mentions.
        report: Where problems are counted.
        path: The file that the offsets come from.
        line: The line at which the document begins.
        other_units: Whether they may count something else.

    Returns:
        How; None, and reported, if most mentions are nowhere to be found by them: then these are
        not the offsets of this text.
    """
    claims = list(claims)
    fit = best_fit(text, claims, other_units=other_units)
    if fit.unit is not CHARACTERS:
        proof = "mentions are where their text is" if fit.by_text else "mentions are whole words"
        message = f"the offsets count {fit.unit.name}: so {len(fit.fitting)} of {fit.of} {proof}"
        report.add(Kind.OFFSET_UNIT, path, line, message)
    elif not fit.is_mostly_right and fit.of >= _FEWEST_TO_REFUSE:
        found = len(fit.fitting) + sum(_is_once(text, claim) for claim in claims if claim.expected)
        if 2 * found < fit.of:
            message = (
                f"{len(fit.fitting)} of {fit.of} mentions are where their text is, in whatever the "
                "offsets may count; is this the text that was annotated?"
            )
            report.add(Kind.OFFSETS_UNKNOWN, path, line, message)
            return None
    return Offsets(text, path, report, fit.unit, nearby=fit.is_mostly_right)


def placed(
    text: str,
    read: Callable[[CorpusReport], Iterable[tuple[Annotation, str]]],
    report: CorpusReport,
    path: Path,
    line: int = 0,
) -> list[Annotation] | None:
    """The annotations of a document where their texts are; None if the document is left out.

    Args:
        text: Its text.
        read: Reads its annotations, each with its text if the corpus repeats it, and reports what
            is wrong with them; it is called twice, first to see what the offsets count.
        report: Where problems are counted.
        path: The file that the offsets come from.
        line: The line at which the document begins.
    """
    read_first = read(CorpusReport(quiet=True))
    claims = (Claim(((a.start, a.end),), expected) for a, expected in read_first)
    offsets = offsets_of(text, claims, report, path, line)
    if offsets is None:
        return None
    return [a for one in read(report) if (a := offsets.checked(*one)) is not None]


def _is_once(text: str, claim: Claim) -> bool:
    """Whether a mention is not where its offsets say, but in one place of the text."""
    if same_text(piece_text(text, claim, CHARACTERS) or "", claim.expected):
        return False
    start, end = claim.pieces[0][0], claim.pieces[-1][1]
    return locate(text, start, end, claim.expected, nearby=False) is not None
