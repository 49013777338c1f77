"""Clinical notes with gold entities, made from templates and names under `demo/notes`.

>>> generator = NoteGenerator.from_folder("demo", "assets/umls/concepts.tsv", seed=0)
>>> for note in generator.notes(500, "train"):
...     doc = to_doc(note, nlp)
"""

from demo.generator.docs import MisalignedMentionError, to_doc, write_notes
from demo.generator.generator import NoteGenerator, SentenceRecord, SyntheticNote
from demo.generator.release import ReleaseError
from demo.generator.template import TemplateError
from demo.generator.tracked import Mention

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
