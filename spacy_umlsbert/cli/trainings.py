"""`umls pretrain`, `umls align` and `umls marginalize`: trainings that a config file describes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from wasabi import msg

from spacy_umlsbert._compat import parse_config_overrides
from spacy_umlsbert.cli.app import app

if TYPE_CHECKING:
    from spacy_umlsbert.training.run import TrainingRun

# The settings of the config are options too.
_SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True}

_Config = Annotated[Path, typer.Argument(help="A config file, as that of this name in configs/")]
_Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="The directory to make [paths.output]")
]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress")]


# The trainings are imported in the commands: torch takes seconds to import, and every spaCy
# command loads this module.


@app.command("pretrain", context_settings=_SETTINGS)
def pretrain_cli(
    ctx: typer.Context, config: _Config, output: _Output = None, quiet: _Quiet = False
) -> None:
    """Pretrain a BERT with concepts and semantic types, or go on with a pretraining.

    Settings of the config can be overridden, as for 'spacy train': --training.max_steps 1000. An
    interrupted pretraining goes on from its last checkpoint when the same command is given again.
    On several GPUs: accelerate launch -m spacy umls pretrain CONFIG ...
    """
    from spacy_umlsbert.pretraining.run import Pretraining  # noqa: PLC0415

    _train(Pretraining, ctx, config, output, quiet)


@app.command("align", context_settings=_SETTINGS)
def align_cli(
    ctx: typer.Context, config: _Config, output: _Output = None, quiet: _Quiet = False
) -> None:
    """Train an encoder of names on a knowledge base (SapBERT's self-alignment).

    Settings of the config can be overridden: --training.epochs 2. An interrupted training goes on
    from its last checkpoint when the same command is given again.
    """
    from spacy_umlsbert.linking.alignment.run import Alignment  # noqa: PLC0415

    _train(Alignment, ctx, config, output, quiet)


@app.command("marginalize", context_settings=_SETTINGS)
def marginalize_cli(
    ctx: typer.Context, config: _Config, output: _Output = None, quiet: _Quiet = False
) -> None:
    """Train an encoder of names on mentions and their concepts (BioSyn).

    Settings of the config can be overridden: --training.epochs 10. An interrupted training goes
    on from its last checkpoint, one of each epoch, when the same command is given again.
    """
    from spacy_umlsbert.linking.marginalization.run import Marginalization  # noqa: PLC0415

    _train(Marginalization, ctx, config, output, quiet)


def _train(
    kind: type[TrainingRun[Any]],
    ctx: typer.Context,
    config: Path,
    output: Path | None,
    quiet: bool,
) -> None:
    metrics = kind.from_file(config, parse_config_overrides(ctx.args), output, quiet).run()
    if "before" in metrics and not quiet:
        _print_comparison(metrics["before"], metrics["after"])


def _print_comparison(before: Mapping[str, float], after: Mapping[str, float]) -> None:
    rows = [
        (key.replace("_", " "), f"{value:.4g}", f"{after[key]:.4g}")
        for key, value in before.items()
        if key in after
    ]
    msg.table(rows, header=("held-out", "before", "after"), aligns=("l", "r", "r"), divider=True)
