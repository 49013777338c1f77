"""Words of headings that are misspelt, and the words that are nearest to them.

Words that differ in one letter have a form in common once a letter of each is dropped (SymSpell's
way), so that no word has to be compared with all others.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

_SHORTEST = 4
_LONG = 8  # two letters may be wrong
_LONGEST = 24


class NearWords:
    """Finds the known words that are nearest to a word in spelling."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._by_form: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            if _may_be_misspelt(word):
                for form in _forms(word):
                    self._by_form[form].append(word)

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def near(self, word: str) -> list[str]:
        """The known words with the fewest wrong letters, if these are one, or two of eight.

        Swapped letters are one wrong letter. Of four letters two may only be swapped, and of two
        wrong ones none is the first: "depression" is no impression.
        """
        if not _may_be_misspelt(word):
            return []
        found: dict[str, int] = {}
        for form in _forms(word):
            for known in self._by_form.get(form, ()):
                if known not in found:
                    found[known] = distance(word, known)
        most = 2 if len(word) >= _LONG else 1
        best = min(found.values(), default=most + 1)
        if best > most:
            return []
        near = [known for known, wrong in found.items() if wrong == best]
        if best > 1:
            near = [known for known in near if known[0] == word[0]]
        if len(word) == _SHORTEST:
            near = [known for known in near if sorted(known) == sorted(word)]
        return sorted(near, key=lambda known: (known[0] != word[0], known))


def distance(a: str, b: str) -> int:
    """How many letters have to be put in, left out, replaced or swapped with their neighbours."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def _may_be_misspelt(word: str) -> bool:
    return _SHORTEST <= len(word) <= _LONGEST and word.isalpha()


def _forms(word: str) -> set[str]:
    """A word, and what is left of it without a letter, or without two if it is long."""
    forms = {word}
    places = range(len(word))
    forms.update(word[:i] + word[i + 1 :] for i in places)
    if len(word) >= _LONG:
        forms.update(word[:i] + word[i + 1 : j] + word[j + 1 :] for i, j in combinations(places, 2))
    return forms
