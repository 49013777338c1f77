"""Concepts of several sources that are one thing."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.umls import Concept, ConceptSource, MatcherSettings
from spacy_umlsbert.umls import merged as merged_sources
from spacy_umlsbert.umls.matching.name_variants import VariantRules
from spacy_umlsbert.umls.merging import merge
from spacy_umlsbert.umls.sources.base import CODE_MAPPINGS, CODES, NAMES
from spacy_umlsbert.umls.sources.concepts import to_table
from tests.umls.helpers import build

RULES = VariantRules(MatcherSettings())


class Coded(ConceptSource):
    """Concepts, with rows of ``CODES``."""

    def __init__(self, concepts, codes=()):
        super().__init__(concepts)
        self._rows = list(codes)

    def codes(self):
        yield to_table(self._rows, CODES)


def concept(identifier, *names, types=("T047",)):
    return Concept(identifier, names[0], list(names[1:]), list(types))


def code(identifier, mapping="exact", term_type="PT", name=None, of=None):
    vocabulary, _, value = identifier.partition(":")
    return (of or identifier, vocabulary, value, mapping, term_type, name)


def merged(*sources):
    return merge(sources, RULES)


UMLS = Coded([concept("C0018681", "headache", "cephalgia"), concept("C0015967", "fever")])


def test_equal_names_of_compatible_types_are_one_concept():
    other = Coded([concept("HP:1", "Headache"), concept("HP:2", "Rash")])
    assert merged(UMLS, other).ids == {"HP:1": "C0018681"}
    assert merged(other, UMLS).ids == {"HP:1": "C0018681"}, "a CUI goes before the order"


def test_types_of_other_groups_are_not():
    drug = Coded([concept("UNII:1", "fever", types=["T121"])])
    assert merged(UMLS, drug).ids == {}


def test_a_name_of_several_concepts_decides_nothing():
    two = Coded([concept("C0000001", "tap"), concept("C0000002", "tapping", "tap water")])
    both = Coded([concept("C0000003", "chest wall pain"), concept("C0000004", "chest wall pain")])
    other = Coded([concept("X:1", "chest wall pain")])
    assert merged(two, both, other).ids == {}
    assert merged(two, both, other).counts["ambiguous"] == 1


def test_a_source_keeps_apart_what_it_keeps_apart():
    icd = Coded([concept("ICD10CM:A00", "Cholera"), concept("ICD10CM:A00.9", "cholera")])
    assert merged(icd).ids == {}


def test_a_synonym_is_enough_where_the_other_prefers_it():
    icd = Coded([concept("ICD10CM:R51.9", "Headache, unspecified", "Headache")])
    assert merged(UMLS, icd).ids == {"ICD10CM:R51.9": "C0018681"}
    category = concept("ICD10CM:R51", "Headache")
    both = Coded([concept("ICD10CM:R51.9", "Headache, unspecified", "Headache"), category])
    assert merged(UMLS, both).ids == {"ICD10CM:R51": "C0018681"}, "the preferred name goes first"
    synonym = Coded(
        [concept("X:1", "migraine", "headache"), concept("X:2", "hemicrania", "headache")]
    )
    assert len(merged(UMLS, synonym).ids) == 1, "a source keeps them apart"
    two_synonyms = Coded([concept("X:1", "migraine", "cephalgia")])
    assert merged(UMLS, two_synonyms).ids == {}, "neither prefers the name"


def test_cross_references_go_before_names():
    mondo = Coded([concept("C0000005", "cluster pain")], [code("ICD10CM:G44", of="C0000005")])
    icd = Coded([concept("ICD10CM:G44", "Headache")], [code("ICD10CM:G44")])
    assert merged(UMLS, mondo, icd).ids == {"ICD10CM:G44": "C0000005"}


@pytest.mark.parametrize("mapping", ["broad", "close", "related"])
def test_only_exact_cross_references_count(mapping):
    mondo = Coded([concept("C0000005", "migraine")], [code("ICD10CM:G44", mapping, of="C0000005")])
    icd = Coded([concept("ICD10CM:G44", "Other pains")], [code("ICD10CM:G44")])
    assert merged(mondo, icd).ids == {}


class Mapped(Coded):
    """A mapping between codes, and nothing else."""

    def __init__(self, *pairs, mapping="exact"):
        super().__init__([])
        self._pairs = [
            (*one.split(":", 1), mapping, *two.split(":", 1), "", "") for one, two in pairs
        ]

    def code_mappings(self):
        yield to_table(self._pairs, CODE_MAPPINGS)


@pytest.mark.parametrize(
    "pair", [("MONDO:MONDO:1", "ICD10CM:G44"), ("ICD10CM:G44", "MONDO:MONDO:1")]
)
def test_mappings_between_codes_are_cross_references(pair):
    mondo = Coded(
        [concept("C0000005", "cluster pain")], [("C0000005", "MONDO", "MONDO:1", "exact", "", None)]
    )
    icd = Coded([concept("ICD10CM:G44", "Headache")], [code("ICD10CM:G44")])
    assert merged(UMLS, mondo, icd, Mapped(pair)).ids == {"ICD10CM:G44": "C0000005"}
    by_name = {"ICD10CM:G44": "C0018681"}
    assert merged(UMLS, mondo, icd, Mapped(pair, mapping="broad")).ids == by_name


def test_ids_are_codes_however_their_vocabulary_is_called():
    """UNII is MTHSPL in the UMLS, and codes of HPO keep their prefix there."""
    known = Coded(
        [concept("C0000007", "a"), concept("C0000008", "b")],
        [
            ("C0000007", "MTHSPL", "R16", "exact", "", None),
            ("C0000008", "HPO", "HP:0000009", "exact", "", None),
        ],
    )
    others = Coded([concept("UNII:R16", "x"), concept("HP:0000009", "y")])
    assert merged(known, others).ids == {"UNII:R16": "C0000007", "HP:0000009": "C0000008"}


def test_acronyms_are_no_names_to_go_by():
    assert merged(Coded([concept("C0000006", "AS")]), Coded([concept("X:1", "AS")])).ids == {}


def test_an_inclusion_term_gives_a_broader_code():
    class Icd(Coded):
        def names(self):
            yield to_table(
                [("ICD10CM:R50", "Other pyrexia", 0), ("ICD10CM:R50", "Fever NOS", 2)], NAMES
            )

    icd = Icd(
        [concept("ICD10CM:R50", "Other pyrexia")],
        [code("ICD10CM:R50"), code("ICD10CM:R50", term_type="ET", name="Fever NOS")],
    )
    named = Coded([concept("C0015967", "fever", "fever NOS")])
    (row,) = merged(named, icd).codes.to_pylist()
    assert row["concept_id"] == "C0015967" and row["code"] == "R50" and row["mapping"] == "broad"


WORDS = st.sampled_from(["headache", "fever", "chest pain", "rash", "Fevers", "heart attack"])
IDS = st.sampled_from(["C0000001", "C0000002", "X:1", "X:2", "Y:1", "Y:2"])
SOURCES = st.lists(
    st.lists(st.tuples(IDS, st.lists(WORDS, min_size=1, max_size=3)), max_size=4), max_size=3
)


@given(SOURCES)
def test_a_set_has_one_cui_at_most_and_ids_lead_to_the_end(sources):
    found = merged(*(Coded([concept(one, *names) for one, names in rows]) for rows in sources))
    assert not any(one.startswith("C") for one in found.ids), "no CUI becomes another"
    assert not set(found.ids) & set(found.ids.values()), "nobody has to follow twice"
    column = pa.chunked_array([[*list(found.ids), "Z:1"]], pa.string())
    assert found.rename(column).to_pylist() == [*found.ids.values(), "Z:1"]


class Counted(Coded):
    """Notes what is read of it."""

    def __init__(self, concepts):
        super().__init__(concepts)
        self.called = []

    def __getattribute__(self, name):
        if name in METHODS:
            self.called.append(name)
        return super().__getattribute__(name)


METHODS = ["names", "types", "definitions", "parents", "codes"]


def test_each_source_is_read_once_in_order_and_when_it_is_built(tmp_path):
    source = Counted([concept("HP:1", "Headache")])
    sources = merged_sources(UMLS, source, progress=False)
    assert source.called == []
    kb = build(tmp_path / "kb", *sources)
    assert source.called == METHODS
    assert kb.find("headache") == ["C0018681"] and "HP:1" not in kb
    assert kb.meta.sources[-1] == {
        "kind": "merging", "by_cross_reference": 0, "by_name": 1, "ambiguous": 0
    }  # fmt: skip


def test_nothing_is_read_for_a_place_that_is_taken(tmp_path):
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "x").write_text("")
    source = Counted([concept("HP:1", "Headache")])
    with pytest.raises(TerminologyError, match="exists already"):
        build(tmp_path / "kb", *merged_sources(source, progress=False))
    assert source.called == []


def test_a_source_that_yields_something_else_is_named(tmp_path):
    class Odd(Coded):
        def types(self):
            yield pa.table([["C0000001"]], names=["concept_id"])

    odd = Odd([concept("C0000001", "rash")])
    with pytest.raises(TerminologyError, match=r"Odd\.types yields"):
        build(tmp_path / "kb", *merged_sources(odd, progress=False))
    assert [*tmp_path.iterdir()] == []


def test_progress_is_shown_if_it_is_wanted(tmp_path, capsys):
    for wanted in (False, True):
        build(tmp_path / str(wanted), *merged_sources(UMLS, progress=wanted))
        shown = capsys.readouterr().err
        assert ("read" in shown and "merge" in shown) is wanted


def test_what_the_first_source_calls_so_comes_first(tmp_path):
    first = Coded([concept("C0201975", "creatinine measurement", "creatinine", types=["T059"])])
    second = Coded([concept("C0010294", "creatinine", "creatinine anhydrous", types=["T121"])])
    ids = ["C0201975", "C0010294"]
    assert build(tmp_path / "one", first, second).find("creatinine") == ids
    assert build(tmp_path / "two", second, first).find("creatinine") == ids[::-1]
    both = merged_sources(first, second, progress=False)
    assert build(tmp_path / "three", *both).find("creatinine") == ids
