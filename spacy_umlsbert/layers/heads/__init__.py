"""What stands on top of the transformer: heads for tags and pairs, and their losses.

- tags: `token_tagger`, the head; `null_tagger`, where rules alone do the work; `iob`, tags to
  spans; `crf_loss` and `crf_transitions`, whole sequences of tags
- pairs: `pair_classifier`, the head; `pair_vectors`, one vector per pair; `pair_states`,
  `cross_attention`, parts of it
- places: `mention_classifier` and `value_attacher`, heads that judge spans; `windowed_rows`, what
  both read
- all: `linear_head`, the last layers; `calibration`, probabilities that mean what they say; `blas`,
  what multiplies their matrices

A head is registered by an entry point of the group ``spacy_architectures`` in pyproject.toml, and
has its case in tests/test_entry_points.py. If its settings change so that old configs do not load,
it gets a new version, and the old one moves to `layers.old_versions`.
"""
