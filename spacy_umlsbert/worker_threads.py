"""How many threads a model computes with in a worker process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import get_spawning_popen

_IMPORTED_IN = os.getpid()


class WorkerThreads:
    """Has a model compute on one thread in the workers that it was sent to, and only there.

    The workers of ``nlp.pipe(n_process=…)`` are the parallelism already, and a forked process that
    enters an OpenMP region after its parent did hangs. The number of threads is set around each
    computation and put back after it, so that the rest of the process keeps its own.

    A worker is a process that was forked after the model was loaded, or that got the model as an
    argument when it was started (spawn, forkserver). A model that is unpickled elsewhere, from a
    file say, belongs to the process that it is unpickled in.
    """

    def __init__(self) -> None:
        self._home = os.getpid()

    @property
    def in_worker(self) -> bool:
        """Whether this process is a worker of the one in which the model was loaded."""
        return os.getpid() != self._home or os.getpid() != _IMPORTED_IN

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Within it, a worker computes on one thread."""
        torch = sys.modules.get("torch")
        if torch is None or not self.in_worker:
            yield
            return
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(before)

    def __getstate__(self) -> dict[str, int | None]:
        # Where Python itself pickles the arguments of a process that it starts.
        return {"home": self._home if get_spawning_popen() is not None else None}

    def __setstate__(self, state: dict[str, int | None]) -> None:
        self._home = state["home"] or os.getpid()
