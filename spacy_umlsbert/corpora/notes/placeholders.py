"""The placeholders that MIMIC-III has in place of identifying text: ``[**Hospital1 18**]``.

Left as they are, they make a good part of a note that no other text has. They are replaced by
plausible neutral text of their kind, out of ``placeholders.tsv``.
"""

import re
import zlib
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from spacy_umlsbert.files.resources import package_table

Mode = Literal["replace", "keep", "remove"]
PLACEHOLDER_MODES: tuple[Mode, ...] = get_args(Mode)

_PLACEHOLDER = re.compile(r"\[\*\*([^\[\]]{0,200}?)\*\*\]")
# Shifted dates and parts of them are plausible as they stand: 2151-7-16, 7/16, 2151.
_WRITTEN = re.compile(r"[\d/\-:.' ]*\d[\d/\-:.' ]*")
_ASIDE = re.compile(r"\([^)]*\)")  # Last Name (STitle) 99
_MARKS = re.compile(r"\d+|[^\w\s/'-]")


class _Kind(NamedTuple):
    pattern: re.Pattern[str]
    texts: tuple[str, ...]


@lru_cache(maxsize=1)
def _kinds() -> list[_Kind]:
    return [
        _Kind(re.compile(row["pattern"], re.IGNORECASE), tuple(row["texts"].split("|")))
        for row in package_table(__package__, "placeholders.tsv")
    ]


def replace_placeholders(text: str, mode: Mode = "replace") -> str:
    """Deal with the placeholders of a note.

    Args:
        text: The note.
        mode: ``replace`` puts text of the placeholder's kind in its place: a date that is written
            out stays as it is, names, places, hospitals and numbers become others. The same
            placeholder always becomes the same text. ``remove`` leaves nothing, ``keep`` leaves
            all as it is.
    """
    if mode == "keep":
        return text
    return _PLACEHOLDER.sub(lambda m: "" if mode == "remove" else _stand_in(m.group(1)), text)


def _stand_in(inside: str) -> str:
    inside = " ".join(inside.split())
    if _WRITTEN.fullmatch(inside):
        return inside
    label = _ASIDE.sub(" ", inside)
    for kind in _kinds():
        if kind.pattern.search(label):
            # A checksum, not hash(): the same in every process and on every day.
            return kind.texts[zlib.crc32(inside.casefold().encode()) % len(kind.texts)]
    return " ".join(_MARKS.sub(" ", label).split()).lower()
