"""Thinc layers: Docs in, UmlsBERT vectors out, heads on top."""
