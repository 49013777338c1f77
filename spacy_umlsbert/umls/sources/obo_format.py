"""Reads the terms of OBO files.

The format is OBO 1.4 (https://owlcollab.github.io/oboformat/doc/obo-syntax.html), of which the
[Term] frames are read: id, name, def, synonym, xref, is_a and is_obsolete. A line may end in
qualifiers and a comment, ``tag: value {source="x"} ! comment``; a ``!`` or ``{`` that is quoted or
escaped is text, and so is one in a name that begins neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.lines import Line, read_lines
from spacy_umlsbert.files.problems import TERMINOLOGY

SynonymScope = Literal["EXACT", "NARROW", "RELATED", "BROAD"]

SCOPES: tuple[SynonymScope, ...] = ("EXACT", "NARROW", "RELATED", "BROAD")
"""Scopes of synonyms, the best first."""

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "W": " "}
_IDENTIFIER = re.compile(r"(?:[^\s\\{!\"]|\\.)+")
# After a quoted text: scope and type of a synonym, then references in brackets.
_REFERENCES = re.compile(r"\s*(?:\[(?:\"(?:[^\"\\]|\\.)*\"|[^\]\"\\]|\\.)*\])?\s*")
_VALUE = r"(?:\"(?:[^\"\\]|\\.)*\"|[^\s,\"{}]+)"
_QUALIFIER = rf"[^\s=,\"{{}}]+\s*=\s*{_VALUE}"
# Only what follows a blank, a quoted text or a bracket: "poly{A}" is a name.
_QUALIFIERS = re.compile(rf"(?<!\\)\{{\s*(?:{_QUALIFIER}(?:\s*,\s*{_QUALIFIER})*)?\s*\}}\s*$")
_SOURCES = re.compile(rf"source\s*=\s*({_VALUE})")
# Properties are written with any prefix, or as addresses: terms:license, dcterms:license …
_LICENSE = re.compile(r"licen[cs]e\b", re.IGNORECASE)
_TITLE = re.compile(r"[:/#]title$")
_OLD_TAGS = {f"{scope.lower()}_synonym": scope for scope in SCOPES}
_BEFORE_COMMENT = " \t]}"
_FRAMES_WITH_ID = ("[Term]", "[Typedef]", "[Instance]")
_XREF_TAGS = ("xref", "xref_analog", "xref_unknown")  # the last two are OBO 1.0
_OBSOLETE_TYPES = {"obsolete_synonym", "OMO:0003005"}


class Xref(NamedTuple):
    """A cross-reference: "UMLS:C0015967", and the sources that its qualifiers name."""

    identifier: str
    sources: tuple[str, ...] = ()


@dataclass
class Term:
    """A term of an ontology.

    Attributes:
        term_id: Its id in the ontology ("HP:0001945").
        line: Where it begins in the file.
        name: Its name, empty if it has none.
        definition: Its definition, if any.
        synonyms: Scope and text of each synonym.
        xrefs: Its cross-references.
        parents: Ids of the terms it is a kind of.
        obsolete: Whether it is obsolete.
    """

    term_id: str
    line: int
    name: str = ""
    definition: str | None = None
    synonyms: list[tuple[str, str]] = field(default_factory=list)
    xrefs: list[Xref] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    obsolete: bool = False


class _Damaged(Exception):
    """What is wrong with a line."""


def read_terms(path: Path) -> Iterator[Term]:
    """The terms of an OBO file.

    Raises:
        TerminologyError: At a line that is not OBO, or if the file ends in the middle of a line or
            of a frame.
    """
    term: Term | None = None
    frame, frame_line = "", 0
    has_id = True
    last = Line(0, "")
    for last in read_lines(path, TERMINOLOGY):
        number, text = last.number, last.text
        if text.startswith("["):
            _require_whole(path, has_id, frame_line)
            if term is not None:
                yield term
            term, frame, frame_line = None, _without_comment(text), number
            has_id = frame not in _FRAMES_WITH_ID
            if not frame.endswith("]"):
                raise TERMINOLOGY.error_of(path, number, "a frame's name without its ']'")
        elif frame and text.strip() and not text.lstrip().startswith("!"):
            has_id = has_id or text.partition(":")[0].strip() == "id"
            try:
                term = _with_line(term, text, frame_line) if frame == "[Term]" else None
            except _Damaged as error:
                raise TERMINOLOGY.error_of(path, number, str(error)) from None
    _require_end(path, last, frame, has_id, term)
    if term is not None:
        yield term


@dataclass
class Header:
    """What an OBO file says of itself before its first frame; empty where it says nothing.

    Attributes:
        version: Its version.
        title: What it is called.
        license: Its licence, most often an address; else a remark about one.
    """

    version: str = ""
    title: str = ""
    license: str = ""


def read_header(path: Path) -> Header:
    """What an OBO file says of itself."""
    header, remark = Header(), ""
    for line in read_lines(path, TERMINOLOGY):
        if line.text.startswith("["):
            break
        tag, _, value = (part.strip() for part in line.text.partition(":"))
        if tag == "data-version":
            header.version = _plain(value)
        elif tag == "remark" and _LICENSE.search(value):
            remark = remark or _plain(value)
        elif tag == "property_value":
            name, _, value = value.partition(" ")
            if _LICENSE.search(name):
                header.license = header.license or _property(value)
            elif _TITLE.search(name):
                header.title = header.title or _property(value)
    header.license = header.license or remark
    return header


def _property(value: str) -> str:
    """A property's value: quoted, with its data type behind it, or an address."""
    quoted = _QUOTED.match(value := value.strip())
    return _unescape(quoted[1]) if quoted else value.partition(" ")[0]


