"""Thinc layers: Docs in, UmlsBERT vectors out, heads on top.

- `transformer`: the model of the `transformer` component, and its architectures
- `features`: what a token is told of beside its vector; from there to the heads
- `heads`: heads for tags and pairs, and their losses
- `old_versions`: architectures under their old names and with their old settings, for one release

An architecture is registered by an entry point of the group ``spacy_architectures`` in
pyproject.toml, and has its case in tests/test_entry_points.py.
"""
