"""What the benchmarks that train share: several trainings at a time, each with a log."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from wasabi import msg

Run = TypeVar("Run", bound=Any)


def all_results(
    runs: Sequence[Run], train: Callable[[Run], dict[str, Any]], jobs: int
) -> Iterator[tuple[Run, dict[str, Any]]]:
    """Train all, so many at a time.

    Yields:
        Each run with its scores, as they are done.
    """
    with ThreadPoolExecutor(jobs) as pool:
        waiting = {pool.submit(train, run): run for run in runs}
        for future in as_completed(waiting):
            yield waiting[future], future.result()


def train_and_tabulate(
    runs: Sequence[Run],
    train: Callable[[Run], dict[str, Any]],
    jobs: int,
    write_table: Callable[[list[dict[str, Any]]], Path],
) -> None:
    """Train all, write the table after each, and print it at the end.

    Args:
        runs: The trainings, named tuples.
        train: Trains one and gives its scores.
        jobs: How many at a time.
        write_table: Writes the table of what there is so far; gives its file.
    """
    results: list[dict[str, Any]] = []
    for run, scores in all_results(runs, train, jobs):
        results.append({**run._asdict(), **scores})
        table = write_table(results)
        msg.good(f"{run} is done")
    print(table.read_text("utf-8"))


@contextmanager
def spacy_commands(log: Path, jobs: int) -> Iterator[Callable[..., None]]:
    """A function that runs a spaCy command in a process of its own, on a share of the cores.

    Args:
        log: The file for what the commands print.
        jobs: How many shares there are.
    """
    threads = max(1, (os.cpu_count() or 1) // jobs)
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    with log.open("w", encoding="utf-8") as file:

        def run(*command: object) -> None:
            line = [sys.executable, "-m", "spacy", *map(str, command)]
            subprocess.run(line, check=True, env=environment, stdout=file, stderr=file)

        yield run


def mean_and_spread(values: Sequence[float]) -> tuple[str, str]:
    """Mean and standard deviation of shares, in percent; no spread of a single one."""
    spread = f"{100 * statistics.stdev(values):.2f}" if len(values) > 1 else ""
    return f"{100 * statistics.mean(values):.2f}", spread
