"""Make a forked worker of ``nlp.pipe(n_process=…)`` safe and quiet.

A child that enters an OpenMP region after its parent did hangs, so a child computes on one thread:
its processes are the parallelism. The threads of the wordpiece tokenizer are off in it for the
same reason; the tokenizer looks at its environment variable while it forks.
"""

import os

import torch

_VARIABLE = "TOKENIZERS_PARALLELISM"
_unset_before: list[bool] = []


def _before() -> None:
    _unset_before.append(_VARIABLE not in os.environ)
    if _unset_before[-1]:
        os.environ[_VARIABLE] = "false"


def _after_in_parent() -> None:
    if _unset_before.pop():
        os.environ.pop(_VARIABLE, None)


def _after_in_child() -> None:
    torch.set_num_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child
    )
