"""Corpora of texts with annotated spans."""
