"""What medspaCy's sectionizer finds: texts as JSON on standard input, headings on standard output.

It runs in an environment of its own, where medspaCy is installed: see `comparison.py`.
"""

import json
import sys
import time
from importlib.metadata import version

import medspacy

nlp = medspacy.load(medspacy_enable=["medspacy_tokenizer", "medspacy_sectionizer"])
texts = json.load(sys.stdin)
nlp("Plan: rest")
start = time.perf_counter()
found = []
for text in texts:
    doc = nlp(text)
    titles = [(s.title_span, s.category) for s in doc._.sections if s.category is not None]
    found.append([[doc[a:b].start_char, doc[a:b].end_char, name] for (a, b), name in titles])
seconds = time.perf_counter() - start
json.dump({"found": found, "seconds": seconds, "version": version("medspacy")}, sys.stdout)
