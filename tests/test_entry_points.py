"""Everything registered is an entry point that loads, under the name it has in configs."""

from importlib.metadata import entry_points

import pytest
import spacy
from spacy.util import registry

GROUPS = {
    "spacy_factories": {
        "umls_lookup",
        "umls_ner",
        "umls_deid",
        "umls_linker",
        "umls_nli",
        "trf_data_cleaner",
    },
    "spacy_architectures": {
        "spacy_umlsbert.UmlsBertTransformer.v1",
        "spacy_umlsbert.UmlsBertTransformer.v2",
        "spacy_umlsbert.Tok2VecUmlsBert.v1",
        "spacy_umlsbert.Concatenate.v1",
        "spacy_umlsbert.MentionFeatures.v1",
        "spacy_umlsbert.MentionFeatures.v2",
        "spacy_umlsbert.NoTagger.v1",
        "spacy_umlsbert.NullTagger.v1",
        "spacy_umlsbert.PairClassifier.v1",
        "spacy_umlsbert.PairListener.v1",
        "spacy_umlsbert.PairUmlsBert.v1",
        "spacy_umlsbert.ShapeFeatures.v1",
        "spacy_umlsbert.TokenTagger.v1",
    },
    "spacy_readers": {
        "spacy_umlsbert.Brat.v1",
        "spacy_umlsbert.Conll.v1",
        "spacy_umlsbert.Corpus.v1",
        "spacy_umlsbert.I2b2_2006.v1",
        "spacy_umlsbert.I2b2_2010.v1",
        "spacy_umlsbert.I2b2_2012.v1",
        "spacy_umlsbert.I2b2_2014.v1",
        "spacy_umlsbert.Jsonl.v1",
        "spacy_umlsbert.Marked.v1",
        "spacy_umlsbert.MedNli.v1",
        "spacy_umlsbert.Nli4Ct.v1",
        "spacy_umlsbert.PairsJsonl.v1",
        "spacy_umlsbert.PubTator.v1",
        "spacy_umlsbert.Rqe.v1",
    },
    "spacy_tokenizers": {"spacy_umlsbert.BiomedicalTokenizer.v1"},
    "spacy_scorers": {
        "spacy_umlsbert.deid_scorer.v1",
        "spacy_umlsbert.linker_scorer.v1",
        "spacy_umlsbert.nli_scorer.v1",
    },
}


def ours(group):
    return {e.name: e for e in entry_points(group=group) if e.value.startswith("spacy_umlsbert")}


@pytest.mark.parametrize("group", GROUPS)
def test_the_names_are_declared_and_load(group):
    found = ours(group)
    assert set(found) >= GROUPS[group]
    for entry_point in found.values():
        assert callable(entry_point.load())


@pytest.mark.parametrize("name", sorted(GROUPS["spacy_factories"]))
def test_a_factory_makes_its_component_by_name(name):
    nlp = spacy.blank("en")
    nlp.add_pipe(name)
    assert nlp.get_factory_meta(name).factory == name
    config = nlp.config["components"][name]
    again = spacy.blank("en")
    again.add_pipe(name, config={k: v for k, v in config.items() if k != "factory"})
    assert again.config["components"][name] == config, "the default config is complete"


@pytest.mark.parametrize("name", sorted(GROUPS["spacy_architectures"]))
def test_an_architecture_is_found_by_name(name):
    assert callable(registry.architectures.get(name))
    assert callable(registry.scorers.get("spacy_umlsbert.linker_scorer.v1")())
