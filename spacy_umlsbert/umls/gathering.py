"""Reads the tables of all sources of a knowledge base that is being built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.umls.sources.base import Source

_CONTROL = r"[\x00-\x1f\x7f]+"


def clean_names(names: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Names without control characters, and white space around them."""
    spaced = pc.replace_substring_regex(names, pattern=_CONTROL, replacement=" ")
    return pc.utf8_trim_whitespace(spaced)


def tables_of(
    sources: Sequence[Source], method: str, schema: pa.Schema, progress: bool
) -> Iterator[tuple[int, pa.Table]]:
    """The tables of all sources with the number of their source.

    A source may lack the method if others do without it too: those of codes.
    """
    with progress_bar(doing=method, show=progress, keep=True) as bar:
        for number, source in enumerate(sources):
            read: Callable[[], Iterable[pa.Table]] = getattr(source, method, tuple)
            for table in read():
                require_schema(source, method, table, schema)
                bar.update(len(table))
                yield number, table


def require_schema(source: Source, method: str, table: pa.Table, schema: pa.Schema) -> None:
    """Make sure that a source yields what it should.

    Raises:
        TerminologyError: If it doesn't.
    """
    if not table.schema.equals(schema):
        raise TerminologyError(
            f"{type(source).__name__}.{method} yields {table.schema.names} instead of "
            f"{schema.names}, or other types."
        )


def joined(
    sources: Sequence[Source],
    method: str,
    schema: pa.Schema,
    concept_ids: pa.Array,
    progress: bool,
) -> pa.Table:
    """All rows of a kind for known concepts, with concept row and source number for the id."""
    fields = [pa.field("concept", pa.int32()), pa.field("source", pa.int16())]
    fields += [schema.field(i) for i in range(1, len(schema.names))]
    parts: list[pa.Table] = []
    for number, table in tables_of(sources, method, schema, progress):
        concept = pc.index_in(pc.utf8_trim_whitespace(table["concept_id"]), value_set=concept_ids)
        known = pc.is_valid(concept)
        source = pa.array(np.full(len(table), number, np.int16))
        columns = [concept, source, *(table[name] for name in schema.names[1:])]
        parts.append(pa.table(columns, schema=pa.schema(fields)).filter(known))
    return pa.concat_tables(parts) if parts else pa.schema(fields).empty_table()
