"""Batches of items in which one that fails costs no other its result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from spacy_umlsbert.errors import UnexpectedError
from spacy_umlsbert.guard import without_text

T = TypeVar("T")
R = TypeVar("R")


def results_or_errors(
    batch: Sequence[T],
    run: Callable[[list[T]], list[R]],
    guard: Callable[[T], without_text],
) -> Iterator[R | Exception]:
    """What is made of a batch, and of each by itself if that fails.

    Args:
        batch: The items.
        run: Makes a result of each of some of them; it may raise an error.
        guard: Inside which guard it runs, given the first item.

    Yields:
        In order, the result of each item, or the error that it failed with, which has no text.
    """
    if not batch:
        return
    try:
        results = guard(batch[0]).call(run, list(batch))
    except Exception as error:
        if len(batch) == 1:
            yield error
            return
        del error
    else:
        yield from results
        return
    for one in batch:
        yield from results_or_errors([one], run, guard)


def kind_of(error: Exception) -> str:
    """What kind of error it is, for a report: the name of its class."""
    return error.kind if isinstance(error, UnexpectedError) else type(error).__name__
