"""Files of Docs are read fast, with the codecs that are installed, and nothing else changes."""

from collections.abc import Iterator
from typing import Any

import pytest
import spacy
import srsly
from catalogue import REGISTRY
from srsly import msgpack

from spacy_umlsbert.corpora import msgpack_codecs
from spacy_umlsbert.corpora.docbin import read_docs, write_docs
from spacy_umlsbert.corpora.msgpack_codecs import codecs_found_once, drawn

REGISTRIES = (msgpack.msgpack_encoders, msgpack.msgpack_decoders)


@pytest.fixture
def looked() -> Iterator[list[str]]:
    """Fills with the registries in which somebody looks for installed codecs."""
    looks: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        kind = type(msgpack.msgpack_decoders)
        real = kind.get_entry_points

        def counted(self: Any) -> dict[str, Any]:
            looks.append(self.namespace[-1])
            return dict(real(self))

        patch.setattr(kind, "get_entry_points", counted)
        yield looks


def test_reading_docs_looks_for_codecs_once(tmp_path: Any, looked: list[str]) -> None:
    nlp = spacy.blank("en")
    docs = [nlp("No fever today.") for _ in range(20)]
    for doc in docs:
        doc.spans["umls"] = [doc[1:2]]
    write_docs(docs, tmp_path / "notes.spacy")
    msgpack_codecs._found()
    looked.clear()

    read = list(read_docs(tmp_path / "notes.spacy", nlp.vocab))

    assert [doc.spans["umls"][0].text for doc in read] == ["fever"] * 20
    # A few for the file as a whole, which spaCy opens; none for each Doc.
    assert looked.count("msgpack_decoders") < 10


def test_codecs_of_other_packages_are_used() -> None:
    class Dose:
        pass

    def encode(obj: Any, chain: Any = None) -> Any:
        if isinstance(obj, Dose):
            return "5 mg"
        return obj if chain is None else chain(obj)

    msgpack.msgpack_encoders.register("dose", func=encode)
    msgpack_codecs._found.cache_clear()
    try:
        with codecs_found_once():
            assert srsly.msgpack_loads(srsly.msgpack_dumps({"dose": Dose()})) == {"dose": "5 mg"}
    finally:
        del REGISTRY[(*msgpack.msgpack_encoders.namespace, "dose")]
        msgpack_codecs._found.cache_clear()


def test_afterwards_srsly_looks_again_even_after_an_error() -> None:
    def docs() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    iterator = drawn(docs())
    assert next(iterator) == 1
    assert not any("get_all" in vars(registry) for registry in REGISTRIES)
    with pytest.raises(ValueError, match="no more"), codecs_found_once():
        next(iterator)
    assert not any("get_all" in vars(registry) for registry in REGISTRIES)
