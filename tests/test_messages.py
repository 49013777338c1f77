"""No message of the package can hold text of a document: its code is read to see that.

What a message may be made of is said in `message_flow`. `CHECKED` lists what cannot be decided by
reading the code and was looked at. If the test names a new part: see that it can never be text of a
note, then mark it where it stands with `spacy_umlsbert.errors.safe(...)`. If it can be text, leave
it out, and say kind, place, file, line or offset instead.
"""

import ast
import re
from pathlib import Path

import pytest

from spacy_umlsbert.cli import app
from spacy_umlsbert.corpora.pairs.labelled_pair import LabelledPair
from spacy_umlsbert.text.rewriting import Replacement
from tests.message_flow import Code

ROOT = Path(__file__).parents[1]
SHOWS_TEXTS = {"scripts/show.py"}
"""Shows the demo's notes, which nobody wrote."""

# Names of settings, options, columns, fields of a format, files of a knowledge base, and shapes;
# messages of another list of fixed words; errors of other libraries that quote a setting.
CHECKED: dict[str, set[str]] = {
    "scripts/check_release.py": {
        "count",
        "cuis",
        "line",
        "match",
        "name",
        "owners",
        "role",
        "row.cui",
        "row.evidence",
        "row.name",
        "source",
        "term",
        "word",
    },
    "scripts/fetch_from_package.py": {"found", "member", "requirement", "sha256", "wheel.name"},
    "scripts/train_grid.py": {"best", "point", "problems"},
    "scripts/unzip_nli4ct.py": {"error"},
    "scripts/write_release.py": {"error", "identifier", "problem"},
    "spacy_umlsbert/_compat.py": {"package"},
    "spacy_umlsbert/annotations/pairs.py": {"hypothesis", "premise"},
    "spacy_umlsbert/cli/app.py": {"error", "failed", "name"},
    "spacy_umlsbert/cli/build_kb.py": {"unknown", "without"},
    "spacy_umlsbert/cli/convert.py": {
        "format.value",
        "format_name",
        "item",
        "items",
        "known",
        "lang",
    },
    "spacy_umlsbert/cli/crosswalk.py": {"counts", "shown"},
    "spacy_umlsbert/cli/evaluate_deid.py": {"exact.fscore", "exact.precision", "figures"},
    "spacy_umlsbert/cli/evaluation.py": {"model", "old_model"},
    "spacy_umlsbert/cli/import_checkpoint.py": {"remark"},
    "spacy_umlsbert/cli/inspect_kb.py": {"json", "meta"},
    "spacy_umlsbert/cli/link.py": {"mentions"},
    "spacy_umlsbert/cli/linking_options.py": {"model"},
    "spacy_umlsbert/cli/lookup.py": {"text"},
    "spacy_umlsbert/cli/neighbours.py": {"json", "kind"},
    "spacy_umlsbert/cli/nli.py": {"judgement.problem", "line", "problem"},
    "spacy_umlsbert/cli/pipelines.py": {"error"},
    "spacy_umlsbert/cli/show.py": {"to_terminal(doc)"},
    "spacy_umlsbert/cli/prepare_notes.py": {
        "allowed",
        "first",
        "kind.value",
        "n",
        "option",
        "value",
    },
    "spacy_umlsbert/corpora/annotated/formats/brat.py": {"message"},
    "spacy_umlsbert/corpora/annotated/formats/i2b2_2010.py": {"concepts"},
    "spacy_umlsbert/corpora/annotated/offsets.py": {"message", "where"},
    "spacy_umlsbert/corpora/corpus.py": {"message", "self.report.summary()"},
    "spacy_umlsbert/corpora/notes/prepare.py": {"_nothing(source)"},
    "spacy_umlsbert/corpora/notes/reading.py": {"message", "picker.missing", "picker.twice"},
    "spacy_umlsbert/corpora/pairs/formats/mednli.py": {"message"},
    "spacy_umlsbert/corpora/pairs/formats/nli4ct.py": {"record", "role"},
    "spacy_umlsbert/corpora/report.py": {"kind", "kind.value", "self.summary()"},
    "spacy_umlsbert/deid/labels.py": {"name"},
    "spacy_umlsbert/deid/note_files.py": {"line", "text_columns"},
    "spacy_umlsbert/errors.py": {"_rebuild(remedy)"},
    "spacy_umlsbert/evaluation/deid/evaluate.py": {"document_id(reference)"},
    "spacy_umlsbert/evaluation/nli/evaluate.py": {"found[0].problem"},
    "spacy_umlsbert/files/file_names.py": {"suffixes"},
    "spacy_umlsbert/files/json_lines.py": {
        "duplicate_names([name for name, _ in pairs], 'fields')",
        "duplicate",
        "error",
    },
    "spacy_umlsbert/files/lines.py": {"line.problem"},
    "spacy_umlsbert/files/row_files.py": {"self.kind"},
    "spacy_umlsbert/files/storage.py": {
        "entry",
        "file",
        "kind.check",
        "kind.noun",
        "kind.remedy",
        "kind.version",
        "location",
        "meta",
        "name",
        "self.kind.remedy",
        "shape",
        "size",
        "stored",
    },
    "spacy_umlsbert/files/tables.py": {"first.number", "message"},
    "spacy_umlsbert/guard.py": {"text"},
    "spacy_umlsbert/layers/heads/pair_vectors.py": {"pooling"},
    "spacy_umlsbert/layers/transformer/load_backbone.py": {"error", "name"},
    "spacy_umlsbert/layers/transformer/model.py": {"docs"},  # its check names kinds alone
    "spacy_umlsbert/layers/transformer/semantic_types.py": {"kind", "lookup_key"},
    "spacy_umlsbert/linking/alignment/run.py": {"concepts.kb"},
    "spacy_umlsbert/linking/encoder_files.py": {"error", "path", "pooling"},
    "spacy_umlsbert/linking/gold_mentions.py": {"number"},
    "spacy_umlsbert/linking/index/location.py": {"at"},
    "spacy_umlsbert/linking/known_mentions.py": {"number"},
    "spacy_umlsbert/linking/encoder_config.py": {"error", "self.weights"},
    "spacy_umlsbert/model/configuration.py": {
        "semantic_types",
        "unknown",
        "wordpiece_semantic_types",
    },
    "spacy_umlsbert/model/embed.py": {"pooling"},
    "spacy_umlsbert/model/published/import_checkpoint.py": {
        "_some(extra)",
        "_some(lost)",
        "name",
        "shape",
        "state",
        "tui_size",
        "value.shape",
        "vocabulary.name",
    },
    "spacy_umlsbert/model/warm_start.py": {"error", "name", "path"},
    "spacy_umlsbert/nli/pair_files.py": {"problem"},
    "spacy_umlsbert/old_names.py": {"new", "old", "where"},
    "spacy_umlsbert/pipeline/components.py": {"factory", "pipeline"},
    "spacy_umlsbert/pipeline/guarded_pipe.py": {"first", "self.failure"},
    "spacy_umlsbert/pipeline/knowledge_base_holder.py": {"reference"},
    "spacy_umlsbert/pipeline/umls_linker.py": {"name"},
    "spacy_umlsbert/pipeline/umls_nli.py": {"problem"},
    "spacy_umlsbert/pretraining/corpus.py": {"progress"},
    "spacy_umlsbert/pretraining/learner.py": {"error"},
    "spacy_umlsbert/pretraining/text.py": {"document_field", "field"},
    "spacy_umlsbert/training/arguments.py": {"error", "missing", "package"},
    "spacy_umlsbert/training/resume.py": {"changed"},
    "spacy_umlsbert/training/run.py": {"metrics"},
    "spacy_umlsbert/training/settings.py": {"error", "old"},
    "spacy_umlsbert/umls/code_build.py": {"files", "rows", "texts", "wanted"},
    "spacy_umlsbert/umls/code_store.py": {"self._files.location", "self.vocabularies"},
    "spacy_umlsbert/umls/gathering.py": {"method", "schema.names", "table.schema.names"},
    "spacy_umlsbert/umls/kb.py": {"concept_id", "self._files.location"},
    "spacy_umlsbert/umls/matching/settings.py": {"known", "name", "unknown"},
    "spacy_umlsbert/umls/meta.py": {"files.location", "meta"},
    "spacy_umlsbert/umls/semantic_types.py": {"name", "tui"},
    "spacy_umlsbert/umls/source_options.py": {
        "_option(file)",
        "form",
        "given",
        "licenses",
        "option",
    },
    "spacy_umlsbert/umls/sources/concepts.py": {"tuis"},
    "spacy_umlsbert/umls/sources/obo.py": {"scopes"},
    "spacy_umlsbert/umls/sources/code_table.py": {"missing"},
    "spacy_umlsbert/umls/sources/obo_format.py": {"last.number"},
    "spacy_umlsbert/umls/sources/rrf.py": {"name"},
    "spacy_umlsbert/umls/sources/rrf_files.py": {"missing", "name", "path.name"},
}


