"""`umls inspect-kb`: what is in a knowledge base, and whether it is intact."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert import umls
from spacy_umlsbert.cli.app import app
from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.umls.semantic_types import SEMANTIC_GROUPS


@app.command("inspect-kb")
def inspect_kb(
    path: Annotated[Path, typer.Argument(metavar="KB", help="A knowledge base directory")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare all content with the checksums")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print meta data as JSON")] = False,
    notice: Annotated[
        Path | None, typer.Option(help="Write the sources and their licences to this file")
    ] = None,
) -> None:
    """Show what a knowledge base holds and where it comes from."""
    kb = umls.KnowledgeBase.open(path)
    if verify:
        kb.verify()
    if notice is not None:
        with atomic_file(notice) as partial:
            partial.write_text(umls.license_notice(kb.meta), encoding="utf8")
    if as_json:
        meta = {**asdict(kb.meta), "fingerprint": kb.fingerprint}
        print(json.dumps(meta, indent=2, ensure_ascii=False))
        return
    show_summary(kb)
    if verify:
        msg.good("All files match their checksums.")


def show_summary(kb: umls.KnowledgeBase) -> None:
    """Print a table of a knowledge base's meta data and counts."""
    meta = kb.meta
    open_license = (
        "open"
        if meta.open_license
        else "not recorded as open (--open-license): packages leave the content out"
    )
    rows = [
        ("name", f"{meta.name} {meta.version}"),
        ("licence", f"{meta.license} ({open_license})"),
        ("built", meta.created),
        ("fingerprint", kb.fingerprint[:16]),
        *((key.replace("_", " "), f"{count:,}") for key, count in meta.counts.items()),
    ]
    msg.table(rows)
    sources = [
        (
            source.get("kind", ""),
            " ".join(source.get("files", ())),
            source.get("version") or "-",
            source.get("license") or "-",
        )
        for source in meta.sources
    ]
    msg.table(sources, header=("source", "files", "version", "licence"), divider=True)
    if kb.vocabularies:
        msg.table(
            [(name, f"{count:,}") for name, count in kb.vocabularies.items()],
            header=("vocabulary", "codes"),
            aligns=("l", "r"),
            divider=True,
        )
    msg.table(
        [(group, name, f"{count:,}") for group, name, count in concepts_by_group(kb)],
        header=("group", "", "concepts"),
        aligns=("l", "l", "r"),
        divider=True,
    )


def concepts_by_group(kb: umls.KnowledgeBase) -> list[tuple[str, str, int]]:
    """Code, name and number of concepts of each semantic group, most first.

    A concept of several groups counts in each; concepts without a current semantic type count
    under "none".
    """
    counts = kb.count_by_group()
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return [(group or "none", SEMANTIC_GROUPS.get(group, ""), count) for group, count in ordered]
