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
    icd10cm: Annotated[
        Path | None, typer.Option(help="Tabular list of ICD-10-CM (icd10cm-tabular-….xml)")
    ] = None,
    unii: Annotated[
        str | None, typer.Option(help="The FDA's names of medicines (UNII_Names.txt[=TUI,TUI])")
    ] = None,
    mesh: Annotated[
        Path | None, typer.Option(help="MeSH descriptors, a table (mesh_id_label_mappings.tsv)")
    ] = None,
    codes: Annotated[
        Texts, typer.Option(help="Table of codes: concept_id, vocabulary, code (TSV, CSV, …)")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the knowledge base")] = "",
    version: Annotated[str, typer.Option(help="Its version, for example 2024AB")] = "",
    license: Annotated[str, typer.Option(help="Licence of the content")] = "",
    source_license: Annotated[
        Texts, typer.Option(help="Licence of a source that states none (FILE=LICENCE)")
    ] = None,
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
    merge: Annotated[
        bool, typer.Option("--merge", help="What sources with other ids name alike is one concept")
    ] = False,
    matcher: Annotated[
        Path | None, typer.Option(help="JSON file with settings of the name matcher")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a knowledge base that is there")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress")] = False,
) -> None:
    """Build a knowledge base.

    Options for sources can be given several times, but for --rrf, --icd10cm, --unii and --mesh;
    concepts
    are merged by their ids. Names and definitions of sources that come first in the order of the
    options above have precedence. TUIs after a file name are for concepts that no source states
    semantic types of. Codes come from all sources; --codes and mappings between codes add to what
    the others have.

    With --merge concepts with other ids (those of ICD-10-CM, UNII and MeSH, and of OBO and
    dictionaries without a CUI) become one with what another source refers to by their id, or
    calls by their name. All is held in memory then.
    """
    options = umls.SourceOptions.of(locals())
    settings = _matcher_settings(matcher)
    sources = options.sources()
    if merge:
        sources = umls.merged(*sources, matcher=settings, progress=not quiet)
    kb = umls.KnowledgeBase.build(
        output,
        *sources,
        name=name or output.name,
        version=version or "unknown",
        license=license or "unknown",
        open_license=open_license,
        matcher=settings,
        code_vocabularies=options.code_vocabularies,
        overwrite=overwrite,
        progress=not quiet,
    )
    msg.good(f"Built {output}")
    if not quiet:
        show_summary(kb)
    _warn_of_types(kb)
    if not (version and license):
        msg.warn("No --version or --license was given, so that 'unknown' is recorded.")


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
