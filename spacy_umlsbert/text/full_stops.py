"""Which full stops, question marks and marks of items inside of lines a sentence begins after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from spacy_umlsbert.text.list_marks import INLINE_BULLETS, MARK
from spacy_umlsbert.text.sentence_words import SentenceWords

# A sign at which a sentence may end, with the blanks behind it; or without, where a capital or the
# number of an item follows at once. It begins with a class of signs, which is searched for fastest,
# and no sign is begun at twice, so that "....…" takes linear time.
_STOP = re.compile(
    r"""
    [.?!…](?<![.?!…][.?!…])
    (?:
        [.?!…]*["'”’»)\]}*_]*\s+(?=\S)
      | (?:(?<=[a-z0-9)\]%][.?!])|(?<=[A-Z]{3}[.?!]))(?=[A-Z][A-Za-z])
      | (?<=[A-Za-z][A-Za-z)\]%]\.)(?=\d{1,2}[.)]\s?[A-Za-z])
    )
    """,
    re.VERBOSE,
)
_NUMBERED = re.compile(
    r"(?:(?<!\S)|(?<=[:;.]))(\(?)(\d{1,2})[.)](?:\s+(?=[^\W\d_])|(?=[A-Z][A-Za-z]))"
)
_HEADING = re.compile(r"([^\s:,;(/-]+)\s+([A-Z][A-Za-z/]*(?: [A-Za-z]+){0,4})\Z")
# Tags of HTML that begin a line.
_ROW_END = re.compile(r"\|[ \t]*(?:[\r\n\x85\u2028\u2029]|\Z)")
_TAGS = re.compile(r"(?:</?(?:br|p|li|div|tr|h[1-6])\b[^<>]{0,80}>\s*)+", re.IGNORECASE)
_IN_A_SENTENCE = re.compile(r"(?:[,;]|\band|\bor)\s*\Z")
_DOTTED = re.compile(r"(?:[A-Za-z]{1,2}\.)+[A-Za-z]{1,2}")
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
_AFTER_WORDS = re.compile(r"\b([a-z]{3,})\.\s+([^\W\d_])")
_ADDRESS = re.compile(r"\S*@|\S*//|www\.", re.IGNORECASE)
_OPENING = "([{\"'“‘*_#~<>+-–—"
_BEFORE_QUESTION = "([/:,;"
_LOOK_BACK = 24
"""Characters that are looked at for a word; what is longer is no abbreviation."""

_LONGEST_HEADING = 40
_LONG_WORD = 6
_SMALL_SHARE = 0.3
_LONGEST_MARK = 10


class FullStops:
    """Finds where sentences begin inside of stretches of text.

    Args:
        text: The whole text.
        words: The words that are known.
        small: Whether sentences begin in small letters in this text.
    """

    def __init__(self, text: str, words: SentenceWords, *, small: bool) -> None:
        self._text = text
        self._words = words
        self._small_lines = small
        self._has_bullets = INLINE_BULLETS.search(text) is not None
        self._has_tags = "<" in text and _TAGS.search(text) is not None

    @cached_property
    def _small(self) -> bool:
        """Whether sentences begin in small letters, at the beginnings of lines or after others."""
        if self._small_lines:
            return True
        small = capital = 0
        for match in _AFTER_WORDS.finditer(self._text):
            if match[2].isupper():
                capital += 1
            elif match[1] not in self._words.short and match[1] not in self._words.before:
                small += 1
        return small > 1 and small >= _SMALL_SHARE * (small + capital)

    def starts(self, start: int, end: int) -> Iterator[int]:
        """Where the sentences of a stretch begin; the first one with it."""
        yield start
        items, no_stops = self._items(start, end)
        items.reverse()
        low = start
        for match in _STOP.finditer(self._text, start, end):
            stop, after = match.start(), match.end()
            while items and items[-1] <= stop:
                low = items.pop()
                yield low
            if stop not in no_stops and self._is_end(low, stop, after):
                if items and items[-1] == after:
                    items.pop()
                low = after
                yield low
        yield from reversed(items)

    def _items(self, start: int, end: int) -> tuple[list[int], frozenset[int]]:
        """Where items of a list begin inside of a line, and the full stops of their numbers."""
        text = self._text
        items: list[int] = []
        no_stops: set[int] = set()
        expected = -1
        first_stop = -1
        for match in _numbers(text, start, end):
            number, begin = int(match[2]), match.start()
            if number == expected:
                if not match[1] and not _IN_A_SENTENCE.search(text, max(start, begin - 5), begin):
                    items.append(begin)
                no_stops.update((first_stop, match.end(2)))
            elif begin == start or number == 1:
                first_stop = match.end(2)
            else:
                continue
            expected = number + 1
        if self._has_bullets:
            items += [match.start() for match in INLINE_BULLETS.finditer(text, start + 1, end)]
        if self._has_tags:
            behind = (match.end() for match in _TAGS.finditer(text, start + 1, end))
            items += [place for place in behind if place < end]
        items += self._headings(start, end)
        items.sort()
        return items, frozenset(no_stops)

    def _headings(self, start: int, end: int) -> Iterator[int]:
        """Where known headings begin inside of a line: "NECK: supple CV: regular".

        Only where another name with a colon comes before, since such a line has several.
        """
        text = self._text
        colon = text.find(":", start, end)
        if colon < 0 or colon - start > _LONGEST_HEADING:
            return
        while (colon := text.find(":", colon + 1, end)) >= 0:
            before = text[max(start, colon - _LONGEST_HEADING) : colon]
            match = _HEADING.search(before) if before[-1:].isalpha() else None
            while match is not None:
                if match[2].lower() in self._words.heading:
                    if not match[1].istitle():  # else it is a part: "Discharge Medications:"
                        yield colon - len(match[2])
                    break
                match = _HEADING.search(before, match.start(2))

    def _is_end(self, low: int, stop: int, after: int) -> bool:
        """Whether a sentence ends at a sign.

        Args:
            low: Where the sentence begins.
            stop: Where the sign is.
            after: Where the next sentence would begin.
        """
        text = self._text
        following = self._next(after)
        if following is None or _ROW_END.match(text, after):
            return False
        first, next_word = following
        if text[stop + 1] in ".?!…":  # several signs
            return not (first.islower() or self._leads_to(low, stop, first))
        if text[stop] != ".":
            asks = text[stop] == "?" and self._asks_before(low, stop, next_word)
            return not asks and (self._small or not first.islower())
        word = self._word_before(low, stop)
        if not word.strip(".?!…"):
            return not first.islower()
        is_mark = stop - low <= _LONGEST_MARK and MARK.fullmatch(text[low:stop].rstrip())
        glued = not text[after - 1].isspace()
        if is_mark or (glued and (len(word) == 1 or self._is_address(low, stop, after))):
            return False
        return self._may_end_with(word, first, next_word, low, stop)

    def _is_address(self, low: int, stop: int, after: int) -> bool:
        """Whether a full stop without a blank is one of an address."""
        before = _ADDRESS.search(self._text, max(low, stop - _LOOK_BACK), stop)
        behind = _ADDRESS.match(self._text, after, after + _LOOK_BACK)
        return before is not None or behind is not None

    def _may_end_with(self, word: str, first: str, next_word: str, low: int, stop: int) -> bool:
        """Whether a sentence may end with a word, a full stop behind it, before another word."""
        known = self._words
        part = word[max(word.rfind("/"), word.rfind("-")) + 1 :]  # "w/Dr.", "60-y.o."
        key, begins = part.lower(), next_word.lower()
        before_number = key in known.number and (first.isdigit() or begins == "of")
        if before_number or key in known.title or key in known.before:
            return key in known.title and self._is_unit(word, low, stop)
        if len(word) == 1 and word.isalpha():
            return self._may_end_with_letter(word, first, begins, low, stop)
        if key in known.short or _DOTTED.fullmatch(part) is not None:
            return first.isupper() and self._may_end_with_short(part, next_word)
        return (
            not first.islower()
            or self._small
            or begins in known.begins
            or len(word) >= _LONG_WORD
            or not word[-1].isalpha()
        )

    def _is_unit(self, word: str, low: int, stop: int) -> bool:
        """Whether a word that may be a title is a unit: "420 ms"."""
        return word.islower() and self._word_before(low, stop, count=2)[-1:].isdigit()

    def _may_end_with_short(self, word: str, next_word: str) -> bool:
        """Whether a sentence may end with an abbreviation before a word with a capital."""
        known, begins = self._words, next_word.lower()
        if len(next_word) > 1 and word.isupper() and next_word.isupper():  # all words have one
            return begins in known.begins
        if word.lower() in known.short or word.islower():
            return "." not in next_word
        return begins in known.begins or begins in known.capital  # initials: "J.R.", "U.S."

    def _may_end_with_letter(
        self, letter: str, first: str, begins: str, low: int, stop: int
    ) -> bool:
        """Whether a sentence may end with a single letter: "vitamin D.", not "John A." or "E."."""
        known = self._words
        if first.islower() or (letter.islower() and not first.isupper()):
            return False
        if letter.islower() or begins in known.begins or begins in known.capital:
            return True
        before = self._word_before(low, stop, count=2).rstrip(",")
        if not before or before[-1] == ":":
            return False
        plain = before.rstrip(".")
        key = plain.lower()
        if key in known.classes:
            return True
        is_name = plain[:1].isupper() and (plain[1:].islower() or len(plain) == 1)
        return not is_name and key not in known.title and key not in known.open

    def _asks_before(self, low: int, stop: int, next_word: str) -> bool:
        """Whether a question mark stands before what it asks: "CXR: ? pneumonia"."""
        before = self._text[max(low, stop - 2) : stop]
        if before and before[-1] in _BEFORE_QUESTION:
            return True
        if before and not before[-1].isspace():
            return False
        begins = next_word.lower()
        sure = begins in self._words.begins or begins in self._words.capital
        return not before.strip() or before[0] in _BEFORE_QUESTION or not sure

    def _leads_to(self, low: int, stop: int, first: str) -> bool:
        """Whether dots lead to the value at the end of a line: "Sodium ....... 140"."""
        if self._text[stop : stop + 3] != "...":
            return False
        many = self._text[stop + 3] == "." and stop > low and self._text[stop - 1].isspace()
        return first.isdigit() or many

    def _next(self, after: int) -> tuple[str, str] | None:
        """The first letter or digit of what follows, and its word; None if no word follows."""
        match = _WORD.search(self._text, after, after + _LOOK_BACK)
        return None if match is None else (match[0][0], match[0])

    def _word_before(self, low: int, stop: int, *, count: int = 1) -> str:
        """The last word before a place, or the one before it, without the brackets before it."""
        words = self._text[max(low, stop - _LOOK_BACK) : stop].split()
        return words[-count].lstrip(_OPENING) if len(words) >= count else ""


def _numbers(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Numbers in a stretch that may be those of items, if a list can be there."""
    if (
        text[start].isdigit()
        or text.find("1.", start, end) >= 0
        or text.find("1)", start, end) >= 0
    ):
        yield from _NUMBERED.finditer(text, start, end)
