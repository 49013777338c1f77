"""Everything registered is an entry point, and is made by name from a config, saved and loaded.

Each entry point of the installed package has its case here; one without fails the first test.
"""

import copy
import importlib
import pickle
from collections.abc import Callable
from importlib.metadata import EntryPoint, distribution
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import spacy
from spacy.cli._util import app
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import load_model_from_config, registry
from thinc.api import Config
from typer.testing import CliRunner

from spacy_umlsbert.annotations.assertions import Assertion, set_assertions
from spacy_umlsbert.annotations.pairs import make_pair, set_label
from spacy_umlsbert.annotations.values import VALUES, Value, set_values
from spacy_umlsbert.corpora.docbin import write_docs

FIXTURES = Path(__file__).parent / "corpora" / "fixtures"
TEXT = "The patient has fever and chest pain , seen by Dr. Lund on 3/4/2019 ."
GOLD = {"entities": [(16, 21, "problem"), (26, 36, "problem"), (51, 55, "DOCTOR")]}
PAIR = ("The patient has chest pain .", "The patient denies pain .")


def full_name(name: str) -> str:
    return f"spacy_umlsbert.{name}" if ".v" in name else f"spacy_umlsbert.{name}.v1"


def block(kind: str, name: str, /, **settings: Any) -> dict[str, Any]:
    return {f"@{kind}": name if name.startswith("spacy") else full_name(name), **settings}


def architecture(name: str, /, **settings: Any) -> dict[str, Any]:
    return block("architectures", name, **settings)


# Replaced by the folder of the toy BERT and by that of the toy knowledge base.
WEIGHTS, KB = "{weights}", "{kb}"
BERT = architecture("UmlsBertTransformer.v2", name=WEIGHTS, window=20, stride=12)
OLD_BERT = {**BERT, "@architectures": "spacy_umlsbert.UmlsBertTransformer.v1"}
PAIR_BERT = {**BERT, "pair_window": 61}
POOLING = {"@layers": "reduce_mean.v1"}
LISTENER = architecture("spacy-transformers.TransformerListener.v1", grad_factor=1.0)
LISTENER["pooling"] = POOLING
LOOKUP = ("umls_lookup", {"kb": KB})
TRANSFORMER = ("transformer", {"model": BERT})
PAIR_TRANSFORMER = ("transformer", {"model": PAIR_BERT})


def tagger(tok2vec: dict[str, Any]) -> dict[str, Any]:
    return {"model": architecture("TokenTagger", tok2vec=tok2vec)}


def classifier(tok2vec: dict[str, Any]) -> dict[str, Any]:
    return {"model": architecture("PairClassifier", tok2vec=tok2vec)}


FEATURES = architecture("Concatenate")
FEATURES["*"] = {
    "bert": LISTENER,
    "mention": architecture("MentionFeatures.v2"),
    "shape": architecture("ShapeFeatures"),
}


def entities(doc: Doc) -> Any:
    return [(e.start, e.end, e.label_, e.kb_id_, e._.kb_ents) for e in doc.ents]


def entity_tags(doc: Doc) -> Any:
    return [(e.start, e.end, e.label_) for e in doc.ents]


def assertions(doc: Doc) -> Any:
    cues = [(s.start, s.end, s.label_) for s in doc.spans["assertion_cues"]]
    return [(e.text, e._.assertion, e._.is_negated) for e in doc.ents], cues


def mentions(doc: Doc) -> Any:
    return [(s.start, s.end, s.label_, s.kb_id_, s._.cuis, s._.tuis) for s in doc.spans["umls"]]


def sections(doc: Doc) -> Any:
    return [(s.start, s.end, s.label_, s._.section_body.text) for s in doc.spans["sections"]]


def phi(doc: Doc) -> Any:
    return doc._.deidentified, [(s.start, s.end, s.label_) for s in doc.spans["phi"]]


def sentence_texts(doc: Doc) -> Any:
    return [sentence.text for sentence in doc.sents]


def values(doc: Doc) -> Any:
    return [(one.text, one.label_, one._.value) for one in doc.spans["values"]]


def value_spans(doc: Doc) -> Any:
    return [(one.text, one.label_) for one in doc.spans["value_spans"]]


def vectors(doc: Doc) -> Any:
    return [doc._.trf_data is None, doc.tensor.shape]


class Pipeline(NamedTuple):
    """A pipeline from a config, the last component of which is looked at."""

    components: list[tuple[str, dict[str, Any]]]
    output: Callable[[Doc], Any]
    """What it writes on a Doc."""
    pair: bool = False
    """Of pairs, not of notes."""
    linked: bool = False
    """Needs entities, which are given."""


ADDED = {"add_phrases": [["chest pain", "test"], ["seen", "result"]]}
"""So that the note has a value."""

