"""The model of the `transformer` component: Docs to wordpieces, windows and vectors.

- `architectures`: the registered architectures; `model`: the model they make
- `load_backbone`: the backbone behind a name; `shim`: between thinc and the backbone
- `encode_docs`, `encoded_doc`: Docs as wordpieces; `wordpiece_alignment`: which belong to which
  token; `semantic_types`: their semantic types
- `windows`, `packed_windows`, `pair_window`: how wordpieces are cut up and run
"""
