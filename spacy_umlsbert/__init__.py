"""Clinical NER, concept lookup and concept linking for spaCy on a UMLS-augmented BERT.

Everything that is registered with spaCy (factories, architectures, ...) is an entry point, so
nothing has to be imported before ``spacy.load``. Importing this package imports nothing else.
"""

__version__ = "0.1.0"
