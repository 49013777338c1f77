"""One way each to read and write files. A new reader is a dozen lines on top of it.

What can be wrong with a file is found in one place for all readers, and is said in the same words:
``problems`` has its kinds, and who reads says what becomes of it (`Strict` raises an error,
`Problems` counts and goes on). All text is UTF-8, with or without a byte order mark; a line ends
in ``\\n`` or ``\\r\\n``; a file whose name ends in ``.gz`` is compressed.

- `problems`: what can be wrong with a file, and what becomes of it
- `streams`: bytes of files that may be compressed; `file_names`: endings, the files of a folder
- `lines`, `texts`: lines one by one; a whole text
- `tables`: CSV and TSV; `json_lines`: JSON lines and JSON; `parquet`; `xml`
- `row_files`: rows of any of these formats, chosen by the ending: for `umls deid`, `nli` and
  `prepare-notes`; a file format that is added there is known to all of them; `row_writing` writes
  rows of known columns
- `failing`: batches in which what fails costs no other
- `atomic`: output that appears only once it is complete; `writing`: lines, rows and JSON
- `storage`: directories of arrays and tables, with checksums; `folders`: folders as bytes
- `rule_tables`: tables of rules that users write
- `resources`: lists and tables that are part of this package; `progress`: progress bars; `plots`
"""
