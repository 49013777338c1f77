"""Scores of de-identification: what is hidden, and exact match as the papers score it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from spacy.language import Language
from spacy.tokens import Doc

from spacy_umlsbert.annotations.attributes import unaligned_mentions
from spacy_umlsbert.corpora.annotated.gold import PHI, document_id
from spacy_umlsbert.deid.labels import shown
from spacy_umlsbert.evaluation.deid.leak_scores import LeakScores, found_phi, gold_phi
from spacy_umlsbert.evaluation.ner.scores import Entity, EntityScores, gold_entities, predictions

Rename = Callable[[str], str]


@dataclass
class DeidScores:
    """Both kinds of scores of one span group.

    Attributes:
        hidden: What is hidden, and what leaks.
        exact: Entities by exact match of borders and label, as i2b2 and the papers score them.
    """

    hidden: LeakScores = field(default_factory=LeakScores)
    exact: EntityScores = field(default_factory=EntityScores)

    def add(
        self,
        predicted: Doc,
        reference: Doc,
        spans_key: str,
        *,
        own: Collection[str] = (),
        rename: Rename = str,
    ) -> None:
        """Count a document.

        Args:
            predicted: A Doc that went through `umls_deid`.
            reference: The gold Doc.
            spans_key: The span group to score.
            own: Labels beside those of i2b2; all others count as ``other``.
            rename: Applied to labels before they are compared.
        """
        found = list(found_phi(predicted, spans_key))
        gold = [phi._replace(label=shown(phi.label, own)) for phi in gold_phi(reference)]
        self.hidden.add(reference.text, gold, found, document_id(reference))
        self.exact.add_entities(
            {(phi.start, phi.end, rename(phi.label)) for phi in found},
            {
                (start, end, rename(shown(label, own)))
                for start, end, label in _flat_gold(reference)
            },
            len(unaligned_mentions(reference)),
        )


def _flat_gold(doc: Doc) -> Iterable[Entity]:
    """Gold PHI without nesting: its own group beside entities, or the entities of a corpus."""
    if PHI in doc.spans:
        return [(span.start_char, span.end_char, span.label_) for span in doc.spans[PHI]]
    return gold_entities(doc)


def score_deid(
    nlp: Language,
    gold: Iterable[Doc],
    spans_keys: Iterable[str],
    *,
    own: Collection[str] = (),
    rename: Rename = str,
    n_process: int = 1,
    batch_size: int | None = None,
) -> dict[str, DeidScores]:
    """Run a pipeline on the texts of gold Docs and score what it finds, by span group.

    Args:
        nlp: The pipeline.
        gold: Gold Docs.
        spans_keys: The span groups to score.
        own: Labels beside those of i2b2; all others count as ``other``.
        rename: Applied to labels before they are compared.
        n_process: As for ``nlp.pipe``.
        batch_size: The same.
    """
    scores = {key: DeidScores() for key in spans_keys}
    for predicted, reference in predictions(nlp, gold, n_process, batch_size):
        for key, one in scores.items():
            one.add(predicted, reference, key, own=own, rename=rename)
    return scores
