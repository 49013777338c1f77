"""Clinical notes with gold entities, made from templates and names under `assets/notes`.

>>> generator = NoteGenerator.from_assets("assets", seed=0)
>>> for note in generator.notes(500, "train"):
...     doc = to_doc(note, nlp)
"""

from .docs import MisalignedMentionError, to_doc, write_notes
from .generator import NoteGenerator, SentenceRecord, SyntheticNote
from .release import ReleaseError
from .template import TemplateError
from .tracked import Mention

__all__ = [
    "Mention",
    "MisalignedMentionError",
    "NoteGenerator",
    "ReleaseError",
    "SentenceRecord",
    "SyntheticNote",
    "TemplateError",
    "to_doc",
    "write_notes",
]
