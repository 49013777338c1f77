"""Shows a Doc: entities with concept and assertion, and sections; for displaCy and the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import Any, NamedTuple

from spacy import displacy
from spacy.tokens import Doc, Span
from wasabi import color

from spacy_umlsbert.guard import hide_in_repr

Name = Callable[[str], str]
"""The name of a concept by its id."""

PRESENT = "present"
_STYLES = {
    "absent": "text-decoration: line-through; opacity: 0.6",
    "possible": "border: 2px dashed #555",
    "conditional": "border: 2px dotted #555",
    "hypothetical": "border: 2px dotted #555; opacity: 0.7",
    "associated_with_someone_else": "font-style: italic; opacity: 0.7",
}
_COLOURS = {
    "problem": "#ffb3b3",
    "test": "#b3d9ff",
    "treatment": "#b8e6b8",
}
_IN_TERMINAL = {"problem": 210, "test": 117, "treatment": 114}
_OTHER_IN_TERMINAL = 221
_TEMPLATE = """
<mark class="entity" style="background: {bg}; padding: 0.3em 0.4em; margin: 0 0.2em; \
line-height: 1.9; border-radius: 0.35em; {style}" title="{title}">{text}\
<span style="font-size: 0.75em; font-weight: bold; margin-left: 0.4em">{label}{kb_link}</span>\
</mark>
"""


@hide_in_repr("text", "name")
class Shown(NamedTuple):
    """What is shown of an entity.

    Attributes:
        start: Its first character.
        end: The character after its last.
        text: Its text.
        label: Its label.
        concept: The id of its concept; empty if it has none.
        name: The name of the concept.
        assertion: What is said of it; empty if nothing is, or it is present.
        others: What else is: "historical", "family".
        section: The category of its section; empty if none is known.
    """

    start: int
    end: int
    text: str
    label: str
    concept: str
    name: str
    assertion: str
    others: tuple[str, ...]
    section: str

    @property
    def said(self) -> str:
        """All that is said of it, in words."""
        return ", ".join(filter(None, (self.assertion.replace("_", " "), *self.others)))


def shown(doc: Doc, name: Name | None = None) -> list[Shown]:
    """The entities of a Doc.

    Args:
        doc: The Doc.
        name: The names of concepts, if they are to be shown.
    """
    return [_shown(ent, name) for ent in doc.ents]


def displacy_data(doc: Doc, name: Name | None = None) -> dict[str, Any]:
    """What ``displacy.render(data, style="ent", manual=True, options=displacy_options())`` takes.

    The style of an entity says what is said of it: struck out if it is absent, with a dashed border
    if it is possible, a dotted one if it is conditional or hypothetical, slanted if it is somebody
    else's. The titles of sections are marked too.

    Args:
        doc: The Doc.
        name: The names of concepts, for what is shown when the mouse is over an entity.
    """
    marks: list[dict[str, Any]] = [
        {
            "start": one.start,
            "end": one.end,
            "label": one.label,
            "kb_id": one.concept,
            "params": {
                "style": _STYLES.get(one.assertion, ""),
                "title": escape("; ".join(filter(None, (one.name, one.said, one.section)))),
            },
        }
        for one in shown(doc, name)
    ]
    marks += [
        {
            "start": title.start_char,
            "end": title.end_char,
            "label": category,
            "params": {"style": "font-weight: bold", "title": escape(category)},
        }
        for title, category in _titles(doc)
    ]
    marks.sort(key=lambda mark: mark["start"])
    return {"text": doc.text, "ents": marks, "title": None}


def displacy_options() -> dict[str, Any]:
    """Colours and template for `displacy_data`; take it as it is, or change it."""
    return {
        "colors": {label.upper(): colour for label, colour in _COLOURS.items()},
        "template": _TEMPLATE,
    }


def to_html(doc: Doc, name: Name | None = None, *, page: bool = True) -> str:
    """A Doc as HTML.

    Args:
        doc: The Doc.
        name: The names of concepts.
        page: Whether to make a whole page.
    """
    html: str = displacy.render(
        displacy_data(doc, name),
        style="ent",
        manual=True,
        page=page,
        jupyter=False,
        options=displacy_options(),
    )
    return html


def to_terminal(doc: Doc) -> str:
    """The text of a Doc with its entities in colour, what is said of them, and titles in bold."""
    marks = [(one.start, one.end, _entity(one)) for one in shown(doc)]
    marks += [
        (title.start_char, title.end_char, color(title.text, bold=True))
        for title, _ in _titles(doc)
    ]
    parts, at = [], 0
    for start, end, text in sorted(marks):
        parts += [doc.text[at:start], text]
        at = end
    return "".join([*parts, doc.text[at:]])


def _entity(one: Shown) -> str:
    said = f" ({one.said})" if one.said else ""
    absent = one.assertion == "absent"
    colour = _IN_TERMINAL.get(one.label, _OTHER_IN_TERMINAL)
    return color(one.text, fg=colour, underline=absent, bold=not one.said) + color(said, fg=245)


def _shown(ent: Span, name: Name | None) -> Shown:
    assertion = str(_read(ent, "assertion") or "")
    others = [flag for flag in ("historical", "family") if _read(ent, f"is_{flag}")]
    if assertion == "associated_with_someone_else":
        others = [flag for flag in others if flag != "family"]
    return Shown(
        ent.start_char,
        ent.end_char,
        ent.text,
        ent.label_,
        ent.kb_id_,
        name(ent.kb_id_) if name is not None and ent.kb_id_ else "",
        "" if assertion == PRESENT else assertion,
        tuple(others),
        str(_read(ent, "section") or ""),
    )


def _titles(doc: Doc) -> Iterator[tuple[Span, str]]:
    """The titles of sections, with their categories; without those that entities stand in."""
    taken = {token.i for ent in doc.ents for token in ent}
    for section in doc.spans.get("sections") or ():
        title = _read(section, "section_title")
        if title and taken.isdisjoint(range(title.start, title.end)):
            yield title, section.label_


def _read(span: Span, attribute: str) -> Any:
    """An attribute, if a component of the pipeline writes it."""
    return getattr(span._, attribute) if Span.has_extension(attribute) else None
