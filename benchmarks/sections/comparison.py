"""Headings of notes with their categories: `umls_sections` and medspaCy's sectionizer in one run.

    python benchmarks/sections/comparison.py CORPORA --medspacy ~/.venvs/medspacy/bin/python

CORPORA is a folder with ``aci-bench/train.csv``, ``mts-dialog/MTS-Dialog-TrainingSet.csv`` and
``maccrobat/*.txt``.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import spacy
import typer
from notes import HERE, GoldNote, aci_notes, case_reports, mts_notes

Found = list[tuple[int, int, list[str]]]
"""Titles by their characters, each with the categories that it may mean."""

# medspaCy's categories; what it calls otherwise, or joins, is right for each of ours.
MEDSPACY = {
    "allergies": {"allergies"},
    "allergy": {"allergies"},
    "chief_complaint": {"chief_complaint"},
    "reason_for_examination": {"chief_complaint"},
    "history_of_present_illness": {"history_of_present_illness"},
    "present_illness": {"history_of_present_illness"},
    "past_medical_history": {"past_medical_history", "past_surgical_history"},
    "family_history": {"family_history"},
    "social_history": {"social_history"},
    "sexual_and_social_history": {"social_history"},
    "medications": {"medications"},
    "medication": {"medications"},
    "review_of_systems": {"review_of_systems"},
    "physical_exam": {"physical_exam", "vital_signs"},
    "vital_signs": {"vital_signs"},
    "labs_and_studies": {"labs", "imaging"},
    "imaging": {"imaging"},
    "procedures": {"procedures"},
    "hospital_course": {"hospital_course"},
    "observation_and_plan": {"assessment", "plan", "assessment_and_plan", "follow_up"},
    "assessment_and_plan": {"assessment", "plan", "assessment_and_plan"},
    "plan": {"plan"},
    "diagnoses": {"diagnoses", "assessment"},
    "diagnosis": {"diagnoses", "assessment"},
    "problem_list": {"diagnoses"},
    "patient_instructions": {"discharge_instructions", "follow_up"},
    "patient_education": {"discharge_instructions"},
}


@dataclass
class Counts:
    """Headings: those there are, those found, those of these that are some, with their category."""

    gold: int = 0
    found: int = 0
    right: int = 0
    categories: int = 0

    def add(self, other: Counts) -> None:
        """Add those of another note."""
        self.gold += other.gold
        self.found += other.found
        self.right += other.right
        self.categories += other.categories

    def row(self) -> dict[str, float]:
        """Recall, precision and category accuracy, and F of headings with their category, in %."""
        both = self.gold + self.found
        return {
            "recall": 100 * self.right / max(1, self.gold),
            "precision": 100 * self.right / max(1, self.found),
            "category": 100 * self.categories / max(1, self.right),
            "F": 200 * self.categories / max(1, both),
        }


def main(
    corpora: Annotated[Path, typer.Argument(help="Folder of the open corpora", exists=True)],
    medspacy: Annotated[
        str | None, typer.Option(help="The Python of an environment with medspaCy")
    ] = None,
    errors: Annotated[bool, typer.Option(help="Show what is wrong, one heading a line")] = False,
) -> None:
    """Score both and print the table as Markdown."""
    notes = {"ACI-Bench": list(aci_notes(corpora)), "MTS-Dialog": list(mts_notes(corpora))}
    without = list(case_reports(corpora))
    every = [note for some in notes.values() for note in some] + without
    tools = {"umls_sections": _ours([note.text for note in every])}
    if medspacy is not None:
        tools["medspaCy"] = _medspacy(medspacy, [note.text for note in every])
    characters = sum(len(note.text) for note in every)
    print("| | notes | headings |", " | ".join(_head(name) for name in tools), "|", sep=" ")
    print("|---|---|---|" + "---|" * 4 * len(tools))
    done = 0
    for corpus, some in notes.items():
        part = {n: one["found"][done : done + len(some)] for n, one in tools.items()}
        done += len(some)
        _print(corpus, some, part)
        layouts: defaultdict[str, list[int]] = defaultdict(list)
        for i, note in enumerate(some):
            layouts[note.layout].append(i)
        for layout, places in layouts.items():
            chosen = {name: [found[i] for i in places] for name, found in part.items()}
            _print(f"- {layout}", [some[i] for i in places], chosen)
    for name, tool in tools.items():
        surplus = sum(map(len, tool["found"][done:]))
        print(f"{name}: {surplus} headings in {len(without)} case reports, which have none")
        speed = characters / 1e6 / tool["seconds"]
        print(f"{name} {tool['version']}: {speed:.2f} MB a second")
    if errors:
        _show_errors(every, tools["umls_sections"]["found"])


def _head(name: str) -> str:
    return f"{name}: recall | precision | category | F"


def _ours(texts: Sequence[str]) -> dict[str, Any]:
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_sections")
    nlp("Plan: rest")
    start = time.perf_counter()
    found: list[Found] = []
    for text in texts:
        doc = nlp(text)
        sections = [
            (title.start_char, title.end_char, [span.label_])
            for span in doc.spans["sections"]
            if len(title := span._.section_title)
        ]
        found.append(sections)
    return {"found": found, "seconds": time.perf_counter() - start, "version": "of this repository"}


def _medspacy(python: str, texts: Sequence[str]) -> dict[str, Any]:
    script = HERE / "medspacy_sections.py"
    done = subprocess.run(
        [python, str(script)], input=json.dumps(list(texts)), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    result: dict[str, Any] = json.loads(done.stdout)
    result["found"] = [
        [(start, end, sorted(MEDSPACY.get(name, {name}))) for start, end, name in one]
        for one in result["found"]
    ]
    return result


def _counts(note: GoldNote, found: Iterable[Sequence[Any]]) -> Counts:
    """A heading is found if what is found overlaps with its title; each counts once."""
    counts = Counts(gold=len(note.headings))
    taken: set[int] = set()
    for start, end, names in found:
        counts.found += 1
        for i, gold in enumerate(note.headings):
            if i not in taken and start < gold.end and gold.start < end:
                taken.add(i)
                counts.right += 1
                counts.categories += not set(names).isdisjoint(gold.categories)
                break
    return counts


def _print(what: str, notes: Sequence[GoldNote], found: dict[str, list[Any]]) -> None:
    cells = [what, str(len(notes)), str(sum(len(note.headings) for note in notes))]
    for per_note in found.values():
        total = Counts()
        for note, one in zip(notes, per_note, strict=True):
            total.add(_counts(note, one))
        cells += [f"{value:.1f}" for value in total.row().values()]
    print("|", " | ".join(cells), "|")


def _show_errors(notes: Sequence[GoldNote], found: Sequence[Found]) -> None:
    for note, one in zip(notes, found, strict=True):
        for gold in note.headings:
            hits = [names[0] for a, b, names in one if a < gold.end and gold.start < b]
            title = note.text[gold.start : gold.end]
            if not hits:
                print(f"missed  {note.layout}: {title!r}")
            elif hits[0] not in gold.categories:
                print(f"wrong   {note.layout}: {title!r} is {hits[0]}")
        for a, b, names in one:
            if not any(a < gold.end and gold.start < b for gold in note.headings):
                print(f"surplus {note.layout}: {note.text[a:b]!r} ({names[0]})")


if __name__ == "__main__":
    typer.run(main)
