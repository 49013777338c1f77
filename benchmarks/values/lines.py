"""Values of two hundred invented lines: lists of drugs, instructions, labs, vital signs.

    python benchmarks/values/lines.py [--part dev] [--errors]

`lines/dev.jsonl` is for development, `lines/test.jsonl` is not to be looked at; those that begin
with `second` and `third` are by other writers. The entities are given. Strength and dose count as
one kind; what is ``optional`` counts neither way; a unit that is not written (``implied``) need
not be found.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

import srsly

from spacy_umlsbert.evaluation.figures import figures_of
from spacy_umlsbert.evaluation.values.scores import TASKS, ValueScores
from spacy_umlsbert.evaluation.values.tied import TiedValue, values_found
from spacy_umlsbert.values.kinds import DOSE, KINDS, Found, Mention
from spacy_umlsbert.values.mentions import role_of
from spacy_umlsbert.values.reader import ValueReader

FOLDER = Path(__file__).parent / "lines"
PARTS = ("dev", "test", "second_dev", "second_check", "third_dev", "third_check")
_AMOUNTS = {"strength", "dose"}


def same_kind(one: str, other: str) -> bool:
    """Whether kinds count as the same."""
    return one == other or {one, other} == _AMOUNTS


def right(found: Found, gold: dict[str, Any]) -> bool:
    """Whether number, unit, comparator and times a day are right."""
    value = found.value
    numbers = [round(number, 4) for number in value.numbers]
    if gold["kind"] == "frequency":
        per_day = list(value.per_day) if isinstance(value.per_day, tuple) else value.per_day
        if "per_day" not in gold:
            return True
        should = gold["per_day"]
        if isinstance(per_day, float | int) and isinstance(should, float | int):
            return abs(per_day - should) < 0.002
        return per_day == should
    unit_is_right = value.unit == gold["unit"] or (gold.get("implied") and not value.unit)
    comparator = gold.get("comparator", value.comparator)
    return numbers == [round(float(n), 4) for n in gold["numbers"]] and bool(unit_is_right) and (
        comparator == value.comparator
    )  # fmt: skip


def score(row: dict[str, Any], found: list[Found], counts: Counter[str]) -> list[str]:
    """Count what is right in a line; what is wrong."""
    errors = []
    left = list(found)
    for gold in row["values"]:
        at = [
            one
            for one in left
            if one.start < gold["end"]
            and gold["start"] < one.end
            and same_kind(one.value.kind, gold["kind"])
        ]
        at.sort(key=lambda one: (one.of != gold["of"], one.start != gold["start"]))
        if not at:
            if not gold.get("optional"):
                _count(counts, gold["kind"], "gold")
                errors.append(f"missed: {gold['kind']} {gold['text']}")
            continue
        left.remove(at[0])
        _count(counts, gold["kind"], "gold")
        _count(counts, gold["kind"], "right", right(at[0], gold))
        _count(counts, gold["kind"], "tied", at[0].of == gold["of"])
        if not right(at[0], gold) or at[0].of != gold["of"]:
            errors.append(f"wrong: {gold['kind']} {gold['text']}")
    counts["extra"] += len(left)
    return [*errors, *(f"extra: {one.value.kind} {one.value.text}" for one in left)]


def tied(
    row: dict[str, Any], found: list[Found], mentions: list[Mention]
) -> tuple[list[TiedValue], list[TiedValue]]:
    """What was found in a line and the gold, as the package scores it, without the optional."""

    def amount(kind: str) -> str:
        return DOSE if kind in _AMOUNTS else kind

    gold: list[TiedValue] = []
    optional: set[tuple[str, int]] = set()
    for one in row["values"]:
        owner = None if one["of"] is None else mentions[one["of"]]
        of = None if owner is None else (owner.start, owner.end)
        gold.append(TiedValue(one["start"], one["end"], amount(one["kind"]), of))
        if one.get("optional"):
            optional.update((gold[-1].kind, i) for i in range(one["start"], one["end"]))

    def counts(one: TiedValue) -> bool:
        return optional.isdisjoint((one.kind, i) for i in range(one.start, one.end))

    values = [
        one._replace(kind=amount(one.kind), role="", unit="")
        for one in values_found(found, mentions)
    ]
    return [one for one in values if counts(one)], [one for one in gold if counts(one)]


def _count(counts: Counter[str], kind: str, what: str, number: int = 1) -> None:
    counts[what] += number
    counts[f"{what} {kind}"] += number


def main() -> None:
    """Score, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=PARTS, default="dev")
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--kinds", action="store_true")
    arguments = parser.parse_args()
    reader = ValueReader()
    counts: Counter[str] = Counter()
    scores = ValueScores(KINDS)
    for row in srsly.read_jsonl(FOLDER / f"{arguments.part}.jsonl"):
        mentions = [
            Mention(one["start"], one["end"], role_of(one["label"]), one["text"])
            for one in row["entities"]
        ]
        found = list(reader.read(row["text"], mentions))
        errors = score(row, found, counts)
        scores.add(*tied(row, found, mentions))
        if arguments.errors and errors:
            print(row["text"], *errors, sep="\n    ")
    for name in ("right", "tied"):
        print(f"{name}: {100 * counts[name] / counts['gold']:.1f} % of {counts['gold']} values")
    print(f"found beside them: {counts['extra']}")
    for task in TASKS:
        shares = figures_of(scores.micro(task, "lenient"))
        print(f"{task}, lenient: " + " ".join(f"{k.upper()} {100 * shares[k]:.1f}" for k in "prf"))
    for kind in KINDS if arguments.kinds else ():
        if count := counts[f"gold {kind}"]:
            parts = (f"{counts[f'{name} {kind}']:4} {name}" for name in ("right", "tied"))
            print(f"{kind:18} {', '.join(parts)} of {count}")


if __name__ == "__main__":
    main()
