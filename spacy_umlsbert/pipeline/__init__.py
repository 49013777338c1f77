"""The spaCy components.

Each of these modules holds a component, its default config and its factory: `umls_lookup`,
`umls_ner`, `umls_deid`, `umls_nli`, `umls_linker`, `umls_sections`, `umls_sentences`,
`umls_values`, `umls_value_spans`, `trf_data_cleaner`; `tokenizer` holds the tokenizer. Factories
are entry points in pyproject.toml.

What they share:

- `guarded_pipe`: the base of all: a Doc that fails costs no other, no error quotes a text
- `knowledge_base_pipe`: the base of those that are not trained; `knowledge_base_holder`: how a
  component holds its knowledge base
- `rules_pipe`: the base of those that read spans by rules which users change;
  `head_beside_rules`: a trained head beside them, with `trainable_assertion` and
  `trainable_values`
- `labelled_pipe`: the base of those that are trained; `span_tagger`: of `umls_ner`,
  `umls_deid` and `umls_value_spans`
- `listeners`: for those that listen to a transformer
- `components`: finds a component of this package in a pipeline, for the commands
"""
