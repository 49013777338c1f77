"""The components of this package in a pipeline, for what runs one pipeline or another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spacy_umlsbert.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.language import Language

    from spacy_umlsbert.pipeline.umls_assertion import UmlsAssertion
    from spacy_umlsbert.pipeline.umls_deid import UmlsDeid
    from spacy_umlsbert.pipeline.umls_linker import UmlsLinker
    from spacy_umlsbert.pipeline.umls_nli import UmlsNli
    from spacy_umlsbert.pipeline.umls_values import UmlsValues


def assertion_of(nlp: Language, pipeline: str) -> UmlsAssertion:
    """The first `umls_assertion` of a pipeline, which then ends with it.

    Args:
        nlp: The pipeline.
        pipeline: What it is called in the error.

    Raises:
        InputError: If it has none.
    """
    return _last(nlp, pipeline, "umls_assertion")


def deid_of(nlp: Language, pipeline: str) -> UmlsDeid:
    """The first `umls_deid` of a pipeline, which then ends with it.

    What comes after it cannot change what it finds, and is disabled.

    Args:
        nlp: The pipeline.
        pipeline: What it is called in the error.

    Raises:
        InputError: If it has none.
    """
    return _last(nlp, pipeline, "umls_deid")


def nli_of(nlp: Language, pipeline: str) -> UmlsNli:
    """The first `umls_nli` of a pipeline, which then ends with it.

    Args:
        nlp: The pipeline.
        pipeline: What it is called in the error.

    Raises:
        InputError: If it has none, or one that is not trained.
    """
    component = _first(nlp, pipeline, "umls_nli")
    if not component.labels:
        problem = f"the umls_nli of the pipeline {pipeline!r} is not trained."
        raise InputError(problem, remedy="Train it, or name a pipeline that is.")
    end_with(nlp, component)
    return component


def linker_of(nlp: Language, pipeline: str) -> UmlsLinker:
    """The first `umls_linker` of a pipeline.

    Args:
        nlp: The pipeline.
        pipeline: What it is called in the error.

    Raises:
        InputError: If it has none.
    """
    return _first(nlp, pipeline, "umls_linker")


def values_of_pipeline(nlp: Language, pipeline: str) -> UmlsValues:
    """The first `umls_values` of a pipeline, which then ends with it.

    Args:
        nlp: The pipeline.
        pipeline: What it is called in the error.

    Raises:
        InputError: If it has none.
    """
    return _last(nlp, pipeline, "umls_values")


def finds_entities(nlp: Language) -> bool:
    """Whether a component of a pipeline writes entities."""
    return any("doc.ents" in nlp.get_pipe_meta(name).assigns for name in nlp.pipe_names)


def concept_names(nlp: Language) -> Callable[[str], str] | None:
    """The names of concepts, from the first component of a pipeline with a knowledge base."""
    from spacy_umlsbert.pipeline.knowledge_base_holder import holders_of  # noqa: PLC0415

    holder = next((one for one in holders_of(nlp) if one.is_set), None)
    if holder is None:
        return None
    kb = holder.get()
    return lambda one: str(kb[one].canonical_name) if one in kb else ""


def end_with(nlp: Language, component: Any) -> None:
    """Disable what comes after a component of a pipeline."""
    places = [i for i, (_, pipe) in enumerate(nlp.pipeline) if pipe is component]
    for name in nlp.pipe_names[places[0] + 1 :]:
        nlp.disable_pipe(name)


def take_out(nlp: Language, component: Any) -> None:
    """Disable a component of a pipeline, whose part is done by itself."""
    for name, pipe in list(nlp.pipeline):
        if pipe is component:
            nlp.disable_pipe(name)


def _last(nlp: Language, pipeline: str, factory: str) -> Any:
    """The first component that a factory made, which is the pipeline's last then."""
    component = _first(nlp, pipeline, factory)
    end_with(nlp, component)
    return component


def _first(nlp: Language, pipeline: str, factory: str) -> Any:
    for name in nlp.pipe_names:
        if nlp.get_pipe_meta(name).factory == factory:
            return nlp.get_pipe(name)
    raise InputError(
        f"the pipeline {pipeline!r} has no {factory}.",
        remedy="Name a pipeline that has one, and in which it is not disabled.",
    )
