"""Doses, labs and vital signs: the numbers of a text, and what each belongs to.

On plain text; `detector` alone knows Docs. The way of a text:

- `phrases` finds words that say something of values, with ``phrases.tsv``: routes, forms,
  frequencies, names of tests
- `anchors` are what values may belong to: mentions, which are drugs, tests or problems
  (`mentions`), and names of tests that nobody has marked
- `scanning` goes over the numbers once, by `number_patterns`: `amounts` with their `units`
  (``units.tsv``) and `numbers`, `frequencies`, `figures`; what is none is in ``not_values.tsv``
  (`not_values`)
- `tables` reads tables whose columns are tests, `row_tables` those whose rows are and whose heading
  says what each column is; `scores` classes such as "ASA class III", `times` durations
- `parts` puts numbers and words in order; `routing` says whether a number is a result or part of
  what is said of a drug; `gaps` what may stand between a name and a number
- `borders` says where stretches begin in which names and numbers are tied
- `barring` says where numbers are conditions or goals, and no results
- `of_tests`, `shared_results` and `results` tie results to tests, with `vitals` and
  `result_patterns`; `of_drugs`, `purposes` and
  `instructions` the rest to drugs
- `reader` does all of it; `rules` are those in use; `detector` is the abstract way from Docs to
  values, of which rules are one
- `questions` are what a trained head is asked, `by_head` rules and head together
- `kinds` are the kinds of values; `clinical_drugs` writes a drug as RxNorm does; `conversion` turns
  numbers into other units

To add a route, a frequency or the name of a test, add a row to ``phrases.tsv``, or give the
component a file or rows of your own.
"""
