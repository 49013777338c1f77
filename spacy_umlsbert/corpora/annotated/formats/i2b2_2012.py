"""i2b2 2012 temporal relations (Sun, Rumshisky and Uzuner 2013): clinical events and times.

An XML file a record, with EVENT elements (of type PROBLEM, TEST, TREATMENT, CLINICAL_DEPT,
EVIDENTIAL or OCCURRENCE), TIMEX3 elements (DATE, TIME, DURATION or FREQUENCY), and relations, which
are not read. An event has a polarity (POS, NEG) and a modality: FACTUAL, POSSIBLE, CONDITIONAL or
PROPOSED, which is read as hypothetical. The training data are the folder
``2012-07-15.original-annotation.release``, the test data
``2012-08-08.test-data.event-timex-groundtruth/xml``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree


from spacy_umlsbert.assertion.verdicts import CONDITIONAL, HYPOTHETICAL, NEGATED, UNCERTAIN
from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.annotated.splits import SplitRule
from spacy_umlsbert.corpora.annotated.standoff_xml import read_standoff_xml
from spacy_umlsbert.corpora.report import CorpusReport

_POLARITIES: dict[str, tuple[str, ...]] = {"POS": (), "NEG": (NEGATED,)}
_MODALITIES: dict[str, tuple[str, ...]] = {
    "FACTUAL": (),
    "POSSIBLE": (UNCERTAIN,),
    "CONDITIONAL": (CONDITIONAL,),
    "PROPOSED": (HYPOTHETICAL,),
}


def read_i2b2_2012(
    path: Path,
    report: CorpusReport,
    *,
    elements: list[str] = ["EVENT", "TIMEX3"],  # noqa: B006
    assertions: bool = False,
) -> Iterator[AnnotatedText]:
    """Yield the records of a file or folder.

    Args:
        path: The file or folder.
        report: Where problems are counted.
        elements: The wanted elements; ``["EVENT"]`` is the task of Clinical BERT and UmlsBERT. The
            label of a mention is its element's type.
        assertions: Read the polarity and the modality of events. An event that is possible and
            negated is possible.
    """

    def label_of(element: "etree._Element") -> str | None:
        return str(element.get("type", "")).strip() if element.tag in elements else None

    return read_standoff_xml(path, report, label_of, _flags if assertions else None)


def _flags(element: "etree._Element") -> frozenset[str] | None:
    if element.tag != "EVENT":
        return None
    polarity, modality = (str(element.get(name, "")).strip() for name in ("polarity", "modality"))
    return frozenset((*_POLARITIES[polarity.upper()], *_MODALITIES[modality.upper()]))


i2b2_2012_reader = corpus_reader(read_i2b2_2012, SplitRule(0.1))
