"""Old names of options: they work for one release, with a warning that names the new one."""

from __future__ import annotations

from typing import TypeVar

from wasabi import msg

from spacy_umlsbert.errors import safe
from spacy_umlsbert.old_names import GOES_WITH

T = TypeVar("T")


def with_old_option(value: T, old: T | None, *, name: str, old_name: str) -> T:
    """The value of an option, which may be given by its old name.

    Args:
        value: What its new name has.
        old: What its old name has; None or nothing if it is not given.
        name: The new name.
        old_name: The old one.
    """
    if old is None or old == []:
        return value
    msg.warn(f"{safe(old_name)} is now {safe(name)}. It goes with version {GOES_WITH}.")
    return old
