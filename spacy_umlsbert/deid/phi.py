"""A place in a text that holds protected health information."""

from collections.abc import Callable, Iterator
from typing import NamedTuple


class Phi(NamedTuple):
    """What a rule found.

    Attributes:
        start: First character.
        end: The character after the last.
        label: Its label, see `labels`.
        rule: The name of the rule that found it.
    """

    start: int
    end: int
    label: str
    rule: str


Rule = Callable[[str], Iterator[Phi]]
"""Text to what is found in it, in no particular order; findings may overlap."""
