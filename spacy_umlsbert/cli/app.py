"""The typer app that the commands belong to."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from wasabi import msg

from spacy_umlsbert._compat import setup_gpu, spacy_app
from spacy_umlsbert.errors import InputError

app = typer.Typer(
    name="umls",
    help="Knowledge bases of the UMLS and others, corpora, de-identification, and the backbone.",
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


@contextmanager
def errors_without_text() -> Iterator[None]:
    """The same for commands that read notes: of other errors only the kind and the places.

    The text of an error may quote what a library could not read or convert.
    """
    with errors_as_messages():
        try:
            yield
        except (InputError, typer.Exit, typer.Abort, BrokenPipeError):
            raise  # the last, of `… | head`, is what typer ends quietly on
        except Exception as error:
            places = "".join(traceback.format_tb(error.__traceback__))
            raise InputError(
                f"an error that should not be: {type(error).__name__}. Its text is not shown, "
                f"because it may quote a note.\n{places}"
            ) from None


def use_gpu(gpu_id: int) -> None:
    """Use a GPU, or the CPU if the number is negative.

    Raises:
        InputError: If there is none, or what it needs is not installed.
    """
    try:
        setup_gpu(gpu_id)
    except ValueError as error:
        raise InputError(f"--gpu-id {gpu_id}: {error}") from None
