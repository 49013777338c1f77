"""Nothing is changed for the program that uses the package: tried in a process of its own."""

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

SAVED = Path(__file__).parent / "fixtures" / "saved_by_0_1" / "pipelines.tar.xz"

PROGRAM = """
import csv, decimal, gc, locale, logging, multiprocessing, os, random, signal, sys, threading
import warnings
import numpy, spacy, spacy_transformers, stdnum.numdb, torch, transformers.models.bert.modeling_bert
import srsly.msgpack, thinc.api
from pathlib import Path
from spacy.training import Example

def generators():
    return {
        "random": random.getstate(),
        "numpy": tuple(map(str, numpy.random.get_state())),
        "torch": torch.get_rng_state().tolist(),
    }

def state():
    loggers = map(logging.getLogger, LOGGERS)
    return {
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "threads of torch": (torch.get_num_threads(), torch.get_num_interop_threads()),
        "threads": {one.name for one in threading.enumerate()},
        "signals": {one: signal.getsignal(one) for one in signal.valid_signals()},
        "warnings": (list(warnings.filters), warnings.showwarning),
        "logging": {
            one.name: (one.level, one.propagate, one.disabled, one.handlers[:], one.filters[:])
            for one in [logging.root, *loggers]
        },
        "log records": logging.getLogRecordFactory(),
        "csv": csv.field_size_limit(),
        "locale": locale.setlocale(locale.LC_ALL),
        "hooks": (sys.excepthook, sys.displayhook, threading.excepthook, sys.gettrace()),
        "recursion": sys.getrecursionlimit(),
        "garbage": (gc.isenabled(), gc.get_threshold()),
        "decimal": str(decimal.getcontext()),
        "processes": multiprocessing.get_start_method(),
        "torch": (
            torch.get_default_dtype(), torch.get_float32_matmul_precision(),
            torch.is_grad_enabled(),
            torch.are_deterministic_algorithms_enabled(), torch.is_autocast_enabled("cpu"),
            torch.backends.cuda.fp16_bf16_reduction_math_sdp_allowed(),
            torch.backends.cuda.flash_sdp_enabled(), torch.backends.cuda.math_sdp_enabled(),
        ),
        "thinc": thinc.api.get_current_ops(),
        "srsly": (
            set(vars(srsly.msgpack.msgpack_encoders)), set(vars(srsly.msgpack.msgpack_decoders))
        ),
        "output": (sys.stdout, sys.stderr),
    }

def same(step, before):
    after = state()
    for key, value in before.items():
        if value != after[key]:
            if isinstance(value, dict):
                keys = {*value, *after[key]}
                changed = {one for one in keys if value.get(one) != after[key].get(one)}
                raise AssertionError(f"{step} changed {key}: {changed}")
            raise AssertionError(f"{step} changed {key}: {value} to {after[key]}")

saved = Path(sys.argv[1])
spacy.blank("en")
LOGGERS = list(logging.root.manager.loggerDict)
before, numbers = state(), generators()

import pkgutil, importlib
import spacy_umlsbert
for module in pkgutil.walk_packages(spacy_umlsbert.__path__, "spacy_umlsbert."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
same("an import", before)

texts = ["Mr. Poe has a fever (F), on metformin 🙂.", "", "The patient denies chest painz."]
for name in ("demo", "rules", "linker"):
    nlp = spacy.load(saved / name)
    same("loading", before)
    docs = list(nlp.pipe(texts))
    same("a pipeline", before)
    assert generators() == numbers, "random numbers were drawn or seeds set"
    assert all(len(list(nlp.pipe(texts, n_process=2))) == 3 for _ in range(1))
    same("two processes", before)
    nlp.to_disk(saved / "again")
    nlp.from_bytes(nlp.to_bytes())
    same("saving", before)

from spacy_umlsbert.corpora.docbin import read_docs, write_docs
write_docs(docs, saved / "docs.spacy")
list(read_docs(saved / "docs.spacy", nlp.vocab))
same("files of Docs", before)

nlp = spacy.load(saved / "demo")
example = Example.from_dict(
    nlp.make_doc("The patient has fever."), {"entities": [(16, 21, "problem")]}
)
optimizer = nlp.resume_training()
nlp.update([example], sgd=optimizer, annotates=["umls_lookup"])
same("training", before)
print("nothing changed")
"""


def test_the_host_program_is_left_as_it_is(tmp_path):
    pytest.importorskip("scispacy")
    pytest.importorskip("spacy_transformers")
    with tarfile.open(SAVED) as archive:
        archive.extractall(tmp_path, filter="data")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.stdout.endswith("nothing changed\n"), done.stderr[-3000:]
    assert "forked" not in done.stderr, "the tokenizers library warns of its threads"
