"""Which templates and names the training split never sees.

The choice depends on the words alone (a keyed hash of them), not on an order or a seed: adding a
template moves no other one from one side to the other, and every run and process agrees.
"""

from __future__ import annotations

from hashlib import blake2b

_KEY = b"spacy-umlsbert notes"


def is_held_out(kind: str, words: str, share: float) -> bool:
    """Whether `words` belongs to the held-out share (0 to 1) of its `kind`."""
    digest = blake2b(f"{kind}\n{words}".encode(), key=_KEY, digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64
