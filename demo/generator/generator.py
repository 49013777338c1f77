"""Whole notes: an outline filled with sentences about one made-up patient."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from pathlib import Path

import spacy
from spacy.language import Language

from demo.generator.blocks import Blocks
from demo.generator.case import Case, draw_case
from demo.generator.drawing import Drawing
from demo.generator.expand import Expander
from demo.generator.grammar import Grammar
from demo.generator.lexicon import Lexicon
from demo.generator.mention_words import MentionWords
from demo.generator.outline import Body, NoteType, Outline, Section
from demo.generator.phi import Cast, PhiWriter
from demo.generator.phi.drawing import PhiDrawing
from demo.generator.phi.forms import Forms
from demo.generator.said import NOTHING
from demo.generator.surface import Shorthand, Style, header, listed, misspell, set_case, wrapped
from demo.generator.template import PHI_LABELS, TemplateError
from demo.generator.tracked import Mention, TrackedText, join

SPLITS = ("train", "dev", "test")
"""`dev` often has what is held out from training; in `test` names, forms and layouts of PHI, and
sentences, are held out wherever there are any."""
_HELD_OUT_SHARES = {"train": 0.0, "dev": 0.5, "test": 1.0}
_ATTEMPTS = 50
_ATTEMPTS_BESIDE = 4


@dataclass(frozen=True, slots=True)
class SentenceRecord:
    """Where a sentence of the note came from: `text[start:end]`."""

    start: int
    end: int
    section: str
    template: str
    held_out: bool


@dataclass(frozen=True, slots=True)
class SyntheticNote:
    """A note: its gold mentions (`spans`), its PHI, its values, where its sentences are from."""

    text: str
    spans: tuple[Mention, ...]
    note_type: str
    specialty: str
    sentences: tuple[SentenceRecord, ...] = ()
    phi: tuple[Mention, ...] = ()
    values: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """A styled sentence on its way into the note."""

    tracked: TrackedText
    template: str
    held_out: bool


@dataclass
class NoteGenerator:
    """Makes notes of a split. Build one with `from_folder`.

    Args:
        expander_of: an expander per split.
        outline: note types and sections.
        shorthand: short forms of plain words.
        blocks: how forms and tables are set out.
        seed: together with split and number, this settles a note completely.
    """

    expander_of: dict[str, Expander]
    outline: Outline
    shorthand: Shorthand
    blocks: Blocks
    seed: int = 0
    rejected: int = 0

    @cached_property
    def tokenizer(self) -> Language:
        """The blank pipeline whose tokens mentions must be made of."""
        return spacy.blank("en")

    @classmethod
    def from_folder(
        cls,
        path: Path | str,
        concepts: Path | str,
        seed: int = 0,
        *,
        held_out_templates: float = 0.15,
        held_out_names: float = 0.1,
    ) -> NoteGenerator:
        """Read the templates and names of the notes.

        Args:
            path: the folder that holds `notes`, which is `demo`.
            concepts: the release's table of concepts, `assets/umls/concepts.tsv`.
            seed: the notes' seed.
            held_out_templates: share of sentence templates the training split never uses.
            held_out_names: share of names (save the commonest) the training split never uses.

        Raises:
            TemplateError, ReleaseError: a file is not well formed; the message says where.
        """
        notes = Path(path) / "notes"
        grammar = Grammar.from_folder(notes / "templates", held_out=held_out_templates)
        lexicon = Lexicon.from_files(
            notes / "topics.yml",
            Path(concepts),
            MentionWords.from_file(notes / "mentions.yml"),
            held_out=held_out_names,
            kept=grammar.written_out_mentions(),
        )
        outline = Outline.from_folder(notes)
        for group in sorted(outline.groups()):
            if group not in grammar:
                raise TemplateError(f"{notes / 'sections'}: no templates for group {group}")
        forms = Forms.from_file(notes / "phi.yml")
        expanders = {
            split: Expander(
                grammar,
                lexicon,
                Drawing(split),
                PhiWriter(forms, PhiDrawing(split, share)),
                held_out_share=share,
            )
            for split, share in _HELD_OUT_SHARES.items()
        }
        surface = notes / "surface.yml"
        shorthand, blocks = Shorthand.from_file(surface), Blocks.from_file(surface)
        return cls(expanders, outline, shorthand, blocks, seed)

    def notes(self, n: int, split: str = "train") -> Iterator[SyntheticNote]:
        """Yield `n` notes of a split (see `SPLITS`); the first of them are always the same.

        Raises ValueError for another split.
        """
        if split not in SPLITS:
            raise ValueError(f"split {split!r} is none of {', '.join(SPLITS)}")
        for index in range(n):
            yield self.note(index, split)

    def note(self, index: int, split: str = "train") -> SyntheticNote:
        """The note of this number.

        A draw whose mentions do not fall on spaCy's tokens (such as "hepatitis C." at the end of
        a sentence, where "C." is one token) is drawn anew, at first the sections beside its own
        alone; `rejected` counts those.
        """
        for attempt, beside in product(range(_ATTEMPTS), range(_ATTEMPTS_BESIDE)):
            note = self.draw(index, split, attempt, beside)
            if self._is_aligned(note):
                return note
            self.rejected += 1
        raise TemplateError(f"{_ATTEMPTS} draws in a row had mentions that are not whole tokens")

    def _is_aligned(self, note: SyntheticNote) -> bool:
        doc = self.tokenizer.make_doc(note.text)
        return all(doc.char_span(m.start, m.end) is not None for m in note.spans)

    def draw(self, index: int, split: str, attempt: int = 0, beside: int = 0) -> SyntheticNote:
        """One attempt at the note of this number; its mentions may not be whole tokens.

        `beside` is the attempt at the sections beside its own.
        """
        rng = random.Random(f"{self.seed}/{split}/{index}/{attempt}")
        expander = self.expander_of[split]
        case = draw_case(rng, expander.lexicon, expander.drawing)
        types = self.outline.note_types
        note_type = rng.choices(types, [t.weight for t in types])[0]
        style = Style.draw(rng)
        cast = expander.phi.cast(rng, case.sex, case.age)
        writer = _Writer(rng, expander, self.shorthand, self.blocks, case, cast, style)
        titled = rng.random() < note_type.titled
        own, after = self._sections(rng, note_type)
        for section in own:
            writer.section(section, titled=titled)
        apart = random.Random(f"{self.seed}/{split}/{index}/{attempt}/beside {beside}")
        for section in self._named(self.outline.frame.sections_beside(apart, note_type.name)):
            writer.section_beside(section, apart, titled=titled)
        for section in after:
            writer.section(section, titled=titled)
        tracked = wrapped(writer.tracked, style.wrap)
        return SyntheticNote(
            tracked.text,
            tuple(m for m in tracked.mentions if m.label not in PHI_LABELS),
            note_type.name,
            case.specialty,
            tuple(writer.sentences),
            tuple(m for m in tracked.mentions if m.label in PHI_LABELS),
            tracked.values,
        )

    def _sections(
        self, rng: random.Random, note_type: NoteType
    ) -> tuple[list[Section], list[Section]]:
        """A note's own sections with what stands before them, and what stands after them."""
        names = [p.name for p in note_type.sections for _ in range(p.times(rng))]
        if note_type.pick is not None and len(names) > note_type.pick:
            kept = sorted(rng.sample(range(len(names)), note_type.pick))
            names = [names[i] for i in kept]
        before, after = self.outline.frame.sections(rng)
        return self._named([*before, *names]), self._named(after)

    def _named(self, names: list[str]) -> list[Section]:
        return [self.outline.sections[name] for name in names]


