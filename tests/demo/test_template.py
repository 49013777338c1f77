"""Templates: what is well formed, and what a bad one's message says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.generator.grammar import Grammar
from demo.generator.holdout import is_held_out
from demo.generator.template import (
    Literal,
    Slot,
    TemplateError,
    parse,
    slots,
    written_out,
)


def test_slots_are_found_wherever_they_stand() -> None:
    nodes = parse("{He} has <no |>[{side} {joint} pain](problem) or {symptom:2-3:or}.")
    found = list(slots(nodes))
    assert [s.name for s in found] == ["he", "side", "joint", "symptom"]
    assert found[0].capital and found[3] == Slot("symptom", ("2-3", "or"))


def test_mentions_written_out_in_full() -> None:
    nodes = parse("No [rubs](problem), <[gallops](problem)|[{side} {joint} pain](problem)>")
    assert list(written_out(nodes)) == ["rubs", "gallops"]


@given(st.text(alphabet="ab {}<>[]|\\"))
def test_escaped_text_comes_back_as_it_is(text: str) -> None:
    escaped = "".join("\\" + c if c in "{}<>[]|\\" else c for c in text)
    nodes = parse(escaped)
    assert all(isinstance(n, Literal) for n in nodes)
    assert "".join(n.text for n in nodes if isinstance(n, Literal)) == text


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a {b", "column 3"),
        ("<a|b", "never closed"),
        ("a]", "closes nothing"),
        ("[pain](symptom)", "label one of"),
        ("{}", "not a slot"),
    ],
)
def test_bad_templates_say_where(source: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        parse(source)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("plan: |\n  Start {medicine}.\n", r"bad\.yml.*plan.*nothing fills \{medicine\}"),
        ("plan: |\n  Start [x](cure).\n", r"bad\.yml.*plan.*label one of"),
    ],
)
def test_a_grammar_names_file_group_and_template(
    tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "bad.yml").write_text(content, encoding="utf8")
    with pytest.raises(TemplateError, match=message):
        Grammar.from_folder(tmp_path, held_out=0.1)


def test_small_groups_and_phrases_are_never_held_out(tmp_path: Path) -> None:
    lines = "".join(f"  line {i}\n" for i in range(30))
    (tmp_path / "phrases.yml").write_text(f"bits: |\n{lines}", encoding="utf8")
    (tmp_path / "plan.yml").write_text(f"many: |\n{lines}few: |\n  a\n  b\n", encoding="utf8")
    grammar = Grammar.from_folder(tmp_path, held_out=0.5)
    assert not any(t.held_out for t in (*grammar["bits"], *grammar["few"]))
    assert 5 <= sum(t.held_out for t in grammar["many"]) <= 25


def test_held_out_share_is_kept_and_stable() -> None:
    chosen = [w for w in range(4000) if is_held_out("name", str(w), 0.1)]
    assert 320 <= len(chosen) <= 480
    # Written down once: another process, version or order must agree.
    assert chosen[:3] == [6, 21, 45]
