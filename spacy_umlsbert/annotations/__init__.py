"""What the components write on a Doc: every attribute, what it means and how it travels.

- `attributes`: declares them; a new attribute is an entry of ``ATTRIBUTES``, and a line of the
  table in the README, which a test compares with it
- `stored`: keeps their values where spaCy moves and copies them
- `relative`: other spans that are kept with a span
- `assertions`: what is said of a span, with its cues
- `values`: doses, labs and vital signs, and what they belong to
- `groups`: reads span groups in place
- `pairs`: makes two texts into one Doc
- `sentences`: where the sentences of a Doc begin
- `sections`: the sections of a Doc, and the category of any place in it
- `saved_by_0_1`: reads what version 0.1 kept on saved Docs; `attributes` and `deid.deidentified`
  ask it where there is nothing newer
"""
