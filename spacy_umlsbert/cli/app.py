"""The typer app that the commands belong to, each of them inside the guard."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click
import typer
from typer.core import TyperGroup
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


PANELS = {
    "Notes": ("show", "extract", "deid", "link", "nli", "assertion"),
    "Knowledge bases": ("build-kb", "inspect-kb", "lookup", "crosswalk"),
    "Corpora and scores": (
        "convert", "evaluate-ner", "evaluate-assertion", "evaluate-values", "evaluate-deid",
        "evaluate-linking", "evaluate-nli",
    ),
    "Backbone and encoders": (
        "prepare-notes", "pretrain", "align", "marginalize", "import-checkpoint", "embed",
        "neighbours",
    ),
}  # fmt: skip
"""The commands as 'umls --help' shows them: in this order, by what they are for."""

_PLACES = {name: i for i, name in enumerate(one for names in PANELS.values() for one in names)}
_PANEL_OF = {name: panel for panel, names in PANELS.items() for name in names}


class OrderedGroup(TyperGroup):
    """Commands in the order of `PANELS`."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands."""
        return sorted(super().list_commands(ctx), key=lambda name: _PLACES.get(name, len(_PLACES)))


class GuardedTyper(typer.Typer):
    """A typer app whose commands run inside the guard, and end with a message if they fail."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[[CommandT], CommandT]:
        """Add a command. The function itself stays as it is."""
        if name in _PANEL_OF:
            settings.setdefault("rich_help_panel", _PANEL_OF[name])
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
    help=(
        "Clinical notes: what they say, without names, as tables; knowledge bases, corpora and "
        "scores, trainings."
    ),
    cls=OrderedGroup,
    rich_markup_mode="markdown",  # as Rich's own markup, [text] would not be shown
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
