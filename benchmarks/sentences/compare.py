"""Sentences of twenty notes by several rules, and how many megabytes a second each divides.

    python benchmarks/sentences/compare.py ACI_BENCH_TRAIN.csv MTS_DIALOG_TRAIN.csv

prints two tables: of the notes as they are, with the speed, and F of the same notes laid out in
other ways. Where their sentences begin was marked by hand; `boundaries.jsonl` has the offsets, and
nothing of the texts.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import subprocess
import textwrap
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import spacy
import srsly
import typer
from spacy.language import Language
from spacy.tokens import Doc
from wasabi import msg

from spacy_umlsbert.text.sentences import SentenceFinder

BOUNDARIES = Path(__file__).with_name("boundaries.jsonl")
ACI, MTS = "aci-bench", "mts-dialog"
COLUMNS = {ACI: ("encounter_id", "note"), MTS: ("ID", "section_text")}
SECONDS = 4.0
"""So long each is timed at most: rules that are slow do not read all of the text."""

PYRUSH = """
import json, sys, time
from PyRuSH import RuSH
rush = RuSH(sys.argv[1])
notes, texts = json.load(sys.stdin)
starts = [[span.begin for span in rush.segToSentenceSpans(text)] for text in notes]
begin, done = time.process_time(), 0
for text in texts:
    rush.segToSentenceSpans(text)
    done += len(text.encode())
    if time.process_time() - begin > float(sys.argv[2]):
        break
print(json.dumps([starts, done / 1e6 / (time.process_time() - begin)]))
"""

Starts = list[int]
Divide = Callable[[list[str]], list[Starts]]


class Note(NamedTuple):
    """A note and where its sentences begin."""

    corpus: str
    row: str
    text: str
    starts: Starts


class Way(NamedTuple):
    """A way of dividing texts.

    Attributes:
        name: What it is called in the tables.
        divide: Gives the beginnings of sentences in texts.
        text_speed: Megabytes a second of text.
        doc_speed: The same of Docs that are tokenized already.
    """

    name: str
    divide: Divide
    text_speed: float | None = None
    doc_speed: float | None = None


def wrapped(text: str) -> str:
    """A text with lines of at most 72 characters."""
    return "\n".join(textwrap.fill(line, 72, break_on_hyphens=False) for line in text.split("\n"))


def in_capitals(text: str) -> str:
    """A text in capitals, of the same length."""
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in text)


LAYOUTS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "wrapped": wrapped,
    "double spacing": lambda text: wrapped(text).replace("\n", "\n\n"),
    "capitals": in_capitals,
    "capitals, wrapped": lambda text: in_capitals(wrapped(text)),
    "small letters": str.lower,
    "no blanks after full stops": lambda text: re.sub(r"(?<=[a-z]{3}\.) +(?=[A-Z][a-z])", "", text),
    "blanks before signs": lambda text: re.sub(r"(?<=\w)([.,;:?])(?=\s|$)", r" \1", text),
}
"""Ways to write the same note."""


def main(
    aci: Annotated[Path, typer.Argument(help="train.csv of ACI-Bench")],
    mts: Annotated[Path, typer.Argument(help="MTS-Dialog-TrainingSet.csv")],
    pyrush: Annotated[
        str | None, typer.Option(help="A Python that has PyRuSH, and rules: PYTHON,rush_rules.tsv")
    ] = None,
    errors: Annotated[bool, typer.Option(help="Say which offsets are wrong, by our rules")] = False,
    output: Annotated[Path | None, typer.Option(help="Write the figures as JSON")] = None,
) -> None:
    """Compare ways of dividing notes into sentences."""
    rows = {ACI: read(aci, ACI), MTS: read(mts, MTS)}
    notes = [note_of(row, rows[row["corpus"]]) for row in srsly.read_jsonl(BOUNDARIES)]
    texts = [text for corpus in rows.values() for text in corpus.values()]
    laid_out = {name: [laid(note, layout) for note in notes] for name, layout in LAYOUTS.items()}
    figures: list[dict[str, Any]] = []
    for way in ways(texts, pyrush):
        figure: dict[str, Any] = {"rules": way.name}
        for layout, written in laid_out.items():
            found = way.divide([note.text for note in written])
            p, r, f = scores([note.starts for note in written], found)
            if layout == "as it is":
                speeds = {"text MB/s": way.text_speed, "Docs MB/s": way.doc_speed}
                figure |= {"P": p, "R": r, "F": f, **speeds}
                if errors and way.name.startswith("ours"):
                    show_errors(written, found)
            figure[layout] = f
        figures.append(figure)
    for header in (["rules", "P", "R", "F", "text MB/s", "Docs MB/s"], ["rules", *LAYOUTS]):
        table = [[shown(figure[name]) for name in header] for figure in figures]
        msg.table(table, header=header, aligns=("l", *"r" * (len(header) - 1)))
    if output is not None:
        srsly.write_json(output, figures)


def shown(value: Any) -> str:
    """A figure as it is printed."""
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:.2f}"


def read(path: Path, corpus: str) -> dict[str, str]:
    """The texts of a corpus by the ids of their rows."""
    row_id, text = COLUMNS[corpus]
    with path.open(encoding="utf-8", newline="") as file:
        return {row[row_id]: row[text] for row in csv.DictReader(file)}


def note_of(row: dict[str, Any], texts: dict[str, str]) -> Note:
    """The note that a row of `boundaries.jsonl` is about."""
    text = texts[row["row"]]
    if digest(text) != row["sha256"]:
        msg.fail(f"The note {row['row']} is not the one that was marked.", exits=1)
    return Note(row["corpus"], row["row"], text, row["starts"])


def digest(text: str) -> str:
    """What tells whether a text is the one that was marked."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def laid(note: Note, layout: Callable[[str], str]) -> Note:
    """A note in another layout, which has the same signs in the same order but for blanks."""
    text = layout(note.text)
    signs = [i for i, char in enumerate(text) if not char.isspace()]
    before = set(note.starts)
    count, starts = 0, []
    for i, char in enumerate(note.text):
        if i in before:
            starts.append(signs[count])
        count += not char.isspace()
    return note._replace(text=text, starts=starts)


