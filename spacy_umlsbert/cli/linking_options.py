"""What commands that link mentions share: where the linker comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.umls import KnowledgeBase

if TYPE_CHECKING:
    from spacy.language import Language

    from spacy_umlsbert.linking.index import LinkedConcept
    from spacy_umlsbert.pipeline.umls_linker import UmlsLinker

    Search = Callable[[Sequence[str], int], list[list[LinkedConcept]]]

ModelOption = Annotated[
    str | None, typer.Option("--model", "-m", help="A pipeline with umls_linker")
]
KbOption = Annotated[Path | None, typer.Option("--kb", help="A knowledge base instead")]
EncoderOption = Annotated[
    str | None,
    typer.Option(help="With --kb: an encoder of names (a folder, hub name or package:…)"),
]
KnownOption = Annotated[
    Path | None, typer.Option("--known", help="With --kb: mentions.jsonl of 'umls marginalize'")
]


def linker_of(nlp: Language, pipeline: str) -> UmlsLinker:
    """The linker of a pipeline.

    Raises:
        InputError: If it has none.
    """
    from spacy_umlsbert.pipeline.umls_linker import UmlsLinker  # noqa: PLC0415

    for _, component in nlp.pipeline:
        if isinstance(component, UmlsLinker):
            return component
    raise InputError(f"the pipeline {pipeline!r} has no umls_linker.")


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


def searcher(
    model: str | None, kb: Path | None, encoder: str | None, known: Path | None
) -> Searcher:
    """What finds candidates, of a pipeline or for a knowledge base.

    Raises:
        InputError: If not either a pipeline or a knowledge base is given, or it cannot be used.
    """
    from spacy_umlsbert.cli.pipelines import load_pipeline  # noqa: PLC0415
    from spacy_umlsbert.linking.encoder_files import load_name_encoder  # noqa: PLC0415
    from spacy_umlsbert.linking.index import open_or_build  # noqa: PLC0415
    from spacy_umlsbert.linking.known_mentions import read_known_mentions  # noqa: PLC0415

    if (model is None) == (kb is None) or (model and (encoder or known)):
        raise InputError("give either --model, or --kb (with --encoder and --known, if wanted).")
    if model is not None:
        nlp = load_pipeline(model)
        linker = linker_of(nlp, model)
        return Searcher(linker.kb, linker.candidates.index(linker.kb).search, nlp)
    assert kb is not None
    base = KnowledgeBase.open(kb)
    names = load_name_encoder(encoder) if encoder else None
    return Searcher(base, open_or_build(base, names, read_known_mentions(known)).search)
