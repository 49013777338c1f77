"""Notes with known headings: ACI-Bench's as they are, MTS-Dialog's sections put together."""

from __future__ import annotations

import csv
import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
MOST_SECTIONS = 9


class Gold(NamedTuple):
    """A heading: its characters, and the categories that are right for its section."""

    start: int
    end: int
    categories: tuple[str, ...]


class GoldNote(NamedTuple):
    """A note, what kind of layout it has, and its headings."""

    layout: str
    text: str
    headings: list[Gold]


# How headings of MTS-Dialog's kinds are written, and what is right for them: written before the
# rules were looked at with them, the spelt-out ones after the corpus's own names.
TITLES: dict[str, tuple[tuple[str, ...], list[str], list[str]]] = {
    "ALLERGY": (("allergies",), ["Allergies", "Drug allergies", "Allergy"], ["All", "Allergies"]),
    "ASSESSMENT": (("assessment",), ["Assessment", "Impression"], ["Imp", "Assessment"]),
    "CC": (("chief_complaint",), ["Chief complaint", "Reason for visit"], ["CC"]),
    "DIAGNOSIS": (("diagnoses",), ["Diagnosis", "Diagnoses", "Final diagnosis"], ["Dx"]),
    "DISPOSITION": (("other",), ["Disposition", "Condition at discharge"], ["Dispo"]),
    "EDCOURSE": (
        ("hospital_course",),
        ["Emergency department course", "ED course", "Emergency room course"],
        ["ED course"],
    ),
    "EXAM": (
        ("physical_exam",),
        ["Physical exam", "Physical examination", "Examination"],
        ["PE", "Exam"],
    ),
    "FAM/SOCHX": (
        ("family_history", "social_history"),
        ["Family and social history", "Social and family history", "Family/social history"],
        ["FH/SH", "Fam/Soc Hx"],
    ),
    "GENHX": (
        ("history_of_present_illness",),
        ["History of present illness", "History of the present illness", "Present illness"],
        ["HPI"],
    ),
    "GYNHX": (
        ("past_medical_history",),
        ["Gynecologic history", "Obstetric and gynecologic history"],
        ["Gyn Hx"],
    ),
    "IMAGING": (("imaging",), ["Imaging", "Imaging studies", "Radiology"], ["Imaging"]),
    "IMMUNIZATIONS": (("other",), ["Immunizations", "Vaccinations"], ["Immunizations"]),
    "LABS": (("labs",), ["Laboratory data", "Laboratory results"], ["Labs"]),
    "MEDICATIONS": (
        ("medications",),
        ["Medications", "Current medications", "Home medications"],
        ["Meds"],
    ),
    "OTHER_HISTORY": (("past_medical_history", "other"), ["Other history"], ["Other Hx"]),
    "PASTMEDICALHX": (
        ("past_medical_history",),
        ["Past medical history", "Medical history", "Past history"],
        ["PMH", "PMHx"],
    ),
    "PASTSURGICAL": (
        ("past_surgical_history",),
        ["Past surgical history", "Surgical history", "Past surgeries"],
        ["PSH", "PSHx"],
    ),
    "PLAN": (("plan",), ["Plan", "Plan of care"], ["Plan"]),
    "PROCEDURES": (("procedures",), ["Procedures", "Procedures performed"], ["Procedure"]),
    "ROS": (("review_of_systems",), ["Review of systems", "Systems review"], ["ROS"]),
}
ORDER = (
    "CC GENHX PASTMEDICALHX PASTSURGICAL GYNHX OTHER_HISTORY FAM/SOCHX MEDICATIONS ALLERGY "
    "IMMUNIZATIONS ROS EXAM LABS IMAGING PROCEDURES EDCOURSE DIAGNOSIS ASSESSMENT PLAN DISPOSITION"
).split()


class Piece(NamedTuple):
    """What a layout makes of a section: what is before its title, it, and what is behind."""

    before: str
    title: str
    behind: str


Layout = Callable[[int, str, str], Piece]


def _misspelt(title: str, text: str) -> str:
    """A title with two letters of its longest word swapped, the same way for the same text."""
    word = max(title.split(), key=len)
    if len(word) < 5:
        return title
    i = 1 + len(text) % (len(word) - 3)
    if word[i] == word[i + 1]:
        i += 1
    wrong = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    return title.replace(word, wrong, 1)


def _capitalized(title: str) -> str:
    small = {"and", "of", "the", "at"}
    return " ".join(w if w in small else w[0].upper() + w[1:] for w in title.split())


SHORT = {"abbreviations", "abbreviated, no sign", "one line"}
"""Layouts with abbreviations."""

