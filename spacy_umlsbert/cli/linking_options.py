"""What commands that link mentions share: where the linker comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from spacy_umlsbert._compat import needed_for
from spacy_umlsbert.cli.pipelines import load_pipeline
from spacy_umlsbert.errors import InputError

if TYPE_CHECKING:
    from spacy.language import Language

    from spacy_umlsbert.linking.evaluate import Search
    from spacy_umlsbert.umls import KnowledgeBase

ModelOption = Annotated[
    str | None, typer.Option("--model", "-m", help="A pipeline with umls_linker")
]
KbOption = Annotated[Path | None, typer.Option("--kb", help="A knowledge base instead")]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        help="For a knowledge base: an encoder of names (a folder, hub name or package:…)"
    ),
]
KnownOption = Annotated[
    Path | None,
    typer.Option("--known", help="For a knowledge base: mentions.jsonl of 'umls marginalize'"),
]


class Searcher(NamedTuple):
    """What finds candidates.

    Attributes:
        kb: The knowledge base they are in.
        search: Finds them.
        nlp: The pipeline whose linker it is, if it is one's.
    """

    kb: KnowledgeBase
    search: Search
    nlp: Language | None = None


def searcher(model: str, encoder: str | None, known: Path | None) -> Searcher:
    """What finds candidates, of a pipeline or for a knowledge base.

    Args:
        model: The name or path of a pipeline, or the directory of a knowledge base.
        encoder: For a knowledge base, an encoder of names.
        known: The same, mentions whose concept is known.

    Raises:
        InputError: If it cannot be used, or is a pipeline, which has an encoder of its own.
    """
    from spacy_umlsbert.linking.encoder_files import load_name_encoder  # noqa: PLC0415
    from spacy_umlsbert.linking.index import open_or_build  # noqa: PLC0415
    from spacy_umlsbert.linking.known_mentions import read_known_mentions  # noqa: PLC0415
    from spacy_umlsbert.pipeline.components import linker_of  # noqa: PLC0415
    from spacy_umlsbert.umls import KnowledgeBase  # noqa: PLC0415

    if KnowledgeBase.is_directory(model):
        kb = KnowledgeBase.open(model)
        with needed_for("--encoder"):
            names = load_name_encoder(encoder) if encoder else None
        return Searcher(kb, open_or_build(kb, names, read_known_mentions(known)).search)
    if encoder or known:
        raise InputError(
            f"--encoder and --known are for a knowledge base, and {model!r} is none.",
            remedy="A pipeline has its own.",
        )
    nlp = load_pipeline(model)
    linker = linker_of(nlp, model)
    return Searcher(linker.kb, linker.candidates.index(linker.kb).search, nlp)


def one_of(model: str | None, kb: Path | None) -> str:
    """The pipeline, or the knowledge base in its place.

    Raises:
        InputError: If it is not one of them that is given, or the latter is none.
    """
    from spacy_umlsbert.umls import KnowledgeBase  # noqa: PLC0415

    if (model is None) == (kb is None):
        raise InputError("give either --model, or --kb (with --encoder and --known, if wanted).")
    if kb is not None and not KnowledgeBase.is_directory(kb):
        KnowledgeBase.open(kb)  # says what is wrong
    return model or str(kb)
