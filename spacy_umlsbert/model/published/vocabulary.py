"""The vocabulary file that UmlsBERT was published with: wordpieces, their concepts and types.

Michalopoulos et al. 2021. A line is a wordpiece, or ``wordpiece|CUI|TUI`` where the wordpiece is a
word of the UMLS; its number is the id of the wordpiece. The ids of the semantic types in the
published weights follow from the order of this file.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.lines import read_lines

SHORTEST = 3  # characters of a word, and of a CUI, for the annotation of a line to count
BAR = "|"
# The published file has lost the bar itself: these lines stood for the wordpieces of a bar.
_LOST_BARS = {"": BAR, "##": "##" + BAR}


class PublishedEntry(NamedTuple):
    """A line of the vocabulary file; its place in the list is the wordpiece's id."""

    wordpiece: str
    cui: str | None
    tui: str | None


def read_vocabulary(path: str | Path) -> list[PublishedEntry]:
    """Read a vocabulary file such as ``vocab_updated.txt``; a plain ``vocab.txt`` works too.

    Spaces are removed. The annotation of a line counts only if word and CUI are longer than two
    characters, as in the published code.

    Args:
        path: The file, in UTF-8.

    Returns:
        An entry per line: the i-th is that of wordpiece id i.

    Raises:
        InputError: If there is no such file, it cannot be read, a line is neither a wordpiece nor
            ``wordpiece|CUI|TUI``, or a wordpiece is there twice.
    """
    path = Path(path)
    entries = [_parse(path, line.number, line.text) for line in read_lines(path)]
    first: dict[str, int] = {}
    for n, entry in enumerate(entries, start=1):
        if first.setdefault(entry.wordpiece, n) != n:
            raise InputError(
                f"the wordpiece of line {first[entry.wordpiece]} again.",
                path=path,
                line=n,
                remedy="Every wordpiece of a BERT has one line; get the file again.",
            )
    return entries


def _parse(path: Path, number: int, line: str) -> PublishedEntry:
    line = line.replace(" ", "")
    if line in _LOST_BARS or line in _LOST_BARS.values():
        return PublishedEntry(_LOST_BARS.get(line, line), None, None)
    word, *annotation = line.rsplit(BAR, 2)
    if not annotation:
        return PublishedEntry(word, None, None)
    if len(annotation) != 2 or not word or not annotation[1]:
        raise InputError(
            "neither a wordpiece nor wordpiece|CUI|TUI.",
            path=path,
            line=number,
            remedy="Give the vocabulary file that the checkpoint was trained with.",
        )
    cui, tui = annotation
    if len(word) < SHORTEST or len(cui) < SHORTEST:
        return PublishedEntry(word, None, None)
    return PublishedEntry(word, cui, tui)


def semantic_type_order(entries: Iterable[PublishedEntry]) -> list[str]:
    """The TUIs in the order of their ids in the published weights: the first has id 1.

    The published code numbers the semantic types by their first appearance in the file.
    """
    return list(dict.fromkeys(entry.tui for entry in entries if entry.tui))


def wordpiece_semantic_types(entries: Iterable[PublishedEntry]) -> dict[str, str]:
    """Wordpiece -> TUI, for the wordpieces that have one."""
    return {entry.wordpiece: entry.tui for entry in entries if entry.tui}
