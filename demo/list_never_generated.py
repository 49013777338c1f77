"""List the names of the generator that hand-labelled notes have: it must never draw them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import spacy
import typer
from wasabi import msg

from demo.generator.phi.forms import CLOSED, Forms
from spacy_umlsbert.corpora.docbin import read_docs
from spacy_umlsbert.evaluation.deid.leak_scores import gold_phi


def main(
    notes: Annotated[
        Path, typer.Argument(help="A .spacy file of hand-labelled notes", exists=True)
    ],
    assets: Annotated[Path, typer.Argument(help="The folder with phi.yml", exists=True)],
) -> None:
    """Write never.txt beside phi.yml: names and words that stand in the PHI of NOTES."""
    docs = read_docs(notes, spacy.blank("en").vocab)
    phi = [doc.text[p.start : p.end].lower() for doc in docs for p in gold_phi(doc)]
    said = " | ".join(phi)
    (assets / "never.txt").write_text("", encoding="utf8")
    forms = Forms.from_file(assets / "phi.yml")
    pools = [*forms.names.values(), *(o for kind, o in forms.words.items() if kind not in CLOSED)]
    names = {name.lower() for pool in pools for name in (*pool.seen, *pool.held_out)}
    never = sorted(n for n in names if re.search(rf"(?<!\w){re.escape(n)}(?!\w)", said))
    (assets / "never.txt").write_text("\n".join(never) + "\n", encoding="utf8")
    msg.good(f"{len(never)} names are never drawn")


if __name__ == "__main__":
    typer.run(main)
