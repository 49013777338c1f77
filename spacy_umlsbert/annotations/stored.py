"""Values kept with a stretch of a Doc's text, where spaCy itself moves and copies them.

All values of a stretch are in one hidden extension attribute of its span, ``span._.umls_stored``:
spaCy shifts it with the text in ``Span.as_doc(copy_user_data=True)`` and ``Doc.from_docs``, copies
it with the Doc, and saves it with the user data. Two spans over the same tokens that differ in
label or id have values of their own.

What spaCy leaves behind in slices and joins may lie on other words, so a check of the text is kept
with the values: on other words there are none. Values are plain data that msgpack can hold, and are
never changed in place, since spaCy's copies are shallow.
"""

from collections.abc import Iterable
from typing import Any
from zlib import crc32

from spacy.tokens import Doc, Span

NAME = "umls_stored"
"""The hidden attribute."""

_TEXT = "text"
_OF = "of"


def key_of(span: Span) -> str:
    """What tells spans over the same tokens apart."""
    return f"{span.label_}\n{span.id_}"


def is_in_place(span: Span) -> bool:
    """Whether a span's tokens are those that its characters say.

    spaCy does not renumber the spans of groups when it merges and splits tokens.
    """
    doc = span.doc
    if not 0 <= span.start <= span.end <= len(doc):
        return False
    if span.start == span.end:
        return span.start_char == span.end_char
    last = doc[span.end - 1]
    return doc[span.start].idx == span.start_char and last.idx + len(last) == span.end_char


def get_value(span: Span, name: str) -> Any:
    """The value of this name of a span; None if there is none, or its text is not the same."""
    slot = _slot(span.doc, span.start_char, span.end_char)
    if slot is None:
        return None
    values = slot[_OF].get(key_of(span))
    if not values or name not in values or not is_in_place(span):
        return None
    return values[name] if slot[_TEXT] == _check(span.text) else None


def set_value(span: Span, name: str, value: Any) -> None:
    """Keep a value with a span; None takes it away."""
    text = span.text
    _set(span.doc, span.start_char, span.end_char, text, key_of(span), name, value)


def set_values(
    doc: Doc, name: str, values: Iterable[tuple[Span, Any]], text: str | None = None
) -> None:
    """Keep values with many spans of a Doc at once, which takes less time than one by one.

    None takes one away. The Doc's text saves time with long spans, if it is known.
    """
    data = _user_data(doc)
    for span, value in values:
        start, end = span.start_char, span.end_char
        place = ("._.", NAME, start, end)
        if place in data:
            _set(doc, start, end, _text(span, text), key_of(span), name, value)
        elif value is not None:
            check = _check(_text(span, text))
            data[place] = {_TEXT: check, _OF: {key_of(span): {name: value}}}


def set_value_at(doc: Doc, start: int, end: int, key: str, name: str, value: Any) -> None:
    """Keep a value with characters of a text that may be no whole tokens."""
    _set(doc, start, end, doc.text[start:end], key, name, value)


def values_at(doc: Doc, start: int, end: int) -> dict[str, dict[str, Any]]:
    """All values of the characters from start to end, by key, if the text is still the same."""
    slot = _slot(doc, start, end)
    if slot is None or slot[_TEXT] != _check(doc.text[start:end]):
        return {}
    return dict(slot[_OF])


def places(doc: Doc) -> list[tuple[int, int]]:
    """Where values are kept, as characters, in the order of the text; out of the text are none."""
    length = len(doc.text)
    return sorted(
        (key[2], key[3])
        for key in _user_data(doc)
        if isinstance(key, tuple)
        and len(key) == 4
        and key[:2] == ("._.", NAME)
        and 0 <= key[2] <= key[3] <= length
    )


def get_value_of_doc(doc: Doc, name: str) -> Any:
    """The value of an attribute of the Doc as a whole, as spaCy keeps it."""
    return _user_data(doc).get(("._.", name, None, None))


def set_value_of_doc(doc: Doc, name: str, value: Any) -> None:
    """Keep a value with the Doc as a whole; None takes it away."""
    if value is None:
        _user_data(doc).pop(("._.", name, None, None), None)
    else:
        _user_data(doc)["._.", name, None, None] = value


def _text(span: Span, text: str | None) -> str:
    return span.text if text is None else text[span.start_char : span.end_char]


def _slot(doc: Doc, start: int, end: int) -> dict[str, Any] | None:
    return _user_data(doc).get(("._.", NAME, start, end))


def _set(doc: Doc, start: int, end: int, text: str, key: str, name: str, value: Any) -> None:
    check = _check(text)
    slot = _slot(doc, start, end)
    known = slot[_OF] if slot is not None and slot[_TEXT] == check else {}
    values = {one: other for one, other in known.get(key, {}).items() if one != name}
    if value is not None:
        values[name] = value
    of = {one: other for one, other in known.items() if one != key}
    if values:
        of[key] = values
    if of:
        _user_data(doc)["._.", NAME, start, end] = {_TEXT: check, _OF: of}
    else:
        _user_data(doc).pop(("._.", NAME, start, end), None)


def _check(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))


def _user_data(doc: Doc) -> dict[Any, Any]:  # spaCy types the keys as str, and uses tuples itself
    return doc.user_data
