"""Check codes on open data: round trips, and a crosswalk against the rows that it is made of.

    python benchmarks/terminology/codes.py WORK --ontologies DIR --hpo hp.obo --medic medic.txt

builds three knowledge bases in WORK: of Mondo's seven mappings, of the open ontologies, and of
MEDIC. All of Mondo's own rows have to be in the crosswalk, and nothing else; every code has to be
found again.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import typer
from open_base import build_open_base
from report import report

from spacy_umlsbert.umls import KnowledgeBase, SssomMapping, name_dictionary

MAPPINGS = {
    "ICD10CM": "icd10cm",
    "SNOMEDCT_US": "sctid",
    "MSH": "mesh",
    "NCI": "ncit",
    "OMIM": "omim",
    "ORPHANET": "orphanet",
}
SHOWN = 50


def main(
    work: Annotated[Path, typer.Argument(help="Directory for knowledge bases")],
    ontologies: Annotated[Path, typer.Option(help="Disease Ontology files and Mondo's mappings")],
    hpo: Annotated[Path | None, typer.Option(help="hp.obo")] = None,
    medic: Annotated[Path | None, typer.Option(help="MEDIC, as BioSyn distributes it")] = None,
) -> None:
    """Check codes on open data."""
    work.mkdir(parents=True, exist_ok=True)
    results = _mondo(work / "mondo", ontologies)
    if hpo is not None:
        results.update(_round_trip("open base", build_open_base(work / "open", ontologies, hpo)))
    if medic is not None:
        kb = _build(work / "medic", name_dictionary(medic))
        results.update(_round_trip("MEDIC", kb))
    report("Codes", results, work / "codes.json")


def _build(path: Path, *sources: Any) -> KnowledgeBase:
    return KnowledgeBase.build(
        path, *sources, name=path.name, version="", license="open", overwrite=True
    )


def _mondo(path: Path, ontologies: Path) -> dict[str, Any]:
    """The crosswalk CUI, ICD-10-CM, SNOMED CT beside Mondo's own rows."""
    files = {name: ontologies / f"mondo_exactmatch_{name}.sssom.tsv" for name in MAPPINGS.values()}
    to_umls = ontologies / "mondo_exactmatch_umls.sssom.tsv"
    kb = _build(path, SssomMapping(to_umls), *map(SssomMapping, files.values()))
    concepts: dict[str, set[str]] = defaultdict(set)
    for mondo, cui in _rows(to_umls):
        concepts[mondo].add(cui)
    expected: dict[str, dict[str, set[str]]] = {}
    for vocabulary, name in MAPPINGS.items():
        expected[vocabulary] = defaultdict(set)
        for mondo, code in _rows(files[name]):
            for cui in concepts[mondo]:
                expected[vocabulary][cui].add(code)
        assert all(
            set(kb[cui].codes.get(vocabulary, ())) == expected[vocabulary].get(cui, set())
            for cui in kb
        )
    pairs = {
        (cui, one, two)
        for cui, codes in expected["ICD10CM"].items()
        for one in codes
        for two in expected["SNOMEDCT_US"].get(cui, ())
    }
    rows = list(kb.crosswalk("ICD10CM", "SNOMEDCT_US"))
    assert {(row.concept_id, row.source_code, row.target_code) for row in rows} == pairs
    for row in rows[:: max(1, len(rows) // SHOWN)][:SHOWN]:
        print("\t".join(row))
    return {
        "crosswalk pairs, all in Mondo's rows, none missing": len(rows),
        "of one code and one code": sum(row.cardinality == "1:1" for row in rows),
        "concepts with both": len({row.concept_id for row in rows}),
        **_round_trip("Mondo", kb),
    }


def _rows(path: Path) -> list[tuple[str, str]]:
    """Subject and local part of the object of each row, read without the package."""
    lines = path.read_text("utf-8").splitlines()
    cells = [line.split("\t") for line in lines if not line.startswith("#")][1:]
    return [(row[0], row[3].partition(":")[2]) for row in cells]


def _round_trip(name: str, kb: KnowledgeBase) -> dict[str, Any]:
    """Every code of every concept is found again."""
    codes = 0
    for concept_id in kb:
        for vocabulary, of in kb[concept_id].codes.items():
            codes += len(of)
            assert all(concept_id in kb.with_code(vocabulary, code) for code in of)
    return {f"{name}: codes found again": codes, f"{name}: vocabularies": len(kb.vocabularies)}


if __name__ == "__main__":
    typer.run(main)
