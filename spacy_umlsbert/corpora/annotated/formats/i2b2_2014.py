"""i2b2/UTHealth 2014 de-identification (Stubbs, Kotfila and Uzuner 2015).

An XML file a record, with the text and PHI elements such as DATE, NAME or LOCATION, whose type
says what exactly it is (PATIENT, DOCTOR, HOSPITAL …). Records are named ``patient-number.xml``.
The training data are the folders ``training-PHI-Gold-Set1`` and ``-Set2``, the test data
``testing-PHI-Gold-fixed``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lxml import etree


from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.annotated.splits import SplitRule
from spacy_umlsbert.corpora.annotated.standoff_xml import read_standoff_xml
from spacy_umlsbert.corpora.report import CorpusReport


def read_i2b2_2014(
    path: Path, report: CorpusReport, *, label: Literal["type", "category"] = "type"
) -> Iterator[AnnotatedText]:
    """Yield the records of a file or folder.

    Args:
        path: The file or folder.
        report: Where problems are counted.
        label: ``type`` for the types, as the papers score them; ``category`` for NAME, LOCATION …
    """

    def label_of(element: "etree._Element") -> str | None:
        return str(element.tag if label == "category" else element.get("TYPE", "")).strip()

    return read_standoff_xml(path, report, label_of)


def patient(document_id: str) -> str:
    """The patient that a record is of."""
    return document_id.partition("-")[0]


i2b2_2014_reader = corpus_reader(read_i2b2_2014, SplitRule(0.1, group=patient))
