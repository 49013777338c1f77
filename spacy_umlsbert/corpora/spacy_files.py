"""Examples from ``.spacy`` files that may hold pair Docs, besides others.

spaCy's own reader makes the Doc that is to be annotated of the text alone, without the span groups
that say which part of a pair is which: to the pipeline it is no pair.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Corpus, Example
from spacy.vocab import Vocab

from spacy_umlsbert.annotations.pairs import is_pair
from spacy_umlsbert.corpora.pairs.docs import unlabelled_pair
from spacy_umlsbert.corpora.quick_docbin import QuickDocBin
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.guard import without_text

Augmenter = Callable[[Language, Example], Iterator[Example]]


class MixedCorpus(Corpus):
    """spaCy's corpus of ``.spacy`` files, of which pairs are pairs on both sides of an Example.

    Pairs are not augmented, and never divided, however long they are. All else is spaCy's.
    """

    def __call__(self, nlp: Language) -> Iterator[Example]:
        """Examples, of the files as they are read."""
        guard = without_text("cannot be read", path=self.path)
        return guard.each(super().__call__(nlp))

    def read_docbin(self, vocab: Vocab, locs: Iterable[str | Path]) -> Iterator[Doc]:
        """The Docs of files that have tokens, up to the limit if there is one."""
        docs = (doc for loc in locs for doc in QuickDocBin().from_disk(loc).get_docs(vocab))
        return islice(filter(len, docs), self.limit if self.limit >= 1 else None)

    def make_examples(self, nlp: Language, reference_docs: Iterable[Doc]) -> Iterator[Example]:
        """Examples with the tokens of the pipeline."""
        for doc in reference_docs:
            if is_pair(doc):
                yield _pair_example(nlp, doc, gold_tokens=False)
            else:
                yield from super().make_examples(nlp, (doc,))

    def make_examples_gold_preproc(
        self, nlp: Language, reference_docs: Iterable[Doc]
    ) -> Iterator[Example]:
        """Examples with the tokens of the gold Docs."""
        for doc in reference_docs:
            if is_pair(doc):
                yield _pair_example(nlp, doc, gold_tokens=True)
            else:
                yield from super().make_examples_gold_preproc(nlp, (doc,))


def _pair_example(nlp: Language, pair: Doc, *, gold_tokens: bool) -> Example:
    return Example(unlabelled_pair(nlp, pair, gold_tokens=gold_tokens), pair)


def mixed_corpus(
    path: Path | None,
    gold_preproc: bool = False,
    max_length: int = 0,
    limit: int = 0,
    augmenter: Augmenter | None = None,
) -> MixedCorpus:
    """A reader with the settings of ``spacy.Corpus.v1``, for files that may hold pairs too.

    Args:
        path: A ``.spacy`` file, or a folder of such files.
        gold_preproc: Give the tokens of the gold Docs, sentence by sentence.
        max_length: Divide longer Docs into sentences if they have such, else leave them out, if
            they are no pairs; 0 for no limit.
        limit: Most Docs to read; 0 for all.
        augmenter: Makes variants of Examples that are no pairs.

    Raises:
        InputError: If no path is given.
    """
    if path is None:
        raise InputError("no path is given.", remedy="Set the reader's path.")
    return MixedCorpus(
        path,
        gold_preproc=gold_preproc,
        max_length=max_length,
        limit=limit,
        augmenter=None if augmenter is None else _not_of_pairs(augmenter),
    )


def _not_of_pairs(augmenter: Augmenter) -> Augmenter:
    def augment(nlp: Language, example: Example) -> Iterator[Example]:
        if is_pair(example.reference):
            yield example
        else:
            yield from augmenter(nlp, example)

    return augment
