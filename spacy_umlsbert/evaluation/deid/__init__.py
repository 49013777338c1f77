"""Scores and reports of de-identification.

- `leak_scores`: how much PHI is hidden, by character and by mention, and what leaked
- `evaluate`: runs a pipeline over gold Docs, and scores what it hides and its exact match
- `scorer`: exact match alone, as a spaCy scorer, for training
- `report`: the scores as files, and the leaks in a file apart
- `label_schemes`: labels of a corpus and of a pipeline, made comparable
"""
