"""What a knowledge base says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.storage import Files
from spacy_umlsbert.umls.matching.normalization import NORMALIZATION_VERSION, READABLE_VERSIONS
from spacy_umlsbert.umls.matching.settings import MatcherSettings


@dataclass(frozen=True)
class Meta:
    """What ``meta.json`` says of a knowledge base.

    Attributes:
        name: Its name.
        version: Its version, for example the UMLS release ("2024AB").
        license: The licence of its content.
        open_license: Whether the content may be passed on, for example inside a packaged pipeline.
        created: When it was built, ISO 8601.
        sources: For each source its kind, files and filters.
        counts: Numbers of concepts, names, definitions and so on.
        semantic_types: The sorted TUIs in it.
        matcher: The settings of its matcher.
        normalization_version: The version of the rules by which its names were normalised.
    """

    name: str
    version: str
    license: str
    open_license: bool
    created: str
    sources: list[dict[str, Any]]
    counts: dict[str, int]
    semantic_types: list[str]
    matcher: MatcherSettings
    normalization_version: int

    @classmethod
    def of(cls, files: Files) -> Meta:
        """That of a knowledge base's files.

        Raises:
            TerminologyError: If its names were normalised by rules of another version.
        """
        meta = files.meta
        if meta["normalization_version"] not in READABLE_VERSIONS:
            raise TerminologyError(
                f"the names of the knowledge base in {files.location} were normalised by rules of "
                f"version {meta['normalization_version']}, this version of spacy-umlsbert has "
                f"version {NORMALIZATION_VERSION}.",
                remedy="Build it again with 'python -m spacy umls build-kb'.",
            )
        return cls(
            name=meta["name"],
            version=meta["version"],
            license=meta["license"],
            open_license=meta["open_license"],
            created=meta["created"],
            sources=meta["sources"],
            counts=meta["counts"],
            semantic_types=meta["semantic_types"],
            matcher=MatcherSettings.from_dict(meta["matcher"]),
            normalization_version=meta["normalization_version"],
        )
