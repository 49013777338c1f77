"""Linking of mentions to concepts: how names are prepared, encoded, searched and scored.

- `linker`: the entrance: which concepts a mention means; ``LinkerSettings`` are there
- `candidate_finder`: the candidates, from the index, the encoder and known mentions
- `broader_concepts`: the nearest concept of a mention that is no name, by the parts of it that
  `shorter_mentions` makes; `modifiers`: the words that only say more of an entity
- `mention`, `composites`, `abbreviation_expansion`, `name_normalizer`: mentions, prepared
- `dense_encoder`, `sparse_encoder`, `encoder_files`: vectors of names by meaning and by spelling
- `index`: all names of a knowledge base, built once; `exact_search`: the same without an index
- `alignment`, `marginalization`: trainings of an encoder (SapBERT, BioSyn); `encoder_config`,
  `trainable_encoder`: what they share
- `name_table`, `gold_mentions`, `mention_files`, `biosyn_mentions`: names and mentions from files
- `known_mentions`, `concept_counts`, `equivalent_ids`: what corpora say of concepts
- `evaluate`: runs a linker over gold mentions; the scores are in `evaluation.linking`

A setting of the component is in its factory too (`pipeline.umls_linker`).
"""
