"""A corpus in some format as a spaCy reader."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Any, Literal

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText
from spacy_umlsbert.corpora.annotated.docs import Unaligned, annotate, tokenized
from spacy_umlsbert.corpora.annotated.sentences import sentences
from spacy_umlsbert.corpora.annotated.splits import Split, SplitRule
from spacy_umlsbert.corpora.corpus import Corpus, set_signature
from spacy_umlsbert.corpora.report import CorpusReport
from spacy_umlsbert.errors import InputError

ReadFile = Callable[..., Iterator[AnnotatedText]]
"""A format: (path, report, settings of its own) to annotated texts."""


class AnnotatedCorpus(Corpus[AnnotatedText, CorpusReport]):
    """The documents of a corpus, as annotated texts, as gold Docs, or as Examples to train on.

    Each pass reads the files anew, with a report of its own; only the first one is logged.

    Attributes:
        report: What the last pass has found so far.
    """

    report_type = CorpusReport

    def __init__(
        self,
        read: Callable[[Path, CorpusReport], Iterator[AnnotatedText]],
        path: str | Path | Sequence[str | Path],
        *,
        rule: SplitRule = SplitRule(),  # noqa: B008 - it cannot be changed
        split: Split | None = None,
        ids: str | Path | None = None,
        labels: Mapping[str, str] | None = None,
        unaligned: Unaligned = "missing",
        sentences: bool = False,
        limit: int = 0,
    ) -> None:
        """Make a corpus; nothing is read yet.

        Args:
            read: Reads a file or folder of the format.
            path: A file or folder, or several.
            rule: How the corpus is divided if ``split`` is set.
            split: ``train`` or ``dev`` for a part of it; see
                `spacy_umlsbert.corpora.annotated.splits`.
            ids: A file with the ids of the wanted documents, one a line.
            labels: New names for labels; mentions whose label gets an empty name are left out.
                Labels that are not named stay as they are.
            unaligned: What to do with a mention that is not made of whole tokens: ``missing`` or
                ``expand`` (see `spacy_umlsbert.corpora.annotated.docs.annotate`).
            sentences: Give each sentence as a Doc; meant for training: no boundary is put inside
                a gold mention.
            limit: Most documents to give; 0 for all.

        Raises:
            InputError: If a setting has none of these values.
        """
        super().__init__(read, path, split=split, ids=ids, labels=labels, limit=limit)
        if unaligned not in ("missing", "expand"):
            raise InputError(f"unaligned = {unaligned!r}: use 'missing' or 'expand'.")
        self.rule = rule
        self.unaligned: Unaligned = unaligned
        self.sentences = sentences

    def texts(self) -> Iterator[AnnotatedText]:
        """The documents of the part that is wanted, each id once."""
        return self.records()

    def docs(self, nlp: Language) -> Iterator[Doc]:
        """Gold Docs, tokenized by the pipeline."""
        for _, doc in self._pairs(nlp):
            yield doc

    def __call__(self, nlp: Language) -> Iterator[Example]:
        """Examples: the pipeline's tokens without annotation, and a gold Doc."""
        for predicted, reference in self._pairs(nlp):
            if len(predicted):
                yield Example(predicted, reference)

    def part(self, records: Iterable[AnnotatedText], split: Split) -> Iterable[AnnotatedText]:
        """The documents of a part of the corpus."""
        return self.rule.select(records, split)

    def renamed(self, record: AnnotatedText) -> AnnotatedText:
        """The document with the names that its labels are given."""
        if not self.labels:
            return record
        renamed = [a.renamed(self.labels) for a in record.annotations]
        return replace(record, annotations=[a for a in renamed if a.label])

    def _pairs(self, nlp: Language) -> Iterator[tuple[Doc, Doc]]:
        report = self.begin()

        def make(text: AnnotatedText) -> Iterator[tuple[Doc, Doc]]:
            doc = tokenized(text, nlp)
            if not self.sentences:
                yield doc, annotate(doc.copy(), text, report, unaligned=self.unaligned)
                return
            for sentence in sentences(doc, text):
                part = tokenized(sentence, nlp)
                yield part, annotate(part.copy(), sentence, report, unaligned=self.unaligned)

        for text in self.texts():
            if (made := self.made(make, text)) is not None:
                report.documents += 1
                yield from made
        self.end()


def corpus_reader(
    read: ReadFile,
    rule: SplitRule = SplitRule(),  # noqa: B008 - it cannot be changed
) -> Callable[..., AnnotatedCorpus]:
    """Make a reader for training configs out of a function that reads a format.

    The settings of the reader are those of the format, which are the keyword arguments of
    ``read``, and those of `AnnotatedCorpus`, which are the same for all formats.

    Args:
        read: Yields the annotated texts of a file or folder: (path, report, *, settings).
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
        unaligned: Literal["missing", "expand"] = "missing",
        sentences: bool = False,
        limit: int = 0,
        **settings: Any,
    ) -> AnnotatedCorpus:
        return AnnotatedCorpus(
            partial(read, **settings),
            path,
            rule=replace(rule, dev_share=dev_share),
            split=split,
            ids=ids,
            labels=labels,
            unaligned=unaligned,
            sentences=sentences,
            limit=limit,
        )

    set_signature(reader, read, AnnotatedCorpus)
    return reader
