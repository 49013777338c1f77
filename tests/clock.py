"""Times that do not depend on what else the machine does."""

import time
import timeit
from collections.abc import Callable
from typing import Any


def processor_seconds(call: Callable[[], Any], times: int = 1) -> float:
    """How long a call takes the processor, garbage collection left out; the best of some times."""
    return min(timeit.repeat(call, timer=time.process_time, number=1, repeat=times))
