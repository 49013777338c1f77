"""No message of the package can hold text of a document: its code is read to see that.

What a message may be made of is said in `message_flow`. `CHECKED` lists what cannot be decided by
reading the code and was looked at, each at its place. If the test names a new part: see that it can
never be text of a note, then mark it where it stands with `spacy_umlsbert.errors.safe(...)`. If it
can be text, leave it out, and say kind, place, file, line or offset instead.
"""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from spacy_umlsbert.cli import app
from spacy_umlsbert.corpora.pairs.labelled_pair import LabelledPair
from spacy_umlsbert.text.rewriting import Replacement
from tests.message_flow import Code

ROOT = Path(__file__).parents[1]
SHOWS_TEXTS = {"scripts/show.py"}
"""Shows the demo's notes, which nobody wrote."""

CHECKED = ROOT / "tests" / "checked_messages.tsv"
"""Module, function and part of a message that was looked at and is never text of a note: names of
settings, options, columns, fields of a format, files of a knowledge base, and shapes; messages of
another list of fixed words; errors of other libraries that quote a setting.
"""


def read(text: str) -> list[str]:
    """The unsafe parts of a module's messages."""
    return [one.part for one in Code({Path("module.py"): text}).unsafe_messages()]


def functions_of(code: str) -> Callable[[int], str]:
    """Gives the function or class that a line of a module is in; empty if it is in none."""
    named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    places = [node for node in ast.walk(ast.parse(code)) if isinstance(node, named)]

    def at(line: int) -> str:
        around = [one for one in places if one.lineno <= line <= (one.end_lineno or 0)]
        return ".".join(one.name for one in sorted(around, key=lambda one: one.lineno))

    return at


def unsafe_places() -> set[tuple[str, str, str]]:
    """Module, function and part of each message that the code does not show to be safe."""
    files = [*(ROOT / "spacy_umlsbert").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")]
    code = {path.relative_to(ROOT): path.read_text("utf-8") for path in sorted(files)}
    functions = {path: functions_of(text) for path, text in code.items()}
    return {
        (one.path.as_posix(), functions[one.path](one.line), one.part)
        for one in Code(code).unsafe_messages()
        if one.path.as_posix() not in SHOWS_TEXTS
    }


def test_no_message_can_hold_text_of_a_document() -> None:
    rows = CHECKED.read_text("utf-8").splitlines()
    checked = {tuple(row.split("\t")) for row in rows[1:]}
    found = unsafe_places()
    new = sorted(map(" ".join, found - checked))
    assert not new, "may be text of a document:\n" + "\n".join(new)
    gone = sorted(map(" ".join, checked - found))
    assert not gone, "are in the table, and not in the code:\n" + "\n".join(gone)


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
