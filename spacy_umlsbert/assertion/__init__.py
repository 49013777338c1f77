"""What a text says of its mentions: present, absent, possible, somebody else's, in the past.

Rules, after NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009): a cue ("denies", "ruled
out", "mother") has a category and a scope; the cues in whose scopes a mention lies decide.

- `verdicts`: the classes, cues and verdicts, and the one function that resolves cues that disagree
- `detector`: the abstract way from Docs to verdicts; rules are one, a model may be another
- `rules`: rows of phrases, ``rules.tsv`` with the package's own and ``words.tsv`` with lists of
  words that they use; `phrases`: finds them in a text
- `bars`: phrases that are no cues although they look like some; `brackets`: what stands in them
- `lines`: which lines stand under another; `clauses`: where clauses begin
- `spelling`: misspelt cues
- `scopes`: how far a cue reaches; `answers`: boxes and fields ("Seizures: none"); `grids`: tables
  whose columns are answers
- `signs`: "fever -", "SOB +" in lists; `overturned`: "thought to be a lipoma, but it is a cyst";
  `persons`: whom "she has it herself" means; `places`: where the mentions are
- `kinds`: what cues say of tests and treatments
- `governing`: which cues govern which mentions, in linear time
- `by_rules`: puts all of it together for a text, and for Docs
- `explain`: says what decided

To add a cue, add a row to ``rules.tsv``, or give the component a file or rows of your own.
"""
