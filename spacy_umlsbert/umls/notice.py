"""A notice of the sources of a knowledge base and their licences, to go with what is passed on."""

from __future__ import annotations

import textwrap
from typing import Any

from spacy_umlsbert.files.resources import package_table
from spacy_umlsbert.umls.meta import Meta

_WIDTH = 100
_UNKNOWN = "not stated by the source; see the licence of the whole"


def license_notice(meta: Meta) -> str:
    """What a knowledge base is made of, and under which licences.

    Args:
        meta: What it says of itself.
    """
    terms = package_table(__package__, "licenses.tsv")
    sources = [source for source in meta.sources if source.get("files")]
    head = (
        f"The knowledge base {meta.name}, version {meta.version}, is made of the sources below. "
        f"Licence of the whole: {meta.license}. Each source stays under its own."
    )
    paragraphs = [_filled(head)]
    for number, source in enumerate(sources, 1):
        paragraphs.append(_lines(f"{number}. ", _source(source, terms)))
    return "\n\n".join(paragraphs) + "\n"


def _source(source: dict[str, Any], terms: list[dict[str, str]]) -> list[str]:
    """The lines that say what a source is, and its licence."""
    title, version = source.get("title", ""), source.get("version", "")
    files = ", ".join(source["files"])
    license = source.get("license", "")
    known = next((row for row in terms if license.startswith(row["license"])), None)
    lines = [
        f"{title} ({files})" if title else files,
        f"Version: {version}" if version else "",
        f"Licence: {license or _UNKNOWN}",
    ]
    if known is not None:
        lines[-1] = f"Licence: {known['name']} ({license})"
        lines.append(known["asks"].format(title=title, version=version))
    return [line for line in lines if line]


def _lines(mark: str, lines: list[str]) -> str:
    indent = " " * len(mark)
    return mark + "\n".join(_filled(line, indent) for line in lines).lstrip()


def _filled(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,  # addresses
        break_on_hyphens=False,
    )