LAYOUTS: dict[str, Layout] = {
    "capitals alone": lambda n, t, x: Piece("", t.upper(), f"\n{x}\n\n"),
    "capitals alone, no empty lines": lambda n, t, x: Piece("", t.upper(), f"\n{x}\n"),
    "capitals, inline": lambda n, t, x: Piece("", t.upper(), f": {x}\n"),
    "capitals and colon alone": lambda n, t, x: Piece("", t.upper(), f":\n{x}\n\n"),
    "title case, inline": lambda n, t, x: Piece("", _capitalized(t), f": {x}\n\n"),
    "sentence case, alone": lambda n, t, x: Piece("", t, f"\n\n{x}\n\n"),
    "sentence case and colon, alone": lambda n, t, x: Piece("", t, f":\n{x}\n"),
    "small letters": lambda n, t, x: Piece("", t.lower(), f": {x}\n"),
    "abbreviations": lambda n, t, x: Piece("", t, f": {x}\n"),
    "abbreviated, no sign": lambda n, t, x: Piece("", t, f" - {x}\n"),
    "numbered": lambda n, t, x: Piece(f"{n}. ", t, f"\n{x}\n"),
    "numbered, inline": lambda n, t, x: Piece(f"{n}) ", _capitalized(t), f": {x}\n"),
    "underlined": lambda n, t, x: Piece("", t, f"\n{'-' * len(t)}\n{x}\n\n"),
    "brackets": lambda n, t, x: Piece("[", t.upper(), f"]\n{x}\n"),
    "Markdown": lambda n, t, x: Piece("## ", t, f"\n\n{x}\n\n"),
    "bold": lambda n, t, x: Piece("**", t, f":** {x}\n"),
    "stars": lambda n, t, x: Piece("*** ", t.upper(), f" ***\n{x}\n"),
    "misspelt": lambda n, t, x: Piece("", _misspelt(_capitalized(t), x), f": {x}\n\n"),
    "table": lambda n, t, x: Piece("", _capitalized(t), f"\t{x}\n"),
    "one line": lambda n, t, x: Piece("", t, f": {' '.join(x.split())} "),
}


def aci_notes(corpora: Path) -> Iterator[GoldNote]:
    """All notes of ACI-Bench's training part, with the headings in ``aci_headings.tsv``."""
    headings = defaultdict(list)
    with (HERE / "aci_headings.tsv").open(encoding="utf8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            start = int(row["start"])
            gold = Gold(start, start + int(row["length"]), tuple(row["categories"].split("|")))
            headings[row["row"]].append(gold)
    with (corpora / "aci-bench" / "train.csv").open(encoding="utf8", newline="") as file:
        for row in csv.DictReader(file):
            yield GoldNote(row["dataset"], row["note"], headings[row["encounter_id"]])


def case_reports(corpora: Path) -> Iterator[GoldNote]:
    """MACCROBAT's case reports, which have no headings."""
    for path in sorted((corpora / "maccrobat").glob("*.txt")):
        yield GoldNote("case reports", path.read_text(encoding="utf8"), [])


def mts_notes(corpora: Path, seed: int = 0) -> Iterator[GoldNote]:
    """MTS-Dialog's training rows as notes, each row once, in one layout after the other.

    A row whose text has a colon may have headings of its own in it, and is left out.
    """
    csv.field_size_limit(sys.maxsize)
    draw = random.Random(seed)
    rows: defaultdict[str, list[str]] = defaultdict(list)
    path = corpora / "mts-dialog" / "MTS-Dialog-TrainingSet.csv"
    with path.open(encoding="utf8", newline="") as file:
        for row in csv.DictReader(file):
            text = re.sub(r"[ \t]*\r?\n\s*", "\n", row["section_text"]).strip()
            if ":" not in text:
                rows[row["section_header"]].append(text)
    for texts in rows.values():
        draw.shuffle(texts)
    layouts = list(LAYOUTS)
    number = 0
    while any(rows.values()):
        there = [kind for kind in ORDER if rows[kind]]
        most = min(len(there), MOST_SECTIONS)
        # The commonest first, so that none is left with one kind alone.
        there.sort(key=lambda kind: -len(rows[kind]))
        chosen = set(there[: max(1, most // 2)])
        chosen |= set(draw.sample(there, draw.randint(min(3, most), most)))
        sections = [(kind, rows[kind].pop()) for kind in ORDER if kind in chosen]
        yield _note(layouts[number % len(layouts)], sections, draw)
        number += 1


def _note(layout: str, sections: Sequence[tuple[str, str]], draw: random.Random) -> GoldNote:
    text, headings = "", []
    for number, (kind, body) in enumerate(sections, 1):
        categories, full, short = TITLES[kind]
        title = draw.choice(short if layout in SHORT else full)
        piece = LAYOUTS[layout](number, title, body)
        start = len(text) + len(piece.before)
        text += "".join(piece)
        headings.append(Gold(start, start + len(piece.title), categories))
    return GoldNote(layout, text, headings)
