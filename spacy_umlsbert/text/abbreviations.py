"""Abbreviations that a text defines: "atrial fibrillation (AF)", with scispaCy's detector.

Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text", PSB 2003, as `scispacy.abbreviation` implements it.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from spacy import Vocab
from spacy.matcher import Matcher
from spacy.tokens import Doc, Span

from spacy_umlsbert._compat import is_installed, needed_for

_MOST_TOKENS = 8  # in brackets; the detector looks at no more
_FEWEST_INITIALS = 3
_ENDS = frozenset({")", ";", ","})


class Abbreviation(NamedTuple):
    """An occurrence of an abbreviation, and where its text says what it stands for."""

    short: Span
    long: Span


def can_find_abbreviations() -> bool:
    """Whether scispaCy is installed."""
    return is_installed("scispacy")


@cache
def _scispacy() -> Any:
    """ScispaCy's module, imported when a text is first searched.

    Raises:
        MissingPackageError: If scispaCy is not installed.
    """
    with needed_for("finding abbreviations"):
        from scispacy import abbreviation  # noqa: PLC0415 - heavy, and not in every installation

    return abbreviation


def _detector(vocab: Vocab) -> Any:
    """ScispaCy's detector without its constructor, which sets custom attributes by force."""
    detector = object.__new__(_scispacy().AbbreviationDetector)
    detector.global_matcher = Matcher(vocab)
    return detector


class AbbreviationFinder:
    """Finds the abbreviations that a Doc defines, wherever they occur in it.

    Beyond scispaCy's detector, an abbreviation ends at a semicolon or comma in its brackets
    ("(SJS; myotonia)"), and words whose first letters it is come before others: "AAPC" after
    "attenuated adenomatous polyposis coli" means all four.
    """

    def __init__(self, vocab: Vocab) -> None:
        self._detector = _detector(vocab)

    def __call__(self, doc: Doc) -> Iterator[Abbreviation]:
        """The occurrences of a Doc's abbreviations, in no particular order."""
        brackets = [(0, start, end) for start, end in _brackets(doc)]
        candidates = _scispacy().filter_matches(brackets, doc) if brackets else []
        by_initials = {
            short.text: found
            for long, short in reversed(candidates)
            if (found := _with_initials(long, short)) is not None
        }
        for token in doc if by_initials else ():
            if token.text in by_initials:
                yield Abbreviation(doc[token.i : token.i + 1], by_initials[token.text])
        candidates = [pair for pair in candidates if pair[1].text not in by_initials]
        find_abbreviation = _scispacy().find_abbreviation
        # With none of them defined, the detector's matcher would warn that it has no patterns.
        if any(find_abbreviation(long, short)[1] is not None for long, short in candidates):
            for long, shorts in self._detector.find_matches_for(candidates, doc):
                for short in shorts:
                    yield Abbreviation(short, long)


def _with_initials(long: Span, short: Span) -> Span | None:
    """The last words of a span, if their first letters are the letters of one token."""
    letters = short.text.lower()
    if len(short) != 1 or len(letters) < _FEWEST_INITIALS or not letters.isalpha():
        return None
    words = long[-len(letters) :]
    initials = "".join(word.lower_[0] for word in words)
    return words if initials == letters else None


def _brackets(doc: Doc) -> Iterator[tuple[int, int]]:
    """What stands in brackets, if it is short: first token, token after the last.

    The detector's own pattern for it takes time that grows with the square of a text's brackets.
    """
    opened: list[int] = []
    for token in doc:
        if token.orth_ == "(":
            opened.append(token.i)
        elif token.orth_ in _ENDS:
            for start in opened:
                if 1 <= token.i - start - 1 <= (_MOST_TOKENS if token.orth_ == ")" else 1):
                    yield start + 1, token.i
            opened = [start for start in opened if token.i - start <= _MOST_TOKENS]
