"""What pipelines find, for other systems.

- `entity_files`: the entities of files of notes as rows of a table, a row each

What a row has is in `annotations.rows`.
"""
