"""Corpora of texts with annotated spans.

- `formats`: one module for each format; a new one is a function there, and a line in its table
- `annotated_text`: what a format gives; `concept_ids`, `offsets`: its parts, checked;
  `offset_units`: what offsets count; `same_text`: other ways to write a mention
- `standoff_xml`: the XML of i2b2's later corpora
- `reader`: a format as a reader for training configs; `splits`, `sentences`: parts of it
- `docs`, `gold`: from annotated texts to gold Docs, and what these hold
"""
