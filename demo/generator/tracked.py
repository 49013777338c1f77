"""Text that carries its gold mentions along through every edit.

Everything that changes generated text (joining, casing, misspelling, wrapping) goes through
`TrackedText`, so that a mention's characters are known exactly without ever searching for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from demo.generator.said import NOTHING, Marks, inside


@dataclass(frozen=True, slots=True)
class Mention:
    """A labelled stretch of text: `text[start:end]`.

    `kb_id` is the concept's CUI, or "" where the release has no concept of that name. `held_out`
    says that the name is one that the training split never shows. `marks` say whether it is there,
    denied, somebody else's …
    """

    start: int
    end: int
    label: str
    kb_id: str = ""
    held_out: bool = False
    marks: Marks = NOTHING

    def shifted(self, by: int) -> Mention:
        """The same mention, `by` characters further on."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `new` in the place of `text[start:end]` (an insertion where start == end)."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class TrackedText:
    """A string and the mentions in it, in order and without overlap.

    `values` are the doses, results and the like, which change nothing of how a text is made: an
    edit that would cross the edge of one takes it away.
    """

    text: str = ""
    mentions: tuple[Mention, ...] = ()
    values: tuple[Mention, ...] = ()

    @classmethod
    def mention(
        cls,
        text: str,
        label: str,
        kb_id: str = "",
        *,
        held_out: bool = False,
        marks: Marks = NOTHING,
    ) -> TrackedText:
        """A text that is one mention from end to end. Raises ValueError where it is blank."""
        if not text or text != text.strip():
            raise ValueError("a mention is not empty and does not begin or end with white space")
        return cls(text, (Mention(0, len(text), label, kb_id, held_out, marks),))

    def __add__(self, other: TrackedText | str) -> TrackedText:
        if isinstance(other, str):
            return replace(self, text=self.text + other)
        offset = len(self.text)
        return TrackedText(
            self.text + other.text,
            self.mentions + tuple(m.shifted(offset) for m in other.mentions),
            self.values + tuple(v.shifted(offset) for v in other.values),
        )

    def __bool__(self) -> bool:
        return bool(self.text)

    def saying(self, marks: Marks) -> TrackedText:
        """The same text, of whose mentions more is said."""
        if not marks or not self.mentions:
            return self
        said = (replace(m, marks=inside(m.marks, marks)) for m in self.mentions)
        return replace(self, mentions=tuple(said))

    def as_value(self, kind: str) -> TrackedText:
        """The same text as one value of a kind, without the white space at its ends."""
        end = len(self.text.rstrip())
        start = len(self.text) - len(self.text.lstrip())
        return replace(self, values=(Mention(start, end, kind),) if start < end else ())

    def mention_texts(self) -> list[str]:
        """The strings the mentions cover."""
        return [self.text[m.start : m.end] for m in self.mentions]

    def split(self, separator: str) -> list[TrackedText]:
        """`text.split(separator)`. Raises ValueError where a mention holds the separator."""
        parts: list[TrackedText] = []
        start = 0
        for part in self.text.split(separator):
            end = start + len(part)
            inside = [m for m in self.mentions if m.start < end and start < m.end]
            if any(m.start < start or end < m.end for m in inside):
                raise ValueError("a mention cannot be split")
            kept = (v for v in self.values if start <= v.start and v.end <= end)
            parts.append(
                TrackedText(
                    part,
                    tuple(m.shifted(-start) for m in inside),
                    tuple(v.shifted(-start) for v in kept),
                )
            )
            start = end + len(separator)
        return parts

    def with_case(self, recased: str) -> TrackedText:
        """The same text in other letters' case. Raises ValueError where the length changes."""
        if len(recased) != len(self.text):
            raise ValueError("a change of case must keep every character's place")
        return replace(self, text=recased)

    def capitalized(self) -> TrackedText:
        """First letter upper-case, the rest untouched."""
        first = self.text[:1].upper()
        return self.with_case(first + self.text[1:]) if len(first) == 1 else self

    def upper(self) -> TrackedText:
        """All upper-case; characters whose upper-case is longer (ß) stay as they are."""
        return self.with_case("".join(_same_length(c, c.upper()) for c in self.text))

    def lower(self) -> TrackedText:
        """All lower-case; characters whose lower-case is longer stay as they are."""
        return self.with_case("".join(_same_length(c, c.lower()) for c in self.text))

    def edited(self, edits: Iterable[Edit]) -> TrackedText:
        """Make several edits at once; offsets are those of the text before any of them.

        An insertion at a mention's edge stays outside it. Raises ValueError for edits that
        overlap each other, or that cross a mention's edge (so that it would no longer be clear
        what the mention is).
        """
        ordered = sorted(edits, key=lambda e: (e.start, e.end))
        pieces: list[str] = []
        done = 0
        for edit in ordered:
            if not done <= edit.start <= edit.end <= len(self.text):
                raise ValueError("edits overlap or lie outside the text")
            if any(_crosses(edit, m) for m in self.mentions):
                raise ValueError("an edit crosses the edge of a mention")
            pieces += [self.text[done : edit.start], edit.new]
            done = edit.end
        pieces.append(self.text[done:])
        values = (v for v in self.values if not any(_crosses(edit, v) for edit in ordered))
        return TrackedText(
            "".join(pieces),
            tuple(_moved(m, ordered) for m in self.mentions),
            tuple(_moved(v, ordered) for v in values),
        )


def join(separator: str, parts: Sequence[TrackedText]) -> TrackedText:
    """`separator.join`, for tracked texts."""
    joined = TrackedText()
    for i, part in enumerate(parts):
        joined = joined + separator + part if i else part
    return joined


def _same_length(old: str, new: str) -> str:
    return new if len(new) == len(old) else old


def _crosses(edit: Edit, mention: Mention) -> bool:
    """Whether it would no longer be clear after an edit what the mention is."""
    apart = edit.end <= mention.start or edit.start >= mention.end
    inside = mention.start <= edit.start and edit.end <= mention.end
    return not apart and not inside


def _moved(mention: Mention, edits: Sequence[Edit]) -> Mention:
    start, end = mention.start, mention.end
    for edit in edits:
        grown = len(edit.new) - (edit.end - edit.start)
        # Apart on the left (an insertion at the left edge included), or inside, or apart on the
        # right; `edited` has refused all other cases.
        if edit.end <= mention.start:
            start += grown
            end += grown
        elif edit.start < mention.end:
            end += grown
    return replace(mention, start=start, end=end)
