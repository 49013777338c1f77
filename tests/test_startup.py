"""What a process pays for this package, and what works where other packages are missing."""

import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

HEAVY = [
    "faker",
    "lxml",
    "matplotlib",
    "nmslib",
    "pandas",
    "phonenumbers",
    "pyarrow",
    "pytorch_metric_learning",
    "scipy",
    "scispacy",
    "sklearn",
    "spacy_transformers",
    "torch",
    "transformers",
]

LACKING = {
    "spacy-transformers": ["spacy_transformers", "transformers", "tokenizers", "safetensors"],
    "scispaCy": ["scispacy", "nmslib", "pysbd"],
}
LACKING["torch"] = ["torch", *LACKING["spacy-transformers"]]  # the others need torch
LACKING["all of them"] = [*LACKING["torch"], *LACKING["scispaCy"]]

AS_IF_NOT_INSTALLED = """
import importlib.metadata, sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

def without(**params):
    return (one for one in all_of(**params) if one.name.replace("-", "_") not in MISSING)

sys.meta_path.insert(0, NotInstalled())
all_of, importlib.metadata.distributions = importlib.metadata.distributions, without
"""

ON_A_DOC = """
import json, warnings
import spacy

warnings.simplefilter("ignore")
nlp = spacy.blank("en")
light = sorted({name.partition(".")[0] for name in sys.modules} & HEAVY)
nlp.add_pipe("umls_lookup", config={"kb": KB})
nlp.add_pipe("umls_deid")
nlp.add_pipe("umls_linker", config={"spans_key": "umls"})
nlp.add_pipe("umls_assertion", config={"spans_keys": ["umls"]})
nlp.add_pipe("umls_values", config={"spans_keys": ["umls"]})
doc = nlp("Seen by Dr. Jane Miller on 3/4/2019: severe chest pain, on metformin 5 mg.")
linker = nlp.get_pipe("umls_linker")
print(json.dumps({
    "light": light,
    "spans": [(span.text, span.kb_id_) for span in doc.spans["umls"]],
    "values": [span.text for span in doc.spans["values"]],
    "assertions": [span._.assertion for span in doc.spans["umls"]],
    "deidentified": doc._.deidentified,
    "similar": linker.link(["metformine"])[0][0][0],
    "missing": sorted(MISSING & sys.modules.keys()),
}))
"""


def in_a_fresh_process(code: str, **values: object) -> dict:
    """Run code with some values set, and read the JSON that it prints."""
    sets = "".join(f"{k} = {set(v) if isinstance(v, list) else v!r}\n" for k, v in values.items())
    command = [sys.executable, "-c", f"import sys\n{sets}{code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_pipeline_that_uses_nothing_of_it_imports_nothing_heavy() -> None:
    pytest.importorskip("spacy_transformers")
    found = in_a_fresh_process(
        """
import json, spacy, spacy_transformers
import spacy_transformers.pipeline_component
before = set(sys.modules)
spacy.blank("en")
new = set(sys.modules) - before
print(json.dumps({
    "heavy": sorted(name for name in new if name.partition(".")[0] in HEAVY),
    "ours": sorted(name for name in new if name.startswith("spacy_umlsbert.pipeline.umls_")),
}))
""",
        HEAVY=[*HEAVY, "tokenizers", "safetensors"],
    )
    assert found["heavy"] == []
    assert "spacy_umlsbert.pipeline.umls_linker" in found["ours"]


def test_what_is_registered_is_light_to_import() -> None:
    modules = {
        entry_point.module
        for group in ("factories", "architectures", "readers", "tokenizers", "scorers", "cli")
        for entry_point in entry_points(group=f"spacy_{group}")
        if entry_point.value.startswith("spacy_umlsbert")
    }
    found = in_a_fresh_process(
        """
import importlib, json, spacy, spacy.cli
before = set(sys.modules)
heavy = {}
for module in sorted(MODULES):
    importlib.import_module(module)
    new = set(sys.modules) - before
    before |= new
    if names := sorted({name.partition(".")[0] for name in new} & HEAVY):
        heavy[module] = names
print(json.dumps(heavy))
""",
        MODULES=sorted(modules),
        HEAVY=HEAVY,
    )
    assert len(modules) > 20
    assert found == {}


@pytest.mark.parametrize("lacking", LACKING)
def test_what_needs_no_transformer_works_without(lacking: str, toy_kb_path: Path) -> None:
    missing = LACKING[lacking]
    found = in_a_fresh_process(
        AS_IF_NOT_INSTALLED + ON_A_DOC, MISSING=missing, HEAVY=HEAVY, KB=str(toy_kb_path)
    )
    assert found["spans"] == [["chest pain", "C0008031"], ["metformin", "C0025598"]]
    assert found["assertions"] == ["present", "present"]
    assert "Miller" not in found["deidentified"] and "2019" not in found["deidentified"]
    assert found["similar"] == "C0025598"
    assert found["missing"] == []
    if lacking == "all of them":
        assert found["light"] == []


def test_what_needs_a_missing_package_says_so() -> None:
    found = in_a_fresh_process(
        AS_IF_NOT_INSTALLED
        + """
import json, warnings
import spacy
from spacy_umlsbert import MissingPackageError

nlp = spacy.blank("en")
said = {}
def told(name, make):
    try:
        make()
    except MissingPackageError as error:
        said[name] = str(error)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    nlp.add_pipe("umls_linker")
said["linker"] = " ".join(str(one.message) for one in caught)
told("abbreviations", lambda: nlp.add_pipe("umls_lookup", config={"abbreviations": True}))
model = {"@architectures": "spacy_umlsbert.PairListener.v1"}
told("listener", lambda: spacy.registry.resolve({"model": model}))
from spacy_umlsbert.linking.candidate_finder import CandidateFinder
told("encoder", lambda: CandidateFinder("umls_linker", "bert").index(None))
print(json.dumps(said))
""",
        MISSING=LACKING["all of them"],
    )
    assert "pip install scispacy" in found["linker"]
    assert "pip install scispacy" in found["abbreviations"]
    assert "pip install spacy-transformers" in found["listener"]
    assert "encoder of umls_linker" in found["encoder"] and "pip install" in found["encoder"]
