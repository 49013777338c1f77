"""Where Docs and Examples come from: corpora, and clinical notes.

- `annotated`: texts with annotated spans, in the formats of the published corpora
- `pairs`: labelled pairs of texts, for natural language inference
- `notes`: clinical notes as text to pretrain on
- `corpus`: what the readers of all corpora have in common; `corpus_files`: how they read files
- `report`: what reading a corpus found
- `docbin`: gold Docs as ``.spacy`` files; `mixed`: the reader of such files with pairs among them
"""
