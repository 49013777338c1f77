"""n2c2 2018, track 2 (Henry et al. 2020): drugs, what is said of them, and adverse drug events.

brat standoff, a ``.txt`` and an ``.ann`` file a note. Entities are ``Drug``, ``Reason`` and
``ADE``; ``Strength``, ``Form``, ``Dosage``, ``Frequency``, ``Route`` and ``Duration`` are values,
tied to their drug by ``Strength-Drug`` and so on. A reason is an indication of its drug too, an ADE
an adverse event.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText
from spacy_umlsbert.corpora.annotated.formats.brat import read_brat
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.annotated.splits import SplitRule
from spacy_umlsbert.corpora.report import CorpusReport
from spacy_umlsbert.values.kinds import (
    ADVERSE_EVENT,
    DOSE,
    DURATION,
    FORM,
    FREQUENCY,
    INDICATION,
    ROUTE,
    STRENGTH,
)

VALUES = {
    "Strength": STRENGTH, "Form": FORM, "Dosage": DOSE, "Frequency": FREQUENCY, "Route": ROUTE,
    "Duration": DURATION,
}  # fmt: skip
BOTH = {"Reason": INDICATION, "ADE": ADVERSE_EVENT}
"""Labels of entities that are values of drugs too."""

RELATIONS = [f"{label}-Drug" for label in (*VALUES, *BOTH)]


def read_n2c2_2018(path: Path, report: CorpusReport) -> Iterator[AnnotatedText]:
    """Yield the notes of a folder, or that of one ``.txt`` or ``.ann`` file.

    Args:
        path: The folder or file.
        report: Where problems are counted.
    """
    labels = VALUES | {label: label for label in BOTH}
    for text in read_brat(path, report, of_relation=RELATIONS, value_labels=labels):
        annotations = []
        for one in text.annotations:
            is_both = one.label in BOTH
            annotations.append(replace(one, of=(), is_value=False) if is_both else one)
            if is_both and one.of:
                annotations.append(replace(one, label=BOTH[one.label]))
        yield replace(text, annotations=annotations)


n2c2_2018_reader = corpus_reader(read_n2c2_2018, SplitRule(0.1))
