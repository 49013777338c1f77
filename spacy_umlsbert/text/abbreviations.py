"""Abbreviations that a text defines: "atrial fibrillation (AF)", with scispaCy's matching.

Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text", PSB 2003, as `scispacy.abbreviation` implements it, tells what an abbreviation stands for.
Where abbreviations are looked for, and of how many tokens they are, is decided here.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from spacy import Vocab
from spacy.tokens import Doc, Span

from spacy_umlsbert._compat import is_installed, needed_for

_MOST_TOKENS = 40  # in brackets
_FEWEST_INITIALS = 3
_MOST_CHARACTERS = 10  # of an abbreviation, by Schwartz and Hearst
_BRACKETS = {")": "(", "]": "["}
_PARTS = frozenset(";")
_INSIDE = frozenset(",:=")
_SENTENCE_ENDS = frozenset(".;!?")


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


class AbbreviationFinder:
    """Finds the abbreviations that a Doc defines, wherever they occur in it.

    An abbreviation is one word, of several tokens where it has hyphens or slashes ("T-PLL"). It is
    defined by brackets, square ones too: after its long form, before it ("A-T (ataxia
    telangiectasia)"), or inside with it, between semicolons ("(MI, mitral insufficiency; AS,
    aortic stenosis)"). Its first definition counts. Words whose first letters it is come before
    others: "AAPC" after "attenuated adenomatous polyposis coli" means all four.
    """

    def __init__(self, vocab: Vocab) -> None:
        self._vocab = vocab
        _scispacy()

    def __call__(self, doc: Doc) -> Iterator[Abbreviation]:
        """The occurrences of a Doc's abbreviations, in the order of the text."""
        long_forms: dict[str, Span] = {}
        forms: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        for short, long in self._definitions(doc):
            tokens = [token.text for token in short]
            for form in _with_plural(short.text):
                if form not in long_forms:
                    long_forms[form] = long
                    last = form[len(short.text) - len(tokens[-1]) :]
                    written = (*tokens[:-1], last)
                    forms[written[0]].add(written)
        texts = [token.text for token in doc] if forms else []
        end = 0
        for i, text in enumerate(texts):
            if i < end:
                continue
            found = [
                form for form in forms.get(text, ()) if tuple(texts[i : i + len(form)]) == form
            ]
            if found:
                end = i + max(map(len, found))
                if doc[i:end].text in long_forms:
                    yield Abbreviation(doc[i:end], long_forms[doc[i:end].text])

    def _definitions(self, doc: Doc) -> Iterator[Abbreviation]:
        """What brackets define, in the order of the text."""
        for start, end in _brackets(doc):
            inside = doc[start:end]
            parts = _split(inside, _PARTS)
            pairs = [pair for part in parts for pair in self._inside(part)]
            if pairs:
                yield from pairs
                continue
            short = _split(parts[0], _INSIDE)[0]
            before = _words_before(doc, start - 1, len(short.text))
            long = self._long_form(before, short) if _is_short_form(short) else None
            if long is None:
                short = _word_before(doc, start - 1)
                if _is_short_form(short) and _looks_abbreviated(short.text):
                    first = _split(parts[0], _INSIDE)[0]
                    long = self._long_form(first, short) or self._long_form(parts[0], short)
            if long is not None:
                yield Abbreviation(short, long)

    def _inside(self, part: Span) -> Iterator[Abbreviation]:
        """An abbreviation and its long form, in either order, with a comma between them."""
        pieces = _split(part, _INSIDE)
        if len(pieces) == 2:
            for short, long in (pieces, pieces[::-1]):
                if _is_short_form(short) and _looks_abbreviated(short.text):
                    found = self._long_form(long, short)
                    if found is not None:
                        yield Abbreviation(short, found)
                        return

    def _long_form(self, candidate: Span, short: Span) -> Span | None:
        """The last words of a span that an abbreviation stands for, if it stands for any."""
        by_initials = _with_initials(candidate, short)
        if by_initials is not None or not len(candidate):
            return by_initials
        # With a space after every token, as the algorithm counts.
        spaced = Doc(self._vocab, [token.text for token in candidate])
        written = Doc(self._vocab, [token.text for token in short])
        found = _scispacy().find_abbreviation(spaced[:], written[:])[1]
        if found is None or len(found.text) <= len(short.text):
            return None
        texts = [token.text for token in found]
        if short.text in texts or any(
            texts.count(opening) != texts.count(closing) for closing, opening in _BRACKETS.items()
        ):
            return None
        return candidate[found.start :]


