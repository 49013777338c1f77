"""Which forms of a name are looked for, and whether a stretch of text is one of them."""

from __future__ import annotations

from typing import NamedTuple

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.umls.matching.normalization import (
    NORMALIZATION_VERSION,
    Normalizer,
    read_words,
    split_subtokens,
    without_articles,
)
from spacy_umlsbert.umls.matching.settings import MatcherSettings

IDENTICAL, SAME_LETTERS, NORMALIZED = 0, 1, 2
"""How close text is to a name: the same subtokens, apart from case, or after normalisation.

A capital of the text that begins a word makes no difference: it may begin a sentence or a line.
"""


OF = "of"
MOST_AROUND_OF = 3
"""The most subtokens before and after "of" in names and text that are turned round."""


class Occurrence(NamedTuple):
    """How a stretch of text matches a name.

    Attributes:
        level: ``IDENTICAL``, ``SAME_LETTERS`` or ``NORMALIZED``.
        acronym: Whether the name is an acronym in capitals.
        is_word: Whether it is an acronym that in small letters is an ordinary word, so that among
            words in capitals it may be that word ("ALL OTHER SYSTEMS", "HEARING AIDS").
    """

    level: int
    acronym: bool
    is_word: bool


@hide_in_repr("subtokens", "normal")
class Stretch(NamedTuple):
    """A stretch of text that may be an occurrence of names.

    Attributes:
        subtokens: Its subtokens, in their original case.
        normal: Their normal forms, misspellings corrected.
    """

    subtokens: list[str]
    normal: list[str]


NOT_LOOKED_FOR, LOOKED_FOR, BY_CASE = 0, 1, 2
"""Whether a form of a name is looked for in text: never, always, or in the right case only."""


