"""Writes small releases in UMLS's format, for tests."""

from pathlib import Path
from typing import NamedTuple

from spacy_umlsbert.umls import KnowledgeBase, RrfRelease, semantic_type


class Row(NamedTuple):
    """A concept of a test release; the first name is its preferred one."""

    cui: str
    tuis: list[str]
    names: list[str]
    definition: str = ""


CONCEPTS = [
    Row("C0008031", ["T184"], ["chest pain", "pain in chest", "thoracic pain"], "Pain in it."),
    Row("C0015967", ["T033", "T184"], ["fever", "pyrexia"]),
    Row("C0010200", ["T184"], ["cough"]),
    Row("C0011860", ["T047"], ["type 2 diabetes mellitus", "T2DM", "type 2 diabetes"]),
    Row("C0018801", ["T047"], ["heart failure", "HF", "cardiac failure"]),
    Row("C0018802", ["T047"], ["congestive heart failure", "CHF"]),
    Row("C0025598", ["T109", "T121"], ["metformin", "Glucophage"]),
    Row("C0004057", ["T109", "T121"], ["aspirin", "ASA"], "A drug against pain and clots."),
    Row("C0005802", ["T059"], ["blood glucose", "blood sugar"]),
    Row("C0009264", ["T070"], ["cold", "cold temperature"]),
    Row("C0009443", ["T047"], ["common cold", "cold"]),
    Row("C0817096", ["T029"], ["chest"]),
]


def build_kb(folder: Path, concepts: list[Row], name: str = "t") -> KnowledgeBase:
    """Build a knowledge base in ``folder / "kb"``."""
    return KnowledgeBase.build(
        folder / "kb",
        RrfRelease(write_release(folder / "rrf", concepts)),
        name=name,
        version="1",
        license="MIT",
        progress=False,
    )


def write_release(directory: Path, concepts: list[Row] = CONCEPTS) -> Path:
    """Write MRCONSO.RRF, MRSTY.RRF and MRDEF.RRF into a folder, which is made."""
    directory.mkdir(parents=True, exist_ok=True)
    conso, sty, definitions = [], [], []
    for row in concepts:
        for i, name in enumerate(row.names):
            ts, preferred = ("P", "Y") if i == 0 else ("S", "N")
            conso.append(
                f"{row.cui}|ENG|{ts}|L{i}|PF|S{i}|{preferred}|A{row.cui}{i}||||TEST|PT|{row.cui}|"
                f"{name}|0|N||"
            )
        for tui in row.tuis:
            found = semantic_type(tui)
            sty.append(f"{row.cui}|{tui}|{found.tree_number}|{found.name}|AT1||")
        if row.definition:
            definitions.append(f"{row.cui}|A1|AT1||TEST|{row.definition}|N||")
    for name, lines in (("MRCONSO", conso), ("MRSTY", sty), ("MRDEF", definitions)):
        (directory / f"{name}.RRF").write_text("".join(f"{line}\n" for line in lines), "utf8")
    return directory
