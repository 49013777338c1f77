"""From generated notes to spaCy's formats: gold Docs, DocBins, readable JSONL, figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import srsly
from spacy.lang.en import English
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from demo.generator.generator import NoteGenerator, SyntheticNote
from demo.generator.of import Tied, tied
from demo.generator.said import UNKNOWN, assertion_of
from demo.generator.tracked import Mention
from spacy_umlsbert.annotations.assertions import set_assertions
from spacy_umlsbert.annotations.attributes import install
from spacy_umlsbert.annotations.values import VALUES, Value, set_values, spans_of_values
from spacy_umlsbert.assertion.by_head import FLAG
from spacy_umlsbert.assertion.verdicts import CLASSES
from spacy_umlsbert.corpora.annotated.gold import PHI
from spacy_umlsbert.corpora.quick_docbin import QuickDocBin
from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.deid.phi_spans import token_spans
from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.files.writing import write_json_lines

ASSERTION_LABELS = (*CLASSES, f"{FLAG}historical", f"{FLAG}negated")
"""What notes and passages teach `umls_assertion`: the classes, what is past beside any of them, and
what somebody else does not have."""

NEW_NAMES = "new_names"
"""Span group of the mentions whose name the training split never shows."""

NEW_TEMPLATES = "new_templates"
"""Span group of the mentions in sentences whose template the training split never uses."""


class MisalignedMentionError(ValueError):
    """A gold mention does not begin and end with a token."""


@dataclass
class NoteFigures:
    """What a batch of notes holds."""

    notes: int = 0
    tokens: int = 0
    sentences: int = 0
    sentences_of_new_templates: int = 0
    sentences_without_mentions: int = 0
    mentions: int = 0
    mentions_in_release: int = 0
    mentions_of_new_names: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    assertions: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    phi: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set, repr=False)
    templates: set[str] = field(default_factory=set, repr=False)

    def add(self, note: SyntheticNote, doc: Doc) -> None:
        """Count one note."""
        self.notes += 1
        self.tokens += len(doc)
        self.mentions += len(note.spans)
        self.labels.update(m.label for m in note.spans)
        for one in (assertion_of(m.marks) for m in note.spans):
            self.assertions[UNKNOWN if one is None else one.label] += 1
            self.flags.update(() if one is None else one.flags)
        self.phi.update(m.label for m in note.phi)
        self.values.update(m.label for m in note.values)
        self.mentions_in_release += sum(bool(m.kb_id) for m in note.spans)
        self.mentions_of_new_names += sum(m.held_out for m in note.spans)
        self.names.update(note.text[m.start : m.end].lower() for m in note.spans)
        self.sentences += len(note.sentences)
        for sentence in note.sentences:
            self.templates.add(sentence.template)
            self.sentences_of_new_templates += sentence.held_out
            bounds = (sentence.start, sentence.end)
            self.sentences_without_mentions += not any(_within(m, bounds) for m in note.spans)

    def as_dict(self) -> dict[str, Any]:
        """Plain figures, for JSON."""
        figures = {k: v for k, v in vars(self).items() if isinstance(v, int)}
        return {
            **figures,
            **{
                name: dict(sorted(getattr(self, name).items()))
                for name in ("labels", "assertions", "flags", "phi", "values")
            },
            "distinct_mentions": len(self.names),
            "templates_used": len(self.templates),
        }


def to_doc(note: SyntheticNote, vocab: Vocab | Language) -> Doc:
    """The note as a gold Doc, tokenized as `spacy.blank("en")` does.

    Args:
        note: a generated note.
        vocab: a Language (its tokenizer is used), or a Vocab to make an English one for.

    Returns:
        A Doc with `ents` (label problem, test or treatment; `kb_id_` the CUI or ""; what is said of
        them in `ent._.assertion` and `ent._.is_negated` …, nothing where it is unknown; their
        values in `ent._.values`), and the span groups `values`, `PHI`, whose spans are all tokens
        that its mentions touch, and `NEW_NAMES` and `NEW_TEMPLATES`: the entities that training
        cannot have seen.

    Raises:
        MisalignedMentionError: a mention is not made of whole tokens.
    """
    doc = _tokenized(note.text, vocab)
    ents: list[Span] = []
    for m in note.spans:
        span = doc.char_span(m.start, m.end, label=m.label, kb_id=m.kb_id, alignment_mode="strict")
        if span is None:
            raise MisalignedMentionError(
                f"characters {m.start} to {m.end} of a note of type {note.note_type!r} are not "
                "whole tokens; change the template or name that puts them there"
            )
        ents.append(span)
    doc.set_ents(ents)
    install("readers")
    set_assertions(doc, ((e, assertion_of(m.marks)) for e, m in zip(ents, note.spans, strict=True)))
    doc.spans[PHI] = token_spans(doc, (Phi(m.start, m.end, m.label, "gold") for m in note.phi))
    new = [(s.start, s.end) for s in note.sentences if s.held_out]
    _set_values(doc, note, ents)
    doc.spans[NEW_NAMES] = [e for e, m in zip(ents, note.spans, strict=True) if m.held_out]
    doc.spans[NEW_TEMPLATES] = [
        e for e, m in zip(ents, note.spans, strict=True) if any(_within(m, b) for b in new)
    ]
    return doc


def _set_values(doc: Doc, note: SyntheticNote, ents: Sequence[Span]) -> None:
    found = list(tied_values(note))
    places = [(one.value.start, one.value.end, one.value.label) for one in found]
    values = [
        (span, Value(span.label_, note.text[place[0] : place[1]]), None if i is None else ents[i])
        for span, place, (_, i) in zip(spans_of_values(doc, places), places, found, strict=True)
        if span is not None
    ]
    set_values(doc, values, VALUES)


def tied_values(note: SyntheticNote) -> Iterator[Tied]:
    """The values of a note with the number of the mention that each belongs to."""
    return tied(note.values, note.spans, [(one.start, one.end) for one in note.sentences])


def write_notes(
    generator: NoteGenerator, out: Path | str, *, train: int, dev: int, test: int = 0
) -> dict[str, dict[str, Any]]:
    """Write the splits as `train/notes.spacy` and so on, the same as JSONL, labels and figures.

    A split of no notes is left out.

    A split's files appear under their names only when the whole split is written. Returns the
    figures by split. Raises MisalignedMentionError before anything of that split is in place.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    figures = {
        split: _write_split(generator, folder, split, n).as_dict()
        for split, n in (("train", train), ("dev", dev), ("test", test))
        if n
    }
    srsly.write_json(folder / "figures.json", figures)
    of_training = figures.get("train", {})
    write_labels(folder, "umls_ner", of_training.get("labels", ()))
    write_labels(folder, "umls_deid", of_training.get("phi", ()))
    write_labels(folder, "umls_assertion", ASSERTION_LABELS)
    write_labels(folder, "umls_value_spans", of_training.get("values", ()))
    return figures


