"""Mentions with the concept that is right: what linking is trained on and measured by."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from spacy_umlsbert.corpora.annotated.concept_ids import PREFIXES, parse_concept_ids
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.lines import read_lines
from spacy_umlsbert.files.streams import ending
from spacy_umlsbert.guard import hide_in_repr

_PREFIXES = [*PREFIXES, "OMIM:"]


@hide_in_repr("parts")
@dataclass(frozen=True, slots=True)
class GoldMention:
    """A mention in a corpus.

    Attributes:
        document_id: Of the text it is in.
        parts: What is to be linked: the mention, or the parts of a composite one.
        concept_ids: The right ids. Several are those of the parts, in no certain order, or ids
            that the annotators held for equally right.
    """

    document_id: str
    parts: tuple[str, ...]
    concept_ids: tuple[str, ...]

    @property
    def is_composite(self) -> bool:
        """Whether there are several ids."""
        return len(self.concept_ids) > 1


def read_concept_folder(folder: Path) -> Iterator[GoldMention]:
    """Read a folder of BioSyn's ``.concept`` files.

    A line is ``document||span||type||mention||id``; parts of a composite mention are joined by
    ``|``, its ids by ``|`` or ``+``.

    Raises:
        InputError: If there is no such file, it cannot be read, or a line has another number of
            fields.
    """
    paths = sorted(path for path in folder.glob("*.concept*") if ending(path) == ".concept")
    if not paths:
        raise InputError("there is no .concept file.", path=folder)
    for path in paths:
        for number, line, *_ in read_lines(path):
            if not line.strip():
                continue
            fields = line.split("||")
            if len(fields) != 5:
                raise InputError(
                    f"the line has {len(fields)} fields instead of 5.",
                    path=path,
                    line=number,
                    remedy="It must be document||span||type||mention||id.",
                )
            document_id, _, _, mention, ids = (field.strip() for field in fields)
            yield GoldMention(document_id, _parts(mention), ids_of(ids))


def simple_mentions(mentions: Iterable[GoldMention]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Texts and ids of mentions, without composite ones: of those it is not known what is what."""
    for mention in mentions:
        if not mention.is_composite:
            for part in mention.parts:
                yield part, mention.concept_ids


def ids_of(ids: str) -> tuple[str, ...]:
    """The ids of an annotation, as in dictionaries; BioSyn takes joined ids (``+``) for several."""
    return parse_concept_ids(ids.replace("+", "|"), _PREFIXES)


def _parts(mention: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in mention.split("|"))
