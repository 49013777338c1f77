"""A person named once is found everywhere in a text: the full name, its parts, its initials."""

import re
from collections.abc import Iterable, Iterator, Sequence

from .phi import Phi

PERSONS = ("PATIENT", "DOCTOR", "NAME")
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
# Belong to names, but are no name by themselves.
_PARTICLES = frozenset(
    "de la los van der den von da di del della dos le el al bin ibn ter ten st saint jr sr ii iii "
    "iv dr mr mrs ms miss prof md rn np pa do phd".split()
)
_LEAST_LETTERS = 3


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
    parts: dict[str, tuple[str, bool]] = {}
    initials: dict[str, str] = {}
    for phi in names:
        if phi.label not in PERSONS:
            continue
        words = _WORD.findall(text[phi.start : phi.end])
        for word in words:
            if len(word) >= _LEAST_LETTERS and word.lower() not in _PARTICLES:
                label, lower = parts.get(word.lower(), (phi.label, False))
                parts[word.lower()] = (label, lower or word.islower())
        if len(words) > 1 and "," not in text[phi.start : phi.end]:
            letters = [word[0].upper() for word in words if word.lower() not in _PARTICLES]
            if len(letters) > 1:
                initials.setdefault("".join(letters), phi.label)
    spoken_for = [False] * (len(text) + 1)
    for start, end in protected:
        spoken_for[start:end] = [True] * (end - start)
    for match in _WORD.finditer(text):
        # "Hollingsworth's" is the name and something after it.
        word = re.sub(r"['’]s$", "", match[0])
        known = parts.get(word.lower())
        if known is None or all(spoken_for[match.start() : match.start() + len(word)]):
            continue
        label, may_be_lower = known
        if may_be_lower or not word.islower():
            yield Phi(match.start(), match.start() + len(word), label, "named elsewhere")
    for match in re.finditer(r"\b[A-Z]\.(?:\s?[A-Z]\.){1,3}", text):
        letters_found = re.sub(r"[.\s]", "", match[0])
        if letters_found in initials:
            yield Phi(match.start(), match.end(), initials[letters_found], "initials")
