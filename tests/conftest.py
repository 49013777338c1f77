"""Toy models and knowledge bases, made on the spot: nothing is downloaded."""

import os

# Toy models are too small for two threads to pay; the workers of pytest-xdist are the parallelism.
# Before torch and numpy are imported, and for the processes that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import re
import string
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from spacy_umlsbert.umls import KnowledgeBase, RrfRelease
from tests.rrf import write_release

# A busy machine is no failure, and what fails here fails everywhere.
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("default", derandomize=True, max_examples=50, **PATIENT)
# HYPOTHESIS_PROFILE=thorough: other examples each time, and many more.
settings.register_profile("thorough", max_examples=1000, **PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

TESTS = Path(__file__).parent
# What the light install leaves out, and what has no wheel for each version of Python.
OPTIONAL = ("torch", "transformers", "tokenizers", "safetensors", "spacy_transformers", "scispacy")
OPTIONAL += ("nmslib", "accelerate", "pytorch_metric_learning")
MISSING = {name for name in OPTIONAL if find_spec(name) is None}
# Folders whose tests run without any of these; all others are skipped where one is missing.
LIGHT = ("files", "text", "annotations", "umls", "deid", "demo", "light")


# What spaCy says of a config that names what only spacy-transformers registers.
UNREGISTERED = re.compile(r"\[E002\] Can't find factory for 'transformer'|'spacy-transformers\.")


def missing_module(error: BaseException | None, path: Path) -> str | None:
    """The optional package that a test could not import, if that is no fault."""
    if not MISSING or path.relative_to(TESTS).parts[0] in LIGHT:
        return None
    while error is not None:
        if isinstance(error, ImportError) and error.name:
            name = error.name.partition(".")[0]
            if name in MISSING:
                return name
        if "spacy_transformers" in MISSING and UNREGISTERED.search(str(error)):
            return "spacy_transformers"
        error = error.__cause__ or error.__context__
    return None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Skip the modules that import what is not installed."""
    report = yield
    if report.failed and isinstance(collector, pytest.Module):
        name = missing_module(report.call.excinfo.value, collector.path)
        if name:
            report.outcome = "skipped"
            report.longrepr = (str(collector.path), 0, f"Skipped: {name} is not installed")
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Skip the tests that import what is not installed."""
    report = yield
    if report.failed and call.excinfo is not None:
        name = missing_module(call.excinfo.value, item.path)
        if name:
            report.outcome = "skipped"
            report.longrepr = (str(item.path), 0, f"Skipped: {name} is not installed")
    return report


WORDS = """
the patient has a no denies of with on and chest pain fever cough type 2 diabetes mellitus heart
failure metformin aspirin insulin x ray blood glucose pressure high short ##ness breath ##ing ##s
##ed don ' t
""".split()


@pytest.fixture(scope="session")
def toy_bert(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a tiny BERT with random weights and a lower-casing wordpiece tokenizer."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("toy_bert")
    letters = string.ascii_lowercase + string.digits + string.punctuation
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters]
    pieces += [f"##{letter}" for letter in letters]
    vocab = folder / "vocab.txt"
    vocab.write_text("\n".join(dict.fromkeys(pieces)), encoding="utf8")
    tokenizer = BertTokenizerFast(vocab_file=str(vocab), do_lower_case=True)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    BertModel(config).save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="session")
def toy_kb_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base built from the small release in rrf.py."""
    folder = tmp_path_factory.mktemp("kb")
    path = folder / "kb"
    KnowledgeBase.build(
        path,
        RrfRelease(write_release(folder / "rrf")),
        name="toy",
        version="1",
        license="MIT",
        open_license=True,
        progress=False,
    )
    return path


@pytest.fixture(scope="session")
def toy_kb(toy_kb_path: Path) -> KnowledgeBase:
    """The same, opened."""
    return KnowledgeBase.open(toy_kb_path)
