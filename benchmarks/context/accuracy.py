"""Which concept a name has in its sentence, or none: 120 sentences with 40 ambiguous names.

    python benchmarks/context/accuracy.py KB [--model PIPELINE]

prints, by half, how often `umls_lookup`, and in a trained pipeline `umls_senses` after it, give the
reading of a clinician. Rules are made on the half for tuning: ``--errors`` shows what is wrong
there, and never the half for judging.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import spacy
import srsly
import typer
from spacy.tokens import Doc
from wasabi import msg

from spacy_umlsbert.umls import KnowledgeBase

SENTENCES = Path(__file__).with_name("sentences.jsonl")
NIL, ABSENT = "NIL", "ABSENT"
TUNING, JUDGING = "tuning", "judging"
WAYS: dict[str, dict[str, Any]] = {
    "commonest first": {},
    "and defined abbreviations": {"abbreviations": True},
    "in context": {"context": True},
    "in context, and defined abbreviations": {"context": True, "abbreviations": True},
}
"""Settings of `umls_lookup` by what they are called in the table."""


class Sentence(NamedTuple):
    """A sentence with a name.

    Attributes:
        name: The ambiguous name.
        text: The sentence.
        start: Where the name begins.
        end: Where it ends.
        sense: What it means here, in words that mean nothing else.
        gold: The ids that are right. With ``NIL`` it is right too to find nothing; with ``ABSENT``
            only as long as the knowledge base has no concept for this sense.
    """

    name: str
    text: str
    start: int
    end: int
    sense: str
    gold: list[str]


def main(
    kb: Annotated[Path, typer.Argument(help="Knowledge base")],
    model: Annotated[str | None, typer.Option(help="Pipeline with a transformer")] = None,
    errors: Annotated[bool, typer.Option(help="Show what is wrong in the half for tuning")] = False,
    output: Annotated[Path | None, typer.Option(help="Write the figures as JSON")] = None,
) -> None:
    """Compare ways of reading names."""
    sentences = [Sentence(**row) for row in srsly.read_jsonl(SENTENCES)]
    half_of = halves({one.name for one in sentences})
    opened = KnowledgeBase.open(kb)
    figures: dict[str, dict[str, float]] = {}
    docs = {way: read(sentences, kb, settings) for way, settings in WAYS.items()}
    if model is not None:
        docs["in context, with the transformer"] = read_by(model, sentences, kb)
    for way, of_way in docs.items():
        found = [ids_at(one, doc) for one, doc in zip(sentences, of_way, strict=True)]
        right = [is_right(one, ids, opened) for one, ids in zip(sentences, found, strict=True)]
        figures[way] = shares([half_of[one.name] for one in sentences], right)
        if errors:
            msg.divider(way)
            for one, ids, fits in zip(sentences, found, right, strict=True):
                if not fits and half_of[one.name] == TUNING:
                    print(f"{one.name} ({one.sense}), found {ids or NIL}: {one.text}")
    header = ["", TUNING, JUDGING, "all"]
    rows = [[way, *(f"{row[half]:.1%}" for half in header[1:])] for way, row in figures.items()]
    msg.table(rows, header=header, aligns=("l", "r", "r", "r"))
    if output is not None:
        srsly.write_json(output, figures)


def halves(names: set[str]) -> dict[str, str]:
    """The half of each name: the names of the smaller hashes are for tuning."""
    ordered = sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return {name: TUNING if 2 * i < len(ordered) else JUDGING for i, name in enumerate(ordered)}


def read(sentences: list[Sentence], kb: Path, settings: dict[str, Any]) -> list[Doc]:
    """The sentences, each a Doc of its own, through `umls_lookup`."""
    tokenizer = {"@tokenizers": "spacy_umlsbert.BiomedicalTokenizer.v1"}
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": tokenizer}})
    nlp.add_pipe("umls_lookup", config={"kb": str(kb), **settings})
    return list(nlp.pipe(one.text for one in sentences))


def read_by(model: str, sentences: list[Sentence], kb: Path) -> list[Doc]:
    """The sentences through a pipeline's transformer and entities, and `umls_senses`."""
    lookup = {"umls_lookup": {"kb": str(kb), "context": True}}
    kept = ("umls_lookup", "transformer", "umls_ner")
    nlp = spacy.load(model, config={"components": lookup})
    for name in [name for name in nlp.component_names if name not in kept]:
        nlp.remove_pipe(name)
    nlp.add_pipe("umls_senses", last=True)
    return list(nlp.pipe(one.text for one in sentences))


def ids_at(sentence: Sentence, doc: Doc) -> list[str]:
    """The concepts of what was found where the name is, whether longer or shorter than it."""
    return [
        span.kb_id_
        for span in doc.spans["umls"]
        if span.start_char < sentence.end and sentence.start < span.end_char
    ]


def is_right(sentence: Sentence, found: list[str], kb: KnowledgeBase) -> bool:
    """Whether a reading is that of the gold standard.

    What the knowledge base finds by the words of the sense is right too: it may have concepts that
    there were none of, or other ids.
    """
    by_sense = kb.find(sentence.sense)
    gold = {*sentence.gold, *by_sense}
    if ABSENT in gold and not by_sense:
        gold.add(NIL)
    return len(found) < 2 and gold.issuperset(found or [NIL])


def shares(half: list[str], right: list[bool]) -> dict[str, float]:
    """The share that is right in each half and in all."""
    counts = {
        name: [fits for own, fits in zip(half, right, strict=True) if name in (own, "all")]
        for name in (TUNING, JUDGING, "all")
    }
    return {name: sum(fits) / len(fits) for name, fits in counts.items()}


if __name__ == "__main__":
    typer.run(main)