def read(text: str) -> list[str]:
    """The unsafe parts of a module's messages."""
    return [one.part for one in Code({Path("module.py"): text}).unsafe_messages()]


def test_no_message_can_hold_text_of_a_document() -> None:
    files = [*(ROOT / "spacy_umlsbert").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")]
    names = {path.relative_to(ROOT).as_posix(): path for path in sorted(files)}
    code = {Path(name): path.read_text("utf-8") for name, path in names.items()}
    found = [
        one
        for one in Code(code).unsafe_messages()
        if one.path.as_posix() not in SHOWS_TEXTS
        and one.part not in CHECKED.get(one.path.as_posix(), ())
    ]
    assert not found, "may be text of a document:\n" + "\n".join(map(str, found))


TEXTS = {
    "text", "texts", "premise", "hypothesis", "row", "record", "fields", "mention", "words",
    "strings", "lines", "patient_id", "normal_texts",
}  # fmt: skip
"""What fields are called that hold text of a document."""
NO_TEXTS = {"Columns", "_Kind", "PairStates"}
"""Names of columns, placeholders, arrays."""


def test_objects_that_hold_texts_do_not_show_them() -> None:
    for path in sorted((ROOT / "spacy_umlsbert").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.ClassDef) or node.name in NO_TEXTS:
                continue
            decorators = [ast.unparse(one) for one in node.decorator_list]
            is_tuple = "NamedTuple" in map(ast.unparse, node.bases)
            if is_tuple or any("dataclass" in one for one in decorators):
                fields = [
                    ast.unparse(one.target)
                    for one in node.body
                    if isinstance(one, ast.AnnAssign)
                    and re.search("str|Any|Row", ast.unparse(one.annotation))
                ]
                hidden = " ".join(one for one in decorators if one.startswith("hide_in_repr"))
                shown = {one for one in {*fields} & TEXTS if f"'{one}'" not in hidden}
                assert not shown, f"{path}: {node.name}"


def test_the_short_repr() -> None:
    assert repr(Replacement(3, 9, "Zebadiah")) == "Replacement(start=3, end=9, text=<8 characters>)"
    pair = LabelledPair("17", "Mr. Lee", "is well", "neutral", Path("f.jsonl"), 3)
    assert "Lee" not in repr(pair) and "well" not in f"{[pair]}" and "'17'" in repr(pair)


UNSAFE = {
    "an error": "def read(text: str):\n    raise ValueError(f'cannot read {text}')",
    "an error of one's own": "def read(doc):\n    raise InputError(f'cannot read {doc.text}')\n"
    "class InputError(ValueError): pass",
    "put together before": "def read(doc):\n    one = 'in ' + doc.text\n    raise ValueError(one)",
    "an old way": "def read(doc):\n    raise ValueError('in %s' % doc.text)",
    "format": "def read(doc):\n    raise ValueError('in {}'.format(doc.text))",
    "joined": "def read(doc):\n    raise ValueError(', '.join(t.text for t in doc))",
    "one of two": "def read(doc, n: int):\n    raise ValueError(doc.text if n else 'none')",
    "a part of it": "def read(doc):\n    raise ValueError(doc.text[:3])",
    "unpacked": "def read(doc):\n    a, b = doc.text.split()\n    raise ValueError(a)",
    "a loop": "def read(doc):\n    for word in doc:\n        raise ValueError(f'{word}')",
    "what a library says": "def read(x):\n    try:\n        int(x)\n"
    "    except ValueError as error:\n        raise ValueError(str(error))",
    "a warning": "def read(doc):\n    warnings.warn(f'odd: {doc}')",
    "a log record": "def read(doc):\n    logger.debug('read %s', doc.text)",
    "shown": "def read(doc):\n    msg.warn(f'odd: {doc}')",
    "printed": "def read(doc):\n    print(doc.text)",
    "beside a bar": "def read(bar, doc):\n    bar.set_postfix_str(doc.text)",
    "the name of a bar": "def read(doc):\n    tqdm([], desc=doc.text)",
    "an assertion": "def read(doc):\n    assert doc.text, f'odd: {doc}'",
    "handed on": "def fail(problem: str):\n    raise ValueError(problem)\n"
    "def read(doc):\n    fail(f'odd: {doc}')",
    "handed on by name": "def fail(*, problem: str):\n    raise ValueError(problem)\n"
    "def read(doc):\n    fail(problem=doc.text)",
    "by a function": "def said(doc):\n    return doc.text\ndef read(doc):\n"
    "    raise ValueError(said(doc))",
    "of an attribute": "class Reader:\n    def __init__(self, doc):\n        self.doc = doc\n"
    "    def read(self):\n        raise ValueError(self.doc)",
    "kept for later": "def read(doc):\n    error = ValueError(doc.text)\n    raise error",
}
SAFE = {
    "fixed words": "def read(doc):\n    raise ValueError('cannot be read')",
    "numbers": "def read(doc, line: int):\n    raise ValueError(f'line {line}: {len(doc)} words')",
    "paths": "def read(path: Path | None):\n    raise ValueError(f'{path}, in {path.parent.name}')",
    "kinds": "def read(error):\n    raise ValueError(f'{type(error).__name__}') from None",
    "constants": "KINDS = ('a', 'b')\ndef read():\n    raise ValueError(', '.join(sorted(KINDS)))",
    "enums": "class Kind(Enum):\n    a = 'a'\ndef read(a: Kind):\n    raise ValueError(a.value)",
    "marked": "def read(column: str):\n    raise ValueError(f'no column {safe(column)}')",
    "one of two": "def read(n: int):\n    a = 'rows' if n else 'words'\n    msg.warn(f'{n} {a}')",
    "handed on": "def fail(problem: str):\n    raise ValueError(problem)\n"
    "def read(n: int):\n    fail(f'{n} rows')",
    "settings": "@Language.factory('x')\ndef make(nlp, name: str):\n    raise ValueError(name)",
}


@pytest.mark.parametrize("case", UNSAFE)
def test_messages_that_may_hold_text_are_found(case: str) -> None:
    assert read(UNSAFE[case])


@pytest.mark.parametrize("case", SAFE)
def test_messages_without_text_are_let_pass(case: str) -> None:
    assert read(SAFE[case]) == []


def test_no_error_shows_what_caused_it() -> None:
    for path in sorted((ROOT / "spacy_umlsbert").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Raise) and node.cause is not None:
                assert ast.unparse(node.cause) == "None", f"{path}, line {node.lineno}"


def test_all_commands_are_guarded() -> None:
    assert app.registered_commands
    for command in app.registered_commands:
        assert command.callback.__code__.co_filename.endswith("cli/app.py"), command.name
