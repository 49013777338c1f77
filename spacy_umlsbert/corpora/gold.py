"""The old place of `spacy_umlsbert.corpora.annotated.gold`, for one release."""

from spacy_umlsbert.annotations.attributes import unaligned_mentions  # noqa: F401
from spacy_umlsbert.corpora.annotated.gold import *  # noqa: F403
from spacy_umlsbert.old_names import warn_of_old_name

warn_of_old_name("module spacy_umlsbert.corpora.gold", "spacy_umlsbert.corpora.annotated.gold")
