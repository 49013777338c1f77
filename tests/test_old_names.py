"""Old names of settings work for one release, with a warning that names the new one."""

import importlib
import pickle
import sys
import warnings

import pytest
import spacy
from thinc.api import Config

from spacy_umlsbert.old_names import OLD_VERSIONS, renamed
from spacy_umlsbert.pretraining.config import ModelSettings

OLD_SETTINGS = [
    ("umls_deid", "labels", "phi_types", ["DATE"]),
    ("umls_linker", "semantic_types", "semantic_types_by_label", {"problem": ["DISO"]}),
]
OLD_TRANSFORMER = {
    "@architectures": "spacy_umlsbert.UmlsBertTransformer.v1",
    "semantic_types": False,
    "spans_key": "mine",
}


@pytest.mark.parametrize(("factory", "old", "new", "value"), OLD_SETTINGS)
def test_an_old_name_of_a_setting_works_and_names_the_new_one(factory, old, new, value):
    nlp = spacy.blank("en")
    with pytest.warns(FutureWarning, match=f"^part: the setting {old} is now called {new}"):
        nlp.add_pipe(factory, name="part", config={old: value})
    expected = spacy.blank("en")
    expected.add_pipe(factory, name="part", config={new: value})
    assert nlp.get_pipe_config("part") == expected.get_pipe_config("part")
    assert nlp.config["components"] == expected.config["components"]


@pytest.mark.parametrize(("factory", "old", "new", "value"), OLD_SETTINGS)
def test_without_old_names_nothing_warns_and_none_is_saved(factory, old, new, value):
    nlp = spacy.blank("en")
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        nlp.add_pipe(factory, config={new: value})
    assert old not in nlp.config["components"][factory]
    assert old not in pickle.loads(pickle.dumps(nlp._pipe_configs))[factory]


def test_a_pipeline_that_was_saved_with_old_names_is_saved_with_new_ones(tmp_path):
    config = Config(spacy.blank("en").config)
    config["nlp"]["pipeline"] = ["umls_deid"]
    config["paths"]["wanted"] = ["DATE"]
    config["components"] = {"umls_deid": {"factory": "umls_deid", "labels": "${paths.wanted}"}}
    text = Config(config, is_interpolated=False).to_str()
    with pytest.warns(FutureWarning, match="phi_types"):
        nlp = spacy.util.load_model_from_config(Config().from_str(text, interpolate=False))
    assert nlp("Seen on 3/4/2009 by Dr. Hale.")._.deidentified == "Seen on [DATE] by Dr. Hale."
    nlp.to_disk(tmp_path)
    saved = (tmp_path / "config.cfg").read_text("utf8")
    assert "phi_types = ${paths.wanted}" in saved and "labels = " not in saved


def test_a_new_name_counts_more_than_an_old_one():
    names, defaults = {"old": "new"}, {"new": 1}
    assert renamed({"old": 2, "new": 1}, names, defaults) == {"new": 2}, "filled in"
    assert renamed({"old": 2, "new": 3}, names, defaults) == {"new": 3}
    assert renamed({"old": None, "new": 3}, names, defaults) == {"new": 3}


def test_an_unknown_setting_is_an_error_as_ever():
    with pytest.raises(ValueError, match="lables"):
        spacy.blank("en").add_pipe("umls_deid", config={"lables": ["DATE"]})


def test_an_old_version_of_the_transformer_takes_the_old_names(toy_bert):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_lookup")
    with pytest.warns(
        FutureWarning, match=r"v1 is now called .*v2, where semantic_types is called"
    ):
        nlp.add_pipe("transformer", config={"model": {**OLD_TRANSFORMER, "name": toy_bert}})
    settings = nlp.get_pipe("transformer").model.settings
    assert (settings.semantic_types, settings.lookup_key) == ((), "mine")
    model = nlp.config["components"]["transformer"]["model"]
    assert model["@architectures"] == "spacy_umlsbert.UmlsBertTransformer.v2"
    assert (model["semantic_type_embeddings"], model["lookup_key"]) == (False, "mine")
    assert not {"semantic_types", "spans_key"} & model.keys()


@pytest.mark.parametrize("old", sorted(OLD_VERSIONS))
def test_old_versions_are_registered_beside_the_new_ones(old):
    new, names = OLD_VERSIONS[old]
    blocks = {"old": {"@architectures": old}, "new": {"@architectures": new}}
    if "Transformer" in old:
        blocks = {key: {**block, "name": "bert"} for key, block in blocks.items()}
    filled = spacy.registry.fill(blocks)
    translated = {names.get(key, key): value for key, value in filled["old"].items()}
    assert translated == {**filled["new"], "@architectures": old}


def test_an_old_name_in_the_config_of_a_training_works():
    with pytest.warns(FutureWarning, match="semantic_types is now called semantic_type_embeddings"):
        settings = ModelSettings(weights="bert", semantic_types=["DISO"])
    assert settings.semantic_type_embeddings == ["DISO"]


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("pairs", "annotations.pairs", ["make_pair", "is_pair", "sides_of", "gold_label"]),
        ("corpora.gold", "corpora.annotated.gold", ["concept_ids", "unaligned_mentions", "GOLD"]),
    ],
)
def test_a_module_that_moved_is_found_at_its_old_place(old, new, names):
    sys.modules.pop(f"spacy_umlsbert.{old}", None)
    with pytest.warns(FutureWarning, match=f"is now called spacy_umlsbert.{new}"):
        module = importlib.import_module(f"spacy_umlsbert.{old}")
    assert all(callable(getattr(module, name)) or name == "GOLD" for name in names)
