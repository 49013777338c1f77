"""Whether capitals are those of an acronym or of the words around it.

"AIDS" is an acronym in "He has AIDS." and a word in "HEARING AIDS"; a heading or a note written in
capitals throughout would turn every short word that is an acronym too into a disease.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from spacy.tokens import Doc

from spacy_umlsbert.umls.matching.normalization import PREPOSITIONS

_REACH = 10
_ENDS = frozenset(".!?:")
_LONGEST_ACRONYM = 5
_BEFORE_A_NAME = PREPOSITIONS | {"has", "have", "had", "having", "without"}


class CapitalsReader:
    """Tells acronyms that are ordinary words too from these words in capitals.

    Args:
        ordinary: Short ordinary words, in small letters.
        function_words: Words that mean nothing by themselves, in small letters.
    """

    def __init__(self, ordinary: AbstractSet[str], function_words: AbstractSet[str]) -> None:
        self._ordinary = ordinary | function_words
        self._function_words = function_words

    def is_word(self, doc: Doc, start: int, end: int) -> bool:
        """Whether some tokens are a word in capitals among others, and no acronym.

        Where the words around are in capitals, a function word is never an acronym, and another
        word is none beside a word with a meaning of its own ("HEARING AIDS", "CAT SCAN", but not
        "WITH AIDS AND PCP", "HIV/AIDS") or after an article.
        """
        before = _within_line(doc, range(start - 1, max(start - _REACH, 0) - 1, -1))
        after = _within_line(doc, range(end, min(end + _REACH, len(doc))))
        if not self._in_capitals(before, after):
            return False
        word = doc[start:end].text.casefold()
        if word in self._function_words:
            return True
        left, right = before[:1], after[:1]
        return any(map(self._has_meaning, left + right)) or any(
            text.casefold() in self._function_words
            and text.casefold() not in _BEFORE_A_NAME
            and text.isalpha()
            for text in left
        )

    def _in_capitals(self, before: list[str], after: list[str]) -> bool:
        """Whether a neighbour is a word in capitals, or half of the line are such words."""
        if any(map(self._is_shouted, before[:1] + after[:1])):
            return True
        words = [text for text in before + after if len(text) > 1 and text.isalpha()]
        capitals = [text for text in words if text.isupper()]
        return 2 * len(capitals) >= len(words) and any(map(self._is_shouted, capitals))

    def _is_shouted(self, text: str) -> bool:
        """Whether a token is in capitals that are not those of an acronym."""
        if len(text) < 2 or not (text.isalpha() and text.isupper()):
            return False
        return len(text) > _LONGEST_ACRONYM or text.casefold() in self._ordinary

    def _has_meaning(self, text: str) -> bool:
        return self._is_shouted(text) and text.casefold() not in self._function_words


def _within_line(doc: Doc, places: range) -> list[str]:
    """The texts of tokens up to the end of a line or sentence or a colon; hyphens left out."""
    texts = until_line_end(doc, places, _ENDS)
    return [text for text in texts if not text.isspace() and text != "-"]


def until_line_end(doc: Doc, places: range, ends: frozenset[str]) -> Iterator[str]:
    """The texts of tokens up to the first of these signs or the end of a line."""
    for i in places:
        text = doc[i].text
        if text in ends or "\n" in text:
            return
        yield text
