"""`umls lookup`: the concepts that a text names, or that have an id or a code."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import spacy
import typer
from wasabi import msg

from spacy_umlsbert import umls
from spacy_umlsbert.cli.app import app

# What looks like an id and not like a name: C0008031, D002637, MONDO:0005010.
_ID = re.compile(r"[A-Za-z]{1,6}:?\d{5,}")


@app.command("lookup")
def lookup(
    path: Annotated[Path, typer.Argument(metavar="KB", help="A knowledge base directory")],
    text: Annotated[
        str, typer.Argument(help="A text, a name, a concept id or a code; - reads standard input")
    ],
    lang: Annotated[str, typer.Option(help="Language of the tokenizer")] = "en",
) -> None:
    """Find names in a text, or show the concept of an id (C0020538) or of a code (ICD10CM:I10)."""
    kb = umls.KnowledgeBase.open(path)
    if text == "-":
        text = sys.stdin.read()
    ids = [text.strip()] if text.strip() in kb else kb.with_any_code(text)
    for concept_id in ids or ():
        _show(kb[concept_id], kb.parents(concept_id), kb.children(concept_id))
    if ids:
        return
    if ids is not None:
        msg.fail(f"No concept in {path} has the code {text.strip()}.", exits=1)
    if _ID.fullmatch(text.strip()):
        msg.fail(f"There is no concept {text.strip()} in {path}.", exits=1)
    try:
        nlp = spacy.blank(lang)
    except ImportError:
        msg.fail(f"spaCy has no language {lang!r}.", "Use a code such as en or de.", exits=1)
    doc = nlp.make_doc(text)
    rows = []
    for match in kb.match([doc])[0]:
        span = doc[match.start : match.end].text
        for i, concept_id in enumerate(match.concept_ids):
            row = kb[concept_id]
            first = (span, match.kind) if i == 0 else ("", "")
            types = ", ".join(row.types)
            groups = ", ".join(row.semantic_groups)
            rows.append((*first, concept_id, row.canonical_name, types, groups))
    if not rows:
        msg.warn("No names of this knowledge base found.")
        return
    msg.table(
        rows, header=("text", "match", "concept", "canonical name", "types", "groups"), divider=True
    )


def _show(concept: umls.Concept, parents: list[str], children: list[str]) -> None:
    msg.table(
        [
            ("concept", concept.concept_id),
            ("canonical name", concept.canonical_name),
            ("types", ", ".join(concept.types)),
            ("groups", ", ".join(concept.semantic_groups)),
            ("definition", concept.definition or ""),
            ("names", " | ".join(concept.aliases[:50])),
            ("codes", " | ".join(f"{name} {', '.join(of)}" for name, of in concept.codes.items())),
            ("parents", " ".join(parents[:50])),
            ("children", " ".join(children[:50])),
        ],
        multiline=True,
    )
