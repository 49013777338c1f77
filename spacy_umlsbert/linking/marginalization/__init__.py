"""Synonym marginalisation: mentions are drawn to all names of their concept (Sung et al. 2020)."""
