"""The index of all names: built once for a knowledge base and an encoder, opened from disk."""

from spacy_umlsbert.linking.index.index import LinkedConcept, LinkerIndex
from spacy_umlsbert.linking.index.location import open_or_build

__all__ = ["LinkedConcept", "LinkerIndex", "open_or_build"]
