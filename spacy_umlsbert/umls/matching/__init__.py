"""Finding the names of a knowledge base in text.

Where a rule of matching belongs:

- forms of a word (plural, spelling, hyphens): `normalization` and its tables. Raise
  ``NORMALIZATION_VERSION`` with any change: indexes hold normal forms, and a knowledge base of
  another version is refused.
- forms of a name (word order, commas), and which names are too short or too common to look for:
  `name_variants`. Most of it is applied when a knowledge base is built, so build it again.
- a switch for either: `settings`, which are stored in the knowledge base
- misspelt words: `spelling`
- capitals that are those of a heading or an acronym: `capitals`
- which of several matches counts: `longest`

How text is matched, step by step:

- `subtokens`: Docs as subtokens; `subtoken_kinds` knows what each distinct one is
- `candidate_spans`: sequences of subtokens that are in the index (`name_index`, `hashing`), for a
  batch of Docs with numpy; `short_spans`: the same for one Doc, without arrays
- `match_cache`: what each distinct stretch of text means, judged once and remembered
- `matcher`: the longest matches
"""
