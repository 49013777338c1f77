"""The old place of `spacy_umlsbert.annotations.pairs`, for one release."""

from spacy_umlsbert.annotations.pairs import *  # noqa: F403
from spacy_umlsbert.old_names import warn_of_old_name

warn_of_old_name("module spacy_umlsbert.pairs", "spacy_umlsbert.annotations.pairs")
