"""`umls pretrain`: further pretraining of a BERT with concepts and semantic types."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from spacy.cli._util import parse_config_overrides
from wasabi import msg

from spacy_umlsbert.cli.app import app, errors_as_messages


@app.command(
    "pretrain", context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)
def pretrain_cli(
    ctx: typer.Context,
    config: Annotated[Path, typer.Argument(help="A config file, as configs/pretrain.cfg")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The directory to make [paths.output]")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress")] = False,
) -> None:
    """Pretrain a BERT with concepts and semantic types, or go on with a pretraining.

    Settings of the config can be overridden, as for 'spacy train': --training.max_steps 1000. An
    interrupted pretraining goes on from its last checkpoint when the same command is given again.
    On several GPUs: accelerate launch -m spacy umls pretrain CONFIG ...
    """
    overrides = parse_config_overrides(ctx.args)
    with errors_as_messages():
        # Not before: torch takes seconds to import, and every spaCy command loads this module.
        from spacy_umlsbert.pretraining.config import load_config  # noqa: PLC0415
        from spacy_umlsbert.pretraining.run import pretrain  # noqa: PLC0415

        settings = load_config(config, overrides, output)
        metrics = pretrain(settings, quiet)
    if "before" in metrics and not quiet:
        msg.table(
            [
                (key.replace("_", " "), f"{before:.3f}", f"{metrics['after'][key]:.3f}")
                for key, before in metrics["before"].items()
            ],
            header=("held-out", "before", "after"),
            aligns=("l", "r", "r"),
            divider=True,
        )
