"""Scores and reports of assertions.

- `scores`: each class, and what else holds of a mention
- `evaluate`: judges the gold mentions of a corpus, and scores what comes out
- `report`: the scores as files
"""
