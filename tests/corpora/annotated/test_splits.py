"""Parts of a corpus: complete, apart, always the same, and patients are not divided."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText
from spacy_umlsbert.corpora.annotated.formats.i2b2_2014 import patient
from spacy_umlsbert.corpora.annotated.splits import SplitRule

RULES = [SplitRule(0.1), SplitRule(0.3, ordered=True), SplitRule(0.1, group=patient)]


def texts(ids):
    return [AnnotatedText(one, "text", [], Path("file")) for one in ids]


def parts(rule, ids):
    return [[t.document_id for t in rule.select(texts(ids), part)] for part in ("train", "dev")]


@given(st.sampled_from(RULES), st.lists(st.from_regex(r"\d\d-0[1-5]", fullmatch=True), unique=True))
def test_each_document_is_in_one_part(rule, ids):
    train, dev = parts(rule, ids)
    assert sorted(train + dev) == sorted(ids)
    groups = {rule.group(one) for one in ids}
    assert {rule.group(one) for one in train}.isdisjoint(rule.group(one) for one in dev)
    if len(groups) > 1:
        assert train
        assert dev


def test_i2b2_2010_has_as_many_records_in_each_part_as_in_the_paper_of_clinical_bert():
    train, dev = parts(SplitRule(0.1), [f"record-{i}" for i in range(170)])
    assert (len(train), len(dev)) == (153, 17)  # there: a tenth of each hospital, 152 and 18


def test_a_choice_by_hash_does_not_depend_on_order_or_machine():
    ids = [f"record-{i}" for i in range(40)]
    dev = set(parts(SplitRule(0.1), ids)[1])
    assert dev == set(parts(SplitRule(0.1), ids[::-1])[1])
    assert dev == {"record-10", "record-18", "record-26", "record-29"}


def test_an_ordered_corpus_is_cut():
    train, dev = parts(SplitRule(0.3, ordered=True), [str(i) for i in range(10)])
    assert train == [str(i) for i in range(7)]
    assert dev == ["7", "8", "9"]


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_of_none_or_all(share):
    _, dev = parts(SplitRule(share), ["a", "b", "c"])
    assert len(dev) == (0 if share == 0.0 else 2)
