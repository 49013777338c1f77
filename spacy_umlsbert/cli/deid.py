"""`umls deid`: a file of notes without protected health information."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import spacy
import srsly
import typer
from tqdm import tqdm
from wasabi import msg

from spacy_umlsbert.cli.app import app, errors_without_text
from spacy_umlsbert.cli.pipelines import load_pipeline
from spacy_umlsbert.deid.note_files import Note, SafeNote, deidentify_file
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.files.rows import TEXT_COLUMN, NumberedRow, RowFile

if TYPE_CHECKING:
    from spacy.language import Language

    from spacy_umlsbert.pipeline.umls_deid import UmlsDeid

FACTORY = "umls_deid"


class Output(str, Enum):
    """What stands in place of PHI."""

    placeholder = "placeholder"
    label = "label"
    mask = "mask"
    surrogate = "surrogate"


@app.command("deid")
def deid(
    source: Annotated[Path, typer.Argument(help=".txt, .jsonl, .csv, .tsv or .parquet file")],
    target: Annotated[Path, typer.Argument(help="The file to write, with the same ending")],
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", help="A pipeline with umls_deid [rules alone, no model]"),
    ] = None,
    output: Annotated[
        Output | None, typer.Option(help="What stands in place of PHI [as in the pipeline]")
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="Key of surrogates [SPACY_UMLSBERT_DEID_KEY]")
    ] = None,
    text_column: Annotated[
        list[str] | None, typer.Option(help="Column or field of text (can be repeated) [text]")
    ] = None,
    patient_column: Annotated[
        str | None, typer.Option(help="Column that says whose note it is, for surrogates")
    ] = None,
    audit: Annotated[
        Path | None,
        typer.Option(help="Write counts here, as JSON; no character of a note is in it"),
    ] = None,
    skip_failed: Annotated[
        bool, typer.Option("--skip-failed", help="Leave out rows that fail, and report them")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress")] = False,
) -> None:
    """Take protected health information out of a file of notes.

    Rows are read and written one by one, so a file may be larger than memory, and other columns
    stay. If a row fails nothing is written under the name of the target, unless --skip-failed.
    """
    with errors_without_text():
        if target.suffix.lower() != source.suffix.lower():
            raise InputError("the target must have the ending of the source.", path=target)
        nlp, component = load_deid(model)
        if output is not None:
            component.output = output.value
        if key_file is not None:
            component.key_file = key_file

        def deidentify(notes: list[Note]) -> Iterator[SafeNote]:
            docs = []
            for note in notes:
                doc = nlp.make_doc(note.text)
                if note.patient_id is not None:
                    doc._.patient_id = note.patient_id
                docs.append(doc)
            for doc in nlp.pipe(docs):
                labels = tuple(span.label_ for span in doc.spans[component.spans_key])
                yield SafeNote(doc._.deidentified, labels)

        def progress(rows: Iterable[NumberedRow]) -> Iterable[NumberedRow]:
            return tqdm(rows, desc="De-identifying", unit=" rows", disable=quiet, leave=False)

        report = deidentify_file(
            RowFile(source),
            target,
            deidentify,
            text_columns=text_column or [TEXT_COLUMN],
            patient_column=patient_column,
            skip_failed=skip_failed,
            progress=progress,
        )
        if audit is not None:
            with atomic_file(audit) as path:
                srsly.write_json(path, report.as_dict())
    rows = [(label, f"{count:,}") for label, count in report.labels.most_common()]
    msg.table(rows, header=("taken out", "times"), divider=True, aligns=("l", "r"))
    for line, kind in report.failed[:10]:
        msg.warn(f"{source}, line {line}: left out ({kind})")
    if report.failed:
        msg.warn(f"{len(report.failed):,} rows were left out")
    msg.good(f"Wrote {report.documents:,} texts to {target}")


def load_deid(model: str | None) -> tuple[Language, UmlsDeid]:
    """A pipeline up to its `umls_deid`, and that; without a model, one of rules alone.

    What comes after it cannot change what it finds, and is not run.

    Raises:
        InputError: If there is no such pipeline, or no such component in it.
    """
    if model is None:
        nlp: Language = spacy.blank("en")
        nlp.add_pipe(FACTORY)
        msg.info("No model: rules alone, which miss names that nothing around them gives away.")
    else:
        nlp = load_pipeline(model)
    names = [name for name in nlp.pipe_names if nlp.get_pipe_meta(name).factory == FACTORY]
    if not names:
        raise InputError(f"the pipeline {model!r} has no {FACTORY}.")
    for later in nlp.pipe_names[nlp.pipe_names.index(names[0]) + 1 :]:
        nlp.disable_pipe(later)
    return nlp, cast("UmlsDeid", nlp.get_pipe(names[0]))
