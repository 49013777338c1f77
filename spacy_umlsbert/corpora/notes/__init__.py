"""Clinical notes as text to pretrain on: read, cut into sections and sentences, write JSONL."""

from spacy_umlsbert.corpora.notes.placeholders import PLACEHOLDER_MODES, replace_placeholders
from spacy_umlsbert.corpora.notes.prepare import (
    UNITS,
    PrepareReport,
    PrepareSettings,
    prepare_note,
    prepare_notes,
)
from spacy_umlsbert.corpora.notes.reading import Columns, Note, NoteSource, open_notes
from spacy_umlsbert.corpora.notes.sentences import SentenceSplitter
from spacy_umlsbert.text.sections import Section, split_sections

__all__ = [
    "PLACEHOLDER_MODES",
    "UNITS",
    "Columns",
    "Note",
    "NoteSource",
    "PrepareReport",
    "PrepareSettings",
    "Section",
    "SentenceSplitter",
    "open_notes",
    "prepare_note",
    "prepare_notes",
    "replace_placeholders",
    "split_sections",
]
