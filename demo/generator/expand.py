"""From a template and a case to a sentence with its gold mentions."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from demo.generator.case import RECURRING_KINDS, Case, pick_entry
from demo.generator.drawing import Drawing
from demo.generator.grammar import Grammar
from demo.generator.lexicon import COMMON, UNSORTED, Lexicon
from demo.generator.names import LABEL_OF_KIND, Entry, Name
from demo.generator.of import with_values
from demo.generator.phi import PHI_SLOTS, Cast, PhiWriter
from demo.generator.said import NOTHING, Marks, said_by_name
from demo.generator.template import (
    PHI_LABELS,
    Article,
    Choice,
    Literal,
    MentionNode,
    Node,
    SaidNode,
    Sequence_,
    Slot,
    Template,
    TemplateError,
    ValueNode,
)
from demo.generator.tracked import TrackedText
from demo.generator.values import VALUES, value_of
from spacy_umlsbert.deid.rules.ages import HIGHEST

_ATTEMPTS = 20
_CONJUNCTIONS = {"and", "or", "nor"}
_VOWEL_SOUND = ("a", "e", "i", "o", "u", "8", "11", "18")
_NOT_VOWEL_SOUND = ("eu", "uni", "ure", "uri", "us", "ut", "one", "once")
_LETTER_VOWEL_SOUND = "AEFHILMNORSX"


@dataclass(slots=True)
class Sentence:
    """One expanded template."""

    tracked: TrackedText
    template: Template


@dataclass(slots=True)
class _Scene:
    """What one sentence has settled so far."""

    rng: random.Random
    case: Case
    cast: Cast
    topic: str
    used: set[str] = field(default_factory=set)
    said: Marks = NOTHING
    """By empty brackets, of the mentions around them."""
    said_by_blocks: Marks = NOTHING
    """The same by those in building blocks without a mention."""


@dataclass(frozen=True, slots=True)
class Expander:
    """Expands templates for one split.

    Args:
        grammar: the templates.
        lexicon: the names.
        drawing: which names this split may show.
        phi: writes protected health information.
        held_out_share: how often, in a split that may use them, a held-out template is taken where
            its group has one.
    """

    grammar: Grammar
    lexicon: Lexicon
    drawing: Drawing
    phi: PhiWriter
    held_out_share: float = 0.5

    def sentence(
        self,
        rng: random.Random,
        group: str,
        case: Case,
        cast: Cast,
        avoid: set[str] | None = None,
    ) -> Sentence:
        """One sentence of a group, if possible not of a template whose id is in `avoid`."""
        template = self._template(rng, group, avoid or set())
        return Sentence(self.expand(rng, template, case, cast), template)

    def expand(self, rng: random.Random, template: Template, case: Case, cast: Cast) -> TrackedText:
        """Expand one template."""
        main, *others = case.topics
        topic = main if not others or rng.random() < 0.65 else rng.choice(others)
        return self._filled(_Scene(rng, case, cast, topic), template).capitalized()

    def _template(self, rng: random.Random, group: str, avoid: set[str]) -> Template:
        every = self.grammar[group]
        seen = [t for t in every if not t.held_out]
        held_out = [t for t in every if t.held_out]
        usable = seen
        if self.drawing.split != "train" and held_out and rng.random() < self.held_out_share:
            usable = held_out
        fresh = [t for t in usable if t.id not in avoid]
        return rng.choice(fresh or usable or list(every))

    def _filled(self, scene: _Scene, template: Template) -> TrackedText:
        """A template's empty brackets speak of its mentions.

        Where it has none, such as `when climbing stairs`, they speak of those in the bracket around
        its slot, if there is one: `[{symptom} {time_of_day}]()`.
        """
        tracked, said, by_blocks = self._apart(scene, template.body)
        if not tracked.mentions:
            scene.said_by_blocks |= said | by_blocks
        return tracked.saying(said)

    def _apart(self, scene: _Scene, nodes: Sequence_) -> tuple[TrackedText, Marks, Marks]:
        """A part of a sentence; what its empty brackets say; what those of its blocks say."""
        outer = scene.said, scene.said_by_blocks
        scene.said = scene.said_by_blocks = NOTHING
        tracked = self._sequence(scene, nodes)
        said = scene.said, scene.said_by_blocks
        scene.said, scene.said_by_blocks = outer
        return (tracked, *said)

    def _sequence(self, scene: _Scene, nodes: Sequence_) -> TrackedText:
        tracked = TrackedText()
        # After an article, pieces wait until there is a word to choose it by.
        article: Article | None = None
        waiting = TrackedText()
        for node in nodes:
            if isinstance(node, Article):
                article, waiting = node, TrackedText()
                continue
            piece = self._node(scene, node)
            if article is not None:
                waiting = waiting + piece
                if not waiting.text.strip():
                    continue
                word = article_for(waiting.text)
                piece = TrackedText(word.capitalize() if article.capital else word) + waiting
                article = None
            tracked = tracked + piece
        return tracked

    def _node(self, scene: _Scene, node: Node) -> TrackedText:
        if isinstance(node, Literal):
            return TrackedText(node.text)
        if isinstance(node, Choice):
            return self._sequence(scene, scene.rng.choice(node.options))
        if isinstance(node, MentionNode):
            return self._mention(scene, node)
        if isinstance(node, SaidNode):
            return self._said(scene, node)
        if isinstance(node, ValueNode):
            return self._sequence(scene, node.body).as_value(node.kind)
        if isinstance(node, Slot):
            piece = self._slot(scene, node)
            return piece.capitalized() if node.capital else piece
        raise TypeError(f"no such node: {type(node).__name__}")

    def _said(self, scene: _Scene, node: SaidNode) -> TrackedText:
        if not node.body:
            scene.said |= node.marks
            return TrackedText()
        tracked, said, by_blocks = self._apart(scene, node.body)
        return tracked.saying(node.marks | said | by_blocks)

    def _mention(self, scene: _Scene, node: MentionNode) -> TrackedText:
        """The whole bracket is one mention, whatever names are inside it."""
        inner, said, _ = self._apart(scene, node.body)
        if node.label in PHI_LABELS:
            return TrackedText.mention(inner.text, node.label)
        for _ in range(_ATTEMPTS):
            new = inner.text.lower() in self.lexicon.held_out
            if not _holds_phi(inner) and not (new and self.drawing.split == "train"):
                break
            inner, said, _ = self._apart(scene, node.body)
        if _holds_phi(inner):
            raise TemplateError(f"a {node.label} cannot hold protected health information")
        kb_id = self.lexicon.resolver.resolve(inner.text, node.label)
        held_out = any(m.held_out for m in inner.mentions)
        marks = said.union(*(m.marks for m in inner.mentions))
        return TrackedText.mention(inner.text, node.label, kb_id, held_out=held_out, marks=marks)

    def _slot(self, scene: _Scene, slot: Slot) -> TrackedText:
        if slot.name in PHI_SLOTS:
            return self.phi.write(scene.rng, scene.cast, slot.name, slot.args)
        if slot.name not in VALUES and slot.args:
            return self._list(scene, slot)
        return self._one(scene, slot)

    def _one(self, scene: _Scene, slot: Slot) -> TrackedText:
        return with_values(slot.name, self._drawn(scene, slot))

    def _drawn(self, scene: _Scene, slot: Slot) -> TrackedText:
        if slot.name in VALUES:
            text = value_of(slot.name, scene.rng, scene.case, slot.args)
            if slot.name == "age" and scene.case.age > HIGHEST:
                return self.phi.old_age(text, scene.case.age)
            return TrackedText(text)
        if slot.name in self.grammar:
            return self._filled(scene, self._template(scene.rng, slot.name, set()))
        entry = self._entry(scene, slot.name)
        scene.used.add(entry.key)
        return _as_mention(self.drawing.name(scene.rng, entry))

    def _list(self, scene: _Scene, slot: Slot) -> TrackedText:
        low, _, high = slot.args[0].partition("-")
        wanted = scene.rng.randint(int(low), int(high or low))
        conjunction = slot.args[1] if len(slot.args) > 1 else "and"
        items: list[TrackedText] = []
        for _ in range(wanted * 3):
            item = self._one(scene, slot)
            if item.text.lower() not in {i.text.lower() for i in items}:
                items.append(item)
            if len(items) == wanted:
                break
        return _listed(scene.rng, items, conjunction)

    def _entry(self, scene: _Scene, slot: str) -> Entry:
        """A name for a slot: out of the case, the sentence's topic, or wider and wider."""
        if slot in RECURRING_KINDS:
            known = scene.case.recurring.get(slot, [])
            fresh = [e for e in known if e.key not in scene.used]
            if fresh or known:
                return scene.rng.choice(fresh or known)
        kind = RECURRING_KINDS.get(slot, slot)
        chance = scene.rng.random()
        first = (scene.topic,) if chance < 0.6 else (COMMON,) if chance < 0.82 else (UNSORTED,)
        for topics in (first, scene.case.topics, (COMMON, UNSORTED), tuple(self.lexicon.topics)):
            entry = pick_entry(
                scene.rng, self.lexicon, self.drawing, kind, topics, scene.case.sex, scene.used
            )
            # A pool of which everything is in this sentence already is no better than a wider one.
            if entry is not None and entry.key not in scene.used:
                return entry
        if entry is None:
            raise LookupError(f"no topic has a name of kind {kind} ({LABEL_OF_KIND[kind]})")
        return entry


