"""What the components write on a Doc: every attribute, what it means and how it travels.

- `attributes`: declares them; a new attribute is an entry of ``ATTRIBUTES``, and a line of the
  table in the README, which a test compares with it
- `stored`: keeps their values where spaCy moves and copies them
- `assertions`: what is said of a span, with its cues
- `groups`: reads span groups in place
- `pairs`: makes two texts into one Doc
- `sections`: the sections of a Doc, and the category of any place in it
- `saved_by_0_1`: reads what version 0.1 kept on saved Docs; `attributes` and `deid.deidentified`
  ask it where there is nothing newer
"""
