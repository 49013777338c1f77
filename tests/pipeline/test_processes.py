"""Pipelines go to other processes: pickled, copied, and with ``nlp.pipe(n_process=2)``."""

import copy
import gc
import multiprocessing
import pickle
import sys
import tarfile
from pathlib import Path

import pytest
import spacy
import torch

from spacy_umlsbert.annotations.pairs import make_pair
from spacy_umlsbert.files.folders import TemporaryFolder
from spacy_umlsbert.pipeline.umls_lookup import UmlsLookup
from spacy_umlsbert.umls import KnowledgeBase
from spacy_umlsbert.worker_threads import WorkerThreads

SAVED = Path(__file__).parent.parent / "fixtures" / "saved_by_0_1" / "pipelines.tar.xz"
TEXTS = [
    "Mr. Hollingsworth has chest pain and a cold, on metformin.\nSeen by Dr. Adeyemi on 3/4/2019.",
    "",
    "The patient denies fever 😷 and cough.\n\nNo thoracic painz. Call 216-555-0142.",
    "Congestive heart failure (CHF), no T2DM; blood glucose high. CHF with aspirin. " * 3,
]
PAIR = ("The patient denies fever .", "The patient has fever .")
NAME = "Glucophage"
"""A name in the knowledge base, and in no text."""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Toy pipelines; what 0.1 saved, so that none has to be trained for this."""
    folder = tmp_path_factory.mktemp("saved")
    with tarfile.open(SAVED) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def nlp(saved):
    """Every component and architecture, on one transformer and on transformers of their own.

    One knowledge base is opened from its path, another is in memory, and the linker that finds
    names by meaning came from bytes.
    """
    nlp = spacy.load(saved / "demo", exclude=["trf_data_cleaner"])
    alone = spacy.load(saved / "alone")
    nlp.add_pipe("umls_ner", name="ner_alone", source=alone)
    nlp.add_pipe("umls_sections", first=True)
    rules = spacy.load(saved / "rules")
    config = {"spans_key": "concepts", "abbreviations": True}
    in_memory = KnowledgeBase.from_bytes(KnowledgeBase.open(saved / "kb").to_bytes())
    nlp.add_pipe("umls_lookup", name="lookup_in_memory", config=config).initialize(kb=in_memory)
    for name in ("umls_deid", "umls_linker"):
        nlp.add_pipe(name, name=f"{name}_of_rules", source=rules)
    linker = spacy.load(saved / "linker").get_pipe("umls_linker")
    by_meaning = nlp.add_pipe("umls_linker", name="linker_by_meaning", config=linker_config(saved))
    by_meaning.from_bytes(linker.to_bytes())
    return nlp


def linker_config(saved):
    config = spacy.util.load_config(saved / "linker" / "config.cfg")["components"]["umls_linker"]
    return {key: value for key, value in config.items() if key != "factory"}


def to_annotate(nlp):
    return [*(nlp.make_doc(text) for text in TEXTS), make_pair(nlp, *PAIR)]


def annotations(doc):
    return (
        doc.text,
        [(e.start, e.end, e.label_, e.kb_id_) for e in doc.ents],
        [score for e in doc.ents for concept in e._.kb_ents for score in concept],
        {
            key: [(s.start, s.end, s.label_, s.kb_id_, s._.cuis, s._.match_kind) for s in group]
            for key, group in doc.spans.items()
        },
        doc._.deidentified,
        [score for one in sorted(doc.cats.items()) for score in one],
    )


def approx(value):
    """The same, with leave for numbers to be rounded otherwise."""
    if isinstance(value, list | tuple):
        return type(value)(map(approx, value))
    return pytest.approx(value, abs=1e-3) if isinstance(value, float) else value


@pytest.fixture(scope="module")
def expected(nlp):
    found = [annotations(nlp(doc)) for doc in to_annotate(nlp)]
    # Of every component there is something to see.
    assert found[0][1] and found[0][2] and found[-1][-1]
    assert {"umls", "phi", "phi_head", "concepts", "secret"} <= set(found[0][3])
    return approx(found)


@pytest.fixture
def start_method(request):
    """Python's way to start processes, which spaCy has no setting for."""
    before = multiprocessing.get_start_method(allow_none=True)
    multiprocessing.set_start_method(request.param, force=True)
    yield request.param
    multiprocessing.set_start_method(before, force=True)


# Every start of a new interpreter takes seconds: all that there is to see in one is seen at once.
@pytest.mark.parametrize("start_method", ["fork", "spawn", "forkserver"], indirect=True)
def test_two_processes_give_what_one_gives(nlp, expected, start_method):
    threads = torch.get_num_threads()
    docs = [(doc, {"number": i}) for i, doc in enumerate(to_annotate(nlp))]
    found = list(nlp.pipe(docs, as_tuples=True, n_process=2, batch_size=2))
    assert [annotations(doc) for doc, _ in found] == expected
    assert [context["number"] for _, context in found] == list(range(len(expected)))
    assert torch.get_num_threads() == threads
    backbone = nlp.get_pipe("transformer").model.backbone
    assert not any(weight.is_shared() for weight in backbone.parameters())


