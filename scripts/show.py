"""Print what an installed pipeline finds in a note, the note without its PHI, and judged pairs."""

from pathlib import Path
from typing import Annotated, cast

import spacy
import srsly
import typer
from spacy.tokens import Doc
from wasabi import Printer

from spacy_umlsbert.deid.labels import category
from spacy_umlsbert.evaluation.ner.entity_table import EntityRow, entity_rows
from spacy_umlsbert.pipeline.umls_linker import UmlsLinker
from spacy_umlsbert.pipeline.umls_nli import UmlsNli
from spacy_umlsbert.text.abbreviations import AbbreviationFinder

SCORES = {
    "ents_p": "Entities, precision",
    "ents_r": "Entities, recall",
    "ents_f": "Entities, F1 (exact match)",
    "nel_micro_f": "Concepts of entities found, F1",
}

PHI_SCORES = {
    "character_recall": "characters hidden, %",
    "character_precision": "of those hidden PHI, %",
}


def main(
    pipeline: str,
    note: Path,
    metrics: Annotated[Path | None, typer.Option(help="What 'spacy evaluate' wrote")] = None,
    assertion: Annotated[
        list[Path] | None, typer.Option(help="Reports of evaluate-assertion")
    ] = None,
    deid: Annotated[list[Path] | None, typer.Option(help="Reports of evaluate-deid")] = None,
    pairs: Annotated[Path | None, typer.Option(help="Labelled pairs to judge, JSONL")] = None,
    nli: Annotated[list[Path] | None, typer.Option(help="Reports of evaluate-nli")] = None,
) -> None:
    """Run PIPELINE on NOTE and print its entities and PHI, judge PAIRS, then print the scores."""
    msg = Printer()
    nlp = spacy.load(pipeline)
    doc = nlp(note.read_text(encoding="utf8"))
    msg.divider(f"{note} (not in the training data)")
    print(doc.text.strip(), end="\n\n")
    msg.divider(f"Entities found by {pipeline}")
    header = [field.replace("_", " ") for field in EntityRow._fields]
    rows = list(entity_rows(doc, cast(UmlsLinker, nlp.get_pipe("umls_linker")).kb))
    msg.table(rows, header=header, divider=True, max_col=44)
    if written_out := abbreviations(doc):
        msg.text("Abbreviations that the note defines are linked by what they stand for:")
        msg.table(written_out, header=("abbreviation", "stands for"), divider=True)
    msg.divider("Protected health information")
    phi = [(span.text, span.label_, category(span.label_)) for span in doc.spans["phi"]]
    msg.table(phi, header=("text", "label", "category"), divider=True, max_col=50)
    msg.divider("The note without it")
    print(doc._.deidentified.strip(), end="\n\n")
    if pairs is not None:
        msg.divider(f"What follows from a text ({pairs}, not in the training data)")
        show_predictions(cast(UmlsNli, nlp.get_pipe("umls_nli")), list(srsly.read_jsonl(pairs)))
    if metrics is not None:
        msg.divider("Scores on the development notes")
        scores = srsly.read_json(metrics)
        msg.table([(name, f"{scores[key]:.3f}") for key, name in SCORES.items()])
    for path in assertion or ():
        report = srsly.read_json(path)
        msg.divider(report["title"])
        of_classes = [
            (name, *(f"{100 * row[key]:.1f}" for key in "prf"), row["gold"])
            for name, row in report["per_class"].items()
        ]
        msg.table(of_classes, header=("class", "P, %", "R, %", "F1, %", "mentions"), divider=True)
    for path in deid or ():
        report = srsly.read_json(path)
        msg.divider(report["title"])
        figures = [*report["per_category"].items(), ("all", report["all"])]
        by_category = [
            (name, *(f"{100 * row[key]:.1f}" for key in PHI_SCORES), row["gold"])
            for name, row in figures
        ]
        msg.table(by_category, header=("PHI", *PHI_SCORES.values(), "mentions"), divider=True)
    for path in nli or ():
        report = srsly.read_json(path)
        msg.divider(report["title"])
        accuracies = [
            (name, f"{100 * row['accuracy']:.1f}")
            for name, row in [("umls_nli", report), *report["baselines"].items()]
        ]
        msg.table(accuracies, header=("", "accuracy, %"), divider=True)


def abbreviations(doc: Doc) -> list[tuple[str, str]]:
    """Abbreviations that the text defines, and what they stand for."""
    found = AbbreviationFinder(doc.vocab)(doc)
    return sorted({(one.short.text, one.long.text) for one in found})


def show_predictions(nli: UmlsNli, pairs: list[dict[str, str]]) -> None:
    """Print premise, hypothesis, prediction and the right label of each pair."""
    texts = [(pair["premise"], pair["hypothesis"]) for pair in pairs]
    for (premise, hypothesis), pair, found in zip(
        texts, pairs, nli.predict_pairs(texts), strict=True
    ):
        print(f"Premise:     {premise}\nHypothesis:  {hypothesis}")
        right = "right" if found.label == pair["label"] else f"wrong: {pair['label']}"
        print(f"Prediction:  {found.label}, {found.probabilities[found.label]:.2f} ({right})\n")


if __name__ == "__main__":
    typer.run(main)
