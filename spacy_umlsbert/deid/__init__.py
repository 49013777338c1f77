"""De-identification: finds protected health information (PHI), and writes text in its place.

It works on texts; `phi_spans`, `deidentified` and `note_files` bring it to Docs and files. The
component is `pipeline.umls_deid`, scores are in `evaluation.deid`.

- `finder`: the entrance: what a model and the rules find, put together
- `rules`: finds PHI by rules; `headings`: titles of sections, which are none
- `labels`: the labels of PHI; `phi`: a finding; `merging`: findings that overlap
- `output_modes`: placeholders, a mask or surrogates in place of PHI
- `surrogates`: realistic text in place of PHI
- `phi_spans`: findings as spans of a Doc; `deidentified`: the text of a Doc without its PHI
- `note_files`: a file of notes; `audit`: what was done to it, in numbers
"""
