"""The sections of clinical notes, and their headings, on plain text.

- `sections`: the sections of a note, `find_sections`, and a note cut at its headings
- `rules`: which section a title heads: `SectionRules`; `tables`: the tables of headings and words
- `candidates`: what may be a heading; `headings`: at the start of a line; `inline`: in the middle
  of one; `running_on`: without a sign before the text behind it; `unlisted`: titles that are in no
  table; `cc`: what "cc" means
- `choice`: which of these are headings, by what the headings of the note have in common
- `grids`: tables whose cells are none
- `nesting`: which sections stand in others; `kinds`: headings that mean something else in some
  kinds of notes
- `titles`, `spelling`: a title's words, and misspelt ones; `marks`: what a line is marked with
- `layout`: the lines of a note without the line ends of a text editor
"""

from spacy_umlsbert.text.sections.rules import SectionRules
from spacy_umlsbert.text.sections.sections import (
    FoundSection,
    Section,
    find_sections,
    split_sections,
)
from spacy_umlsbert.text.sections.tables import CATEGORIES, SectionRule, read_section_rules

__all__ = [
    "CATEGORIES",
    "FoundSection",
    "Section",
    "SectionRule",
    "SectionRules",
    "find_sections",
    "read_section_rules",
    "split_sections",
]
