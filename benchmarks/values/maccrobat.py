"""Values and what they belong to by rules, on MACCROBAT, given its gold entities.

    python benchmarks/values/maccrobat.py FOLDER [--part dev|train] [--errors KIND]

FOLDER has the ``.txt`` and ``.ann`` files. A fifth of the documents is dev, as in all benchmarks;
on the others the rules may be tuned. MACCROBAT's kinds are not ours, so both are brought to one: a
Dosage is all that is said side by side of how much and how often ("40 mg, 3 times daily"), an
Administration a route or a form, a Lab_value a result, a flag or a vital sign. Sizes are none: it
calls them Distance, Area and Volume.

A span counts if its characters are the same, a relation if besides the mention that it belongs to
is the same; "of right spans" counts the relations of spans that have one on both sides. Gold
relations lead to mentions of `ENTITIES`; others are left out on both sides.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText
from spacy_umlsbert.corpora.annotated.formats.brat import read_brat
from spacy_umlsbert.corpora.annotated.splits import Split, SplitRule
from spacy_umlsbert.corpora.report import CorpusReport
from spacy_umlsbert.values.kinds import (
    AGE,
    DOSE,
    DRUG,
    DURATION,
    FORM,
    FREQUENCY,
    PROBLEM,
    REFERENCE_RANGE,
    ROUTE,
    STRENGTH,
    TEST,
    VALUE,
    VITALS,
    Found,
    Mention,
)
from spacy_umlsbert.values.reader import ValueReader

ENTITIES = {
    "Medication": DRUG,
    "Therapeutic_procedure": DRUG,
    "Diagnostic_procedure": TEST,
    "Sign_symptom": PROBLEM,
    "Disease_disorder": PROBLEM,
}
KINDS = ("Dosage", "Administration", "Frequency", "Duration", "Lab_value", "Age")
_OF_DOSAGE = (STRENGTH, DOSE, FREQUENCY)
_SIZES = ("cm", "mm", "cm2")
_BESIDE = re.compile(r"[ \t]*,?[ \t]*")

Place = tuple[int, int]
Relation = tuple[int, int, int, int]


def texts_of(folder: Path, part: Split) -> Iterable[AnnotatedText]:
    """The documents of a part."""
    texts = read_brat(folder, CorpusReport(), of_relation="MODIFY")
    return SplitRule(dev_share=0.2).select(texts, part)


def mentions_of(text: AnnotatedText) -> list[Mention]:
    """The gold entities."""
    places = {
        (one.start, one.end): ENTITIES[one.label]
        for one in text.annotations
        if one.label in ENTITIES
    }
    return [Mention(*place, role, text.text[slice(*place)]) for place, role in places.items()]


def gold_of(text: AnnotatedText, kind: str) -> tuple[set[Place], set[Relation]]:
    """The spans of a kind, and what they belong to."""
    spans: set[Place] = set()
    relations: set[Relation] = set()
    for one in text.annotations:
        if one.label == kind:
            spans.add((one.start, one.end))
            of = (place for place in one.of if place[2] in ENTITIES)
            relations.update((one.start, one.end, start, end) for start, end, _ in of)
    return spans, relations


def found_of(
    text: AnnotatedText, mentions: list[Mention], found: Iterable[Found]
) -> dict[str, tuple[set[Place], set[Relation]]]:
    """What was found, in MACCROBAT's kinds."""
    by_kind: dict[str, tuple[set[Place], set[Relation]]] = {kind: (set(), set()) for kind in KINDS}
    for start, end, kind, of in _merged(text.text, list(found), mentions):
        if kind in by_kind:
            spans, relations = by_kind[kind]
            spans.add((start, end))
            if of is not None:
                relations.add((start, end, mentions[of].start, mentions[of].end))
    return by_kind


