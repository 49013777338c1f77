"""Scores and reports of linking."""
