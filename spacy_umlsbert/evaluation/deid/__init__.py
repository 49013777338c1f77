"""Scores and reports of de-identification."""