def _require_whole(path: Path, has_id: bool, line: int) -> None:
    if not has_id:
        raise TERMINOLOGY.error_of(path, line, "a frame without an id")


def _require_end(path: Path, last: Line, frame: str, has_id: bool, term: Term | None) -> None:
    """Refuse a file that ends in the middle of a line or a frame: it has been cut."""
    if not frame:
        raise TerminologyError("has no [Term]: not an OBO file?", path=path)
    if not last.end and last.text.strip():
        message = "the file ends in the middle of a line: no line break"
        raise TerminologyError(
            f"{message}.",
            path=path,
            line=last.number,
            remedy="Get the file again; if it is whole, put a line break at its end.",
        )
    if not has_id or (term is not None and not (term.name or term.obsolete)):
        raise TERMINOLOGY.error_of(path, last.number, "the file ends in the middle of a frame")


def _with_line(term: Term | None, text: str, frame_line: int) -> Term:
    """A term with what a line of its frame says, the first of which is its id."""
    tag, separator, value = (part.strip() for part in text.partition(":"))
    if not separator:
        raise _Damaged("not an OBO line: no 'tag: value'")
    if tag == "id":
        if term is not None:
            raise _Damaged("a second id in a [Term]")
        return Term(_identifier(value), frame_line)
    if term is None:
        raise _Damaged("a [Term] that does not begin with its id")
    _add(term, tag, value)
    return term


def _add(term: Term, tag: str, value: str) -> None:
    if tag == "name":
        term.name = _plain(value)
    elif tag == "def":
        text, rest = _quoted(value)
        _require_references(rest)
        term.definition = text or None
    elif tag == "synonym":
        text, rest = _quoted(value)
        _add_synonym(term, text, rest)
    elif tag in _OLD_TAGS:  # OBO 1.0
        text, rest = _quoted(value)
        _require_references(rest)
        term.synonyms.append((_OLD_TAGS[tag], text))
    elif tag in _XREF_TAGS:
        found = _QUALIFIERS.search(value := _without_comment(value))
        sources = _SOURCES.findall(found[0]) if found else []
        term.xrefs.append(Xref(_identifier(value), tuple(_unquote(one) for one in sources)))
    elif tag == "is_a":
        term.parents.append(_identifier(value))
    elif tag == "is_obsolete":
        term.obsolete = _plain(value).startswith("true")


def _add_synonym(term: Term, text: str, rest: str) -> None:
    before, bracket, _ = rest.partition("[")
    words = before.split()
    _require_references(rest[len(before) :] if bracket else "")
    scope = words[0] if words else "RELATED"
    if scope not in SCOPES:
        raise _Damaged("no scope of a synonym after its quoted text; quotes inside it need a '\\'")
    if not _OBSOLETE_TYPES.intersection(words):
        term.synonyms.append((scope, text))


def _quoted(value: str) -> tuple[str, str]:
    """A quoted text and what follows it, without qualifiers and comment."""
    match = _QUOTED.match(value)
    if match is None:
        raise _Damaged("a quoted text is expected here")
    return _unescape(match[1]), _without_qualifiers(_without_comment(value[match.end() :]))


def _require_references(rest: str) -> None:
    if _REFERENCES.fullmatch(rest) is None:
        raise _Damaged("not '[references]' after the quoted text; quotes inside it need a '\\'")


def _plain(value: str) -> str:
    """A text that is not quoted, such as a name."""
    return _unescape(_without_qualifiers(_without_comment(value)))


def _without_comment(text: str) -> str:
    """A text up to a ``!`` after a blank or closing bracket that is neither escaped nor in quotes.

    In a name a quote may stand alone, so that nothing is quoted by one that is not closed.
    """
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text[at] == '"' and (quoted := _QUOTED.match(text, at)):
            at = quoted.end()
        elif text[at] == "!" and (at == 0 or text[at - 1] in _BEFORE_COMMENT):
            return text[:at].rstrip()
        else:
            at += 1
    return text.rstrip()


def _without_qualifiers(text: str) -> str:
    """A text without the ``{name="value"}`` at its end."""
    match = _QUALIFIERS.search(text)
    if match is None or not (match.start() == 0 or text[match.start() - 1] in ' \t"]'):
        return text
    return text[: match.start()].rstrip()


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), text)


def _unquote(value: str) -> str:
    return _unescape(value[1:-1] if value.startswith('"') else value)


def _identifier(value: str) -> str:
    """An id without description, qualifiers and comment."""
    match = _IDENTIFIER.match(value)
    if match is None:
        raise _Damaged("an id is expected here")
    return _unescape(match[0])
