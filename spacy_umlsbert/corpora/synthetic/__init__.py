"""Clinical notes with gold entities, made from templates and names under `assets/notes`."""

from .generator import NoteGenerator, SentenceRecord, SyntheticNote
from .release import ReleaseError
from .template import TemplateError
from .tracked import Mention

__all__ = [
    "Mention",
    "NoteGenerator",
    "ReleaseError",
    "SentenceRecord",
    "SyntheticNote",
    "TemplateError",
]
