"""Sections and sentences of thirty invented notes, each in a layout of its own.

    python benchmarks/sections/layouts.py [--part dev] [--errors]

The notes of odd numbers are for development, the others are not to be looked at. In `NN.json` are
the headings (`title`, `start`, `category`, and `accept` where other categories are as good), the
first characters of sentences, and those of sentences that may be left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import spacy
import srsly
from spacy.scorer import PRFScore
from spacy.tokens import Doc

FOLDER = Path(__file__).parent / "layouts"
NEAR = 2
"""A heading may begin so many characters away: a number or a bracket belongs to it or not."""


def notes(part: str) -> Iterable[tuple[int, str, dict[str, Any]]]:
    """Number, text and gold of the notes of a part."""
    for file in sorted(FOLDER.glob("*.json")):
        number = int(file.stem)
        if number % 2 == (part == "dev"):
            text = file.with_suffix(".txt").read_bytes().decode("utf-8")
            yield number, text, srsly.read_json(file)


def headings(doc: Doc) -> dict[int, str]:
    """Where the headings that were found begin, and their categories."""
    titles = ((span, span._.section_title) for span in doc.spans["sections"])
    return {title.start_char: span.label_ for span, title in titles if title}


def score_headings(doc: Doc, gold: dict[str, Any], score: PRFScore) -> list[str]:
    """Count the headings with the right category; what was wrong."""
    found = headings(doc)
    errors = []
    for section in gold["sections"]:
        near = [place for place in found if abs(place - section["start"]) <= NEAR]
        category = found.pop(near[0]) if near else ""
        if category in (section["category"], *section.get("accept", ())):
            score.tp += 1
        else:
            score.fn += 1
            score.fp += bool(near)
            errors.append(f"{section['title']}: {section['category']}, not {category or 'found'}")
    score.fp += len(found)
    return [*errors, *(f"at {place}: {label}, none" for place, label in found.items())]


def score_sentences(doc: Doc, gold: dict[str, Any], score: PRFScore) -> list[str]:
    """Count the beginnings of sentences; where they were wrong."""
    words = ([t for t in sentence if not t.is_space] for sentence in doc.sents)
    found = {of_sentence[0].idx for of_sentence in words if of_sentence}
    should, may = set(gold["sentences"]), set(gold["sentences_optional"])
    score.tp += len(found & should)
    score.fn += len(should - found - may)
    score.fp += len(found - should - may)
    return [f"sentence at {place}" for place in sorted(found ^ should) if place not in may]


def main() -> None:
    """Score, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=("dev", "test"), default="dev")
    parser.add_argument("--errors", action="store_true")
    arguments = parser.parse_args()
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_sentences")
    nlp.add_pipe("umls_sections")
    scores = {"headings with their category": PRFScore(), "sentence starts": PRFScore()}
    for number, text, gold in notes(arguments.part):
        doc = nlp(text)
        ways = zip((score_headings, score_sentences), scores.values(), strict=True)
        for error in (one for way, score in ways for one in way(doc, gold, score)):
            if arguments.errors:
                print(f"{number:02}: {error}")
    for name, score in scores.items():
        figures = (score.precision, score.recall, score.fscore)
        print(name, *(f"{100 * figure:.1f}" for figure in figures))


if __name__ == "__main__":
    main()
