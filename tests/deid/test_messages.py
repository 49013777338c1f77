"""Logs, warnings and errors hold no PHI: every path that ends in one is fed names.

`tests/test_messages.py` reads the code of all messages.
"""

import json
import logging
import re
import traceback
import warnings
import zlib
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import spacy
import spacy.cli  # registers spaCy's commands
import srsly
from spacy.cli._util import app
from spacy.language import Language
from spacy.tokens import DocBin, Span
from spacy.training import Example
from typer.testing import CliRunner

import spacy_umlsbert.cli  # noqa: F401 - registers ours
from spacy_umlsbert.deid import finder
from spacy_umlsbert.deid import output_modes as writing
from spacy_umlsbert.deid.output_modes import replacements
from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.deid.surrogates.writer import SurrogateWriter
from spacy_umlsbert.files.row_files import RowFile
from spacy_umlsbert.pipeline.listeners import warn_if_no_vectors
from spacy_umlsbert.text.rewriting import Replacement, rewrite

ROOT = Path(__file__).parents[2]
NAME, OTHER, RECORD = "Hollingsworth", "Zebadiah", "8842771"
TEXT = f"Mr. {NAME} ({OTHER}), MRN: {RECORD}, seen on 3/4/2009 by Dr. {OTHER}."
KEY = "a secret of 16 or more bytes"
HALF = "\ud83d"  # half a pair of UTF-16, as cut JSON has it: no UTF-8


def assert_safe(*texts):
    for text in texts:
        # Long lines are broken where they are shown.
        joined = re.sub(r"\s", "", text).lower()
        for canary in (NAME, OTHER, RECORD):
            assert canary.lower() not in joined


@pytest.fixture
def watched(caplog, capfd):
    """Runs something; gives the error it raised, and sees that it left no name anywhere."""

    def run(function, *arguments, **settings):
        raised = None
        with warnings.catch_warnings(record=True) as warned, caplog.at_level(logging.DEBUG):
            warnings.simplefilter("always")
            try:
                function(*arguments, **settings)
            except Exception as error:
                raised = error
        if raised is not None:
            assert_safe(*map(described, chain(raised)))
            assert_safe("".join(traceback.format_exception(raised)))
        assert_safe(*(f"{w.message} {w.message!r}" for w in warned), caplog.text)
        assert_safe(*(f"{r.getMessage()} {r.args} {r.exc_text}" for r in caplog.records))
        assert_safe(*capfd.readouterr())
        return raised

    return run


def described(error):
    return f"{error} {error!r} {error.args} {vars(error)}"


