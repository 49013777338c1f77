"""What is written for scispaCy's linker runs with ours: only the pipe's name changes."""

from importlib.util import find_spec

import pytest
import spacy
from spacy.tokens import Span

from spacy_umlsbert.pipeline.umls_linker import UmlsLinker
from tests.rrf import Row, build_kb

TEXT = (
    "Spinal and bulbar muscular atrophy (SBMA) is an inherited motor neuron disease caused by the "
    "expansion of a polyglutamine tract within the androgen receptor (AR). SBMA can be caused by "
    "this easily."
)
SBMA = "C1839259"
CONCEPTS = [
    Row(SBMA, ["T047"], ["Bulbo-Spinal Atrophy, X-Linked", "spinal and bulbar muscular atrophy"],
        "An X-linked recessive form of spinal muscular atrophy."),
    Row("C0541794", ["T047"], ["Skeletal muscle atrophy", "muscular atrophies"]),
    Row("C1447749", ["T116"], ["AR protein, human", "androgen receptors"], "A receptor."),
    Row("C0085084", ["T047"], ["Motor Neuron Disease", "motor neuron diseases"], "Diseases."),
]  # fmt: skip


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    return build_kb(tmp_path_factory.mktemp("sbma"), CONCEPTS, "umls")


needs_scispacy = pytest.mark.skipif(
    find_spec("scispacy") is None, reason="scispacy, which finds abbreviations, is not installed"
)


def make_nlp(kb, **config):
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    found = ["SBMA", "Spinal and bulbar muscular atrophy", "motor neuron disease"]
    found += ["androgen receptor", "polyglutamine tract", "muscle atrophies"]
    ruler.add_patterns([{"label": "ENTITY", "pattern": name} for name in found])
    nlp.add_pipe("umls_linker", config={"kb": str(kb.path), **config})
    return nlp


@needs_scispacy
def test_the_example_of_its_readme(kb, capsys):
    # In scispaCy's README the pipe is called "scispacy_linker", and there is no "kb".
    nlp = make_nlp(kb, resolve_abbreviations=True, linker_name="umls")
    doc = nlp(TEXT)
    entity = doc.ents[1]
    assert entity.text == "SBMA"
    linker = nlp.get_pipe("umls_linker")
    for umls_ent in entity._.kb_ents:
        print(linker.kb.cui_to_entity[umls_ent[0]])
    assert entity._.kb_ents[0] == (SBMA, 1.0)
    shown = capsys.readouterr().out
    assert SBMA in shown and "Bulbo-Spinal Atrophy, X-Linked" in shown and "T047" in shown
    concept = linker.kb.cui_to_entity[SBMA]
    assert concept.aliases == ["spinal and bulbar muscular atrophy"]
    assert concept.definition.startswith("An X-linked")


@needs_scispacy
def test_abbreviations_are_resolved_only_if_it_is_said(kb):
    found = [ent for ent in make_nlp(kb)(TEXT).ents if ent.text == "SBMA"]
    assert [ent.kb_id_ for ent in found] == [SBMA, SBMA], "wherever they occur"
    off = [e for e in make_nlp(kb, resolve_abbreviations=False)(TEXT).ents if e.text == "SBMA"]
    assert [ent.kb_id_ for ent in off] == ["", ""]


def test_filter_for_definitions(kb):
    text = "muscle atrophies"
    every = make_nlp(kb, threshold=0.5)(text).ents[0]._.kb_ents
    assert "C0541794" in dict(every)
    filtered = make_nlp(kb, threshold=0.5, filter_for_definitions=True)(text).ents[0]._.kb_ents
    assert "C0541794" not in dict(filtered)
    low = {"threshold": 0.5, "filter_for_definitions": True, "no_definition_threshold": 0.5}
    assert make_nlp(kb, **low)(text).ents[0]._.kb_ents == every
    exact = make_nlp(kb, filter_for_definitions=True)
    exact.get_pipe("entity_ruler").add_patterns([{"label": "E", "pattern": "muscular atrophies"}])
    assert exact("muscular atrophies").ents[0].kb_id_ == "C0541794", "1.0 needs no definition"


@pytest.mark.parametrize(("threshold", "linked"), [(0.99, False), (0.3, True)])
def test_threshold(kb, threshold, linked):
    ent = make_nlp(kb, threshold=threshold, contained_threshold=1.1)("androgen receptor").ents[0]
    exact = make_nlp(kb)("motor neuron disease").ents[0]
    assert exact._.kb_ents == [("C0085084", 1.0)]
    assert bool(ent._.kb_ents) is linked or ent._.kb_ents[0][1] == 1.0
    assert all(score >= threshold for _, score in ent._.kb_ents)


def test_k_and_max_entities_per_mention(kb):
    loose = {"threshold": 0.0, "contained_threshold": 1.1}
    many = make_nlp(kb, **loose)("muscle atrophies").ents[0]._.kb_ents
    assert len(many) > 1
    assert len(make_nlp(kb, k=1, **loose)("muscle atrophies").ents[0]._.kb_ents) == 1
    one = make_nlp(kb, max_entities_per_mention=1, **loose)("muscle atrophies").ents[0]
    assert one._.kb_ents == many[:1]


def test_a_linker_from_a_knowledge_base_alone(kb):
    linker = UmlsLinker.from_kb(kb, k=5, threshold=0.7)
    doc = spacy.blank("en")("SBMA; motor neuron disease")
    doc.ents = [Span(doc, 2, 5, label="x")]
    assert linker(doc).ents[0].kb_id_ == "C0085084"


@needs_scispacy
@pytest.mark.parametrize("scispacy_first", [True, False])
def test_both_linkers_in_one_process(kb, tmp_path, scispacy_first):
    """ScispaCy's constructor sets the attribute by force; both must go on working."""
    extension = Span.remove_extension("kb_ents") if Span.has_extension("kb_ents") else None
    try:
        if scispacy_first:
            Span.set_extension("kb_ents", default=[], force=True)
        nlp = make_nlp(kb)
        if not scispacy_first:
            Span.set_extension("kb_ents", default=[], force=True)
        doc = nlp(TEXT)
        assert doc.ents[1]._.kb_ents == [(SBMA, 1.0)]
        theirs = doc.ents[2]  # as scispaCy's linker writes it
        theirs._.kb_ents = [("C1", 0.8)]
        assert theirs._.kb_ents == [("C1", 0.8)]
        assert nlp(TEXT).ents[1].kb_id_ == SBMA
    finally:
        Span.remove_extension("kb_ents")
        if extension is not None:
            default, _, getter, setter = extension
            given = {"getter": getter, "setter": setter} if getter else {"default": default}
            Span.set_extension("kb_ents", **given)


def test_its_concepts_have_the_fields_of_scispacys(kb):
    linking_utils = pytest.importorskip("scispacy.linking_utils")
    concept = kb.cui_to_entity[SBMA]
    assert concept._fields == linking_utils.Entity._fields
