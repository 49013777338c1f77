"""Scores and reports, a folder for each task: `ner`, `deid`, `nli`, `linking`,
`assertion`, `values`.

In each folder:

- `scores` (`leak_scores` in `deid`): what is counted, and the figures made of it
- `scorer`: the same as a spaCy scorer, for a component while it is trained
- `evaluate`: runs a pipeline over gold data and scores what it says
- `report`: scores as files; `report_files`, `figures`, `confusion` and `bars`, in this
  folder, for all tasks

They work on Docs and pairs of texts. A linker is run by `linking.evaluate`, because this folder
may not import `linking`.
"""
