"""Gold mentions stay on the words they label, whatever is done to the text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.generator.surface import Shorthand, misspell, wrapped
from demo.generator.tracked import Edit, Mention, TrackedText, join

LABELS = ("problem", "test", "treatment")
words = st.text(alphabet="abcdeXYZ é", min_size=1, max_size=8).filter(lambda t: t == t.strip())
pieces = st.lists(
    st.one_of(
        words.map(lambda t: TrackedText(f" {t} ")),
        st.builds(TrackedText.mention, words, st.sampled_from(LABELS)),
    ),
    max_size=8,
)


@st.composite
def tracked_and_edits(draw: st.DrawFn) -> tuple[TrackedText, list[Edit]]:
    """A text, and edits of single characters of it, which cannot cross a mention's edge."""
    tracked = join(" ", draw(pieces))
    places = draw(st.sets(st.integers(0, max(0, len(tracked.text) - 1)), max_size=6))
    new = st.text(alphabet="qr", max_size=3)
    inner = [p for p in sorted(places) if p < len(tracked.text)]
    return tracked, [Edit(p, p + 1, draw(new)) for p in inner]


@given(pieces)
def test_joining_keeps_every_mentions_words(parts: list[TrackedText]) -> None:
    joined = join("; ", parts)
    assert joined.mention_texts() == [t for p in parts for t in p.mention_texts()]
    assert joined.text == "; ".join(p.text for p in parts)


@given(tracked_and_edits())
def test_an_edit_changes_a_mention_only_where_it_lies_inside(
    case: tuple[TrackedText, list[Edit]],
) -> None:
    tracked, edits = case
    edited = tracked.edited(edits)

    def after(text: str, inside: Mention | None) -> str:
        start, end = (inside.start, inside.end) if inside else (0, len(text))
        by_place = {e.start: e.new for e in edits}
        return "".join(by_place.get(i, text[i]) for i in range(start, end))

    assert edited.text == after(tracked.text, None)
    assert edited.mention_texts() == [after(tracked.text, m) for m in tracked.mentions]


@given(pieces, st.integers(5, 40))
def test_case_and_wrapping_move_no_mention(parts: list[TrackedText], width: int) -> None:
    tracked = join(" ", parts)
    for changed in (tracked.upper(), tracked.lower(), wrapped(tracked, width)):
        assert changed.mentions == tracked.mentions
        assert " ".join(changed.text.lower().split()) == " ".join(tracked.text.lower().split())


@given(pieces, st.integers(0, 99))
def test_shorthand_never_touches_a_mention(parts: list[TrackedText], seed: int) -> None:
    tracked = join(" patient ", parts)
    shorthand = Shorthand({"patient": ("pt",), "a": ("an",)})
    shortened = shorthand.apply(random.Random(seed), tracked, 1.0)
    assert shortened.mention_texts() == tracked.mention_texts()
    assert "patient" not in shortened.text


def test_misspelling_follows_the_mention() -> None:
    tracked = TrackedText("some ") + TrackedText.mention("pneumonia", "problem", "C1") + " today"
    seen = set()
    for seed in range(30):
        slip = misspell(random.Random(seed), tracked, 1.0)
        (words,) = slip.mention_texts()
        assert slip.text.startswith("some ") and slip.mentions[0].kb_id == "C1"
        assert abs(len(words) - len("pneumonia")) <= 1
        assert words != "pneumonia" or slip == tracked
        seen.add(words)
    assert len(seen) > 5


def test_edits_that_would_blur_a_mention_are_refused() -> None:
    tracked = TrackedText("no ") + TrackedText.mention("chest pain", "problem")
    with pytest.raises(ValueError, match="crosses the edge"):
        tracked.edited([Edit(2, 5, "x")])
    with pytest.raises(ValueError, match="overlap"):
        tracked.edited([Edit(0, 2, "x"), Edit(1, 2, "y")])
    assert tracked.edited([Edit(3, 3, "any ")]).mention_texts() == ["chest pain"]


@pytest.mark.parametrize("blank", ["", " pain", "pain\n"])
def test_a_mention_has_no_blank_edges(blank: str) -> None:
    with pytest.raises(ValueError, match="white space"):
        TrackedText.mention(blank, "problem")
