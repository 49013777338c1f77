"""One progress bar for all commands and long computations."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm


def progress_bar(
    items: Iterable[Any] | None = None,
    *,
    doing: str | None = None,
    unit: str = "rows",
    total: int | None = None,
    show: bool = True,
    keep: bool = False,
) -> tqdm:
    """A progress bar on the standard error; it shows counts and speed, nothing of the items.

    Args:
        items: What is counted as it is taken; else the bar counts by its ``update``.
        doing: What it is about.
        unit: What is counted; ``B`` for bytes.
        total: How many there are, if it is known and ``items`` does not say.
        show: Show it.
        keep: Leave it on the screen when all is done.
    """
    from tqdm import tqdm  # noqa: PLC0415

    return tqdm(
        items,
        desc=doing,
        unit=unit if unit == "B" else f" {unit}",
        unit_scale=unit == "B" or (total or 0) > 100_000,
        total=total,
        disable=not show,
        leave=keep,
    )


def logs_above_bars(logger: logging.Logger) -> AbstractContextManager[None]:
    """Within it, what a logger writes to the screen stands above a progress bar, not in it."""
    from tqdm.contrib.logging import logging_redirect_tqdm  # noqa: PLC0415

    redirected: AbstractContextManager[None] = logging_redirect_tqdm([logger])
    return redirected
