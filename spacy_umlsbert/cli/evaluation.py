"""What the commands `evaluate-…` share: the order of their arguments, which was another one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand
from wasabi import msg

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.plots import can_plot
from spacy_umlsbert.old_names import GOES_WITH

OutputArgument = Annotated[Path, typer.Argument(help="Folder for the report")]
OutputOrOldOrder = Annotated[
    Path | None, typer.Argument(metavar="OUTPUT", help="Folder for the report [required]")
]
"""Of commands that take the order of 0.1 too, in which there was nothing behind it."""

OldModelOption = Annotated[str | None, typer.Option("--model", "-m", hidden=True)]
TitleOption = Annotated[str, typer.Option(help="Heading of the report")]


class OldOrderCommand(TyperCommand):
    """A command whose OUTPUT is required, though it may be missing in the old order."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The arguments in the line of usage."""
        pieces = super().collect_usage_pieces(ctx)
        return ["OUTPUT" if piece == "[OUTPUT]" else piece for piece in pieces]


class Arguments(NamedTuple):
    """The arguments of a command that evaluates, in the order of 'spacy evaluate'."""

    model: str
    data: Path
    output: Path


def arguments(
    model: str, data: Path, output: Path | None, *, old_model: str | None = None
) -> Arguments:
    """Check the arguments; take those of 0.1, DATA OUTPUT and the model as an option, too.

    Args:
        model: MODEL; in the old order DATA.
        data: DATA; in the old order OUTPUT.
        output: OUTPUT; in the old order nothing.
        old_model: The value of the option that named the model, or what stood for none.

    Raises:
        InputError: If one is missing, there is no DATA, or OUTPUT is a file.
    """
    if output is None:
        if old_model is None:
            raise InputError("give MODEL, DATA and OUTPUT, the folder for the report.")
        msg.warn(
            f"The arguments are MODEL DATA OUTPUT, as of 'spacy evaluate': {old_model} {model} "
            f"{data}. The old order goes with version {GOES_WITH}."
        )
        model, data, output = old_model, Path(model), data
    elif old_model is not None:
        raise InputError("the model is the first argument, and no option: MODEL DATA OUTPUT.")
    if not data.exists():
        raise InputError("there is no such file.", path=data)
    if output.is_file():
        raise InputError("is a file; the report needs a folder.", path=output)
    return Arguments(model, data, output)


def show_scores(rows: Iterable[tuple[str, Mapping[str, float]]], of: str) -> None:
    """A table of precision, recall and F1 in percent, and how many there are in the gold.

    Args:
        rows: What the scores are of, and the scores.
        of: The heading of the first column.
    """
    msg.table(
        [
            (name, *(f"{100 * row[key]:.2f}" for key in ("p", "r", "f")), row["gold"])
            for name, row in rows
        ],
        header=(of, "P", "R", "F1", "gold"),
        aligns=("l", "r", "r", "r", "r"),
        divider=True,
    )


def tell_what_was_written(paths: list[Path]) -> None:
    """Say which files there are, and why there is no plot if there is none."""
    msg.good(f"Wrote {', '.join(map(str, paths))}")
    if not can_plot():
        msg.warn("No plot: matplotlib is not installed.", "pip install 'spacy-umlsbert[report]'")
