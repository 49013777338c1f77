"""Concepts of several sources that are one thing."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.umls import Concept, ConceptSource, MatcherSettings
from spacy_umlsbert.umls.matching.name_variants import VariantRules
from spacy_umlsbert.umls.merging import merge
from spacy_umlsbert.umls.sources.base import CODES
from spacy_umlsbert.umls.sources.concepts import to_table

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


def test_cross_references_go_before_names():
    mondo = Coded([concept("C0000005", "cluster pain")], [code("ICD10CM:G44", of="C0000005")])
    icd = Coded([concept("ICD10CM:G44", "Headache")], [code("ICD10CM:G44")])
    assert merged(UMLS, mondo, icd).ids == {"ICD10CM:G44": "C0000005"}


@pytest.mark.parametrize("mapping", ["broad", "close", "related"])
def test_only_exact_cross_references_count(mapping):
    mondo = Coded([concept("C0000005", "migraine")], [code("ICD10CM:G44", mapping, of="C0000005")])
    icd = Coded([concept("ICD10CM:G44", "Other pains")], [code("ICD10CM:G44")])
    assert merged(mondo, icd).ids == {}


def test_acronyms_are_no_names_to_go_by():
    assert merged(Coded([concept("C0000006", "AS")]), Coded([concept("X:1", "AS")])).ids == {}


def test_an_inclusion_term_gives_a_broader_code():
    class Icd(Coded):
        def names(self):
            yield pa.table(
                [["ICD10CM:R50"] * 2, ["Other pyrexia", "Fever NOS"], [0, 2]],
                names=["concept_id", "name", "rank"],
            )

    icd = Icd(
        [concept("ICD10CM:R50", "Other pyrexia")],
        [code("ICD10CM:R50"), code("ICD10CM:R50", term_type="ET", name="Fever NOS")],
    )
    named = Coded([concept("C0015967", "fever", "fever NOS")])
    (row,) = merged(named, icd).codes.to_pylist()
    assert row["concept_id"] == "C0015967" and row["code"] == "R50" and row["mapping"] == "broad"


NAMES = st.sampled_from(["headache", "fever", "chest pain", "rash", "Fevers", "heart attack"])
IDS = st.sampled_from(["C0000001", "C0000002", "X:1", "X:2", "Y:1", "Y:2"])
SOURCES = st.lists(
    st.lists(st.tuples(IDS, st.lists(NAMES, min_size=1, max_size=3)), max_size=4), max_size=3
)


@given(SOURCES)
def test_a_set_has_one_cui_at_most_and_ids_lead_to_the_end(sources):
    found = merged(*(Coded([concept(one, *names) for one, names in rows]) for rows in sources))
    assert not any(one.startswith("C") for one in found.ids), "no CUI becomes another"
    assert not set(found.ids) & set(found.ids.values()), "nobody has to follow twice"
    column = pa.chunked_array([[*list(found.ids), "Z:1"]], pa.string())
    assert found.rename(column).to_pylist() == [*found.ids.values(), "Z:1"]