def _with_initials(long: Span, short: Span) -> Span | None:
    """The last words of a span, if their first letters are the letters of an abbreviation."""
    letters = "".join(filter(str.isalnum, short.text.lower()))
    if len(letters) < _FEWEST_INITIALS or not letters.isalpha():
        return None
    words = [token.i for token in long if token.text[0].isalnum()][-len(letters) :]
    initials = "".join(long.doc[i].lower_[0] for i in words)
    return long.doc[words[0] : long.end] if initials == letters else None


def _is_short_form(span: Span) -> bool:
    """Whether some tokens have the form of an abbreviation: a short word with enough letters."""
    text = span.text
    return (
        2 <= len(text) <= _MOST_CHARACTERS
        and not any(char.isspace() for char in text)
        and text[0].isalnum()
        and 2 * sum(map(str.isalpha, text)) >= len(text)
    )


def _looks_abbreviated(text: str) -> bool:
    """Whether a word is no ordinary one: it has two capitals, or one and a digit."""
    return sum(char.isupper() or char.isdigit() for char in text) >= 2


def _with_plural(short: str) -> list[str]:
    """An abbreviation in capitals with and without a plural s, as it stands first."""
    if short.isupper():
        return [short, f"{short}s"]
    if short.endswith("s") and short[:-1].isupper() and len(short) > 2:
        return [short, short[:-1]]
    return [short]


def _split(span: Span, signs: frozenset[str]) -> list[Span]:
    """The parts of a span between some signs; empty ones are left out, but for an empty span."""
    bounds = [-1, *(i for i, token in enumerate(span) if token.text in signs), len(span)]
    return [span[a + 1 : b] for a, b in pairwise(bounds) if b - a > 1] or [span]


def _words_before(doc: Doc, end: int, length: int) -> Span:
    """The words of the sentence that an abbreviation of so many characters may stand for."""
    most = min(length + 5, length * 2)
    start, words = end, 0
    while start > 0 and words < most:
        text = doc[start - 1].text
        if text in _SENTENCE_ENDS or text.count("\n") > 1:
            break
        start -= 1
        words += text[0].isalnum()
    return doc[start:end]


def _word_before(doc: Doc, end: int) -> Span:
    """The tokens before a place that are written without a space between them."""
    start = end
    while (
        start > 0 and end - start < _MOST_CHARACTERS and (start == end or not _spaced(doc, start))
    ):
        start -= 1
    return doc[start:end]


def _spaced(doc: Doc, i: int) -> bool:
    return bool(doc[i - 1].whitespace_) or doc[i].is_space or doc[i - 1].is_space


def _brackets(doc: Doc) -> Iterator[tuple[int, int]]:
    """What stands in brackets, if it is short: first token, token after the last.

    The detector's own pattern for it takes time that grows with the square of a text's brackets.
    """
    opened: list[int] = []
    for token in doc:
        # The tokenizer leaves signs that look like a face together: "):" and ":(".
        text = token.text
        if text[-1] in _BRACKETS.values():
            opened.append(token.i)
        elif opened and doc[opened[-1]].text[-1] == _BRACKETS.get(text[0]):
            start = opened.pop() + 1
            if 0 < token.i - start <= _MOST_TOKENS:
                yield start, token.i
