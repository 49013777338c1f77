"""Self-alignment: names of a concept are drawn together (Liu et al. 2021, SapBERT)."""
