"""Where the sentences of clinical text begin: scispaCy's rules, on pySBD."""

from collections.abc import Callable
from functools import cache

from spacy.tokens import Doc

from spacy_umlsbert._compat import needed_for


@cache
def sentence_rules() -> Callable[[Doc], Doc]:
    """The function that marks the sentences of a Doc, imported when it is first asked for.

    Raises:
        MissingPackageError: If scispaCy is not installed.
    """
    with needed_for("dividing text into sentences"):
        from scispacy.custom_sentence_segmenter import (  # noqa: PLC0415 - heavy, may be missing
            pysbd_sentencizer,
        )

    rules: Callable[[Doc], Doc] = pysbd_sentencizer
    return rules
