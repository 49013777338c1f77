"""The typer app that the commands belong to, each of them inside the guard."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click
import typer
from wasabi import msg

from spacy_umlsbert._compat import setup_gpu, spacy_app
from spacy_umlsbert.errors import InputError, SafeError, UnexpectedError
from spacy_umlsbert.guard import VARIABLE, without_text

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

# What typer itself handles; the last is of `… | head`, on which it ends quietly.
# Newer versions of typer have an Exit and an Abort of their own.
_OF_TYPER = (
    *(typer.Exit, typer.Abort),
    *(click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError),
)


class GuardedTyper(typer.Typer):
    """A typer app whose commands run inside the guard, and end with a message if they fail."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[[CommandT], CommandT]:
        """Add a command. The function itself stays as it is."""
        add = super().command(name, **settings)

        def decorate(command: CommandT) -> CommandT:
            add(guarded(command, name or command.__name__))
            return command

        return decorate


def guarded(command: CommandT, name: str) -> Callable[..., None]:
    """A command inside the guard; its errors are messages without a traceback, exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            without_text(f"umls {name}: an error that should not be", passes=_OF_TYPER).call(
                command, *args, **kwargs
            )
        except SafeError as error:
            places = "\n".join(error.places) if isinstance(error, UnexpectedError) else ""
            failed = str(error) if not places else f"{error} {_UNEXPECTED}\n{places}"
            msg.fail("The command could not be completed.", failed, exits=1)

    return run


_UNEXPECTED = (
    "Its text is not shown, because it may quote a note; "
    f"with the environment variable {VARIABLE}=1 it is."
)

app = GuardedTyper(
    name="umls",
    help="Knowledge bases of the UMLS and others, corpora, de-identification, and the backbone.",
    no_args_is_help=True,
)
spacy_app.add_typer(app)


def use_gpu(gpu_id: int) -> None:
    """Use a GPU, or the CPU if the number is negative.

    Raises:
        InputError: If there is none, or what it needs is not installed.
    """
    try:
        setup_gpu(gpu_id)
    except ValueError as error:
        raise InputError(f"--gpu-id {gpu_id}: {error}") from None
