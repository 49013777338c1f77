"""From a form of `phi.yml` to a text: slots and signs filled in, what is between bars marked."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from demo.generator.phi.cast import Cast
from demo.generator.phi.drawing import PhiDrawing
from demo.generator.phi.forms import Forms
from demo.generator.tracked import TrackedText

_SLOT = re.compile(r"\{([^{}]*)\}")
_SIGN = re.compile(r"[#^@~]")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_SIGNS = {"#": "0123456789", "^": "123456789", "@": _LETTERS, "~": _LETTERS.lower()}
_SPELLED_SIGNS = {"hash": "#", "at": "@"}


@dataclass(frozen=True, slots=True)
class Filling:
    """Fills forms for one note.

    Args:
        rng: the note's.
        cast: the note's people.
        forms: all forms and words.
        drawing: what the split may show.
    """

    rng: random.Random
    cast: Cast
    forms: Forms
    drawing: PhiDrawing

    def marked(self, kind: str, label: str, fields: Mapping[str, str]) -> TrackedText:
        """A form of a kind, filled in: what is between bars is the PHI, or all without bars.

        "the" of "the Netherlands" is not part of it.

        Args:
            kind: a kind of form.
            label: the label of what is marked.
            fields: the parts of a person, or of a date, that the form may name.
        """
        form = self._form(kind)
        parts = form.split("|") if "|" in form else ["", form, ""]
        written = TrackedText()
        for at, part in enumerate(parts):
            text = self._filled(part, fields)
            if at % 2:
                article = "the " if text.startswith("the ") else ""
                written = written + article + TrackedText.mention(text[len(article) :], label)
            else:
                written = written + text
        return written

    def _form(self, kind: str) -> str:
        """A form; where it is nothing but a slot of another kind, one of that, for its bars."""
        form = self.drawing.pick(self.rng, self.forms.forms[kind])
        if form.startswith("{") and form.endswith("}") and form[1:-1] in self.forms.forms:
            return self._form(form[1:-1])
        return form

    def _filled(self, form: str, fields: Mapping[str, str]) -> str:
        # Signs first: what slots bring in may hold such characters.
        drawn = _SIGN.sub(lambda sign: self.rng.choice(_SIGNS[sign[0]]), form)
        return _SLOT.sub(lambda slot: self._slot(slot[1], fields), drawn)

    def _slot(self, slot: str, fields: Mapping[str, str]) -> str:
        name, _, bounds = slot.partition(":")
        if name == "n":
            low, high = bounds.split("-")
            return str(self.rng.randint(int(low), int(high)))
        name, plain, cut = name.partition("-")
        if plain:  # as a part of an address: plain small letters
            text = re.sub(r"[^a-z0-9]", "", self._named(name, fields)().lower()) or "x"
            return text[: int(cut)] if cut else text
        return self._named(name, fields)()

    def _named(self, name: str, fields: Mapping[str, str]) -> Callable[[], str]:
        """What fills a slot: a sign, a field, a family name, a word, or a form of that kind."""
        known = {**_SPELLED_SIGNS, **fields}.get(name)
        if known is not None:
            return lambda: known
        if name == "surname":
            return self.cast.surname
        if name in self.forms.words:
            return lambda: self.drawing.pick(self.rng, self.forms.words[name])
        return lambda: self._filled(self._form(name), fields)
