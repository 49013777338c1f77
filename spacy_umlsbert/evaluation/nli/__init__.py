"""Scores and reports of natural language inference.

- `scores`: accuracy, macro-F1, and what is taken for what
- `evaluate`: gets predictions for gold pairs, and scores them and baselines
- `scorer`: the same figures as a spaCy scorer, for training
- `report`: the scores as files
- `gold_pairs`: what is evaluated; `baselines`: what any model has to beat
"""
