"""The typer app that the commands belong to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from spacy.cli._util import app as spacy_app
from wasabi import msg

from spacy_umlsbert.errors import InputError

app = typer.Typer(
    name="umls",
    help="Knowledge bases of the UMLS and other terminologies, corpora, and the backbone.",
    no_args_is_help=True,
)
spacy_app.add_typer(app)


@contextmanager
def errors_as_messages() -> Iterator[None]:
    """Show errors that a user can act on as a message, without a traceback, and exit with 1."""
    try:
        yield
    except InputError as error:
        msg.fail("The command could not be completed.", str(error), exits=1)
