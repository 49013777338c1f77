"""Clinical notes as text to pretrain on: read, cut into sections and sentences, write JSONL."""

from .placeholders import PLACEHOLDER_MODES, replace_placeholders
from .prepare import UNITS, PrepareReport, PrepareSettings, prepare_note, prepare_notes
from .problems import Problems
from .reading import Columns, Note, NoteSource, open_notes
from .sections import Section, split_sections
from .sentences import SentenceSplitter

__all__ = [
    "PLACEHOLDER_MODES",
    "UNITS",
    "Columns",
    "Note",
    "NoteSource",
    "PrepareReport",
    "PrepareSettings",
    "Problems",
    "Section",
    "SentenceSplitter",
    "open_notes",
    "prepare_note",
    "prepare_notes",
    "replace_placeholders",
    "split_sections",
]
