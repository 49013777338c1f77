"""Realistic text in place of protected health information."""
