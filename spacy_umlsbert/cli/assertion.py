"""`umls assertion explain`: what decided whether a mention is there, absent, possible …"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert.cli.app import GuardedTyper, app
from spacy_umlsbert.cli.pipelines import RULES, pipeline_or_rules
from spacy_umlsbert.cli.texts import text_of

assertion_app = GuardedTyper(
    name="assertion", help="What a text says of what it names.", no_args_is_help=True
)
app.add_typer(assertion_app, rich_help_panel="Notes")


@assertion_app.callback()
def assertion() -> None:
    """What a text says of what it names."""


@assertion_app.command("explain")
def explain(
    text: Annotated[
        str,
        typer.Argument(
            help="A text with mentions in double brackets, 'denies [[chest pain]]', or a file "
            "with it; - reads standard input"
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", help="A pipeline: its entities, sentences, sections, rules"),
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(help="A file of rules that are added", exists=True)
    ] = None,
) -> None:
    """Show for each mention what is said of it and which cues decided, and all cues' scopes.

    With --model the mentions are the entities of the pipeline, whose umls_assertion decides; where
    mentions are marked, these are judged in place of entities.
    """
    from spacy_umlsbert.annotations.assertions import spans_at  # noqa: PLC0415
    from spacy_umlsbert.assertion.by_head import DetectorByHead  # noqa: PLC0415
    from spacy_umlsbert.assertion.explain import (  # noqa: PLC0415
        cue_rows,
        marked_text,
        mention_rows,
    )
    from spacy_umlsbert.pipeline.components import assertion_of  # noqa: PLC0415

    marked = marked_text(text_of(text))
    nlp = pipeline_or_rules(RULES if model is None else model, "umls_assertion")
    component = assertion_of(nlp, model or "en")
    if rules is not None:
        component.add_rules(rules)
    doc = nlp(marked.text)
    spans = spans_at(doc, marked.mentions) or component.spans(doc)
    detector = component.detector
    (findings,) = detector.detect([doc], [spans])
    by_rules = None
    if isinstance(detector, DetectorByHead):
        (by_rules,) = detector.rules.detect([doc], [spans])
    places = [(span.start_char, span.end_char) for span in spans]
    if places:
        header = ("mention", "assertion", "also", "decided by")
        rows = list(mention_rows(doc.text, places, findings, by_rules))
        msg.table(rows, header=header, divider=True)
    else:
        msg.warn("No mentions: mark them with double brackets, or name a pipeline (--model).")
    if findings.cues:
        msg.table(
            list(cue_rows(doc.text, findings.cues)),
            header=("cue", "says", "of"),
            divider=True,
            max_col=90,
        )
    else:
        msg.info("No cues found.")
