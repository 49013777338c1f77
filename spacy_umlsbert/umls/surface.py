"""Which forms of a name are looked for, and whether a stretch of text is one of them."""

from __future__ import annotations

from typing import NamedTuple

from spacy_umlsbert.umls.normalization import Normalizer, read_words, split_pieces
from spacy_umlsbert.umls.settings import MatcherSettings

IDENTICAL, SAME_LETTERS, NORMALIZED = 0, 1, 2
"""How close text is to a name: the same pieces, apart from case, or after normalisation."""


class Occurrence(NamedTuple):
    """How a stretch of text matches a name.

    Attributes:
        level: ``IDENTICAL``, ``SAME_LETTERS`` or ``NORMALIZED``.
        acronym: Whether the name is an acronym in capitals.
        stop_word: Whether it is an acronym that in small letters is a stop name, so that it means
            nothing among other words in capitals ("ALL OTHER SYSTEMS").
    """

    level: int
    acronym: bool
    stop_word: bool


class SurfaceRules:
    """The rules by which names and stretches of text are compared.

    Args:
        settings: The settings of the knowledge base.
    """

    def __init__(self, settings: MatcherSettings) -> None:
        self.settings = settings
        self.normalizer = Normalizer(settings)
        self.ordinary_words = read_words("ordinary_words.txt")
        stop_names = settings.stop_names
        self.stop_names = frozenset(
            read_words("stop_names.txt") if stop_names is None else stop_names
        )

    def forms(self, name: str) -> list[list[str]]:
        """The pieces of a name, and those of its other forms if it has any.

        Names with commas are found in natural order too (the parts between the commas in reverse)
        and without their commas.
        """
        pieces = split_pieces(name)
        if not self.settings.comma_variants or "," not in pieces[1:-1]:
            return [pieces]
        parts: list[list[str]] = [[]]
        for piece in pieces:
            if piece == ",":
                parts.append([])
            else:
                parts[-1].append(piece)
        forms = [pieces, [piece for part in parts for piece in part]]
        if len(parts) <= 4:
            forms.append([piece for part in reversed(parts) for piece in part])
        return forms

    def is_looked_for(self, pieces: list[str]) -> bool:
        """Whether a form of a name is looked for in text, whatever its case there."""
        if len(pieces) > self.settings.max_pieces:
            return False
        compact = "".join(pieces)
        if len(compact) < self.settings.min_exact_length or not any(map(str.isalpha, compact)):
            return False
        if " ".join(pieces).casefold() in self.stop_names:
            return self.is_acronym(compact) and len(pieces) == 1
        return True

    def is_acronym(self, compact: str) -> bool:
        """Whether a name, its pieces joined, is written like an acronym."""
        if not self.settings.acronym_guard or len(compact) > self.settings.acronym_max_length:
            return False
        rest = compact[1:]
        return rest != rest.lower() or (compact[0].isupper() and rest.isdigit())

    def normal_form(self, pieces: list[str]) -> list[str]:
        """The normal forms of pieces."""
        return [self.normalizer.fold(piece) for piece in pieces]

    def occurrence(self, name: str, text: list[str], *, guard: bool = True) -> Occurrence | None:
        """How the pieces of a stretch of text match a name, or None if they don't.

        Args:
            name: The name as it stands in the knowledge base.
            text: The pieces of the text, in their original case.
            guard: Whether the case of acronyms, minimum lengths and stop names count.
        """
        normal = self.normal_form(text)
        for form in self.forms(name):
            if len(form) == len(text) and self.normal_form(form) == normal:
                return self._compare(form, text, single="".join(name.split()) == name, guard=guard)
        return None

    def _compare(
        self, name: list[str], text: list[str], *, single: bool, guard: bool
    ) -> Occurrence | None:
        if name == text:
            level = IDENTICAL
        elif [piece.casefold() for piece in name] == [piece.casefold() for piece in text]:
            level = SAME_LETTERS
        else:
            level = NORMALIZED
        compact, compact_text = "".join(name), "".join(text)
        acronym = single and self.is_acronym(compact)
        if acronym and not compact_text.startswith(compact):
            level = NORMALIZED
        if not guard:
            return Occurrence(level, acronym, False)
        if not self.is_looked_for(name):
            return None
        if acronym:
            if not self._acronym_case(compact, compact_text):
                return None
        elif len(compact) < self.settings.min_length and compact != compact_text:
            return None
        return Occurrence(level, acronym, acronym and compact.casefold() in self.stop_names)

    def _acronym_case(self, compact: str, text: str) -> bool:
        """Whether text has the case an acronym needs: its own, or all small or all capitals."""
        if text in (compact, f"{compact}s"):
            return True
        if len(compact) < self.settings.min_length:
            return False
        return text.isupper() or (text.islower() and text not in self.ordinary_words)
