"""Exact-match scores of entities, as conlleval gives them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from spacy.language import Language
from spacy.scorer import PRFScore
from spacy.tokens import Doc

from spacy_umlsbert.annotations.attributes import unaligned_mentions
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.evaluation.figures import figures_of, summed

Entity = tuple[int, int, str]  # first character, character after the last, label


@dataclass
class EntityScores:
    """Counts of right, wrong and missed entities by label, over any number of documents.

    An entity is right if its first character, its last character and its label are those of a
    gold entity (Tjong Kim Sang and De Meulder 2003, section 2.4). Where gold and found entities are
    made of the same tokens, the figures are those of conlleval and of spaCy's ``ents_p``,
    ``ents_r`` and ``ents_f``. Where the tokenizer made a gold mention impossible to find, it
    counts as missed, and what was found in its place as wrong; spaCy's figures leave out both.

    Attributes:
        per_label: The counts of each label.
        documents: Number of documents.
        unaligned: How many of the gold mentions are not made of whole tokens.
    """

    per_label: dict[str, PRFScore] = field(default_factory=dict)
    documents: int = 0
    unaligned: int = 0

    def add(self, predicted: Doc, reference: Doc) -> None:
        """Count a document.

        Raises:
            ValueError: If the two are not the same text.
        """
        if predicted.text != reference.text:
            raise UsageError("The predicted and the gold Doc are of different texts.")
        found = {(ent.start_char, ent.end_char, ent.label_) for ent in predicted.ents}
        self.add_entities(found, set(gold_entities(reference)), len(unaligned_mentions(reference)))

    def add_entities(self, found: set[Entity], gold: set[Entity], unaligned: int = 0) -> None:
        """Count a document, given what was found in it and what there is to be found.

        Args:
            found: What was found.
            gold: What there is.
            unaligned: How many of the latter are not made of whole tokens.
        """
        for label in {entity[2] for entity in found | gold}:
            score = self.per_label.setdefault(label, PRFScore())
            score.score_set(
                {entity for entity in found if entity[2] == label},
                {entity for entity in gold if entity[2] == label},
            )
        self.documents += 1
        self.unaligned += unaligned

    @property
    def micro(self) -> PRFScore:
        """All labels together."""
        return summed(self.per_label.values())

    def as_dict(self) -> dict[str, Any]:
        """Plain figures: precision, recall and F1 between 0 and 1, and counts."""
        return {
            "documents": self.documents,
            "unaligned": self.unaligned,
            "micro": figures_of(self.micro),
            "per_label": {label: figures_of(s) for label, s in sorted(self.per_label.items())},
        }


def gold_entities(doc: Doc) -> Iterator[Entity]:
    """The entities of a gold Doc, with those that could not be made of its tokens.

    Mentions that are nested in a longer one are not among them, as in the flat IOB files that the
    papers score on.
    """
    for ent in doc.ents:
        yield ent.start_char, ent.end_char, ent.label_
    for mention in unaligned_mentions(doc):
        yield mention.start_char, mention.end_char, mention.label


def score_entities(
    nlp: Language, gold: Iterable[Doc], *, n_process: int = 1, batch_size: int | None = None
) -> EntityScores:
    """Run a pipeline on the texts of gold Docs and score what it finds.

    The pipeline tokenizes the texts itself; only where the corpus fixes the words (as CoNLL files
    do) it gets these.

    Args:
        nlp: The pipeline.
        gold: Gold Docs.
        n_process: As for ``nlp.pipe``.
        batch_size: The same.
    """
    scores = EntityScores()
    for predicted, reference in predictions(nlp, gold, n_process, batch_size):
        scores.add(predicted, reference)
    return scores


def predictions(
    nlp: Language, gold: Iterable[Doc], n_process: int = 1, batch_size: int | None = None
) -> Iterator[tuple[Doc, Doc]]:
    """What a pipeline makes of the texts of gold Docs, and these."""
    inputs = ((input_doc(nlp, doc), doc) for doc in gold)
    return nlp.pipe(inputs, as_tuples=True, n_process=n_process, batch_size=batch_size)


def input_doc(nlp: Language, gold: Doc) -> Doc:
    """The text of a gold Doc for a pipeline, with the corpus's words if it fixes them."""
    if not gold.has_unknown_spaces:
        return nlp.make_doc(gold.text)
    words = [token.text for token in gold]
    return Doc(nlp.vocab, words=words, spaces=[bool(token.whitespace_) for token in gold])
