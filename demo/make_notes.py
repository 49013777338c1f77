"""Make the demo corpus: notes with gold entities and PHI, and labelled pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from demo.generator import NoteGenerator, ReleaseError, TemplateError
from demo.generator.docs import write_notes
from demo.generator.nli import PairGenerator, write_pairs
from demo.generator.passages import write_notes_beside, write_passages

FOLDER = Path(__file__).parent


def main(
    concepts: Annotated[Path, typer.Argument(help="the table of concepts of the small release")],
    out_dir: Annotated[Path, typer.Argument(help="where the DocBins and JSONL files go")],
    train: Annotated[int, typer.Option(help="notes to train on")] = 500,
    dev: Annotated[int, typer.Option(help="notes to evaluate on")] = 100,
    test: Annotated[int, typer.Option(help="notes of nothing but unseen PHI and sentences")] = 0,
    train_pairs: Annotated[int, typer.Option(help="labelled pairs to train on")] = 0,
    dev_pairs: Annotated[int, typer.Option(help="labelled pairs to evaluate on")] = 0,
    passages: Annotated[
        Path | None, typer.Option(help="passages with assertions, JSON lines; see demo/assertion")
    ] = None,
    heads_notes: Annotated[
        int, typer.Option(help="so many training notes are beside the passages in train_heads")
    ] = 0,
    seed: Annotated[int, typer.Option(help="the same seed makes the same notes")] = 0,
) -> None:
    """Write folders train, dev and test with notes.spacy and pairs.spacy, and figures.json.

    The same is there as JSONL. Pairs are of a premise and a hypothesis. The folder labels has those
    of the training data, a file for each component. Passages are in train_heads
    and dev.
    """
    try:
        generator = NoteGenerator.from_folder(FOLDER, concepts, seed)
        figures = write_notes(generator, out_dir, train=train, dev=dev, test=test)
        labels = {}
        if train_pairs or dev_pairs:
            pairs = PairGenerator.from_folder(FOLDER, concepts, seed)
            labels = write_pairs(pairs, out_dir, train=train_pairs, dev=dev_pairs)
        said = {}
        if passages is not None:
            nlp = generator.tokenizer
            said = write_passages(passages, out_dir, nlp)
            if heads_notes:
                write_notes_beside(out_dir, nlp, heads_notes)
    except (TemplateError, ReleaseError) as error:
        msg.fail("The notes cannot be made", str(error), exits=1)
    for split, counts in figures.items():
        phi = sum(counts["phi"].values())
        msg.good(f"{split}: {counts['notes']} notes, {counts['mentions']} mentions, {phi} PHI")
    for split, of_label in labels.items():
        msg.good(f"{split}: {of_label.total()} pairs, {', '.join(sorted(of_label))}")
    for split, classes in said.items():
        msg.good(f"{split}: {classes.total()} mentions in passages, {', '.join(sorted(classes))}")


if __name__ == "__main__":
    typer.run(main)