def chain(error):
    """An error and those that a log shows with it."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


# The component


@Language.component("quotes_the_note")
def quotes_the_note(doc):
    raise ValueError(f"cannot read {doc.text}")


def make_nlp(**config):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_deid", config=config)
    return nlp


def quote(text, *_):
    raise ValueError(f"no rule for {text}")


def quote_deeply(text, *_):
    try:
        quote(text)
    except ValueError as error:
        raise KeyError(text) from error


FAULTS = {
    "a rule": (finder, "find_by_rules", quote),
    "a chain of errors": (finder, "find_by_rules", quote_deeply),
    "names found again": (finder, "find_again", quote),
    "eponyms": (finder, "find_eponyms", quote),
    "headings": (finder, "find_titles", quote),
    "what is written": (writing, "replacements", quote),
    "the text": (writing, "rewrite", quote_deeply),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("n_process", [1, 2])
def test_a_fault_anywhere_in_the_component(fault, n_process, watched, monkeypatch):
    module, name, function = FAULTS[fault]
    monkeypatch.setattr(module, name, function)
    nlp = make_nlp()
    error = watched(lambda: list(nlp.pipe([TEXT, TEXT], n_process=n_process)))
    assert error is not None and "could not be de-identified" in str(error)
    if module is writing:
        monkeypatch.undo()
        doc = nlp(TEXT)
        monkeypatch.setattr(module, name, function)
        assert watched(nlp.get_pipe("umls_deid").deidentify, doc) is not None
    assert "line" in str(error) and ("test_messages.py" in str(error) or "KeyError" in str(error))


@pytest.mark.parametrize("n_process", [1, 2])
def test_a_handler_of_errors_that_logs_all_it_gets(n_process, watched, monkeypatch, tmp_path):
    monkeypatch.setattr(finder, "find_by_rules", quote_deeply)
    nlp, log = make_nlp(), logging.getLogger("hospital")
    file = logging.FileHandler(tmp_path / "log")  # of other processes too

    def handle(name, component, docs, error):
        log.error("%s: %s %r %s", name, error, error, error.args, exc_info=error)

    nlp.set_error_handler(handle)
    log.addHandler(file)
    try:
        assert watched(lambda: list(nlp.pipe([TEXT] * 3, n_process=n_process))) is None
    finally:
        log.removeHandler(file)
        file.close()
    logged = (tmp_path / "log").read_text()
    assert "umls_deid" in logged and "Traceback" in logged
    assert_safe(logged)


@pytest.mark.parametrize("patient_id", [f"{NAME}{HALF}", NAME, 12, {NAME: 1}, b"x", (NAME,)])
@pytest.mark.parametrize("text", [TEXT, f"{TEXT} {HALF}", f"Mr. {NAME}{HALF}", "²³ March ²³ \x00"])
def test_texts_and_patients_with_odd_characters(text, patient_id, watched, monkeypatch):
    monkeypatch.setenv("SPACY_UMLSBERT_DEID_KEY", KEY)
    nlp = make_nlp(output="surrogate")
    doc = nlp.make_doc(TEXT)
    doc._.patient_id = patient_id
    assert watched(nlp, doc) is None
    for label in ("PATIENT", "DATE", "ID"):
        write = SurrogateWriter(KEY.encode(), str(patient_id), text, [])
        assert watched(write, label, text) is None
    if HALF not in text:  # spaCy's tokenizer cannot read it, and quotes the character
        assert watched(nlp, text) is None


def test_settings_and_keys(watched, monkeypatch, tmp_path):
    monkeypatch.delenv("SPACY_UMLSBERT_DEID_KEY", raising=False)
    (tmp_path / "short").write_text("short")
    for key_file in (None, tmp_path / "absent", tmp_path, tmp_path / "short"):
        path = None if key_file is None else str(key_file)
        assert watched(make_nlp(output="surrogate", key_file=path), TEXT) is not None
    nlp = make_nlp()
    doc = nlp(TEXT)
    component = nlp.get_pipe("umls_deid")
    assert watched(component.deidentify, doc, output="surrogate") is not None
    nlp.max_length = 10
    assert watched(nlp, TEXT) is not None
    found = [Phi(4, 17, "PATIENT", "")]
    assert watched(replacements, TEXT, found, "surrogate", None, NAME) is not None
    assert watched(replacements, TEXT, found, "surrogate", b"short", NAME) is not None
    overlapping = [Replacement(0, 9, NAME), Replacement(4, 17, NAME)]
    assert watched(rewrite, TEXT, overlapping) is not None


def test_the_tagging_head(watched):
    """Not trained, without a transformer, and with labels that a slip has made of text."""
    pipeline_component = pytest.importorskip("spacy_transformers.pipeline_component")
    nlp = spacy.blank("en")
    listener = {
        "@architectures": "spacy-transformers.TransformerListener.v1",
        "pooling": {"@layers": "reduce_mean.v1"},
    }
    head = {"@architectures": "spacy_umlsbert.TokenTagger.v1", "tok2vec": listener}
    component = nlp.add_pipe("umls_deid", config={"model": head, "gold_key": None})
    assert "not trained" in str(watched(nlp, TEXT))
    reference = nlp.make_doc(TEXT)
    example = Example(nlp.make_doc(TEXT), reference)
    assert "no labels" in str(watched(component.initialize, lambda: [example], nlp=nlp))
    component.add_label("PATIENT")
    pipeline_component.install_extensions()
    heard = watched(warn_if_no_vectors, component.name, component.model, [reference])
    assert heard is None  # a warning
    reference.set_ents([Span(reference, 1, 2, label=NAME)])
    assert "unknown label" in str(watched(component.get_loss, [example], []))
    component.model.get_ref("output").set_dim("nO", 3)
    assert "cannot add" in str(watched(component.add_label, NAME))
    component.cfg["labels"].append(NAME)
    component.cfg["labels"].clear()
    assert watched(component.score, [example]) is None


# umls deid


@pytest.fixture
def umls(watched):
    """Runs a command; gives its exit code and what it showed."""

    def run(*arguments):
        result = None

        def invoke():
            nonlocal result
            result = CliRunner().invoke(app, ["umls", *map(str, arguments)])
            assert_safe(result.output)
            if result.exception is not None and not isinstance(result.exception, SystemExit):
                raise result.exception

        assert watched(invoke) is None  # an error is a message
        return result.exit_code, re.sub(r"\s+", " ", result.output)

    return run


def table(*rows):
    return "".join(f"{json.dumps(row)}\n" for row in rows)


ROW = {"text": TEXT, "who": NAME}
FILES = {
    "no_header.csv": f'1,"{TEXT}"\n2,"{NAME}"\n',
    "no_header.tsv": f"1\t{TEXT}\n",
    "short.csv": f'who,text\n{NAME},"{TEXT}"\n{NAME}\n',
    "quote.csv": f'who,text\n1,"{TEXT}\n2,x\n',
    "nul.csv": f'who,text\n1,"{TEXT}"\n{NAME},\0"x\n',
    "bytes.csv": b"who,text\n1,\xff" + TEXT.encode(),
    "latin_header.csv": f"{NAME}é,text\n1,x\n".encode("latin1"),
    "empty.csv": "",
    "cut.jsonl": table(ROW) + f'{{"text": "{TEXT}',
    "list.jsonl": f'["{TEXT}"]\n',
    "deep.jsonl": f'{{"text": "{NAME}", "a": {"[" * 100_000}\n',
    "number.jsonl": table({**ROW, "text": 3}, ROW),
    "object.jsonl": table({**ROW, "text": {NAME: TEXT}}),
    "other_field.jsonl": table({"note": TEXT, "who": NAME}),
    "half_text.jsonl": table({**ROW, "text": f"{TEXT} {HALF}"}),
    "half_other.jsonl": table({**ROW, "comment": f"{NAME} {HALF}"}),
    "half_patient.jsonl": table({**ROW, "who": f"{NAME} {HALF}"}),
    "bytes.jsonl": b'{"text": "\xff' + TEXT.encode() + b'"}',
    "bytes.txt": TEXT.encode() + b"\xff",
    "none.parquet": TEXT.encode(),
}

KEPT = {"half_other.jsonl", "half_patient.jsonl"}


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("skip", [True, False])
@pytest.mark.parametrize("name", FILES)
def test_damaged_files(name, skip, umls, tmp_path, monkeypatch):
    monkeypatch.setenv("SPACY_UMLSBERT_DEID_KEY", KEY)
    source = write(tmp_path / name, FILES[name])
    target, audit = tmp_path / f"safe{source.suffix}", tmp_path / "audit.json"
    patient = [] if name.endswith(("txt", "parquet")) else ["--patient-column", "who"]
    code, shown = umls(
        "deid", source, target, "--audit", audit, "--output", "surrogate", *patient,
        *(["--skip-failed"] if skip else []),
    )  # fmt: skip
    assert (code == 0) == target.exists()
    assert code == 0 or "could not be completed" in shown
    if name in KEPT:  # half a pair in another column is written as it was
        [(_, before)], [(_, after)] = RowFile(source).rows(), RowFile(target).rows()
        assert {**after, "text": ""} == {**before, "text": ""}
    else:
        assert skip or code != 0
    if code == 0:
        assert_safe(audit.read_text(), *(row["text"] for _, row in RowFile(target).rows()))


def parquet(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet_that_is_damaged_or_holds_what_python_cannot(umls, tmp_path):
    nanoseconds = pa.array([1_234_567_891, 2], pa.timestamp("ns"))
    good = parquet(tmp_path / "good.parquet", text=[TEXT, TEXT], who=[NAME, OTHER])
    assert umls("deid", good, tmp_path / "safe.parquet")[0] == 0
    cases = [
        parquet(tmp_path / "time.parquet", text=[TEXT, TEXT], at=nanoseconds),
        parquet(tmp_path / "bytes.parquet", text=[TEXT.encode(), b""]),
        parquet(tmp_path / "column.parquet", **{NAME: [TEXT]}),
        write(tmp_path / "hole.parquet", _with_a_hole(good.read_bytes())),
        write(tmp_path / "cut.parquet", good.read_bytes()[:-9]),
    ]
    for source in cases:
        code, shown = umls("deid", source, tmp_path / "other.parquet")
        assert code == 0 or "could not be completed" in shown
        assert (tmp_path / "other.parquet").exists() == (code == 0)
        (tmp_path / "other.parquet").unlink(missing_ok=True)


def _with_a_hole(content):
    return content[:8] + bytes(60) + content[68:]


@pytest.mark.parametrize("skip", [True, False])
def test_pipelines_that_quote_the_note(skip, umls, tmp_path):
    nlp = make_nlp()
    nlp.add_pipe("quotes_the_note", first=True)
    nlp.to_disk(tmp_path / "pipeline")
    source = write(tmp_path / "notes.jsonl", table(ROW, ROW))
    options = ["-m", tmp_path / "pipeline", *(["--skip-failed"] if skip else [])]
    code, shown = umls("deid", source, tmp_path / "safe.jsonl", *options)
    assert code == (0 if skip else 1) and "ValueError" in shown


def test_targets_columns_and_pipelines(umls, tmp_path, monkeypatch):
    source = write(tmp_path / "notes.jsonl", table(ROW))
    write(tmp_path / "notes.csv", f"who,text\n{NAME},x\n")
    (tmp_path / "folder.jsonl").mkdir()
    spacy.blank("en").to_disk(tmp_path / "blank")
    for arguments in (
        [source, tmp_path / "folder.jsonl"],
        [source, source / "below.jsonl"],
        [source, tmp_path / "safe.csv"],
        [source, tmp_path / "safe.jsonl", "--audit", tmp_path / "folder.jsonl"],
        [source, tmp_path / "safe.jsonl", "-m", tmp_path / "blank"],
        [source, tmp_path / "safe.jsonl", "-m", source],
        [source, tmp_path / "safe.jsonl", "-m", "no_such_pipeline"],
        [source, tmp_path / "safe.jsonl", "--text-column", "body"],
        [tmp_path / "notes.csv", tmp_path / "safe.csv", "--patient-column", "body"],
        [tmp_path / "absent.csv", tmp_path / "safe.csv"],
        [tmp_path / "notes.doc", tmp_path / "safe.doc"],
    ):
        assert umls("deid", *arguments)[0] == 1


def test_errors_that_nobody_thought_of(umls, tmp_path, monkeypatch):
    source = write(tmp_path / "notes.jsonl", table(ROW))
    module = import_module("spacy_umlsbert.deid.note_files")
    monkeypatch.setattr(module, "deidentify_file", lambda *_, **__: quote(TEXT))
    code, shown = umls("deid", source, tmp_path / "safe.jsonl")
    assert code == 1 and "should not be (ValueError" in shown and "test_messages.py" in shown


# umls evaluate-deid


def test_evaluations(umls, tmp_path, monkeypatch):
    nlp = spacy.blank("en")
    doc = nlp.make_doc(TEXT)
    doc.set_ents([Span(doc, 1, 2, label=OTHER)])  # by a slip, the text is where the label should be
    DocBin(docs=[doc], store_user_data=True).to_disk(tmp_path / "gold.spacy")
    report = tmp_path / "report"
    code, _ = umls("evaluate-deid", "rules", tmp_path / "gold.spacy", report)
    assert code == 0
    assert_safe(*(p.read_text() for p in report.iterdir() if p.suffix != ".png"))
    assert json.loads((report / "entities.json").read_text())["per_label"]["other"]["gold"] == 1
    msgpack = zlib.compress(srsly.msgpack_dumps({NAME: TEXT}))
    for content in (TEXT, msgpack, zlib.compress(TEXT.encode()), msgpack[:-4], b"", doc.to_bytes()):
        damaged = write(tmp_path / "damaged.spacy", content)
        assert umls("evaluate-deid", "rules", damaged, tmp_path / "none")[0] == 1
    assert umls("evaluate-deid", "rules", tmp_path / "gold.spacy", damaged)[0] == 1
    nlp.to_disk(tmp_path / "blank")
    assert umls("evaluate-deid", tmp_path / "blank", tmp_path / "gold.spacy", report)[0] == 1
    (tmp_path / "folder").mkdir()
    code, _ = umls(
        "evaluate-deid", "rules", tmp_path / "gold.spacy", report, "--leaks", tmp_path / "folder"
    )
    assert code == 1
    monkeypatch.setattr(finder, "find_by_rules", quote)
    assert umls("evaluate-deid", "rules", tmp_path / "gold.spacy", report)[0] == 1
    module = import_module("spacy_umlsbert.evaluation.deid.evaluate")
    monkeypatch.setattr(module, "score_deid", lambda *_, **__: quote(TEXT))
    assert "ValueError" in umls("evaluate-deid", "rules", tmp_path / "gold.spacy", report)[1]


# umls convert


def record(number, body):
    return f'<RECORD ID="{number}"><TEXT>{body}</TEXT></RECORD>\n'


def standoff(tags, body=TEXT):
    return f"<root><TEXT><![CDATA[{body}]]></TEXT><TAGS>{tags}</TAGS></root>"


CORPORA = {
    "marked": {
        "slip.txt": f"Mr. [[PATIENT|{NAME}]] and Dr. [[{OTHER}|DOCTOR]]",
        "unlabelled.txt": f"Mr. [[{NAME}]] and [[{OTHER}|]] [[{RECORD}|1]] [[{NAME}|DOCTOR",
        "nested.txt": f"[[Mr. [[{NAME}|PATIENT]]|{OTHER}]] [[ |PATIENT]]",
        "inside.txt": f"x[[{NAME}|PATIENT]]x [[{NAME}|PATIENT]]x",
        "bytes.txt": f"Mr. [[{NAME}|PATIENT]] é".encode("latin1"),
        "empty.txt": "",
        "damaged.txt": b"\x00\xff" + NAME.encode(),
    },
    "i2b2-2006": {
        "none.xml": f"<ROOT>{TEXT}</ROOT>",
        "records.xml": "<ROOT>"
        + record(NAME, f'Mr. <PHI TYPE="PATIENT">{NAME}</PHI> is well.')
        + record(NAME, f'Mr. <PHI TYPE="PATIENT">{NAME}</PHI> again.')
        + record(2, f'<PHI TYPE="{NAME}">{OTHER}</PHI>, <PHI>{NAME}</PHI>')
        + record(3, f'</PHI> {NAME} <PHI TYPE="DOCTOR">{OTHER}')
        + record(4, f'x<PHI TYPE="DOCTOR">{NAME}</PHI>x & <PHI TYPE="ID"></PHI> <{OTHER}>')
        + record(5, " ")
        + f'<RECORD ID="{OTHER}"',
        "bytes.xml": f'<RECORD ID="9"><TEXT>{TEXT} é</TEXT>'.encode("latin1"),
        "empty.xml": " ",
    },
    "i2b2-2014": {
        "text.xml": f"<root><NOTE>{TEXT}</NOTE></root>",
        "blank.xml": standoff("", " "),
        "tags.xml": standoff(
            f'<{NAME} start="1" end="2"/><NAME TYPE="{OTHER}" start="4" end="17" text="{NAME}"/>'
            f'<{OTHER} TYPE="DATE" start="{NAME}" end="2"/>'
            f'<NAME TYPE="PATIENT" start="9" end="20" text="{NAME}"/>'
            f'<NAME TYPE="PATIENT" start="4" end="17" text="{NAME}"/>'
            f'<NAME TYPE="PATIENT" start="4" end="17" text="{NAME}"/>'
            f'<NAME TYPE="DOCTOR" start="5" end="16" text="{NAME[1:-1]}"/>'
            f'<NAME TYPE="DOCTOR" start="400" end="500" text="Mr. {OTHER} {RECORD}"/>'
            f'<ID TYPE="ID" start="400" end="500"/><!-- {NAME} -->'
        ),
        "stray.xml": f"<root><TEXT>{TEXT} & <{NAME} x <b></TEXT><TAGS></root>",
        "unclosed.xml": f"<root><TEXT>{TEXT}</{NAME}></TAGS>",
        "entity.xml": f'<!DOCTYPE r [<!ENTITY {NAME} "x">]><root><TEXT>&{NAME};</TEXT></root>',
        "external.xml": f'<!DOCTYPE r SYSTEM "{NAME}.dtd"><root><TEXT>&{NAME};</TEXT></root>',
        "words.xml": TEXT,
        "attribute.xml": f'<root {NAME}="{OTHER}" {NAME}="x"><TEXT>{TEXT}</TEXT></root>',
        "bytes.xml": standoff("", f"{TEXT} é").encode("latin1"),
        "control.xml": standoff("", f"{TEXT}\x01\x02"),
        "empty.xml": "",
    },
}


@pytest.mark.parametrize("name", CORPORA)
@pytest.mark.parametrize("options", [[], ["--sentences"], ["--unaligned", "expand"]])
def test_corpora(name, options, umls, tmp_path):
    if "--sentences" in options:
        pytest.importorskip("scispacy")
    files = CORPORA[name]
    folder = tmp_path / "corpus"
    folder.mkdir()
    for file, content in files.items():
        write(folder / file, content)
    (tmp_path / "ids.txt").write_text(f"{NAME} {OTHER} {RECORD}\n")
    problems = ["--problems", tmp_path / "problems.jsonl"]
    target = tmp_path / "gold.spacy"
    code, shown = umls("convert", name, folder, target, *options, *problems)
    assert code == 0 and "problem" in shown
    assert_safe((tmp_path / "problems.jsonl").read_text())
    if any(NAME in str(content) and "TYPE" in str(content) for content in files.values()):
        assert "other" in shown  # labels that a slip made of text
    for split in ("train", "dev"):
        umls("convert", name, folder, target, "--split", split, *problems)
    umls("convert", name, folder, target, "--ids", tmp_path / "ids.txt", *problems)
    umls("evaluate-deid", "rules", target, tmp_path / "report")
    for file in files:  # each alone, of which some are no corpus at all
        umls("convert", name, folder / file, target, *options)


def test_conversions_that_cannot_be(umls, tmp_path, monkeypatch):
    note = write(tmp_path / "note.txt", f"Mr. [[{NAME}|PATIENT]] is well.")
    write(tmp_path / "ids.txt", "")
    (tmp_path / "none").mkdir()
    for arguments in (
        [note, tmp_path / "gold.bin"],
        [note, tmp_path / "gold.spacy", "--label", "PATIENT"],
        [note, tmp_path / "gold.spacy", "--setting", "x=1"],
        [note, tmp_path / "gold.spacy", "--lang", "zz"],
        [note, tmp_path / "gold.spacy", "--ids", tmp_path / "ids.txt"],
        [note, tmp_path / "gold.spacy", "--ids", tmp_path / "absent.txt"],
        [note, note / "gold.spacy"],
        [tmp_path / "none", tmp_path / "gold.spacy"],
    ):
        assert umls("convert", "marked", *arguments)[0] == 1
    monkeypatch.setattr(
        "spacy_umlsbert.corpora.annotated.reader.annotate", lambda *_, **__: quote(TEXT)
    )
    code, shown = umls("convert", "marked", note, tmp_path / "gold.spacy")
    assert code == 1 and "ValueError" in shown


def test_ids_that_are_not_in_the_corpus(umls, tmp_path):
    note = write(tmp_path / "note.txt", f"Mr. [[{NAME}|PATIENT]] is well.")
    ids = write(tmp_path / "ids.txt", f"note {NAME} {OTHER}")
    code, shown = umls("convert", "marked", note, tmp_path / "gold.spacy", "--ids", ids)
    assert code == 0 and "listed documents" in shown