def _merged(
    text: str, found: list[Found], mentions: list[Mention]
) -> Iterator[tuple[int, int, str, int | None]]:
    """Strengths, doses and frequencies side by side as one Dosage, and all that is of a drug."""
    open_by_owner: dict[int | None, list[int]] = {}
    done: list[tuple[int, int, str, int | None]] = []
    for one in found:
        kind = one.value.kind
        if kind in _OF_DOSAGE:
            known = open_by_owner.get(one.of)
            if known and _BESIDE.fullmatch(text, known[1], one.start):
                known[1], known[2] = one.end, known[2] or kind != FREQUENCY
            else:
                if known:
                    done.append(_closed(known, one.of))
                of_drug = one.of is not None and mentions[one.of].role == DRUG
                open_by_owner[one.of] = [one.start, one.end, of_drug or kind != FREQUENCY]
        elif kind in (ROUTE, FORM):
            done.append((one.start, one.end, "Administration", one.of))
        elif kind == DURATION:
            done.append((one.start, one.end, "Duration", one.of))
        elif kind == AGE:
            done.append((one.start, one.end, "Age", None))
        elif one.value.unit in _SIZES and kind == VALUE:
            continue
        elif kind != REFERENCE_RANGE and (kind in VITALS or kind in (VALUE, "flag")):
            done.append((one.start, one.end, "Lab_value", one.of))
    done += [_closed(known, of) for of, known in open_by_owner.items()]
    yield from done


def _closed(known: list[int], of: int | None) -> tuple[int, int, str, int | None]:
    return known[0], known[1], "Dosage" if known[2] else "Frequency", of


def scores(gold: int, found: int, right: int) -> str:
    """Precision, recall and F."""
    precision, recall = right / max(found, 1), right / max(gold, 1)
    f = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"{100 * precision:5.1f} {100 * recall:5.1f} {100 * f:5.1f}"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=("dev", "train"), default="dev")
    parser.add_argument("--errors", choices=KINDS)
    options = parser.parse_args()
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    reader = ValueReader()
    for text in texts_of(options.folder, options.part):
        mentions = mentions_of(text)
        found = found_of(text, mentions, reader.read(text.text, mentions))
        for kind in KINDS:
            gold_spans, gold_relations = gold_of(text, kind)
            spans, relations = found[kind]
            if kind == "Age":
                relations, gold_relations = set(), set()
            with_digits = {one for one in gold_spans if _digits(text.text, one)}
            counts[kind].update(
                gold=len(gold_spans), found=len(spans), right=len(spans & gold_spans),
                gold_r=len(gold_relations), found_r=len(relations),
                right_r=len(relations & gold_relations),
                gold_d=len(with_digits), found_d=sum(_digits(text.text, one) for one in spans),
                right_d=len(spans & with_digits),
                gold_dr=sum(_digits(text.text, one[:2]) for one in gold_relations),
                found_dr=sum(_digits(text.text, one[:2]) for one in relations),
                **_of_right_spans(gold_relations, relations),
                right_dr=sum(_digits(text.text, one[:2]) for one in relations & gold_relations),
            )  # fmt: skip
            if kind == options.errors:
                _show(text.text, gold_relations, relations, gold_spans, spans)
    heads = ("span P R F", "relation P R F", "with digits: span", "relation", "of right spans")
    print(f"{'':16}" + "".join(f"{head:24}" for head in heads))
    for kind, count in counts.items():
        lines = [
            scores(count[f"gold{s}"], count[f"found{s}"], count[f"right{s}"])
            for s in ("", "_r", "_d", "_dr", "_a")
        ]
        print(f"{kind:16}" + "".join(f"{line:24}" for line in lines) + f"n={count['gold']}")


def _of_right_spans(gold: set[Relation], found: set[Relation]) -> dict[str, int]:
    """Relations of the spans that have one on both sides: how well what is found is tied."""
    both = {one[:2] for one in gold} & {one[:2] for one in found}
    golden, tied = ({one for one in side if one[:2] in both} for side in (gold, found))
    return {"gold_a": len(golden), "found_a": len(tied), "right_a": len(golden & tied)}


def _digits(text: str, place: tuple[int, ...]) -> bool:
    return any(map(str.isdigit, text[place[0] : place[1]]))


def _show(
    text: str,
    gold: set[Relation],
    found: set[Relation],
    gold_spans: set[Place],
    spans: set[Place],
) -> None:
    for sign, relations in (("-", gold - found), ("+", found - gold)):
        for a, b, c, d in sorted(relations):
            print(
                sign,
                repr(text[a:b]),
                "of",
                repr(text[c:d]),
                " in ",
                repr(text[max(0, min(a, c) - 30) : max(b, d) + 30]),
            )
    for sign, places in (("--", gold_spans - spans), ("++", spans - gold_spans)):
        for a, b in sorted(places):
            print(sign, repr(text[a:b]), " in ", repr(text[max(0, a - 40) : b + 30]))


if __name__ == "__main__":
    main()