COMPONENTS = {
    "umls_assertion": Pipeline([("umls_assertion", {})], assertions, linked=True),
    "umls_values": Pipeline([("umls_values", ADDED)], values),
    "umls_value_spans": Pipeline([LOOKUP, TRANSFORMER, ("umls_value_spans", {})], value_spans),
    "umls_lookup": Pipeline([LOOKUP], mentions),
    "umls_ner": Pipeline([LOOKUP, TRANSFORMER, ("umls_ner", {})], entity_tags),
    "umls_deid": Pipeline([("umls_deid", {})], phi),
    "umls_nli": Pipeline(
        [LOOKUP, PAIR_TRANSFORMER, ("umls_nli", {})], lambda doc: doc.cats, pair=True
    ),
    "umls_sentences": Pipeline([("umls_sentences", {})], sentence_texts),
    "umls_linker": Pipeline([("umls_linker", {"kb": KB})], entities, linked=True),
    "umls_sections": Pipeline([("umls_sections", {})], sections),
    "umls_senses": Pipeline([LOOKUP, ("umls_senses", {})], mentions),
    "trf_data_cleaner": Pipeline([LOOKUP, TRANSFORMER, ("trf_data_cleaner", {})], vectors),
}
ARCHITECTURES = {
    "MentionClassifier": Pipeline(
        [
            TRANSFORMER,
            ("umls_assertion", {"model": architecture("MentionClassifier", tok2vec=LISTENER)}),
        ],
        assertions,
        linked=True,
    ),
    "ValueAttacher": Pipeline(
        [
            TRANSFORMER,
            ("umls_values", {**ADDED, "model": architecture("ValueAttacher", tok2vec=LISTENER)}),
        ],
        values,
        linked=True,
    ),
    "UmlsBertTransformer.v1": Pipeline([LOOKUP, ("transformer", {"model": OLD_BERT})], vectors),
    "UmlsBertTransformer.v2": Pipeline([LOOKUP, TRANSFORMER], vectors),
    "TokenTagger": Pipeline([LOOKUP, TRANSFORMER, ("umls_ner", tagger(LISTENER))], entity_tags),
    "Tok2VecUmlsBert": Pipeline(
        [
            LOOKUP,
            (
                "umls_ner",
                tagger(architecture("Tok2VecUmlsBert", transformer=BERT, pooling=POOLING)),
            ),
        ],
        entity_tags,
    ),
    **dict.fromkeys(
        ("Concatenate", "MentionFeatures.v2", "ShapeFeatures"),
        Pipeline([LOOKUP, TRANSFORMER, ("umls_ner", tagger(FEATURES))], entity_tags),
    ),
    "MentionFeatures.v1": Pipeline(
        [LOOKUP, ("umls_ner", tagger(architecture("MentionFeatures")))], entity_tags
    ),
    "NoTagger": Pipeline([("umls_deid", {"model": architecture("NoTagger")})], phi),
    "NullTagger": Pipeline([("umls_deid", {"model": architecture("NullTagger")})], phi),
    **dict.fromkeys(
        ("PairClassifier", "PairListener"),
        Pipeline(
            [LOOKUP, PAIR_TRANSFORMER, ("umls_nli", classifier(architecture("PairListener")))],
            lambda doc: doc.cats,
            pair=True,
        ),
    ),
    "PairUmlsBert": Pipeline(
        [
            LOOKUP,
            ("umls_nli", classifier(architecture("PairUmlsBert", transformer=PAIR_BERT))),
        ],
        lambda doc: doc.cats,
        pair=True,
    ),
}
ARCHITECTURES = {full_name(name): case for name, case in ARCHITECTURES.items()}
# How many Docs are in the fixture.
READERS = {
    "BioScope": ("bioscope", 2),
    "Brat": ("brat", 1),
    "Chia": ("chia", 2),
    "Conll": ("conll", 2),
    "ContextTable": ("context_table", 3),
    "Corpus": (None, 1),
    "I2b2_2006": ("i2b2_2006", 3),
    "I2b2_2009": ("i2b2_2009", 1),
    "I2b2_2010": ("i2b2_2010", 1),
    "I2b2_2012": ("i2b2_2012", 1),
    "I2b2_2014": ("i2b2_2014", 1),
    "Jsonl": ("jsonl", 3),
    "Marked": ("marked", 1),
    "MedNli": ("mednli", 5),
    "N2c2_2018": ("n2c2_2018", 1),
    "Nli4Ct": ("nli4ct", 3),
    "PairsJsonl": ("pairs_jsonl", 2),
    "PubTator": ("pubtator", 2),
    "Rqe": ("rqe", 4),
}
READERS = {full_name(name): case for name, case in READERS.items()}
TOKENIZERS = {full_name("BiomedicalTokenizer")}
# The score that is 1 if each Doc is what it should be.
SCORERS = {
    full_name("assertion_scorer"): "assertion_acc",
    full_name("deid_scorer"): "spans_phi_f",
    full_name("linker_scorer"): "nel_micro_f",
    full_name("nli_scorer"): "nli_acc",
    full_name("values_scorer"): "values_f",
}
COMMANDS = {"umls"}
CASES = {
    "spacy_factories": COMPONENTS,
    "spacy_architectures": ARCHITECTURES,
    "spacy_readers": READERS,
    "spacy_tokenizers": TOKENIZERS,
    "spacy_scorers": SCORERS,
    "spacy_cli": COMMANDS,
}


