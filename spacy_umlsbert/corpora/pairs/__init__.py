"""Corpora of labelled pairs of texts, for natural language inference."""
