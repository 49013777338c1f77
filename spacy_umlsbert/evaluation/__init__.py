"""Scores and reports. They know Docs only."""
