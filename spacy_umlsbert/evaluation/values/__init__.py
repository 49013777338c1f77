"""Scores and reports of values: doses, labs, vital signs, and what each belongs to.

- `tied`: values with their places, of Docs and of what a detector found
- `schemes`: our kinds in the terms of a corpus
- `matching`: how often spans and relations are right, as the scorer of n2c2 2018 counts
- `scores`: the figures by kind; `entries`: those of i2b2 2009, by entry
- `evaluate`: finds the values of gold Docs, and scores what comes out
- `report`: the scores as files
"""
