"""The configuration of the backbone."""

from collections.abc import Iterable, Mapping
from typing import Any

from transformers import BertConfig

from spacy_umlsbert.errors import UsageError


class UmlsBertConfig(BertConfig):
    """A BERT configuration that knows its semantic types.

    Args:
        semantic_types: The semantic types (TUIs) that have an embedding. They are sorted, so ids
            never depend on the order of a file: the first has id 1, and id 0 is "no semantic
            type". ``ordered_semantic_types`` keeps a given order instead.
        ordered_semantic_types: True if the order of ``semantic_types`` is part of a published
            checkpoint and must be kept.
        wordpiece_semantic_types: Wordpiece -> TUI, for a checkpoint whose wordpieces take their
            semantic type from a table, as the published UmlsBERT does; see
            `wordpiece_types.wordpiece_type_ids`.
        **kwargs: As for `transformers.BertConfig`.

    Raises:
        ValueError: If a semantic type is given twice, or that of a wordpiece is not among them.
    """

    model_type = "umlsbert"

    def __init__(
        self,
        semantic_types: Iterable[str] = (),
        ordered_semantic_types: bool = False,
        wordpiece_semantic_types: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        types = list(semantic_types)
        if len(set(types)) != len(types):
            twice = sorted({tui for tui in types if types.count(tui) > 1})
            raise UsageError(f"semantic types given more than once: {', '.join(twice)}")
        self.semantic_types: list[str] = types if ordered_semantic_types else sorted(types)
        self.ordered_semantic_types = ordered_semantic_types
        self.wordpiece_semantic_types: dict[str, str] = dict(wordpiece_semantic_types or {})
        if unknown := set(self.wordpiece_semantic_types.values()) - set(types):
            raise UsageError(
                "wordpieces have semantic types that are not among those of the model: "
                + ", ".join(sorted(unknown))
            )

    @property
    def semantic_type_ids(self) -> Mapping[str, int]:
        """TUI -> id, 1 … n. Id 0 means no semantic type."""
        return {tui: i for i, tui in enumerate(self.semantic_types, start=1)}
