"""Reads XML as clinical corpora have it: with stray ``&`` and ``<`` where markup is expected.

No external entity, DTD or network address is ever followed, and declared entities are refused.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree


from spacy_umlsbert.files.problems import STRICT, FileKind, ProblemHandler
from spacy_umlsbert.files.texts import read_text

_TOKEN = re.compile(
    r"""
    (?P<verbatim><!\[CDATA\[.*?\]\]> | <!--.*?--> | <\?.*?\?> | <!DOCTYPE[^>\[]*>)
    | (?P<tag></?[A-Za-z_][\w.:-]*(?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>)
    | (?P<stray>[<&])
    """,
    re.VERBOSE | re.DOTALL,
)
_STRAY_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")
_DECLARATION = re.compile(r"\A([\s\ufeff]+)<\?xml\s[^>]*\?>")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def read_xml(
    path: Path, problems: ProblemHandler = STRICT, *, fallback: str | None = None
) -> "etree._Element | None":
    """The root of an XML file; elements know their line as ``sourceline``.

    A file that is not well-formed is repaired: stray ``&`` and ``<`` are escaped and control
    characters become spaces, so that the text keeps its length. What is still not well-formed is
    read as far as libxml2 can make sense of it. Both are problems.

    Args:
        path: The file; ``.gz`` files are decompressed.
        problems: What becomes of problems.
        fallback: As what to read a file that is not UTF-8.

    Returns:
        The root, or None if there is nothing to be read.

    Raises:
        InputError: If there is no such file; and at a problem, if ``problems`` is strict.
    """
    text = read_text(path, problems, fallback=fallback)
    if text is None:
        return None
    return parse_xml(text, path, problems)


def parse_xml(text: str, path: Path, problems: ProblemHandler = STRICT) -> "etree._Element | None":
    """The same of the text of a file."""
    if "<!ENTITY" in text.partition("<TEXT")[0]:
        problems.add(
            FileKind.UNREADABLE, path, 0, "the file declares entities, which is not allowed"
        )
        return None
    from lxml import etree  # noqa: PLC0415 - for XML alone

    # With anything before it, a declaration is an error; it says nothing that is not known.
    text = _DECLARATION.sub(r"\1", text)
    try:
        return _parse(text)
    except etree.XMLSyntaxError as error:
        line, message = error.lineno or 0, "not well-formed; stray characters are escaped"
    try:
        root = _parse(repaired(text))
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        message = "not well-formed; annotations may be missing from here on"
        try:
            root = _parse(repaired(text), recover=True)
        except etree.XMLSyntaxError:  # nothing is left: an empty file
            root = None
    if root is None:
        problems.add(FileKind.UNREADABLE, path, 0, "the file is not XML")
    else:
        problems.add(FileKind.REPAIRED, path, line, message)
    return root


def repaired(text: str) -> str:
    """The text with everything escaped that is not markup; lines stay where they are."""

    def escape(match: re.Match[str]) -> str:
        if match["stray"] == "<":
            return "&lt;"
        if match["stray"] == "&":
            return "&" if not _STRAY_AMPERSAND.match(text, match.start()) else "&amp;"
        if match["tag"]:
            inside = _STRAY_AMPERSAND.sub("&amp;", match["tag"][1:])
            return "<" + inside.replace("<", "&lt;")
        return match[0]

    return _TOKEN.sub(escape, _NOT_XML.sub(" ", text))


def _parse(text: str, *, recover: bool = False) -> "etree._Element | None":
    from lxml import etree  # noqa: PLC0415 - for XML alone

    parser = etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        strip_cdata=True,
    )
    return etree.fromstring(text.encode("utf8", errors="replace"), parser)
