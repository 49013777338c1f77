"""`.spacy` files are those of spaCy, read and written without looking for codecs for each Doc."""

from typing import Any

import pytest
import spacy
import srsly
from catalogue import REGISTRY
from spacy.tokens import Doc, DocBin, Span
from srsly import msgpack

from spacy_umlsbert.corpora.quick_docbin import QuickDocBin

NLP = spacy.blank("en")
REGISTRIES = (msgpack.msgpack_encoders, msgpack.msgpack_decoders)


def make_docs() -> list[Doc]:
    docs = [NLP("No fever today, but a cough."), NLP(""), NLP("Fine.")]
    docs[0].ents = [Span(docs[0], 1, 2, label="problem", kb_id="C0015967")]
    docs[0].spans["umls"] = [Span(docs[0], 1, 2, "T033", kb_id="C0015967", span_id="first")]
    docs[0].spans["same"] = docs[0].spans["umls"]
    docs[0].spans["none"] = []
    docs[0].spans["umls"].attrs["version"] = {"of": [1, 2]}
    docs[0].cats = {"a": 0.5}
    docs[0].user_data = {("umls", "x", 1): [1, "two"], "plain": {"key": None}}
    docs[2].spans["umls"] = [docs[2][:1], docs[2][:2]]
    return docs


def content(doc: Doc) -> Any:
    groups = {
        key: (
            group.name,
            dict(group.attrs),
            [(s.start, s.end, s.label_, s.kb_id_, s.id_) for s in group],
        )
        for key, group in doc.spans.items()
    }
    return doc.to_json(), dict(doc.user_data), groups


@pytest.mark.parametrize("store_user_data", [True, False])
def test_the_file_is_the_one_that_spacy_writes(store_user_data: bool) -> None:
    docs = make_docs()
    expected = [content(doc) for doc in docs]
    ours = QuickDocBin(docs=docs, store_user_data=store_user_data)
    assert ours.to_bytes() == DocBin(docs=docs, store_user_data=store_user_data).to_bytes()
    assert [content(doc) for doc in docs] == expected, "they are as they were before"


@pytest.mark.parametrize("store_user_data", [True, False])
def test_docs_are_those_that_spacy_reads(store_user_data: bool) -> None:
    data = DocBin(docs=make_docs(), store_user_data=store_user_data).to_bytes()
    ours, theirs = (
        list(kind().from_bytes(data).get_docs(spacy.blank("en").vocab))
        for kind in (QuickDocBin, DocBin)
    )
    assert [content(doc) for doc in ours] == [content(doc) for doc in theirs]
    assert ours[0].spans["umls"].attrs == {"version": {"of": [1, 2]}}


def test_a_file_of_an_early_spacy_is_read() -> None:
    docbin = QuickDocBin(docs=make_docs()[:1])
    docbin.span_groups = [srsly.msgpack_dumps([make_docs()[0].spans["umls"].to_bytes()])]
    (doc,) = docbin.get_docs(NLP.vocab)
    assert [span.text for span in doc.spans["umls"]] == ["fever"]


def test_nobody_looks_for_codecs_for_each_doc(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    kind = type(msgpack.msgpack_decoders)
    real = kind.get_entry_points

    def counted(self: Any) -> dict[str, Any]:
        looks.append(self.namespace[-1])
        return dict(real(self))

    monkeypatch.setattr(kind, "get_entry_points", counted)
    data = QuickDocBin(docs=make_docs() * 20, store_user_data=True).to_bytes()
    assert len(list(QuickDocBin().from_bytes(data).get_docs(NLP.vocab))) == 60
    # A few for the file as a whole, which spaCy opens.
    assert len(looks) < 10
    assert not any("get_all" in vars(registry) for registry in REGISTRIES)


def test_codecs_of_other_packages_are_used() -> None:
    class Dose:
        pass

    def encode(obj: Any, chain: Any = None) -> Any:
        if isinstance(obj, Dose):
            return "5 mg"
        return obj if chain is None else chain(obj)

    msgpack.msgpack_encoders.register("dose", func=encode)
    try:
        doc = NLP("Metformin.")
        doc.user_data["dose"] = Dose()
        (read,) = QuickDocBin(docs=[doc], store_user_data=True).get_docs(NLP.vocab)
        assert read.user_data["dose"] == "5 mg"
    finally:
        del REGISTRY[(*msgpack.msgpack_encoders.namespace, "dose")]
