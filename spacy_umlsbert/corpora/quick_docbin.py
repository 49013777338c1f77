"""`DocBin` with the same files, read and written without looking for codecs again and again.

For each span group that spaCy reads or writes, srsly looks through all installed packages for
codecs of msgpack, which takes a millisecond: 14,000 notes and pairs, 25 seconds in place of 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any

from spacy.tokens import Doc, DocBin, Span, SpanGroup
from spacy.vocab import Vocab
from srsly import msgpack

from spacy_umlsbert.annotations.groups import PACKED_SPAN


class QuickDocBin(DocBin):
    """As spaCy's `DocBin`; each of its two ways finds the codecs once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._packer = msgpack.Packer(use_bin_type=True)
        super().__init__(*args, **kwargs)

    def add(self, doc: Doc) -> None:
        """Add a Doc, with its span groups and, if they are to be stored, its user data."""
        groups = dict(doc.spans)
        store_user_data, self.store_user_data = self.store_user_data, False
        doc.spans.clear()
        try:
            super().add(doc)
        finally:
            doc.spans.update(groups)
            self.store_user_data = store_user_data
        if store_user_data:
            self.user_data.append(self._packer.pack(doc.user_data))
        if groups:
            self.span_groups[-1] = self._packed_groups(groups)
            self.strings.update(_strings(groups))

    def _packed_groups(self, groups: Mapping[str, SpanGroup]) -> bytes:
        keys: dict[bytes, list[str]] = {}
        for key, group in groups.items():
            spans = [
                PACKED_SPAN.pack(
                    span.id,
                    span.kb_id,
                    span.label,
                    span.start,
                    span.end,
                    span.start_char,
                    span.end_char,
                )
                for span in group
            ]
            packed = {"name": group.name, "attrs": group.attrs, "spans": spans}
            keys.setdefault(self._packer.pack(packed), []).append(key)
        return bytes(self._packer.pack(keys))

    def get_docs(self, vocab: Vocab) -> Iterator[Doc]:
        """The Docs, with all that was stored of them."""
        unpacker = msgpack.Unpacker(raw=False, max_buffer_size=0)
        unpacker_of_user_data = msgpack.Unpacker(raw=False, use_list=False, max_buffer_size=0)

        def unpack(data: bytes, by: Any = unpacker) -> Any:
            by.feed(data)
            return by.unpack()

        bare = copy(self)
        bare.span_groups = [b""] * len(self.span_groups)
        bare.user_data = []
        for i, doc in enumerate(DocBin.get_docs(bare, vocab)):
            packed = unpack(self.span_groups[i]) if self.span_groups[i] else {}
            if isinstance(packed, dict):
                for group, (first, *others) in packed.items():
                    doc.spans[first] = _group(doc, unpack(group))
                    for key in others:
                        doc.spans[key] = doc.spans[first].copy()
            elif packed:  # as spaCy wrote them before 3.5
                doc.spans.from_bytes(self.span_groups[i])
            user_data = self.user_data[i] if i < len(self.user_data) else None
            if user_data is not None:
                doc.user_data.update(unpack(user_data, unpacker_of_user_data))
            yield doc


def _group(doc: Doc, packed: dict[str, Any]) -> SpanGroup:
    spans = []
    for one in packed["spans"]:
        span_id, kb_id, label, start, end, _, _ = PACKED_SPAN.unpack(one)
        spans.append(Span(doc, start, end, label=label, kb_id=kb_id, span_id=span_id))
    return SpanGroup(doc, name=packed["name"], attrs=dict(packed["attrs"]), spans=spans)


def _strings(groups: Mapping[str, SpanGroup]) -> Iterator[str]:
    for group in groups.values():
        for span in group:
            strings: Any = span.doc.vocab.strings
            yield span.label_
            yield from (strings[key] for key in (span.kb_id, span.id) if key in strings)
