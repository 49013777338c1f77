"""Where Docs and Examples come from: corpora, and clinical notes.

- `annotated`: texts with annotated spans, in the formats of the published corpora
- `pairs`: labelled pairs of texts, for natural language inference
- `notes`: clinical notes as text to pretrain on
- `corpus`: what the readers of all corpora have in common; `corpus_files`: how they read files
- `report`: what reading a corpus found
- `docbin`: writes and reads gold Docs as ``.spacy`` files; `spacy_files`: the reader of such files
  for trainings, ``spacy_umlsbert.Corpus.v1``, which may hold pairs too
- `quick_docbin`: spaCy's `DocBin`, faster; the two above use it
"""
