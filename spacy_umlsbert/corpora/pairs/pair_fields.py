"""A pair out of fields that have names: those of a JSON object, or the columns of a table."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spacy_umlsbert.corpora.pairs.labelled_pair import LabelledPair, label_text
from spacy_umlsbert.corpora.report import Kind, Report

PREMISE = ("premise", "sentence1")
HYPOTHESIS = ("hypothesis", "sentence2")
LABEL = ("gold_label", "label")
ID = ("id", "pairID", "pair_id")


def pair_of_fields(
    fields: Mapping[str, Any], file: Path, line: int, default_id: str, report: Report
) -> LabelledPair | None:
    """The pair; None, and reported, if a text is missing or something is no text.

    Args:
        fields: Values by name. A side is empty if it is null, and so is the label.
        file: The file they come from.
        line: The line, 1-based.
        default_id: The id if there is none among them.
        report: Where problems are counted.
    """
    sides: list[str] = []
    for names in (PREMISE, HYPOTHESIS):
        name = next((name for name in names if name in fields), None)
        side = "" if name is None or fields[name] is None else fields[name]
        if name is None or not isinstance(side, str):
            what = f"there is no {names[0]}" if name is None else f"the {names[0]} is no text"
            report.add(Kind.MALFORMED, file, line, what)
            return None
        sides.append(side)
    label = label_text(next((fields[name] for name in LABEL if name in fields), None))
    if label is None:
        report.add(Kind.MALFORMED, file, line, "the label is no text")
        return None
    own = next((fields[name] for name in ID if isinstance(fields.get(name), str | int)), "")
    premise, hypothesis = sides
    return LabelledPair(
        str(own) or default_id,
        premise,
        hypothesis,
        label=label,
        path=file,
        line=line,
        own_id=bool(str(own)),
    )
