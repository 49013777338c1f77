"""`umls_sentences`: marks where the sentences of clinical text begin."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import srsly
from spacy import Language
from spacy.tokens import Doc
from spacy.training import Example

from spacy_umlsbert.pipeline.guarded_pipe import GuardedPipe
from spacy_umlsbert.text.marked_sentences import mark_sentences
from spacy_umlsbert.text.sentence_words import SentenceWords, default_words, read_words
from spacy_umlsbert.text.sentences import SentenceFinder

DEFAULT_CONFIG = {
    "words": {},
    "overwrite": False,
    "split_tokens": True,
    "scorer": {"@scorers": "spacy.senter_scorer.v1"},
}
_FILE = "words.json"


class UmlsSentences(GuardedPipe):
    """Sets ``token.is_sent_start``, so that ``doc.sents`` are the sentences of a clinical text.

    A heading, an item of a list, a row of a table and a finding in a line of its own are sentences;
    a line that was broken because it was full is not. Abbreviations, decimals, times and numbers of
    items end none. See `spacy_umlsbert.text.sentences`.
    """

    failure = "could not be divided into sentences"

    def __init__(
        self,
        name: str,
        *,
        words: Mapping[str, Sequence[str]],
        overwrite: bool,
        split_tokens: bool,
        scorer: Callable[..., dict[str, Any]] | None = None,
    ) -> None:
        self.name = name
        self.overwrite = overwrite
        self.split_tokens = split_tokens
        self.scorer = scorer
        self._added: dict[str, list[str]] = {}
        self._finder = SentenceFinder()
        self.add_words(words)

    @property
    def words(self) -> SentenceWords:
        """The words that are known: those of the package and those that were added."""
        return self._finder.words

    def add_words(self, words: Mapping[str, Iterable[str]]) -> None:
        """Add words, such as the abbreviations of a hospital; they are saved with the pipeline.

        Args:
            words: By kind (``{"short": ["prox"]}``). ``text/sentence_words.tsv`` says what the
                kinds are, and `spacy_umlsbert.text.sentence_words.read_words` reads a file of the
                same form.

        Raises:
            UsageError: If there is no such kind, or a word is none.
        """
        listed = {kind: list(of_kind) for kind, of_kind in words.items()}
        self._finder = SentenceFinder(self.words.plus(listed))
        for kind, of_kind in listed.items():
            known = self._added.setdefault(kind, [])
            known += [word for word in of_kind if word not in known]

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]] | None = None,
        *,
        nlp: Language | None = None,
        words: str | Path | None = None,
    ) -> None:
        """Add the words of a file.

        Args:
            get_examples: Not used.
            nlp: Not used.
            words: The file; see `spacy_umlsbert.text.sentence_words.read_words`.
        """
        if words is not None:
            self.add_words(read_words(words))

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Mark the sentences of each Doc."""
        for doc in docs:
            mark_sentences(
                doc, self._finder, overwrite=self.overwrite, split_tokens=self.split_tokens
            )

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Precision, recall and F of sentences, as spaCy's own components score them."""
        return {} if self.scorer is None else self.scorer(examples, **kwargs)

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Save the words that were added to a folder."""
        Path(path).mkdir(parents=True, exist_ok=True)
        srsly.write_json(Path(path) / _FILE, self._added)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "UmlsSentences":
        """Load them from a folder."""
        return self._with_words(srsly.read_json(Path(path) / _FILE))

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The words that were added as bytes."""
        data: bytes = srsly.msgpack_dumps(self._added)
        return data

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "UmlsSentences":
        """Load them from bytes."""
        return self._with_words(srsly.msgpack_loads(data))

    def _with_words(self, words: Mapping[str, Sequence[str]]) -> "UmlsSentences":
        self._added = {}
        self._finder = SentenceFinder(default_words())
        self.add_words(words)
        return self


@Language.factory(
    "umls_sentences",
    assigns=["token.is_sent_start", "doc.sents"],
    default_config=DEFAULT_CONFIG,
    default_score_weights={"sents_f": None, "sents_p": None, "sents_r": None},
)
def make_umls_sentences(
    nlp: Language,
    name: str,
    words: dict[str, list[str]],
    overwrite: bool,
    split_tokens: bool,
    scorer: Callable[..., dict[str, Any]] | None,
) -> UmlsSentences:
    """Create an `umls_sentences`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        words: Words beside those that are known, by kind: ``{"short": ["prox"]}``.
        overwrite: Whether marks that a Doc has already are replaced.
        split_tokens: Whether a token is divided where a sentence begins inside of it, as in
            "effusion.3.Old", and behind the mark of an item that is written without a blank, as in
            "-no". Only on Docs that have nothing but their tokens.
        scorer: Scores sentences.
    """
    return UmlsSentences(
        name, words=words, overwrite=overwrite, split_tokens=split_tokens, scorer=scorer
    )
