"""Sources around others: what they yield, changed, or with something added to what they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from spacy_umlsbert.umls.sources.base import Source


class WrappedSource:
    """A source that yields what another does, with or without codes.

    Args:
        source: The other.
    """

    def __init__(self, source: Source) -> None:
        self._source = source

    def describe(self) -> dict[str, Any]:
        """What the source says of itself."""
        return self._source.describe()

    def names(self) -> Iterator[pa.Table]:
        """Its names."""
        return self._tables("names")

    def types(self) -> Iterator[pa.Table]:
        """Its types."""
        return self._tables("types")

    def definitions(self) -> Iterator[pa.Table]:
        """Its definitions."""
        return self._tables("definitions")

    def parents(self) -> Iterator[pa.Table]:
        """Its parents."""
        return self._tables("parents")

    def codes(self) -> Iterator[pa.Table]:
        """Its codes, if it has any."""
        return self._tables("codes")

    def code_mappings(self) -> Iterator[pa.Table]:
        """Its mappings between codes, if it has any."""
        return self._tables("code_mappings")

    def _tables(self, method: str) -> Iterator[pa.Table]:
        yield from getattr(self._source, method, tuple)()


class LicensedSource(WrappedSource):
    """A source with a licence that its files do not state, to be recorded of it.

    Args:
        source: The source.
        license: Its licence, for example "CC0-1.0".
    """

    def __init__(self, source: Source, license: str) -> None:
        super().__init__(source)
        self._license = license

    def describe(self) -> dict[str, Any]:
        """What the source says of itself, with the licence."""
        return {**super().describe(), "license": self._license}
