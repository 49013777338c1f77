"""The index of all names: built once for a knowledge base and an encoder, opened from disk."""

from .index import LinkedConcept, LinkerIndex
from .location import open_or_build

__all__ = ["LinkedConcept", "LinkerIndex", "open_or_build"]
