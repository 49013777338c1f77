"""Where Docs and Examples come from: readers, and the generator of the demo's notes.

- `formats`: annotated corpora in their published formats, each with a reader for training configs
- `reader`, `docs`, `gold`: from annotated texts to gold Docs, and what these hold
- `splits`, `sentences`, `report`: parts of a corpus, sentences of a document, what went wrong
- `notes`: clinical notes as text to pretrain on
- `synthetic`: the generator
"""
