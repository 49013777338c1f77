"""Scores and reports of entities."""