class VariantRules:
    """The rules by which names and stretches of text are compared.

    Args:
        settings: The settings of the knowledge base.
        version: The normalization version it was built with.
    """

    def __init__(self, settings: MatcherSettings, version: int = NORMALIZATION_VERSION) -> None:
        self.settings = settings
        self.normalizer = Normalizer(settings, version)
        self.ordinary_words = read_words("ordinary_words.txt")
        stop_names = settings.stop_names
        self.stop_names = frozenset(
            read_words("stop_names.txt") if stop_names is None else stop_names
        )

    def forms(self, name: str) -> list[list[str]]:
        """The subtokens of a name, and those of its other forms if it has any.

        Names with commas are found in natural order too (the parts between the commas in reverse)
        and without their commas, names with "of" in the other order.
        """
        subtokens = without_articles(split_subtokens(name))
        if "," not in subtokens[1:-1]:
            return [[subtokens[i] for i in order] for order in self.orders(subtokens)]
        if not self.settings.comma_variants:
            return [subtokens]
        parts: list[list[str]] = [[]]
        for subtoken in subtokens:
            if subtoken == ",":
                parts.append([])
            else:
                parts[-1].append(subtoken)
        forms = [subtokens, [subtoken for part in parts for subtoken in part]]
        if len(parts) <= 4:
            forms.append([subtoken for part in reversed(parts) for subtoken in part])
        return forms

    def orders(self, subtokens: list[str]) -> list[list[int]]:
        """The orders that subtokens are compared in: as they are, and "A of B" as "B A" too.

        Names and text are both turned round, so that either matches either.

        Returns:
            For each order the positions of the subtokens.
        """
        size = len(subtokens)
        natural = list(range(size))
        if self.settings.word_order and 3 <= size <= 2 * MOST_AROUND_OF + 1:
            words = [subtoken.casefold() for subtoken in subtokens]
            if words.count(OF) == 1:
                at = words.index(OF)
                if 1 <= at <= MOST_AROUND_OF and 1 <= size - at - 1 <= MOST_AROUND_OF:
                    return [natural, natural[at + 1 :] + natural[:at]]
        return [natural]

    def rule(self, name: str, form: list[str]) -> int:
        """Whether a form of a name is looked for in text.

        Returns:
            ``NOT_LOOKED_FOR``, ``LOOKED_FOR``, or ``BY_CASE`` if ``occurrence`` has to say.
        """
        compact = "".join(form)
        if not self._is_looked_for(" ".join(form), compact, len(form)):
            return NOT_LOOKED_FOR
        if len(compact) < self.settings.min_length:
            return BY_CASE
        return BY_CASE if _is_single(name) and self.is_acronym(compact) else LOOKED_FOR

    def _is_looked_for(self, spaced: str, compact: str, size: int) -> bool:
        if size > self.settings.max_subtokens or len(compact) < self.settings.min_exact_length:
            return False
        if spaced.casefold() in self.stop_names:
            return size == 1 and self.is_acronym(compact)
        return compact.isalpha() or any(map(str.isalpha, compact))

    def is_acronym(self, compact: str) -> bool:
        """Whether a name, its subtokens joined, is written like an acronym."""
        if not self.settings.acronym_guard or len(compact) > self.settings.acronym_max_length:
            return False
        rest = compact[1:]
        return rest != rest.lower() or (compact[0].isupper() and rest.isdigit())

    def normal_form(self, subtokens: list[str]) -> list[str]:
        """The normal forms of subtokens."""
        return [self.normalizer.fold(subtoken) for subtoken in subtokens]

    def stretch(self, subtokens: list[str]) -> Stretch:
        """A stretch of text from its subtokens."""
        return Stretch(subtokens, self.normal_form(subtokens))

    def occurrence(self, name: str, stretch: Stretch, *, guard: bool = True) -> Occurrence | None:
        """How a stretch of text matches a name, or None if it doesn't.

        Args:
            name: The name as it stands in the knowledge base.
            stretch: The stretch of text.
            guard: Whether the case of acronyms, minimum lengths and stop names count.
        """
        text = stretch.subtokens
        forms = self.forms(name)
        normal_forms = [self.normal_form(form) for form in forms]
        for order in self.orders(text):
            ordered = [stretch.normal[i] for i in order]
            for form, normal_form in zip(forms, normal_forms, strict=True):
                if ordered == normal_form:
                    as_it_is = form is forms[0] and len(order) == len(text)
                    level = _level(form, text) if as_it_is else NORMALIZED
                    ordered_text = [text[i] for i in order]
                    return self._judge(form, _is_single(name), ordered_text, level, guard)
        return None

    def _judge(
        self, form: list[str], single: bool, text: list[str], level: int, guard: bool
    ) -> Occurrence | None:
        """Whether text that is a name after normalisation counts.

        Args:
            form: The subtokens of the name.
            single: Whether the name is written without a space.
            text: The subtokens of the text.
            level: How close they are.
            guard: As in ``occurrence``.
        """
        compact, compact_text = "".join(form), "".join(text)
        acronym = single and self.is_acronym(compact)
        if acronym and not compact_text.startswith(compact):
            level = NORMALIZED
        if not guard:
            return Occurrence(level, acronym, False)
        if not self._is_looked_for(" ".join(form), compact, len(text)):
            return None
        if acronym:
            if not self._acronym_case(compact, compact_text):
                return None
        elif len(compact) < self.settings.min_length and compact != compact_text:
            return None
        small = compact.casefold()
        is_word = acronym and (small in self.stop_names or small in self.ordinary_words)
        return Occurrence(level, acronym, is_word)

    def _acronym_case(self, compact: str, text: str) -> bool:
        """Whether text has the case an acronym needs: its own, or all small or all capitals."""
        if text in (compact, f"{compact}s"):
            return True
        if len(compact) < self.settings.min_length:
            return False
        return text.isupper() or (text.islower() and text not in self.ordinary_words)


def _is_single(name: str) -> bool:
    return len(name.split()) == 1


def _level(name: list[str], text: list[str]) -> int:
    if name in (text, list(map(_without_capital, text))):
        return IDENTICAL
    same_letters = [subtoken.casefold() for subtoken in name] == [
        subtoken.casefold() for subtoken in text
    ]
    return SAME_LETTERS if same_letters else NORMALIZED


def _without_capital(subtoken: str) -> str:
    return subtoken.lower() if subtoken[1:].islower() else subtoken
