"""RQE, recognising question entailment (Ben Abacha and Demner-Fushman, AMIA 2016).

Does an answer to the second question (``faq``) answer the first one (``chq``) too, at least in
part? One XML file holds all pairs::

    <pair pid="1" type="…" value="true"><chq>…</chq><faq>…</faq></pair>

The training data use a first question in several pairs, and also as the second one of another.
So whole first questions are held out (``split = "dev"``), and training (``split = "train"``) has
none of them on either side: 865 and 7,438 pairs. Second questions recur: all 3,933 false pairs
have one of the same 409, and training without those of the development part would be left with
576 false pairs of 4,655. How far they give the label away shows a model that sees them alone (a
baseline of `umls evaluate-nli`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree


from spacy_umlsbert.corpora.corpus_files import corpus_xml
from spacy_umlsbert.corpora.pairs.labelled_pair import LabelledPair
from spacy_umlsbert.corpora.pairs.reader import pair_reader
from spacy_umlsbert.corpora.pairs.splits import PairSplitRule
from spacy_umlsbert.corpora.report import Kind, Report
from spacy_umlsbert.files.file_names import find_files, name_below


def read_rqe(path: Path, report: Report) -> Iterator[LabelledPair]:
    """Yield the pairs of a file, or of all ``.xml`` files in a folder.

    A pair's id is the file's name and the ``pid``, because every file counts from 1.

    Args:
        path: The file or folder.
        report: Where problems are counted.
    """
    for file in find_files(path, ".xml"):
        root = corpus_xml(file, report)
        if root is None:
            continue
        for number, element in enumerate(root.iter("pair"), 1):
            line = element.sourceline or 0
            premise, hypothesis = _text(element, "chq"), _text(element, "faq")
            if premise is None or hypothesis is None:
                missing = "chq" if premise is None else "faq"
                report.add(Kind.MALFORMED, file, line, f"a pair without <{missing}>")
                continue
            pid = element.get("pid", "").strip()
            yield LabelledPair(
                f"{name_below(file, path)}:{pid or f'#{number}'}",
                premise,
                hypothesis,
                element.get("value", "").strip(),
                file,
                line,
                own_id=bool(pid),
            )


rqe_reader = pair_reader(read_rqe, PairSplitRule(premises_apart=True))


def _text(pair: "etree._Element", tag: str) -> str | None:
    element = pair.find(tag)
    return None if element is None else str(element.xpath("string()")).strip()