def declared() -> dict[str, dict[str, EntryPoint]]:
    groups: dict[str, dict[str, EntryPoint]] = {}
    for entry_point in distribution("spacy-umlsbert").entry_points:
        groups.setdefault(entry_point.group, {})[entry_point.name] = entry_point
    return groups


def test_each_entry_point_has_a_case_here() -> None:
    assert {group: set(found) for group, found in declared().items()} == {
        group: set(cases) for group, cases in CASES.items()
    }


def test_types_of_what_configs_make_are_there_when_it_is_read() -> None:
    """Older spaCy checks settings by the annotations, and does not look up names in strings."""
    for group in ("spacy_factories", "spacy_architectures", "spacy_readers", "spacy_scorers"):
        for name, entry_point in declared()[group].items():
            code = vars(importlib.import_module(entry_point.module))
            assert "annotations" not in code, name  # from __future__


@pytest.fixture(scope="module")
def make(toy_bert: str, toy_kb_path: Path) -> Callable[[Pipeline], Language]:
    """Makes a pipeline from its config, written and read as a file is."""
    places = {WEIGHTS: toy_bert, KB: str(toy_kb_path)}

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner) for key, inner in value.items()}
        return places.get(value, value) if isinstance(value, str) else value

    def made(case: Pipeline) -> Language:
        components = {
            name: {"factory": name, **filled(settings)} for name, settings in case.components
        }
        config = {"nlp": {"lang": "en", "pipeline": list(components)}, "components": components}
        return load_model_from_config(
            Config().from_str(Config(config).to_str()), auto_fill=True, validate=True
        )

    return made


def set_gold_assertions(doc: Doc) -> None:
    """The first entity is absent, the others are present."""
    labels = ["absent", "present", "present"]
    said = [(ent, Assertion(label)) for ent, label in zip(doc.ents, labels, strict=True)]
    set_assertions(doc, said)


def set_gold_values(doc: Doc) -> None:
    """A value of the first entity."""
    value = Span(doc, 5, 7, "value")
    set_values(doc, [(value, Value("value", "chest pain"), doc[3:4])], VALUES)


def initialized(nlp: Language, case: Pipeline) -> Language:
    if case.pair:
        data = []
        for label in ("entailment", "neutral"):
            gold = make_pair(nlp, *PAIR)
            set_label(gold, label)
            data.append(Example(make_pair(nlp, *PAIR), gold))
    else:
        data = [Example.from_dict(nlp.make_doc(TEXT), GOLD)]
        set_gold_assertions(data[0].reference)
        set_gold_values(data[0].reference)
    spacy.util.fix_random_seed(0)
    nlp.initialize(lambda: data)
    return nlp


def doc_of(nlp: Language, case: Pipeline) -> Doc:
    doc = make_pair(nlp, *PAIR) if case.pair else nlp.make_doc(TEXT)
    if case.linked:
        doc.ents = [Span(doc, 3, 4, label="problem"), Span(doc, 5, 7, label="problem")]
    return doc


def run(nlp: Language, case: Pipeline) -> Any:
    found = case.output(nlp(doc_of(nlp, case)))
    assert found
    return found


def by_disk(nlp: Language, folder: Path) -> Language:
    nlp.to_disk(folder / "saved")
    return spacy.load(folder / "saved")


def by_bytes(nlp: Language, folder: Path) -> Language:
    return load_model_from_config(nlp.config).from_bytes(nlp.to_bytes())


def by_pickle(nlp: Language, folder: Path) -> Language:
    again: Language = pickle.loads(pickle.dumps(nlp))
    return again


def by_deepcopy(nlp: Language, folder: Path) -> Language:
    return copy.deepcopy(nlp)


WAYS = [by_disk, by_bytes, by_pickle, by_deepcopy]


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component(name: str, make: Callable[[Pipeline], Language], tmp_path: Path) -> None:
    case = COMPONENTS[name]
    nlp = initialized(make(case), case)
    assert nlp.get_pipe_meta(name).factory == name
    expected = run(nlp, case)
    # spaCy's oldest reader of configs takes 0.95 for 0.9500000000000001.
    written = Config().from_str(nlp.config.to_str(), interpolate=False)
    for way in WAYS:
        again = way(nlp, tmp_path)
        assert again.config in (nlp.config, written), way
        assert_same(run(again, case), expected)
    assert_same(run(nlp, case), expected)


