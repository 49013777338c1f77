"""Build the knowledge base of the demo from the small release in assets/."""

from pathlib import Path

import typer

from spacy_umlsbert.umls import KnowledgeBase, RrfRelease


def main(release: Path, output: Path) -> None:
    """Build OUTPUT from the RRF files in RELEASE."""
    kb = KnowledgeBase.build(
        output,
        RrfRelease(release),
        name="spacy-umlsbert-demo",
        version="1",
        license="MIT",
        open_license=True,
        overwrite=True,
    )
    typer.echo(f"{output}: {len(kb)} concepts, {sum(1 for _ in kb.names())} names")


if __name__ == "__main__":
    typer.run(main)
