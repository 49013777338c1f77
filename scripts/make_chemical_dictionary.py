"""Names of chemicals out of the identifiers of the Python package `chemicals` (from PubChem)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert.files.lines import read_lines
from spacy_umlsbert.files.writing import text_writer

_FIRST_NAME = (
    7  # columns before: PubChem id, CAS number, formula, weight, SMILES, InChI and its key
)
_REMARK = re.compile(r"\s*[\[(][a-z0-9:,/. -]*\b(inn|ban|usan|jan|dcit|iso|nf|usp|ci)\b.*$")
_NO_NAME = re.compile(r"[\d\W]*|.*[|;].*|.*\d{4}.*|(?!.*[a-z]{3}).*")


def main(
    target: Annotated[Path, typer.Argument(help="the dictionary to write, id||name|name")],
    sources: Annotated[list[Path], typer.Argument(help="the package's identifier files (.tsv)")],
    most_names: Annotated[int, typer.Option(help="names taken of each chemical")] = 60,
) -> None:
    """Write a dictionary for `umls build-kb --dictionary`.

    Left out are registry numbers and codes, and names without three letters in a row: the files
    are in small letters, where "ca" cannot be told from the word.
    """
    written = 0
    with text_writer(target) as file:
        for source in sources:
            for line in read_lines(source):
                cid, *fields = line.text.split("\t")
                names = list(chemical_names(fields[_FIRST_NAME - 1 :]))[:most_names]
                if names:
                    file.write(f"CID:{cid}||{'|'.join(names)}\n")
                    written += 1
    msg.good(f"{target}: {written:,} chemicals")


def chemical_names(synonyms: Iterable[str]) -> Iterator[str]:
    """The synonyms that can stand in a text, each once, without remarks such as "[inn:ban]"."""
    cleaned = (_REMARK.sub("", synonym).strip() for synonym in synonyms)
    return (name for name in dict.fromkeys(cleaned) if not _NO_NAME.fullmatch(name))


if __name__ == "__main__":
    typer.run(main)