def ways(texts: Sequence[str], pyrush: str | None) -> Iterable[Way]:
    """The ways to compare; those whose package is not installed are left out."""
    finder = SentenceFinder()
    yield Way("ours, text", lambda found: [*map(finder.starts, found)], speed(finder.starts, texts))
    nlp = spacy.blank("en")
    yield of_component("ours, umls_sentences", nlp, "umls_sentences", texts)
    try:
        import pysbd  # noqa: PLC0415 - may be missing
        from scispacy import custom_sentence_segmenter  # noqa: F401, PLC0415 - registers it
    except ModuleNotFoundError:
        msg.warn("scispaCy is not installed: neither its rules nor pySBD's are compared.")
    else:
        segmenter = pysbd.Segmenter(language="en", clean=False, char_span=True)

        def starts(text: str) -> Starts:
            return moved(text, (span.start for span in segmenter.segment(text)))

        yield Way("pySBD", lambda found: [*map(starts, found)], speed(starts, texts))
        yield of_component("scispaCy (pySBD on tokens)", nlp, "pysbd_sentencizer", texts)
    yield of_component("spaCy's sentencizer", nlp, "sentencizer", texts)
    if pyrush is not None:
        python, rules = pyrush.split(",")

        def rush(found: Sequence[str], timed: Sequence[str] = ()) -> tuple[list[Starts], float]:
            done = subprocess.run(
                [python, "-c", PYRUSH, rules, str(SECONDS)],
                input=json.dumps([found, timed]),
                capture_output=True,
                text=True,
                check=True,
            )
            spans, megabytes = json.loads(done.stdout.splitlines()[-1])
            return [moved(text, at) for text, at in zip(found, spans, strict=True)], megabytes

        yield Way("PyRuSH", lambda found: rush(found)[0], rush([], texts)[1])


def of_component(label: str, nlp: Language, name: str, texts: Iterable[str]) -> Way:
    """A component as a way, with its speed on Docs that are tokenized already."""
    component: Callable[[Doc], Doc] = nlp.create_pipe(name)

    def divide(found: list[str]) -> list[Starts]:
        docs = [component(nlp.make_doc(text)) for text in found]
        return [moved(doc.text, (sentence.start_char for sentence in doc.sents)) for doc in docs]

    docs = [nlp.make_doc(text) for text in texts]
    return Way(label, divide, doc_speed=speed(component, docs))


def moved(text: str, starts: Iterable[int]) -> Starts:
    """Beginnings of sentences, behind the blanks that are there."""
    return sorted({len(text) - len(text[start:].lstrip()) for start in starts})


def speed(divide: Callable[[Any], object], texts: Sequence[Any]) -> float:
    """Megabytes a second of one core."""
    begin, size = time.process_time(), 0
    for text in texts:
        divide(text)
        size += len((text.text if isinstance(text, Doc) else text).encode())
        if time.process_time() - begin > SECONDS:
            break
    return size / 1e6 / (time.process_time() - begin)


def scores(gold: Iterable[Starts], found: Iterable[Starts]) -> tuple[float, float, float]:
    """Precision, recall and F in percent of beginnings, but for the first of each note."""
    right = wanted = given = 0
    for truth, guess in zip(gold, found, strict=True):
        ours, theirs = set(truth[1:]), {start for start in guess if start > truth[0]}
        right += len(ours & theirs)
        wanted += len(ours)
        given += len(theirs)
    p, r = right / given, right / wanted
    return 100 * p, 100 * r, 100 * 2 * p * r / (p + r)


def show_errors(notes: Iterable[Note], found: Iterable[Starts]) -> None:
    """Print where a beginning is missing (-) or too many (+)."""
    for note, starts in zip(notes, found, strict=True):
        for start in sorted(set(starts) ^ set(note.starts)):
            sign = "+" if start in starts else "-"
            print(f"{sign} {note.corpus} {note.row} at {start}")


if __name__ == "__main__":
    typer.run(main)
