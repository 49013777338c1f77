"""What the components share that read spans of a Doc by rules: which spans, and saved rules."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.errors import InputError, safe
from spacy_umlsbert.files.texts import read_text
from spacy_umlsbert.files.writing import write_json
from spacy_umlsbert.pipeline.guarded_pipe import GuardedPipe

ENTS = "ents"
"""In the list of span groups: the entities."""

RULES_FILE = "rules.json"

PipeT = TypeVar("PipeT", bound="RulesPipe")


class RulesPipe(GuardedPipe):
    """A component that says something of spans by rules, which are saved with it.

    Attributes:
        spans_keys: The span groups that are looked at; ``ents`` are the entities.
        detector: What reads the Docs.
    """

    kind: str
    """The component's factory, in messages."""
    detector: Any

    def __init__(self, name: str, spans_keys: Sequence[str], missing_file: Path | None) -> None:
        self.name = name
        self.spans_keys = list(spans_keys)
        self._missing_file = missing_file

    @abstractmethod
    def set_annotations(self, docs: Iterable[Doc], found: Sequence[Any]) -> None:
        """Write what was found on each Doc."""

    @abstractmethod
    def _plain(self) -> Any:
        """The rules as data that JSON can hold."""

    @abstractmethod
    def _use_plain(self, data: Any) -> None:
        """Use the rules of such data.

        Raises:
            TypeError, ValueError, KeyError: If they are none.
        """

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Annotate Docs in place.

        Raises:
            InputError: If a file of rules is not there, and no saved rules were loaded.
        """
        self.set_annotations(docs, self.predict(docs))

    def predict(self, docs: Iterable[Doc]) -> list[Any]:
        """What is found in each Doc; nothing is written.

        Raises:
            InputError: If a file of rules is not there, and no saved rules were loaded.
        """
        if self._missing_file is not None:
            raise InputError("there is no such file of rules.", path=self._missing_file)
        found = list(docs)
        return self.detector.detect(found, [self.spans(doc) for doc in found])

    def spans(self, doc: Doc) -> list[Span]:
        """The spans of a Doc that are looked at."""
        found: list[Span] = []
        for key in self.spans_keys:
            found.extend(doc.ents if key == ENTS else spans_of(doc, key))
        return found

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Save the rules to a folder."""
        if "rules" not in exclude:
            Path(path).mkdir(parents=True, exist_ok=True)
            write_json(Path(path) / RULES_FILE, self._plain())

    def from_disk(self: PipeT, path: str | Path, *, exclude: Iterable[str] = ()) -> PipeT:
        """Load the rules from a folder.

        Raises:
            InputError: If they cannot be read.
        """
        file = Path(path) / RULES_FILE
        if "rules" not in exclude and file.exists():
            self._use(read_text(file), file)
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The rules as bytes."""
        return b"" if "rules" in exclude else json.dumps(self._plain()).encode()

    def from_bytes(self: PipeT, data: bytes, *, exclude: Iterable[str] = ()) -> PipeT:
        """Load the rules from bytes."""
        if "rules" not in exclude and data:
            self._use(data.decode("utf-8"), None)
        return self

    def _use(self, text: str | None, file: Path | None) -> None:
        try:
            self._use_plain(json.loads(text or ""))
        except (TypeError, ValueError, KeyError):
            raise InputError(
                f"the rules of {safe(self.kind)} cannot be read.",
                path=file,
                remedy="Save the pipeline again.",
            ) from None
        self._missing_file = None