def assert_same(found: Any, expected: Any) -> None:
    """The same; scores but for rounding."""
    assert found == (pytest.approx(expected, abs=1e-5) if isinstance(expected, dict) else expected)


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_default_config_of_a_component_is_complete(name: str) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe(name)
    config = nlp.config["components"][name]
    again = spacy.blank("en")
    again.add_pipe(name, config={k: v for k, v in config.items() if k != "factory"})
    assert again.config["components"][name] == config


def predictions(nlp: Language, case: Pipeline) -> list[np.ndarray]:
    """What the model of the last component gives for a Doc."""
    docs = [doc_of(nlp, case)]
    *before, (_, last) = nlp.pipeline
    for _, component in before:
        docs = list(component.pipe(docs))
    if case.linked:
        (found,) = last.predict(docs)
        if isinstance(found, list):
            return [np.array([one.value.probability], dtype="f") for one in found]
        return [np.array([*one.probabilities.values()]) for one in found.verdicts]
    scores = last.model.predict(docs)
    if hasattr(scores, "doc_data"):  # of a transformer
        scores = [scores.doc_data[0].model_output.last_hidden_state]
    return [np.asarray(array) for array in scores]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_an_architecture(name: str, make: Callable[[Pipeline], Language]) -> None:
    case = ARCHITECTURES[name]
    nlp = initialized(make(case), case)
    assert f"'{name}'" in repr(case.components)
    expected = predictions(nlp, case)
    assert all(np.isfinite(array).all() for array in expected)
    again = make(case)
    # The transformer's own weights, and those of what listens to it.
    again.from_bytes(nlp.to_bytes())
    assert again.pipeline[-1][1].model.to_bytes() == nlp.pipeline[-1][1].model.to_bytes()
    for array, other in zip(expected, predictions(again, case), strict=True):
        np.testing.assert_allclose(other, array, atol=1e-5)


@pytest.mark.parametrize("name", READERS)
def test_a_reader(name: str, tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    fixture, documents = READERS[name]
    path = FIXTURES / fixture if fixture else tmp_path / "docs.spacy"
    if not fixture:
        write_docs([nlp.make_doc(TEXT)], path)
    config = {"corpora": {"train": block("readers", name, path=str(path))}}
    filled = Config(registry.fill(Config(config))).to_str()
    reader = registry.resolve(Config().from_str(filled))["corpora"]["train"]
    examples = list(reader(nlp))
    assert len(examples) == documents
    again = pickle.loads(pickle.dumps(reader))
    same = [(e.reference.text, entity_tags(e.reference), e.reference.cats) for e in examples]
    assert [
        (e.reference.text, entity_tags(e.reference), e.reference.cats) for e in again(nlp)
    ] == same


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_tokenizer(name: str, tmp_path: Path) -> None:
    config = {"nlp": {"lang": "en", "pipeline": [], "tokenizer": block("tokenizers", name)}}
    nlp = load_model_from_config(Config(config), auto_fill=True)
    words = [token.text for token in nlp("(METH)-induced")]
    assert words == ["(", "METH", ")", "-", "induced"]
    assert words != [token.text for token in spacy.blank("en")("(METH)-induced")]
    for way in WAYS:
        assert [token.text for token in way(nlp, tmp_path)("(METH)-induced")] == words


@pytest.mark.parametrize("name", SCORERS)
def test_a_scorer(name: str) -> None:
    nlp = spacy.blank("en")
    config = Config().from_str(Config({"scorer": block("scorers", name)}).to_str())
    scorer = registry.resolve(config)["scorer"]
    if "nli" in name:
        doc = make_pair(nlp, *PAIR)
        set_label(doc, "neutral")
    else:
        doc = Example.from_dict(nlp.make_doc(TEXT), GOLD).reference
        doc.spans["phi"] = list(doc.ents)
        doc.ents = [spacy.tokens.Span(doc, e.start, e.end, e.label_, kb_id="C1") for e in doc.ents]
        set_gold_assertions(doc)
        set_gold_values(doc)
    example = Example(doc.copy(), doc)
    for made in (scorer, pickle.loads(pickle.dumps(scorer))):
        assert made([example])[SCORERS[name]] == 1.0


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command(name: str) -> None:
    assert declared()["spacy_cli"][name].load() is not None  # registers it with spaCy's app
    shown = CliRunner().invoke(app, [name, "--help"])
    assert shown.exit_code == 0 and "build-kb" in shown.output
