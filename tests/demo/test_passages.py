"""Passages with assertions become Docs for training and development."""

from collections import Counter
from pathlib import Path

import pytest
import spacy
import srsly

from demo.generator.passages import FOLDERS, write_passages
from spacy_umlsbert.annotations.assertions import assertion
from spacy_umlsbert.assertion.verdicts import CLASSES
from spacy_umlsbert.corpora.annotated.gold import gold_assertions
from spacy_umlsbert.corpora.docbin import read_docs

PASSAGES = Path(__file__).parents[2] / "demo" / "assertion" / "passages.jsonl"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    nlp = spacy.blank("en")
    counts = write_passages(PASSAGES, folder, nlp)
    docs = {
        split: list(read_docs(folder / FOLDERS[split] / "passages.spacy", nlp.vocab))
        for split in ("train", "dev")
    }
    docs["short"] = list(read_docs(folder / "train" / "short_texts.spacy", nlp.vocab))
    return counts, docs


def test_a_fifth_is_for_development(written):
    counts, docs = written
    passages = len(list(srsly.read_jsonl(PASSAGES)))
    assert len(docs["dev"]) == passages // 5
    assert len(docs["train"]) == passages - passages // 5
    texts = [{doc.text for doc in docs[split]} for split in ("train", "dev")]
    assert not texts[0] & texts[1]
    for split, of_split in counts.items():
        assert set(of_split) == set(CLASSES), split


def test_each_mention_has_its_class_and_entities_are_unknown(written):
    counts, docs = written
    found = Counter(str(assertion(one)) for doc in docs["dev"] for one in gold_assertions(doc))
    assert found == counts["dev"] and found.total() > 700
    assert not any(doc.ents or doc.has_annotation("ENT_IOB") for doc in docs["dev"])


def test_no_passage_has_one_class_alone():
    for passage in srsly.read_jsonl(PASSAGES):
        assert len({span["assertion"] for span in passage["spans"]}) > 1


def test_short_texts_have_no_phi_and_say_so(written):
    _, docs = written
    texts = {doc.text for doc in docs["short"]}
    assert len(texts) > 1000 and not any(any(map(str.isdigit, text)) for text in texts)
    assert all(doc.spans["phi"] is not None and not doc.spans["phi"] for doc in docs["short"])
    assert not any(doc.has_annotation("ENT_IOB") for doc in docs["short"])
