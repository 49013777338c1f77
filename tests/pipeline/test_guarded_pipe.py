"""A Doc that fails costs no other Doc, whatever the component, and its error holds no text."""

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import ignore_error
from thinc.api import Model

from spacy_umlsbert.errors import UnexpectedError, UsageError
from spacy_umlsbert.guard import VARIABLE
from spacy_umlsbert.pipeline.guarded_pipe import GuardedPipe
from spacy_umlsbert.pipeline.labelled_pipe import LabelledPipe

NAME = "Hollingsworth"
TEXTS = [f"note {i}" if i % 5 != 3 else f"Mr. {NAME}" for i in range(20)]
GOOD = [text for text in TEXTS if NAME not in text]


class Rules(GuardedPipe):
    """Fails on Docs with the name, and counts how often it is asked."""

    def __init__(self) -> None:
        self.name = "rules"
        self.batches: list[int] = []

    def annotate(self, docs: list[Doc]) -> None:
        """Fail on the name."""
        self.batches.append(len(docs))
        for doc in docs:
            if NAME in doc.text:
                raise ValueError(f"cannot read {doc.text}")


class Trained(LabelledPipe):
    """Fails in all that is done in training, and on Docs with the name."""

    def __init__(self) -> None:
        super().__init__(spacy.blank("en").vocab, Model("none", lambda *_: None), "trained",
                         scorer=lambda examples, **_: _fail(examples))  # fmt: skip

    def predict(self, docs: list[Doc]) -> list[int]:
        """Fail on the name."""
        if any(NAME in doc.text for doc in docs):
            _fail(docs)
        return [len(doc) for doc in docs]

    def set_annotations(self, docs: list[Doc], lengths: list[int]) -> None:
        """Write nothing."""

    def get_loss(self, examples: list[Example], scores: object) -> tuple[float, object]:
        """Fail."""
        return _fail(examples)

    def initialize(self, get_examples: object, *, nlp: Language | None = None) -> None:
        """Fail."""
        _fail(get_examples())


def _fail(what: object) -> None:
    raise KeyError(f"{NAME} in {what}")


@pytest.fixture(params=[Rules, Trained])
def component(request: pytest.FixtureRequest) -> GuardedPipe:
    return request.param()


def docs() -> list[Doc]:
    return list(map(spacy.blank("en").make_doc, TEXTS))


@pytest.mark.parametrize("batch_size", [1, 7, 128])
def test_the_others_of_the_batch_are_annotated(component: GuardedPipe, batch_size: int) -> None:
    failed = []
    component.set_error_handler(lambda name, _, of, error: failed.append((name, of, error)))
    done = [doc.text for doc in component.pipe(docs(), batch_size=batch_size)]
    assert done == GOOD
    assert [[doc.text for doc in of] for _, of, _ in failed] == [[f"Mr. {NAME}"]] * 4
    assert [str(error).partition(" could")[0] for _, _, error in failed] == [
        f"{component.name}: Doc {number}" for number in (4, 9, 14, 19)
    ]
    for _, _, error in failed:
        assert isinstance(error, UnexpectedError) and NAME not in f"{error} {error.args}"
        assert error.__cause__ is None and error.__context__ is None


def test_by_default_the_error_is_raised_after_what_came_before(component: GuardedPipe) -> None:
    done = []
    with pytest.raises(UnexpectedError) as raised:
        for doc in component.pipe(docs()):
            done.append(doc.text)
    assert done == TEXTS[:3] and NAME not in str(raised.value)


def test_one_doc(component: GuardedPipe) -> None:
    good, bad = docs()[0], docs()[3]
    assert component(good) is good
    with pytest.raises(UnexpectedError):
        component(bad)
    component.set_error_handler(ignore_error)
    assert component(bad) is None  # as spaCy's own components do


def test_a_doc_that_fails_is_found_by_halves() -> None:
    rules = Rules()
    rules.set_error_handler(ignore_error)
    bad_at = 40
    nlp = spacy.blank("en")
    stream = [nlp.make_doc(NAME if i == bad_at else "x") for i in range(128)]
    assert len(list(rules.pipe(stream, batch_size=128))) == 127
    assert len(rules.batches) == 1 + 2 * 7


def test_training_and_scores() -> None:
    component = Trained()
    example = Example(docs()[3], docs()[3])
    for call in (
        lambda: component.update([example]),
        lambda: component.get_loss([example], None),
        lambda: component.initialize(lambda: [example]),
        lambda: component.score([example]),
        lambda: component.predict([example.reference]),
    ):
        with pytest.raises(UnexpectedError) as raised:
            call()
        assert NAME not in str(raised.value) and "trained: " in str(raised.value)


def test_what_the_component_says_itself_is_said() -> None:
    with pytest.raises(UsageError, match="trained has no labels"):
        Trained().require_labels()


def test_the_switch(component: GuardedPipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    with pytest.raises((ValueError, KeyError), match=NAME):
        list(component.pipe(docs()))
