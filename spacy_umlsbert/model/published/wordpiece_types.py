"""Semantic types that belong to wordpieces, as in the published UmlsBERT."""

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.model.configuration import UmlsBertConfig


def wordpiece_type_ids(
    config: UmlsBertConfig, tokenizer: PreTrainedTokenizerBase
) -> NDArray[np.int64]:
    """The semantic-type id of every wordpiece of the vocabulary.

    Args:
        config: Has the table, ``wordpiece_semantic_types``.
        tokenizer: Has the vocabulary.

    Returns:
        (vocabulary,) ids, so that ``table[input_ids]`` are the semantic-type ids of a batch; 0 for
        wordpieces without a type.

    Raises:
        ValueError: If the model has no such table, or one of other wordpieces.
    """
    if not config.wordpiece_semantic_types:
        raise UsageError(
            "the model has no table of the semantic types of wordpieces: it was not imported from "
            "a published UmlsBERT (python -m spacy umls import-checkpoint). Its semantic types "
            'come from a knowledge base: use semantic_type_lookup = "spans".'
        )
    vocabulary = tokenizer.get_vocab()
    missing = sum(word not in vocabulary for word in config.wordpiece_semantic_types)
    if missing:
        raise UsageError(
            f"{missing} of {len(config.wordpiece_semantic_types)} wordpieces that have a semantic "
            "type are not in the tokenizer's vocabulary: model and tokenizer do not belong together"
        )
    ids = config.semantic_type_ids
    result = np.zeros(max(len(tokenizer), config.vocab_size), dtype=np.int64)
    for wordpiece, tui in config.wordpiece_semantic_types.items():
        result[vocabulary[wordpiece]] = ids[tui]
    return result
