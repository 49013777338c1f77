"""Make the texts for pretraining out of the open corpora: JSONL, with a part held out."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert.corpora.annotated.formats.pubtator import pubtator_reader
from spacy_umlsbert.files.row_files import RowFile
from spacy_umlsbert.files.writing import write_json_lines
from spacy_umlsbert.umls import KnowledgeBase

Row = dict[str, str]


def main(
    out_dir: Annotated[Path, typer.Argument(help="where train.jsonl and dev.jsonl go")],
    csv_column: Annotated[
        list[str], typer.Option(help="a CSV file and the column of its texts: FILE=COLUMN")
    ] = [],  # noqa: B006
    pubtator: Annotated[list[Path], typer.Option(help="a PubTator file")] = [],  # noqa: B006
    definitions: Annotated[
        Path | None, typer.Option(help="a knowledge base whose definitions are texts too")
    ] = None,
    held_out: Annotated[float, typer.Option(help="share of the documents to hold out")] = 0.1,
    seed: Annotated[int, typer.Option(help="the same seed holds out the same documents")] = 0,
) -> None:
    """Write train.jsonl and dev.jsonl: rows of a document's id and its text.

    Documents that are in several of the files are used once.
    """
    documents: dict[str, list[Row]] = {}
    for item in csv_column:
        path, _, column = item.rpartition("=")
        for row in read_csv(Path(path), column):
            documents.setdefault(row["document"], []).append(row)
    for file in pubtator:
        for name, rows in read_pubtator(file).items():
            documents.setdefault(name, rows)
    if definitions is not None:
        documents.update(read_definitions(KnowledgeBase.open(definitions)))
    names = sorted(documents)
    random.Random(seed).shuffle(names)
    n = round(held_out * len(names))
    for split, chosen in (("train", names[n:]), ("dev", names[:n])):
        texts = (row for name in chosen for row in documents[name])
        write_json_lines(out_dir / f"{split}.jsonl", texts)
        msg.good(f"{split}: {len(chosen):,} documents")


def read_csv(path: Path, column: str) -> Iterator[Row]:
    """A document for every row; its paragraphs are its texts."""
    for i, (_, row) in enumerate(RowFile(path).rows()):
        for paragraph in re.split(r"\n\s*\n", row[column]):
            text = " ".join(paragraph.split())
            if text:
                yield {"document": f"{path.stem}-{i}", "text": text}


def read_pubtator(path: Path) -> dict[str, list[Row]]:
    """Title and abstract of each article; one that is there twice is taken once."""
    return {
        article.document_id: [
            {"document": article.document_id, "text": text} for text in article.text.split("\n")
        ]
        for article in pubtator_reader(path).texts()
    }


def read_definitions(kb: KnowledgeBase) -> dict[str, list[Row]]:
    """The definition of each concept that has one, after its names."""
    documents = {}
    for concept in map(kb.concept, range(len(kb))):
        if concept.definition:
            names = [concept.canonical_name, *concept.aliases[:3]]
            text = f"{', '.join(names)}: {concept.definition}"
            documents[concept.concept_id] = [{"document": concept.concept_id, "text": text}]
    return documents


if __name__ == "__main__":
    typer.run(main)
