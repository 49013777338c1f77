"""`umls align` and `umls marginalize`: training of encoders of names for the linker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from spacy.cli._util import parse_config_overrides
from wasabi import msg

from spacy_umlsbert.cli.app import app, errors_as_messages

_CONTEXT = {"allow_extra_args": True, "ignore_unknown_options": True}
_Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="The directory to make [paths.output]")
]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress")]


@app.command("align", context_settings=_CONTEXT)
def align_cli(
    ctx: typer.Context,
    config: Annotated[Path, typer.Argument(help="A config file, as configs/align.cfg")],
    output: _Output = None,
    quiet: _Quiet = False,
) -> None:
    """Train an encoder of names on a knowledge base (SapBERT's self-alignment).

    Settings of the config can be overridden: --training.epochs 2. An interrupted training goes on
    from its last checkpoint when the same command is given again.
    """
    overrides = parse_config_overrides(ctx.args)
    with errors_as_messages():
        # Not before: torch takes seconds to import, and every spaCy command loads this module.
        from spacy_umlsbert.linking.alignment.config import AlignmentConfig  # noqa: PLC0415
        from spacy_umlsbert.linking.alignment.run import align  # noqa: PLC0415
        from spacy_umlsbert.training.settings import load_settings  # noqa: PLC0415

        align(load_settings(AlignmentConfig, config, overrides, output), quiet)


@app.command("marginalize", context_settings=_CONTEXT)
def marginalize_cli(
    ctx: typer.Context,
    config: Annotated[Path, typer.Argument(help="A config file, as configs/marginalize.cfg")],
    output: _Output = None,
    quiet: _Quiet = False,
) -> None:
    """Train an encoder of names on mentions and their concepts (BioSyn).

    Settings of the config can be overridden: --training.epochs 10. An interrupted training goes
    on from its last checkpoint, one of each epoch, when the same command is given again.
    """
    overrides = parse_config_overrides(ctx.args)
    with errors_as_messages():
        from spacy_umlsbert.linking.marginalization.config import (  # noqa: PLC0415
            MarginalizationConfig,
        )
        from spacy_umlsbert.linking.marginalization.run import marginalize  # noqa: PLC0415
        from spacy_umlsbert.training.settings import load_settings  # noqa: PLC0415

        settings = load_settings(MarginalizationConfig, config, overrides, output)
        metrics = marginalize(settings, quiet)
    if "before" in metrics and not quiet:
        rows = [
            (key, f"{before:.4g}", f"{metrics['after'][key]:.4g}")
            for key, before in metrics["before"].items()
            if key in metrics["after"]
        ]
        msg.table(rows, header=("held-out", "before", "after"), aligns=("l", "r", "r"))
