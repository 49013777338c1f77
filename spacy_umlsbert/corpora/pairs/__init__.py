"""Corpora of labelled pairs of texts, for natural language inference.

- `formats`: one module for each format
- `pair_fields`: a pair out of named fields, for several formats
- `labelled_pair`: what a format gives
- `reader`: a format as a reader for training configs; `splits`: parts of it
- `docs`: from labelled pairs to gold pair Docs
"""
