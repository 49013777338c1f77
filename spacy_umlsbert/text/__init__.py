"""Plain text, without a pipeline.

- `sentences`: where sentences of clinical text begin
- `abbreviations`: abbreviations that a text defines
- `rewriting`: a text with parts of it replaced, and where its characters came from
- `unicode`: whether a string can be encoded at all

Sections of notes are in `corpora.notes`, PHI is in `deid`, normal forms of words are in
`umls.matching`.
"""