@dataclass
class _Writer:
    """Puts a note together, keeping count of where each sentence lies."""

    rng: random.Random
    expander: Expander
    shorthand: Shorthand
    blocks: Blocks
    case: Case
    cast: Cast
    style: Style
    tracked: TrackedText = field(default_factory=TrackedText)
    sentences: list[SentenceRecord] = field(default_factory=list)
    _used: set[str] = field(default_factory=set)

    def section_beside(self, section: Section, rng: random.Random, *, titled: bool) -> None:
        """Write a section for which nothing is drawn of what draws the rest of the note."""
        own, self.rng = self.rng, rng
        self.section(section, titled=titled)
        self.rng = own

    def section(self, section: Section, *, titled: bool) -> None:
        body = self.rng.choices(section.bodies, [b.weight for b in section.bodies])[0]
        drawn = [self._line(part.name) for part in body.parts for _ in range(part.times(self.rng))]
        lines = [line for line in drawn if self._may_stand(line)]
        if not lines:
            return
        if self.tracked:
            self._append(TrackedText("\n\n" if self.rng.random() < 0.7 else "\n"))
        said = NOTHING
        if titled and section.titles:
            title = self.rng.choice(section.titles)
            said = section.says.get(title, NOTHING)
            self._append(TrackedText(header(title, self.style)))
        lines = [replace(line, tracked=line.tracked.saying(said)) for line in lines]
        self._body(section.name, body, lines)

    def _may_stand(self, line: _Line) -> bool:
        """Whether it fits a split of new layouts alone: some groups have none."""
        if line.held_out or self.expander.held_out_share < 1.0:
            return True
        return not any(m.label in PHI_LABELS for m in line.tracked.mentions)

    def _line(self, group: str) -> _Line:
        sentence = self.expander.sentence(self.rng, group, self.case, self.cast, self._used)
        self._used.add(sentence.template.id)
        tracked = self.shorthand.apply(self.rng, sentence.tracked, self.style.shorthand)
        tracked = misspell(self.rng, tracked, self.style.typos)
        return _Line(
            set_case(tracked, self.style), sentence.template.id, sentence.template.held_out
        )

    def _body(self, section: str, body: Body, lines: list[_Line]) -> None:
        start = len(self.tracked.text)
        texts = [line.tracked for line in lines]
        if body.layout in ("form", "table"):
            drawing = self.expander.phi.drawing
            set_out = self.blocks.form if body.layout == "form" else self.blocks.table
            for line, block in zip(lines, set_out(self.rng, drawing, texts), strict=True):
                start = len(self.tracked.text)
                self._append(block)
                end = len(self.tracked.text)
                self.sentences.append(
                    SentenceRecord(start, end, section, line.template, line.held_out)
                )
            return
        if body.layout == "list":
            whole = listed(texts, self.style)
        elif body.layout == "lines":
            whole = join("\n", texts)
        else:
            whole = join(self.style.sentence_gap, texts)
        self._append(whole)
        self._record(section, start, lines)

    def _record(self, section: str, start: int, lines: list[_Line]) -> None:
        at = start
        # A list's style may recase an item or drop its full stop, but not move its words.
        lowered = self.tracked.lower().text
        for line in lines:
            words = line.tracked.lower().text.rstrip(".")
            at = lowered.index(words, at)
            end = at + len(words)
            self.sentences.append(SentenceRecord(at, end, section, line.template, line.held_out))
            at = end

    def _append(self, tracked: TrackedText) -> None:
        self.tracked = self.tracked + tracked


__all__ = ["SPLITS", "NoteGenerator", "SentenceRecord", "SyntheticNote"]