@pytest.mark.parametrize("start_method", ["fork"], indirect=True)
def test_a_doc_that_fails_in_a_worker_costs_no_other_and_is_reported_without_text(
    saved, start_method, monkeypatch, capfd
):
    def fails(self, doc, *rest):
        if "Hollingsworth" in doc.text:
            raise ValueError(f"cannot read {doc.text!r}")
        return whole(self, doc, *rest)

    def report(name, component, docs, error):
        print(f"{name} {len(docs)} {error!r}", file=sys.stderr)

    whole = UmlsLookup._span
    monkeypatch.setattr(UmlsLookup, "_span", fails)
    nlp = spacy.load(saved / "rules")
    nlp.set_error_handler(report)
    found = list(nlp.pipe(TEXTS, n_process=2, batch_size=4))
    assert [doc.text for doc in found] == TEXTS[1:]
    assert found[-1].spans["concepts"]
    said = capfd.readouterr().err
    assert "umls_lookup 1 UnexpectedError" in said
    assert "Hollingsworth" not in said


@pytest.mark.parametrize("way", ["pickle", "deepcopy"])
def test_a_copy_gives_the_same(nlp, expected, way):
    other = pickle.loads(pickle.dumps(nlp)) if way == "pickle" else copy.deepcopy(nlp)
    assert [annotations(other(doc)) for doc in to_annotate(other)] == expected
    if way == "deepcopy":
        weight = other.get_pipe("transformer").model.backbone.embeddings.word_embeddings.weight
        with torch.no_grad():
            weight.zero_()
        assert [annotations(nlp(doc)) for doc in to_annotate(nlp)] == expected


def test_the_path_of_the_knowledge_base_is_pickled_and_not_the_data(nlp, expected):
    lookup, linker = nlp.get_pipe("umls_lookup"), nlp.get_pipe("umls_linker")
    for component in (lookup, linker):
        data = pickle.dumps(component)
        assert len(data) < 3_000
        assert all(part.encode() in data for part in lookup.kb.path.parts)
        assert all(word not in data for word in (NAME.encode(), b"C0025598"))
    # That in memory has no path.
    assert NAME.encode() in pickle.dumps(nlp.get_pipe("lookup_in_memory"))


def test_a_linker_alone_knows_the_knowledge_base_that_it_shared(nlp, expected):
    alone = pickle.loads(pickle.dumps(nlp.get_pipe("umls_linker")))
    assert alone.kb.fingerprint == nlp.get_pipe("umls_lookup").kb.fingerprint
    assert alone.link(["chest pain"]) == [[("C0008031", 1.0)]]


def test_words_of_texts_are_not_pickled(nlp, expected):
    data = pickle.dumps(nlp.get_pipe("umls_deid").model)
    assert all(word.encode() not in data for word in ("Hollingsworth", "Adeyemi"))
    known = [
        value
        for node in nlp.get_pipe("umls_deid").model.walk()
        if node.name == "shape_features"
        for value in vars(node._func.args[0]).values()
    ]
    assert known and all(known), "it remembers them"
    copied = [
        value
        for node in pickle.loads(data).walk()
        if node.name == "shape_features"
        for value in vars(node._func.args[0]).values()
    ]
    assert copied and not any(copied)


def compute(threads, results):
    with threads.limited():
        total = float(torch.ones(1 << 20).exp().sum())  # enters an OpenMP region
        results.put((total > 0, torch.get_num_threads()))
    results.put(torch.get_num_threads())


def test_a_forked_worker_computes_on_one_thread_and_puts_it_back():
    context = multiprocessing.get_context("fork")
    before = torch.get_num_threads()
    torch.ones(1 << 20).exp()  # from here on a forked process would hang in an OpenMP region
    results = context.Queue()
    worker = context.Process(target=compute, args=(WorkerThreads(), results))
    worker.start()
    try:
        assert results.get(timeout=60) == (True, 1)
        assert results.get(timeout=60) == before
    finally:
        worker.kill()
        worker.join()


def test_at_home_all_threads_compute():
    before = torch.get_num_threads()
    for threads in (WorkerThreads(), pickle.loads(pickle.dumps(WorkerThreads()))):
        assert not threads.in_worker
        with threads.limited():
            assert torch.get_num_threads() == before


def test_temporary_folders_go_with_what_they_belong_to():
    folder = TemporaryFolder({"a/b.txt": b"text"})
    path = folder.path
    other = pickle.loads(pickle.dumps(folder))
    assert copy.deepcopy(folder).path == path != other.path
    assert (other.path / "a" / "b.txt").read_bytes() == b"text"
    worker = multiprocessing.get_context("fork").Process(target=folder.__init__)
    worker.start()
    worker.join()
    assert path.is_dir(), "a process that was forked removes nothing of its parent's"
    del folder, worker
    assert not path.exists()
    assert other.path.exists()


def test_what_a_linker_read_from_bytes_is_removed_with_it(saved, nlp):
    linker = spacy.blank("en").add_pipe("umls_linker", config=linker_config(saved))
    linker.from_bytes(nlp.get_pipe("linker_by_meaning").to_bytes())
    folder = linker.candidates._folder.path
    assert (folder / "encoder" / "model.safetensors").is_file()
    del linker
    gc.collect()
    assert not folder.exists()
