"""`umls convert`: a corpus of annotated texts or of labelled pairs as a `.spacy` file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from enum import Enum
from inspect import signature
from pathlib import Path
from typing import Annotated, Any

import spacy
import typer
from spacy.language import Language
from wasabi import msg

from spacy_umlsbert.cli.app import app
from spacy_umlsbert.cli.old_options import with_old_option
from spacy_umlsbert.corpora.annotated.formats import READERS as TEXT_READERS
from spacy_umlsbert.corpora.annotated.formats import labels_to_show
from spacy_umlsbert.corpora.annotated.reader import AnnotatedCorpus
from spacy_umlsbert.corpora.docbin import write_docs
from spacy_umlsbert.corpora.pairs.formats import READERS as PAIR_READERS
from spacy_umlsbert.corpora.pairs.reader import PairCorpus
from spacy_umlsbert.corpora.report import CorpusReport, Kind, PairReport, logger
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.json_lines import read_json
from spacy_umlsbert.files.progress import logs_above_bars, progress_bar
from spacy_umlsbert.files.writing import write_json_lines

READERS: dict[str, Callable[..., AnnotatedCorpus | PairCorpus]] = {**TEXT_READERS, **PAIR_READERS}
Format = Enum("Format", {name: name for name in READERS}, type=str)  # type: ignore[misc]


class Split(str, Enum):
    """Parts of a corpus."""

    train = "train"
    dev = "dev"


class Unaligned(str, Enum):
    """What to do with mentions that are not made of whole tokens."""

    missing = "missing"
    expand = "expand"


@app.command("convert")
def convert(
    format: Annotated[Format, typer.Argument(help="Format of the corpus")],
    path: Annotated[Path, typer.Argument(help="File or folder of the corpus", exists=True)],
    output: Annotated[Path, typer.Argument(help="The .spacy file to write")],
    split: Annotated[
        Split | None,
        typer.Option(help="A part of the corpus; see the README for how it is divided"),
    ] = None,
    ids: Annotated[
        Path | None, typer.Option(help="File with the ids of the wanted documents, one a line")
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the tokenizer")] = "en",
    rename_label: Annotated[
        list[str] | None, typer.Option(help="Rename a label, OLD=NEW; OLD= leaves it out")
    ] = None,
    label: Annotated[list[str] | None, typer.Option(hidden=True)] = None,
    sentences: Annotated[
        bool,
        typer.Option(
            "--sentences", help="Write each sentence as a Doc; for training, not of pairs"
        ),
    ] = False,
    unaligned: Annotated[
        Unaligned, typer.Option(help="Mentions that are not made of whole tokens")
    ] = Unaligned.missing,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            help='A setting of the format\'s own, NAME=JSON: elements=["EVENT"]; or NAME=@FILE.json'
        ),
    ] = None,
    problems: Annotated[
        Path | None, typer.Option(help="Write every problem to this file, as JSON lines")
    ] = None,
) -> None:
    """Convert an annotated corpus, or one of pairs (premise, hypothesis, label), to a .spacy file.

    What is wrong with a part of the corpus is reported with file and line; the rest is converted.
    The document ids, and the mentions that could not be aligned with tokens, are in the file too.
    """
    renamings = with_old_option(
        rename_label or [], label, name="--rename-label", old_name="--label"
    )
    if output.suffix != ".spacy":
        raise InputError("the name of the output must end in .spacy.", path=output)
    settings = _settings(format.value, setting or ())
    if format.value in TEXT_READERS:
        settings |= {"sentences": sentences, "unaligned": unaligned.value}
    elif sentences or unaligned is not Unaligned.missing:
        given = "--sentences" if sentences else "--unaligned"
        raise InputError(f"{given}: the format {format.value} is of pairs, which stay whole.")
    corpus = READERS[format.value](
        path,
        split=None if split is None else split.value,
        ids=ids,
        labels=dict(_renaming(item) for item in renamings),
        **settings,
    )
    docs = progress_bar(corpus.docs(_blank(lang)), doing="Converting", unit="docs")
    try:
        with logs_above_bars(logger):
            count = write_docs(docs, output)
    finally:
        if problems is not None:
            write_json_lines(problems, (p.as_dict() for p in corpus.report.problems))
    msg.good(f"Wrote {count} Docs to {output}")
    labels = labels_to_show(format.value, corpus.report.labels, corpus.labels.values())
    show_summary(corpus.report, labels)
    if isinstance(corpus.report, CorpusReport) and not corpus.report.mentions:
        msg.warn("No mention was found. Check the format, --rename-label and --setting.")


def _blank(lang: str) -> Language:
    try:
        return spacy.blank(lang)
    except ImportError:
        raise InputError(f"--lang {lang}: spaCy has no such language.") from None


def show_summary(report: CorpusReport | PairReport, labels: Counter[str]) -> None:
    """Print tables of the counts of a pass over a corpus."""
    if isinstance(report, PairReport):
        unit = "pairs"
        counts = [("pairs", report.documents), ("tokens", report.tokens)]
        if report.kept_apart:
            counts.append(
                ("kept out of training: dev has their hypothesis as a premise", report.kept_apart)
            )
    else:
        unit = "mentions"
        names = ("documents", "tokens", "mentions", "entities")
        counts = [(name, getattr(report, name)) for name in names]
    msg.table([(name, f"{count:,}") for name, count in counts], aligns=("l", "r"), max_col=90)
    if labels:
        rows = [(label, f"{count:,}") for label, count in labels.most_common()]
        msg.table(rows, header=("label", unit), divider=True, aligns=("l", "r"), max_col=90)
    found = [(kind.value, f"{report.count(kind):,}") for kind in Kind if report.count(kind)]
    if found:
        msg.table(found, header=("problem", "times"), divider=True, aligns=("l", "r"), max_col=90)


def _renaming(item: str) -> tuple[str, str]:
    old, separator, new = item.partition("=")
    if not separator:
        raise InputError(f"--rename-label {item}: write OLD=NEW.")
    return old, new


def _settings(format_name: str, items: list[str] | tuple[()]) -> dict[str, Any]:
    common = set(signature(convert).parameters)
    known = set(signature(READERS[format_name]).parameters) - common - {"labels"}
    settings: dict[str, Any] = {}
    for item in items:
        name, _, value = item.partition("=")
        if name not in known:
            raise InputError(
                f"--setting {name}: the format {format_name} has no such setting.",
                remedy=f"It has {', '.join(sorted(known))}.",
            )
        if value.startswith("@"):
            settings[name] = read_json(Path(value[1:]))
            continue
        try:
            settings[name] = json.loads(value)
        except ValueError:
            settings[name] = value
    return settings
