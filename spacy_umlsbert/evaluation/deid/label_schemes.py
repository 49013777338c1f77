"""What labels of PHI are compared as, where a corpus and a pipeline have other ones."""

from collections.abc import Callable

from spacy_umlsbert.deid.labels import category, type_of_2006

LABEL_SCHEMES: dict[str, Callable[[str], str]] = {
    "as-they-are": str,
    "i2b2-2006": type_of_2006,
    "category": category,
}
"""Name -> what a label is in it."""
