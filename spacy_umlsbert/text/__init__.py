"""Plain text, without a pipeline.

- `sections`: the sections of clinical notes and their headings
- `sentences`: where sentences of clinical text begin and end; `marked_sentences` marks them in a
  Doc. Parts of it: `running_lines` (which line ends mean nothing), `full_stops` (which full stops
  end a sentence), `list_marks` (what items begin with), `sentence_words` (abbreviations and others)
- `lexing`: words and signs of a text; `phrase_forms`: all that a phrase of a table may be
- `abbreviations`: abbreviations that a text defines
- `rewriting`: a text with parts of it replaced, and where its characters came from
- `unicode`: whether a string can be encoded at all

PHI is in `deid`, normal forms of words are in `umls.matching`.
"""
