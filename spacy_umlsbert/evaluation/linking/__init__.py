"""Scores and reports of linking.

- `scores`: accuracy among the first k, mean reciprocal rank, recall
- `scorer`: scores of `umls_linker` as a spaCy scorer, for training
- `report`: the scores as files

What runs a linker over gold mentions is `linking.evaluate`: it reads mentions and searches the
index, and this folder may not import `linking`, which comes after it.
"""
