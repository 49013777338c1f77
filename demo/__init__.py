"""The demo: the generator of its notes and pairs, and what it reads."""
