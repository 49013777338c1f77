"""Sentences of twenty notes by several rules, and how many megabytes a second each divides.

    python benchmarks/sentences/compare.py ACI_BENCH_TRAIN.csv MTS_DIALOG_TRAIN.csv

prints a table. Where the sentences of the notes begin was marked by hand; `boundaries.jsonl` has
the offsets, and nothing of the texts.
"""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
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


class Note(NamedTuple):
    """A note and where its sentences begin."""

    corpus: str
    row: str
    text: str
    starts: Starts


class Result(NamedTuple):
    """What a way of dividing found, and how fast."""

    name: str
    starts: list[Starts]
    text_speed: float | None = None
    doc_speed: float | None = None


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
    figures = []
    for result in results(notes, texts, pyrush):
        p, r, f = scores([note.starts for note in notes], result.starts)
        speeds = {"text MB/s": result.text_speed, "Docs MB/s": result.doc_speed}
        figures.append({"rules": result.name, "P": p, "R": r, "F": f, **speeds})
        if errors and result.name.startswith("ours"):
            show_errors(notes, result.starts)
    header = ["rules", "P", "R", "F", "text MB/s", "Docs MB/s"]
    table = [[shown(figure[name]) for name in header] for figure in figures]
    msg.table(table, header=header, aligns=("l", *"rrrrr"))
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


def results(notes: Sequence[Note], texts: Sequence[str], pyrush: str | None) -> Iterable[Result]:
    """What each way finds; those whose package is not installed are left out."""
    found = [note.text for note in notes]
    finder = SentenceFinder()
    nlp = spacy.blank("en")
    ours, ours_speed = by_component(nlp, "umls_sentences", found, texts)
    of_text = [finder.starts(text) for text in found]
    yield Result("ours, text", of_text, speed(finder.starts, texts))
    yield Result("ours, umls_sentences", ours, None, ours_speed)
    try:
        import pysbd  # noqa: PLC0415 - may be missing
        from scispacy import custom_sentence_segmenter  # noqa: F401, PLC0415 - registers it
    except ModuleNotFoundError:
        msg.warn("scispaCy is not installed: neither its rules nor pySBD's are compared.")
    else:
        segmenter = pysbd.Segmenter(language="en", clean=False, char_span=True)

        def starts(text: str) -> Starts:
            return moved(text, (span.start for span in segmenter.segment(text)))

        yield Result("pySBD", [starts(text) for text in found], speed(starts, texts))
        theirs, their_speed = by_component(nlp, "pysbd_sentencizer", found, texts)
        yield Result("scispaCy (pySBD on tokens)", theirs, None, their_speed)
    spacys, spacy_speed = by_component(nlp, "sentencizer", found, texts)
    yield Result("spaCy's sentencizer", spacys, None, spacy_speed)
    if pyrush is not None:
        python, rules = pyrush.split(",")
        done = subprocess.run(
            [python, "-c", PYRUSH, rules, str(SECONDS)],
            input=json.dumps([found, list(texts)]),
            capture_output=True,
            text=True,
            check=True,
        )
        spans, rush_speed = json.loads(done.stdout.splitlines()[-1])
        at = [moved(text, begins) for text, begins in zip(found, spans, strict=True)]
        yield Result("PyRuSH", at, rush_speed)


def by_component(
    nlp: Language, name: str, found: Iterable[str], texts: Iterable[str]
) -> tuple[list[Starts], float]:
    """What a component finds in some texts, and its speed on Docs that are tokenized already."""
    component: Callable[[Doc], Doc] = nlp.create_pipe(name)
    docs = [component(nlp.make_doc(text)) for text in found]
    starts = [moved(doc.text, (sentence.start_char for sentence in doc.sents)) for doc in docs]
    return starts, speed(component, [nlp.make_doc(text) for text in texts])


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
