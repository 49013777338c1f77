"""Choices that look like chance and depend on a secret key alone: nothing needs to be stored.

HMAC (RFC 2104) with SHA-256. Without the key a choice says nothing of what it was made for.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from typing import TypeVar

from spacy_umlsbert.errors import UsageError

T = TypeVar("T")


class Keyed:
    """Makes choices for one patient.

    Args:
        key: The secret, at least 16 bytes.
        patient: Whose notes they are: the same choices are made in all of them.

    Raises:
        ValueError: If the key is too short.
    """

    def __init__(self, key: bytes, patient: str) -> None:
        if len(key) < 16:
            raise UsageError(f"the key has {len(key)} bytes; at least 16 are needed")
        self._key = hmac.digest(key, b"patient\0" + _bytes(patient), hashlib.sha256)

    def number(self, *what: str) -> int:
        """A number of 256 bits for this purpose and original."""
        message = _bytes("\0".join(what))
        return int.from_bytes(hmac.digest(self._key, message, hashlib.sha256), "big")

    def choose(self, options: Sequence[T], *what: str) -> T:
        """One of the options."""
        return options[self.number(*what) % len(options)]

    def order(self, options: Sequence[T], *what: str) -> Iterator[T]:
        """All options, from the chosen one on, for who must pass over some."""
        start = self.number(*what) % len(options)
        yield from options[start:]
        yield from options[:start]


def _bytes(text: str) -> bytes:
    """UTF-8 also of text that has none, such as half a pair of UTF-16: the error would quote it."""
    return text.encode("utf-8", "surrogatepass")
