"""A corpus of labelled pairs in some format as a spaCy reader."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Any, Literal

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from spacy_umlsbert.annotations.pairs import make_pair
from spacy_umlsbert.corpora.annotated.splits import Split
from spacy_umlsbert.corpora.corpus import Corpus, set_signature
from spacy_umlsbert.corpora.pairs.docs import gold_pair
from spacy_umlsbert.corpora.pairs.labelled_pair import NO_GOLD_LABEL, LabelledPair, shown
from spacy_umlsbert.corpora.pairs.splits import PairSplitRule
from spacy_umlsbert.corpora.report import Kind, PairReport
from spacy_umlsbert.text.unicode import is_unicode

ReadPairs = Callable[..., Iterator[LabelledPair]]
"""A format: (path, report, settings of its own) to labelled pairs."""


class PairCorpus(Corpus[LabelledPair, PairReport]):
    """The pairs of a corpus, as texts, as gold pair Docs, or as Examples to train on.

    Each pass reads the files anew, with a report of its own; only the first one is logged. Pairs
    without a label, or without a premise or hypothesis, are reported and left out.

    Attributes:
        report: What the last pass has found so far; labels that are neither known nor named in
            the settings are counted as ``other``.
    """

    report_type = PairReport

    def __init__(
        self,
        read: Callable[[Path, PairReport], Iterator[LabelledPair]],
        path: str | Path | Sequence[str | Path],
        *,
        rule: PairSplitRule = PairSplitRule(),  # noqa: B008 - it cannot be changed
        split: Split | None = None,
        ids: str | Path | None = None,
        labels: Mapping[str, str] | None = None,
        limit: int = 0,
    ) -> None:
        """Make a corpus; nothing is read yet.

        Args:
            read: Reads a file or folder of the format.
            path: A file or folder, or several.
            rule: How the corpus is divided if ``split`` is set.
            split: ``train`` or ``dev`` for a part of it; see `spacy_umlsbert.corpora.pairs.splits`.
            ids: A file with the ids of the wanted pairs, one a line.
            labels: New names for labels; pairs whose label gets an empty name are left out.
                Labels that are not named stay as they are. A name for what stands for no label
                (``-1``, say) makes a label of it.
            limit: Most pairs to give; 0 for all.

        Raises:
            InputError: If a setting has none of these values.
        """
        super().__init__(read, path, split=split, ids=ids, labels=labels, limit=limit)
        self.rule = rule

    def pairs(self) -> Iterator[LabelledPair]:
        """The pairs of the part that is wanted, each id once."""
        return self.records()

    def docs(self, nlp: Language) -> Iterator[Doc]:
        """Gold pair Docs, tokenized by the pipeline."""
        for _, doc in self._docs(nlp):
            yield doc

    def __call__(self, nlp: Language) -> Iterator[Example]:
        """Examples: the pair Doc without its label, and the gold one."""
        for predicted, reference in self._docs(nlp):
            yield Example(predicted, reference)

    def part(self, records: Iterable[LabelledPair], split: Split) -> Iterable[LabelledPair]:
        """The pairs of a part of the corpus."""
        records = list(records)
        parts = self.rule.parts(records)
        if split == "train" and self.rule.premises_apart:
            self.report.kept_apart = len(records) - sum(map(len, parts.values()))
        return parts[split]

    def renamed(self, record: LabelledPair) -> LabelledPair | None:
        """The pair with the name that its label is given; None if that is empty."""
        label = self.labels.get(record.label, record.label)
        return replace(record, label=label) if label else None

    def read_all(self) -> Iterator[LabelledPair]:
        """All pairs of all paths that have two texts and a label."""
        for pair in super().read_all():
            if not pair.premise.strip() or not pair.hypothesis.strip():
                side = "hypothesis" if pair.premise.strip() else "premise"
                self.report.add(Kind.EMPTY, pair.path, pair.line, f"the {side} is empty")
            elif pair.label.lower() in NO_GOLD_LABEL and pair.label not in self.labels:
                message = "there is no gold label" if pair.label else "there is no label"
                self.report.add(Kind.UNLABELLED, pair.path, pair.line, message)
            elif all(
                map(is_unicode, (pair.premise, pair.hypothesis, pair.label, pair.document_id))
            ):
                yield pair
            else:
                message = "half a surrogate pair, which is no character"
                self.report.add(Kind.MALFORMED, pair.path, pair.line, message)

    def _docs(self, nlp: Language) -> Iterator[tuple[Doc, Doc]]:
        report = self.begin()

        def make(pair: LabelledPair) -> Iterator[tuple[Doc, Doc]]:
            doc = make_pair(nlp, pair.premise, pair.hypothesis)
            yield doc, gold_pair(doc, pair)

        for pair in self.pairs():
            if max(len(pair.premise), len(pair.hypothesis)) > nlp.max_length:
                message = f"a text has more than {nlp.max_length} characters"
                report.add(Kind.TOO_LONG, pair.path, pair.line, message)
                continue
            for made in self.made(make, pair) or ():
                report.documents += 1
                report.tokens += len(made[0])
                report.labels[shown(pair.label, self.labels.values())] += 1
                yield made
        self.end()


def pair_reader(
    read: ReadPairs,
    rule: PairSplitRule = PairSplitRule(),  # noqa: B008 - it cannot be changed
) -> Callable[..., PairCorpus]:
    """Make a reader for training configs out of a function that reads a format.

    The settings of the reader are those of the format, which are the keyword arguments of
    ``read``, and those of `PairCorpus`, which are the same for all formats.

    Args:
        read: Yields the pairs of a file or folder: (path, report, *, settings).
        rule: How the corpus is divided.
    """

    @wraps(read)
    def reader(
        path: str | Path | list[str],
        *,
        split: Literal["train", "dev"] | None = None,
        dev_share: float = rule.dev_share,
        ids: str | Path | None = None,
        labels: dict[str, str] = {},  # noqa: B006 - spaCy wants the default; it is not changed
        limit: int = 0,
        **settings: Any,
    ) -> PairCorpus:
        return PairCorpus(
            partial(read, **settings),
            path,
            rule=replace(rule, dev_share=dev_share),
            split=split,
            ids=ids,
            labels=labels,
            limit=limit,
        )

    set_signature(reader, read, PairCorpus)
    return reader
