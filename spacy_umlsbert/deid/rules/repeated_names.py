"""A person named once is found everywhere in a text: the full name, its parts, its initials."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.deid.surrogates.allowed_words import OF_NAMES

PERSONS = ("PATIENT", "DOCTOR", "NAME")
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_SUFFIX = re.compile(r",? (?:(?:Jr|Sr)\b\.?|(?:II|III|IV)\b)", re.IGNORECASE)
_LEAST_LETTERS = 3


class _Known(NamedTuple):
    """A part of a name: the label of the person, and whether it was given in small letters."""

    label: str
    is_lower: bool


def with_suffixes(text: str, found: Iterable[Phi]) -> Iterator[Phi]:
    """What was found, and with the names of people what belongs to them: Jr., III."""
    for phi in found:
        suffix = _SUFFIX.match(text, phi.end) if phi.label in PERSONS else None
        yield phi._replace(end=suffix.end()) if suffix else phi


def find_again(
    text: str, names: Iterable[Phi], protected: Sequence[tuple[int, int]] = ()
) -> Iterator[Phi]:
    """Further occurrences of names and of their parts.

    Args:
        text: The text.
        names: What was found; labels other than those of persons are passed over.
        protected: Places (first character, character after the last) that are no names, such as
            "Parkinson's disease" in the note of Mr. Parkinson.

    Yields:
        The occurrences, those that were given included. A part of a name is found only with the
        capital that it was given with, so that Mr. Will does not hide "will".
    """
    people = [phi for phi in names if phi.label in PERSONS]
    known = _parts(text, people)
    spoken_for = [False] * (len(text) + 1)
    for start, end in protected:
        spoken_for[start:end] = [True] * (end - start)
    for start, part in _words_and_pieces(text, 0, len(text)):
        name = known.get(part.lower())
        if name is None or all(spoken_for[start : start + len(part)]):
            continue
        if name.is_lower or not part.islower():
            yield Phi(start, start + len(part), name.label, "named elsewhere")
    initials = _initials(text, people)
    for match in re.finditer(r"\b[A-Z]\.(?:\s?[A-Z]\.){1,3}", text):
        letters = re.sub(r"[.\s]", "", match[0])
        if letters in initials:
            yield Phi(match.start(), match.end(), initials[letters], "initials")


def _parts(text: str, people: Iterable[Phi]) -> dict[str, _Known]:
    """The words of names and their pieces, in small letters, that are names by themselves."""
    parts: dict[str, _Known] = {}
    for phi in people:
        for _, part in _words_and_pieces(text, phi.start, phi.end):
            if len(part) >= _LEAST_LETTERS and part.lower() not in OF_NAMES:
                label, is_lower = parts.get(part.lower(), _Known(phi.label, False))
                parts[part.lower()] = _Known(label, is_lower or part.islower())
    return parts


def _initials(text: str, people: Iterable[Phi]) -> dict[str, str]:
    """The initials of names of several words, and the labels of the people."""
    initials: dict[str, str] = {}
    for phi in people:
        words = _WORD.findall(text[phi.start : phi.end])
        if len(words) > 1 and "," not in text[phi.start : phi.end]:
            letters = [word[0].upper() for word in words if word.lower() not in OF_NAMES]
            if len(letters) > 1:
                initials.setdefault("".join(letters), phi.label)
    return initials


def _words_and_pieces(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Words and where they begin, and what is between their hyphens: Ann-Marie may be Marie."""
    for match in _WORD.finditer(text, start, end):
        # "Hollingsworth's" is the name and something after it.
        word = re.sub(r"['’]s$", "", match[0])
        yield match.start(), word
        if "-" in word:
            for piece in re.finditer(r"[^\-]+", word):
                yield match.start() + piece.start(), piece[0]
