"""Scores and reports of entities.

- `scores`: exact match, as conlleval counts; it also runs the pipeline
- `report`: the scores as files
- `entity_table`: entities with what the knowledge base says of them, as rows

The component is scored in training by spaCy's own scorer of entities.
"""