def _write_split(generator: NoteGenerator, folder: Path, split: str, n: int) -> NoteFigures:
    figures = NoteFigures()
    docs = QuickDocBin(store_user_data=True)
    records = []
    notes = progress_bar(generator.notes(n, split), total=n, doing=split, unit="notes", keep=True)
    for note, doc in _with_docs(notes, generator.tokenizer):
        docs.add(doc)
        records.append(to_record(note))
        figures.add(note, doc)
    write_split(folder / split, "notes", docs, records)
    return figures


def write_split(folder: Path, name: str, docs: DocBin, records: Iterable[Any]) -> None:
    """Write `<name>.jsonl` and `<name>.spacy` into a folder, each only when it is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json_lines(folder / f"{name}.jsonl", records)
    with atomic_file(folder / f"{name}.spacy") as partial:
        docs.to_disk(partial)


def write_labels(out: Path, component: str, labels: Iterable[str]) -> None:
    """Write the labels of a component's training data, if any, for ``spacy.read_labels.v1``."""
    if known := sorted(labels):
        (out / "labels").mkdir(parents=True, exist_ok=True)
        srsly.write_json(out / "labels" / f"{component}.json", known)


def to_record(note: SyntheticNote) -> dict[str, Any]:
    """The note as plain data, for reading and for other tools."""
    return {
        "text": note.text,
        "note_type": note.note_type,
        "specialty": note.specialty,
        "spans": [{**_as_dict(note, m), **_said(m)} for m in note.spans],
        "phi": [_as_dict(note, m) for m in note.phi],
        "values": [_value(note, one) for one in tied_values(note)],
        "sentences": [asdict(s) for s in note.sentences],
    }


def _as_dict(note: SyntheticNote, mention: Mention) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(mention).items() if name != "marks"}
    return {**kept, "text": note.text[mention.start : mention.end]}


def _value(note: SyntheticNote, one: Tied) -> dict[str, Any]:
    """A value; `of` is the number of the span that it belongs to."""
    start, end = one.value.start, one.value.end
    text = note.text[start:end]
    return {"start": start, "end": end, "kind": one.value.label, "of": one.of, "text": text}


def _said(mention: Mention) -> dict[str, Any]:
    """Class and flags; None where they are unknown."""
    said = assertion_of(mention.marks)
    if said is None:
        return {"assertion": None, "flags": None}
    return {"assertion": said.label, "flags": list(said.flags)}


def _with_docs(
    notes: Iterable[SyntheticNote], nlp: Language
) -> Iterator[tuple[SyntheticNote, Doc]]:
    for note in notes:
        yield note, to_doc(note, nlp)


def _tokenized(text: str, vocab: Vocab | Language) -> Doc:
    if isinstance(vocab, Language):
        return vocab.make_doc(text)
    return English(vocab=vocab).make_doc(text)


def _within(mention: Any, bounds: tuple[int, int]) -> bool:
    return bool(bounds[0] <= mention.start and mention.end <= bounds[1])
