"""Where Docs and Examples come from: readers, and the generator of the demo's notes.

- `formats`: annotated corpora in their published formats, each with a reader for training configs
- `pair_formats`: corpora of pairs of texts, for natural language inference, likewise
- `corpus`: what all readers have in common; `mixed`: the reader of ``.spacy`` files with pairs
- `reader`, `docs`, `gold`: from annotated texts to gold Docs, and what these hold
- `pair_reader`, `pair_docs`, `pair_splits`: the same for labelled pairs
- `splits`, `sentences`, `report`: parts of a corpus, sentences of a document, what went wrong
- `notes`: clinical notes as text to pretrain on
- `synthetic`: the generator
"""