def _holds_phi(tracked: TrackedText) -> bool:
    return any(mention.label in PHI_LABELS for mention in tracked.mentions)


def _as_mention(name: Name) -> TrackedText:
    marks = said_by_name(name.text)
    return TrackedText.mention(
        name.text, name.label, name.kb_id, held_out=name.held_out, marks=marks
    )


def _listed(rng: random.Random, items: list[TrackedText], conjunction: str) -> TrackedText:
    """a, b, and c."""
    oxford = "," if rng.random() < 0.6 else ""
    tracked = items[0]
    for i, item in enumerate(items[1:], start=2):
        last = i == len(items)
        if last and conjunction in _CONJUNCTIONS:
            comma = oxford if len(items) > 2 else ""
            tracked = tracked + f"{comma} {conjunction} " + item
        else:
            tracked = tracked + ", " + item
    return tracked


def article_for(following: str) -> str:
    """The article for what follows, which begins with the white space before the next word."""
    word = following.lstrip()
    lowered = word.lower()
    spelled_out = len(word) > 1 and word[:2].isupper()
    if spelled_out:
        vowel = word[0] in _LETTER_VOWEL_SOUND
    else:
        vowel = lowered.startswith(_VOWEL_SOUND) and not lowered.startswith(_NOT_VOWEL_SOUND)
    return "an" if vowel else "a"
