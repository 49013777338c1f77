"""Files of JSON lines, as annotation tools write them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import srsly

from spacy_umlsbert.corpora.report import Kind, Report
from spacy_umlsbert.files.text_file import lines_of, read_text

SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz")


def json_lines(file: Path, report: Report) -> Iterator[tuple[int, Any]]:
    """Yield the number and the value of each line, 1-based; what is no JSON is reported."""
    content = read_text(file, report)
    for number, line in enumerate(lines_of(content) if content is not None else (), 1):
        if not line.strip():
            continue
        try:
            value = srsly.json_loads(line)
        except ValueError:
            report.add(Kind.MALFORMED, file, number, "not valid JSON")
            continue
        yield number, value
