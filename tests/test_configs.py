"""What 'spacy debug config' and 'spacy debug data' say of the configs."""

import sys
from pathlib import Path

import pytest
import spacy
import srsly
from spacy.cli.debug_config import debug_config
from spacy.cli.debug_data import debug_data
from spacy.tokens import Doc, Span
from spacy.training.initialize import init_nlp
from spacy.util import load_config

from spacy_umlsbert.annotations.assertions import Assertion, set_assertions
from spacy_umlsbert.annotations.pairs import make_pair
from spacy_umlsbert.annotations.values import VALUES, Value, set_values
from spacy_umlsbert.corpora.docbin import write_docs

ROOT = Path(__file__).parent.parent
CONFIGS = sorted(
    path.name for path in (ROOT / "configs").glob("*.cfg") if "[nlp]" in path.read_text("utf8")
)
MODEL = "components.transformer.model"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Notes with entities and PHI and pairs, in the files that the configs read."""
    folder = tmp_path_factory.mktemp("corpus")
    nlp = spacy.blank("en")
    notes, phi, pairs = [], [], []
    for name, label in (("Hale", "entailment"), ("Lund", "contradiction")):
        words = ["Dr.", name, "saw", "chest", "pain", "."]
        note, deid = Doc(nlp.vocab, words=words), Doc(nlp.vocab, words=words)
        note.ents = [Span(note, 3, 5, label="problem")]
        said = "present" if name == "Hale" else "absent"
        set_assertions(note, [(note.ents[0], Assertion(said))])
        value = Span(note, 2, 3, label="value")
        set_values(note, [(value, Value("value", "saw"), note.ents[0])], VALUES)
        note.spans["phi"] = [Span(note, 1, 2, label="DOCTOR")]
        deid.ents = [Span(deid, 1, 2, label="DOCTOR")]
        pair = make_pair(nlp, f"Has chest pain, says {name}.", "Has pain.")
        pair.cats = {label: 1.0}
        notes.append(note)
        phi.append(deid)
        pairs.append(pair)
    for split, part in (("train", slice(2)), ("dev", slice(1))):
        write_docs(notes[part], folder / "demo" / split / "notes.spacy")
        write_docs(pairs[part], folder / "demo" / split / "pairs.spacy")
        write_docs(phi[part], folder / "phi" / split / "notes.spacy")
    labels = {"ner": ["problem"], "deid": ["DOCTOR"], "nli": ["contradiction", "entailment"]}
    labels["assertion"] = ["absent", "present"]
    (folder / "labels").mkdir()
    for name, names in labels.items():
        srsly.write_json(folder / "labels" / f"umls_{name}.json", names)
    return folder


@pytest.fixture(scope="module")
def pipeline(corpus, toy_kb_path, toy_bert, tmp_path_factory):
    """A pipeline of demo.cfg, for the config that trains heads on one."""
    folder = tmp_path_factory.mktemp("pipeline")
    values = overrides("demo.cfg", corpus, toy_kb_path, toy_bert)
    config = load_config(ROOT / "configs" / "demo.cfg", overrides=values, interpolate=True)
    init_nlp(config).to_disk(folder)
    return folder


@pytest.fixture
def values(config, corpus, toy_kb_path, toy_bert, request):
    """What a config is told: the corpus, and what it builds on."""
    if config == "demo_heads.cfg":
        pipeline = request.getfixturevalue("pipeline")
        of_files = {f"paths.{split}": str(corpus / "demo" / split) for split in ("train", "dev")}
        return of_files | {
            "paths.labels": str(corpus / "labels"),
            "paths.pipeline": str(pipeline),
        }
    return overrides(config, corpus, toy_kb_path, toy_bert)


def overrides(config, corpus, toy_kb_path, toy_bert):
    pubtator = ROOT / "tests" / "corpora" / "fixtures" / "pubtator"
    file = {
        "demo.cfg": lambda split: corpus / "demo" / split,
        "ner_clinical.cfg": lambda split: corpus / "demo" / split / "notes.spacy",
        "assertion_clinical.cfg": lambda split: corpus / "demo" / split / "notes.spacy",
        "medication_clinical.cfg": lambda split: corpus / "demo" / split / "notes.spacy",
        "assertion_open.cfg": lambda split: corpus / "demo" / split / "notes.spacy",
        "values_open.cfg": lambda split: corpus / "demo" / split / "notes.spacy",
        "deid_clinical.cfg": lambda split: corpus / "phi" / split / "notes.spacy",
        "ner_open.cfg": lambda split: pubtator,
    }.get(config, lambda split: corpus / "demo" / split / "pairs.spacy")
    values = {f"paths.{split}": str(file(split)) for split in ("train", "dev")}
    values |= {"paths.kb": str(toy_kb_path), "paths.weights": toy_bert}
    values |= {f"{MODEL}.window": 40, f"{MODEL}.stride": 30}
    if "nli" in config:
        values[f"{MODEL}.pair_window"] = 40
    if config == "demo.cfg":
        values["paths.labels"] = str(corpus / "labels")
    return values


@pytest.mark.parametrize("config", CONFIGS)
def test_debug_config(config, values, capsys):
    debug_config(ROOT / "configs" / config, overrides=values, show_vars=True, show_funcs=True)
    assert "Config is valid" in capsys.readouterr().out


@pytest.mark.parametrize("config", CONFIGS)
def test_debug_data(config, values, capsys, monkeypatch):
    # spaCy calls fewer than a hundred examples an error.
    monkeypatch.setattr(sys.modules["spacy.cli.debug_data"], "BLANK_MODEL_MIN_THRESHOLD", 1)
    debug_data(ROOT / "configs" / config, config_overrides=values, silent=False)
    shown = capsys.readouterr().out
    assert "Pipeline can be initialized with data" in shown and "Corpus is loadable" in shown
