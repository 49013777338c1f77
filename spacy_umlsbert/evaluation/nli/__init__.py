"""Scores and reports of natural language inference."""
