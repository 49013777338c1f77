"""`umls build-kb`: build a knowledge base from a release, ontologies or dictionaries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert import umls
from spacy_umlsbert.cli.app import app
from spacy_umlsbert.cli.inspect_kb import show_summary
from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.json_lines import read_json

Texts = list[str] | None


@app.command("build-kb")
def build_kb(
    output: Annotated[Path, typer.Argument(help="The directory to make")],
    rrf: Annotated[Path | None, typer.Option(help="META directory of a UMLS release")] = None,
    jsonl: Annotated[Texts, typer.Option(help="scispaCy knowledge base (FILE[=TUI,TUI])")] = None,
    dictionary: Annotated[
        Texts, typer.Option(help="BioSyn dictionary or MEDIC, id||name|name (FILE[=TUI,TUI])")
    ] = None,
    obo: Annotated[
        Texts, typer.Option(help="OBO ontology with UMLS cross-references (FILE[=TUI,TUI])")
    ] = None,
    sssom: Annotated[
        Texts, typer.Option(help="SSSOM mapping of labels and codes to concepts (FILE[=TUI,TUI])")
    ] = None,
    codes: Annotated[
        Texts, typer.Option(help="Table of codes: concept_id, vocabulary, code (TSV, CSV, …)")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the knowledge base")] = "",
    version: Annotated[str, typer.Option(help="Its version, for example 2024AB")] = "",
    license: Annotated[str, typer.Option(help="Licence of the content")] = "",
    open_license: Annotated[
        bool, typer.Option("--open-license", help="The content may be passed on in packages")
    ] = False,
    language: Annotated[Texts, typer.Option(help="RRF: languages, preferred first [ENG]")] = None,
    source: Annotated[Texts, typer.Option(help="RRF: source vocabularies (SAB)")] = None,
    term_type: Annotated[Texts, typer.Option(help="RRF: term types (TTY)")] = None,
    semantic_type: Annotated[
        Texts, typer.Option(help="RRF: semantic types or groups (T047, DISO)")
    ] = None,
    suppressible: Annotated[
        bool, typer.Option("--suppressible", help="RRF: suppressible and obsolete names too")
    ] = False,
    code_vocabulary: Annotated[
        Texts, typer.Option(help="Vocabularies whose codes to keep (ICD10CM) [all; RRF: --source]")
    ] = None,
    scope: Annotated[
        Texts, typer.Option(help="OBO: scopes of synonyms (EXACT, NARROW, RELATED, BROAD) [EXACT]")
    ] = None,
    types_below: Annotated[
        Texts, typer.Option(help="OBO: types of the terms below a term (DOID:162=T191)")
    ] = None,
    keep_unmapped: Annotated[
        bool, typer.Option("--keep-unmapped", help="OBO: keep terms without a UMLS concept")
    ] = False,
    alternative_ids: Annotated[
        bool, typer.Option("--alternative-ids", help="Dictionary: alternative ids are concepts too")
    ] = False,
    id_vocabulary: Annotated[
        str, typer.Option(help="Dictionary: vocabulary of its plain ids [MSH and OMIM by shape]")
    ] = "",
    matcher: Annotated[
        Path | None, typer.Option(help="JSON file with settings of the name matcher")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a knowledge base that is there")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress")] = False,
) -> None:
    """Build a knowledge base.

    Options for sources can be given several times; concepts are merged by their ids. Names and
    definitions of sources that come first in the order of the options above have precedence. TUIs
    after a file name are for concepts that no source states semantic types of. Codes come from all
    sources; --codes and mappings between codes add to what the others have.
    """
    _check_filters(
        rrf is not None,
        {
            "--language": language,
            "--source": source,
            "--term-type": term_type,
            "--semantic-type": semantic_type,
            "--suppressible": suppressible,
        },
        "--rrf",
    )
    _check_filters(
        bool(obo),
        {"--scope": scope, "--types-below": types_below, "--keep-unmapped": keep_unmapped},
        "--obo",
    )
    _check_filters(
        bool(dictionary),
        {"--alternative-ids": alternative_ids, "--id-vocabulary": id_vocabulary},
        "--dictionary",
    )
    code_vocabularies = _apart(code_vocabulary)
    sources: list[umls.Source] = []
    if rrf is not None:
        sources.append(
            umls.RrfRelease(
                rrf,
                languages=language or ("ENG",),
                sources=source,
                term_types=term_type,
                include_suppressible=suppressible,
                semantic_types=_apart(semantic_type),
                code_vocabularies=code_vocabularies,
            )
        )
    sources += [umls.scispacy_jsonl(*_file_and_types(item)) for item in jsonl or ()]
    for item in dictionary or ():
        sources.append(
            umls.name_dictionary(*_file_and_types(item), alternative_ids, id_vocabulary or None)
        )
    ancestors = _types_by_ancestor(types_below or [])
    for item in obo or ():
        file, types = _file_and_types(item)
        scopes = scope or ["EXACT"]
        sources.append(
            umls.OboOntology(
                file,
                scopes=scopes,  # type: ignore[arg-type]
                default_types=types,
                types_by_ancestor=ancestors,
                keep_unmapped=keep_unmapped,
            )
        )
    for item in sssom or ():
        file, types = _file_and_types(item)
        sources.append(umls.SssomMapping(file, default_types=types))
    sources += [umls.CodeTable(item) for item in codes or ()]
    if not sources:
        raise TerminologyError(
            "there is nothing to build a knowledge base from.",
            remedy="Give at least one of --rrf, --jsonl, --dictionary, --obo and --sssom.",
        )
    kb = umls.KnowledgeBase.build(
        output,
        *sources,
        name=name or output.name,
        version=version or "unknown",
        license=license or "unknown",
        open_license=open_license,
        matcher=_matcher_settings(matcher),
        code_vocabularies=code_vocabularies,
        overwrite=overwrite,
        progress=not quiet,
    )
    msg.good(f"Built {output}")
    if not quiet:
        show_summary(kb)
    _warn_of_types(kb)
    if not (version and license):
        msg.warn("No --version or --license was given, so that 'unknown' is recorded.")


def _check_filters(used: bool, options: dict[str, object], source: str) -> None:
    """Refuse options that would have no effect."""
    given = [name for name, value in options.items() if value]
    if given and not used:
        raise TerminologyError(f"{', '.join(given)} has no effect without {source}.")


def _apart(items: list[str] | None) -> list[str] | None:
    """Options that were given several times, or once with commas."""
    if items is None:
        return None
    return [part.strip() for item in items for part in item.split(",") if part.strip()]


def _warn_of_types(kb: umls.KnowledgeBase) -> None:
    unknown = [tui for tui in kb.semantic_types if not umls.is_semantic_type(tui)]
    if unknown:
        msg.warn(
            f"{', '.join(unknown)}: not among the current semantic types. Concepts of these types "
            "only belong to no semantic group."
        )
    without = kb.count_by_group().get("", 0)
    if without and not unknown:
        msg.warn(
            f"{without:,} concepts have no semantic type, so that no filter by type keeps them. "
            "Name types after the file (FILE=T047), or below terms of an ontology "
            "(--types-below DOID:162=T191)."
        )


def _file_and_types(item: str) -> tuple[Path, list[str]]:
    """Take ``FILE=T047,T048`` apart."""
    file, _, types = item.partition("=")
    return Path(file), [tui.strip() for tui in types.split(",") if tui.strip()]


def _types_by_ancestor(items: list[str]) -> dict[str, list[str]]:
    ancestors = {}
    for item in items:
        term, _, types = item.partition("=")
        ancestors[term] = [tui.strip() for tui in types.split(",") if tui.strip()]
        if not ancestors[term]:
            raise TerminologyError(f"--types-below {item!r}: write TERM=TUI, as in DOID:162=T191.")
    return ancestors


def _matcher_settings(path: Path | None) -> umls.MatcherSettings | None:
    if path is None:
        return None
    values = read_json(path)
    if not isinstance(values, dict):
        raise TerminologyError(
            'must hold an object with matcher settings, such as {"misspellings": true}.', path=path
        )
    if "max_pieces" in values:
        msg.warn("The matcher setting max_pieces is now called max_subtokens.")
    return umls.MatcherSettings.from_dict(values)
