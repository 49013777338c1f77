"""Which pairs are for training and which for development.

If files of the corpus are named ``train`` and ``dev`` (``mli_train_v1.jsonl`` and
``mli_dev_v1.jsonl``, say), these are its parts, and other files (``test``) belong to neither. Else
10 % of the premises are for development, chosen by the SHA-256 of their normalised text, with all
their pairs: the choice is the same on every machine, and no premise is in both parts.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spacy_umlsbert.corpora.annotated.splits import Split, dev_groups
from spacy_umlsbert.corpora.pairs.labelled_pair import LabelledPair

_PART = re.compile(r"(?:^|[_.\- ])(train|dev)(?:[_.\- ]|$)", re.IGNORECASE)


@dataclass(frozen=True)
class PairSplitRule:
    """How a corpus of pairs is divided.

    Attributes:
        dev_share: Share of the premises, 0 … 1, that is for development; rounded, but at least
            one if there are two.
        premises_apart: Keep pairs out of training of which the hypothesis is a premise of
            development. For corpora that use a text on either side.
    """

    dev_share: float = 0.1
    premises_apart: bool = False

    def parts(self, pairs: Iterable[LabelledPair]) -> dict[Split, list[LabelledPair]]:
        """Both parts, each in the order of the corpus; what is in none belongs to neither."""
        pairs = list(pairs)
        named = {path: _named_part(path) for path in dict.fromkeys(pair.path for pair in pairs)}
        if {"train", "dev"} <= set(named.values()):
            return {
                "train": [pair for pair in pairs if named[pair.path] == "train"],
                "dev": [pair for pair in pairs if named[pair.path] == "dev"],
            }
        premises = [pair.texts[0] for pair in pairs]
        chosen = dev_groups(premises, self.dev_share)
        dev = [pair for pair in pairs if pair.texts[0] in chosen]
        train = [pair for pair in pairs if pair.texts[0] not in chosen]
        if self.premises_apart:
            train = [pair for pair in train if pair.texts[1] not in chosen]
        return {"train": train, "dev": dev}


def _named_part(path: Path) -> str:
    match = _PART.search(path.name)
    return match[1].lower() if match is not None else ""
