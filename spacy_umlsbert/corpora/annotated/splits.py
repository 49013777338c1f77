"""Which documents of a corpus are for training and which for development.

The test data of the i2b2 corpora come in files of their own; what the papers had to choose is
which part of the training data to develop on. Clinical BERT's published scripts, which UmlsBERT
uses too, did so:

=========  =========================================================  ==========================
corpus     there                                                      here
=========  =========================================================  ==========================
i2b2 2006  the last 30 % of the file                                  the same, in whole records
i2b2 2010  10 % of each hospital's records at random, 18 of 170       10 % of the records
i2b2 2012  10 % of the records at random                              10 % of the records
i2b2 2014  10 % of the patients at random, of both training sets      10 % of the patients
=========  =========================================================  ==========================

Where they drew at random the drawn documents were not published. Here the choice depends on the
documents' ids alone, so that it is the same on every machine: documents are ordered by the SHA-256
of the id (for 2014, of the patient's number), and the first 10 % are for development. Whoever
develops on the second training set of 2014 instead gives each set as a path of its own.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.lines import read_lines

Split = Literal["train", "dev"]


def own_id(document_id: str) -> str:
    """Every document is a group of its own."""
    return document_id


@dataclass(frozen=True)
class SplitRule:
    """How a corpus is divided.

    Attributes:
        dev_share: Share of the groups, 0 … 1, that is for development; rounded, but at least one
            group if there are two.
        group: Gives the group of a document id: documents of a group stay together.
        ordered: Take the last groups of the corpus, not those that come first by hash.
    """

    dev_share: float = 0.1
    group: Callable[[str], str] = own_id
    ordered: bool = False

    def select(self, texts: Iterable[AnnotatedText], split: Split) -> list[AnnotatedText]:
        """The documents of a part, in the order of the corpus."""
        texts = list(texts)
        groups = (self.group(text.document_id) for text in texts)
        dev = dev_groups(groups, self.dev_share, ordered=self.ordered)
        return [text for text in texts if (self.group(text.document_id) in dev) == (split == "dev")]


def dev_groups(groups: Iterable[str], share: float, *, ordered: bool = False) -> set[str]:
    """The groups that are for development.

    Args:
        groups: All groups, in the order of the corpus; repeated ones count once.
        share: Share of them, 0 … 1; rounded, but at least one group if there are two.
        ordered: Take the last ones, not those that come first by hash.
    """
    distinct = list(dict.fromkeys(groups))
    n_dev = round(share * len(distinct))
    if share > 0 and len(distinct) > 1:
        n_dev = min(max(n_dev, 1), len(distinct) - 1)
    if ordered:
        return set(distinct[len(distinct) - n_dev :])
    return set(sorted(distinct, key=_hash)[:n_dev])


def _hash(group: str) -> bytes:
    return hashlib.sha256(group.encode("utf8")).digest()


def read_ids(path: Path) -> set[str]:
    """The ids in a list of documents, one a line, as MedMentions and others publish their splits.

    Raises:
        InputError: If there is no such file, it cannot be read, or there is no id in it.
    """
    ids = {one for line in read_lines(path) for one in line.text.split()}
    if not ids:
        raise InputError("the list of documents is empty.", path=path)
    return ids
