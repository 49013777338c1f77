"""Values and what they belong to by rules, on MACCROBAT, given its gold entities.

    python benchmarks/values/maccrobat.py FOLDER [--part dev|train] [--errors KIND]

FOLDER has the ``.txt`` and ``.ann`` files. A fifth of the documents is dev, as in all benchmarks;
on the others the rules may be tuned. MACCROBAT's kinds are not ours, so ours are
brought to its: see `evaluation.values.schemes.maccrobat`.

A span counts if its characters are the same, a relation if besides the mention that it belongs to
is the same; "of right spans" counts the relations of spans that have one on both sides. Gold
relations lead to mentions of `ENTITIES`; others are left out on both sides.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from spacy.scorer import PRFScore

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText
from spacy_umlsbert.corpora.annotated.formats.brat import read_brat
from spacy_umlsbert.corpora.annotated.splits import Split, SplitRule
from spacy_umlsbert.corpora.report import CorpusReport
from spacy_umlsbert.evaluation.values.schemes import SCHEMES
from spacy_umlsbert.evaluation.values.scores import ValueScores
from spacy_umlsbert.evaluation.values.tied import TiedValue, values_found
from spacy_umlsbert.values.kinds import DRUG, PROBLEM, TEST, Mention
from spacy_umlsbert.values.reader import ValueReader

ENTITIES = {
    "Medication": DRUG,
    "Therapeutic_procedure": DRUG,
    "Diagnostic_procedure": TEST,
    "Sign_symptom": PROBLEM,
    "Disease_disorder": PROBLEM,
}
KINDS = ("Dosage", "Administration", "Frequency", "Duration", "Lab_value", "Age")


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


def gold_of(text: AnnotatedText) -> list[TiedValue]:
    """The gold values, and what they belong to."""
    values = []
    for one in text.annotations:
        if one.label in KINDS:
            of = [place for place in one.of if place[2] in ENTITIES and one.label != "Age"]
            values += [
                TiedValue(one.start, one.end, one.label, (start, end), ENTITIES[label])
                for start, end, label in of
            ] or [TiedValue(one.start, one.end, one.label)]
    return values


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=("dev", "train"), default="dev")
    parser.add_argument("--errors", choices=KINDS)
    options = parser.parse_args()
    everything, with_digits, tied = (ValueScores(KINDS) for _ in range(3))
    reader = ValueReader()
    for text in texts_of(options.folder, options.part):
        mentions = mentions_of(text)
        found = SCHEMES["maccrobat"](
            text.text, values_found(reader.read(text.text, mentions), mentions)
        )
        gold = gold_of(text)
        everything.add(found, gold)
        with_digits.add(*([one for one in of if _digits(text.text, one)] for of in (found, gold)))
        both = {one[:3] for one in gold if one.of} & {one[:3] for one in found if one.of}
        tied.add(*([one for one in of if one[:3] in both] for of in (found, gold)))
        if options.errors:
            _show(text.text, *([o for o in of if o.kind == options.errors] for of in (gold, found)))
    columns = {
        "span P R F": (everything, "spans", "strict"),
        "relation P R F": (everything, "relations", "strict"),
        "relation, lenient": (everything, "relations", "lenient"),
        "with digits: span": (with_digits, "spans", "strict"),
        "relation": (with_digits, "relations", "strict"),
        "of right spans": (tied, "relations", "strict"),
    }  # fmt: skip
    print(f"{'':16}" + "".join(f"{head:24}" for head in columns))
    for kind in KINDS:
        line = "".join(f"{_shares(*column, kind):24}" for column in columns.values())
        gold_count = everything.kinds_of("spans", "strict")[kind]
        print(f"{kind:16}{line}n={gold_count.tp + gold_count.fn}")


def _shares(scores: ValueScores, task: str, mode: str, kind: str) -> str:
    """Precision, recall and F1 of a kind."""
    score = scores.kinds_of(task, mode).get(kind, PRFScore())
    return f"{100 * score.precision:5.1f} {100 * score.recall:5.1f} {100 * score.fscore:5.1f}"


def _digits(text: str, value: TiedValue) -> bool:
    return any(map(str.isdigit, text[value.start : value.end]))


def _show(text: str, gold: list[TiedValue], found: list[TiedValue]) -> None:
    for sign, values in (("-", set(gold) - set(found)), ("+", set(found) - set(gold))):
        for one in sorted(values, key=lambda value: value.start):
            of = one.of or (one.start, one.start)
            around = text[max(0, min(one.start, of[0]) - 30) : max(one.end, of[1]) + 30]
            print(sign, repr(text[one.start : one.end]), "of", repr(text[slice(*of)]), repr(around))


if __name__ == "__main__":
    main()
