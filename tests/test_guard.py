"""What leaves the guard holds no text, and the host program is as it was before."""

import gc
import logging
import os
import pickle
import threading
import warnings
from pathlib import Path
from typing import NamedTuple

import pytest

from spacy_umlsbert.errors import InputError, UnexpectedError, UsageError
from spacy_umlsbert.guard import VARIABLE, hide_in_repr, is_guarded, without_text
from spacy_umlsbert.umls.matching.name_variants import Stretch

NAME = "Hollingsworth"
GUARD = without_text("umls_deid: a text could not be read")


def quote(*_):
    raise ValueError(f"cannot read {NAME}")


def quote_deeply():
    try:
        quote()
    except ValueError as error:
        raise KeyError(NAME) from error


def own_error_with_a_chain():
    try:
        quote()
    except ValueError as error:
        raise UsageError("is not trained") from error


FOREIGN = {
    "a message": quote,
    "a chain": quote_deeply,
    "of C": lambda: int(NAME),
    "an object in the error": lambda: f"{NAME}\ud83d".encode(),  # noqa: PLW0108
    "a text taken for a file": lambda: os.stat(NAME),  # noqa: PTH116
}


@pytest.mark.parametrize("fault", FOREIGN)
def test_a_foreign_error_says_kind_and_place(fault):
    with pytest.raises(UnexpectedError) as raised:
        GUARD.call(FOREIGN[fault])
    error = raised.value
    assert NAME not in f"{error} {error!r} {error.args} {vars(error)}"
    assert error.__cause__ is None and error.__context__ is None
    assert f"could not be read ({error.kind} in test_guard.py, line " in str(error)
    assert "test_guard.py" in error.places[-1]
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.kind, copy.places) == (str(error), error.kind, error.places)


def test_nothing_keeps_the_foreign_error():
    with pytest.raises(UnexpectedError) as raised:
        GUARD.call(quote_deeply)
    held = raised.value
    frames = []
    traceback = held.__traceback__
    while traceback is not None:
        frames.append(traceback.tb_frame)
        traceback = traceback.tb_next
    assert not any(isinstance(value, KeyError) for f in frames for value in f.f_locals.values())
    assert not [one for one in gc.get_referents(held) if isinstance(one, KeyError)]


def test_own_errors_pass_without_what_caused_them():
    with pytest.raises(UsageError, match="is not trained") as raised:
        GUARD.call(own_error_with_a_chain)
    assert raised.value.__cause__ is None and raised.value.__context__ is None


def test_what_is_no_text_is_said(tmp_path):
    def fixed():
        raise RuntimeError("the matrices do not fit")

    for function, words in (
        (fixed, "the matrices do not fit"),
        (Path("no/such/file").read_text, r"No such file or directory\)"),
        ((tmp_path / "absent.csv").read_text, f"No such file or directory: {tmp_path}/absent.csv"),
        (b"ab\xff".decode, "a character at 2"),
    ):
        with pytest.raises(UnexpectedError, match=words):
            GUARD.call(function)


def test_place_line_and_remedy():
    guard = without_text("the row failed", path="notes.csv", line=17, remedy="Leave it out.")
    with pytest.raises(InputError) as raised:
        guard.call(quote)
    assert str(raised.value).startswith("notes.csv, line 17: the row failed (ValueError in ")
    assert str(raised.value).endswith("Leave it out.")


def test_each_guards_what_gives_the_items_and_not_who_takes_them():
    def items():
        assert is_guarded()
        yield 1
        quote()

    taken = []
    with pytest.raises(UnexpectedError):
        for item in GUARD.each(items()):
            assert not is_guarded()
            taken.append(item)
    assert taken == [1]


def test_as_a_decorator():
    @GUARD
    def numbers():
        yield from (1, 2)

    @GUARD
    def number(one):
        """Give a number."""
        return int(one)

    assert list(numbers()) == [1, 2] and number("3") == 3
    assert number.__doc__ == "Give a number."
    with pytest.raises(UnexpectedError):
        number(NAME)


def test_the_switch_shows_all(monkeypatch):
    monkeypatch.setenv(VARIABLE, "1")
    with pytest.raises(KeyError, match=NAME):
        GUARD.call(quote_deeply)
    with pytest.warns(UserWarning, match=NAME):
        GUARD.call(warnings.warn, NAME)


def test_warnings_of_libraries_keep_their_kind():
    def warn():
        warnings.warn(f"odd: {NAME}", FutureWarning, stacklevel=1)
        warnings.warn(f"[W030] odd: {NAME}", UserWarning, stacklevel=1)
        warnings.warn("this call will go away", DeprecationWarning, stacklevel=1)
        warnings.warn(UnicodeWarning(NAME), stacklevel=1)

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        GUARD.call(warn)
        warnings.warn("of the host", stacklevel=1)
    assert NAME not in "".join(f"{one.message!r}" for one in heard)
    assert [one.category for one in heard] == [
        FutureWarning, UserWarning, DeprecationWarning, UnicodeWarning, UserWarning,
    ]  # fmt: skip
    assert "[W030]" in str(heard[1].message) and VARIABLE in str(heard[0].message)
    assert [str(heard[i].message) for i in (2, 4)] == ["this call will go away", "of the host"]


def test_warnings_that_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UnexpectedError) as raised:
            GUARD.call(warnings.warn, f"odd: {NAME}")
    assert NAME not in str(raised.value)


def test_log_records_of_libraries(caplog):
    def log():
        library = logging.getLogger("library")
        library.warning("read %s", NAME)
        library.error(f"read {NAME}")
        library.warning("nothing to be read")
        try:
            quote()
        except ValueError:
            library.exception(NAME)
        logging.getLogger("spacy_umlsbert.corpora").warning("3 %s", "documents")

    with caplog.at_level(logging.DEBUG):
        GUARD.call(log)
        logging.getLogger("host").warning("of %s", "the host")
    assert NAME not in caplog.text
    said = [record.getMessage() for record in caplog.records]
    assert said[2] == "nothing to be read" and said[4:] == ["3 documents", "of the host"]
    assert caplog.records[0].funcName == "log" and caplog.records[0].levelname == "WARNING"
    assert all(record.exc_info is None for record in caplog.records)


def test_the_host_is_as_it_was():
    before = (warnings.showwarning, logging.getLogRecordFactory(), list(warnings.filters))
    GUARD.call(lambda: GUARD.call(int, "1"))
    with pytest.raises(UnexpectedError):
        GUARD.call(quote)
    assert before == (warnings.showwarning, logging.getLogRecordFactory(), list(warnings.filters))
    assert not is_guarded()


def test_threads(caplog):
    """A thread outside is not affected; hooks that one thread puts back late do no harm."""
    inside, outside = threading.Event(), threading.Event()
    kept = []

    def guarded():
        GUARD.call(lambda: (inside.set(), outside.wait(10)))

    before = (warnings.showwarning, logging.getLogRecordFactory())
    thread = threading.Thread(target=guarded)
    thread.start()
    inside.wait(10)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        warnings.warn(f"the host's {NAME}", stacklevel=1)
        logging.getLogger("host").warning("the host's %s", NAME)
    kept.append(logging.getLogRecordFactory())
    outside.set()
    thread.join()
    assert NAME in str(heard[0].message) and NAME in caplog.text
    assert before == (warnings.showwarning, logging.getLogRecordFactory())
    logging.setLogRecordFactory(kept[0])  # as a host would that has wrapped it
    try:
        logging.getLogger("host").warning("again")
        assert caplog.records[-1].getMessage() == "again"
    finally:
        logging.setLogRecordFactory(before[1])


def test_a_field_to_hide_must_be_there():
    class Renamed(NamedTuple):
        text: str

    with pytest.raises(AttributeError, match="Renamed has no field title"):
        hide_in_repr("title")(Renamed)
    assert NAME not in repr(hide_in_repr("text")(Renamed)(NAME))


def test_a_stretch_of_text_is_not_shown():
    assert NAME not in repr(Stretch([NAME], [NAME.lower()]))
    assert NAME.lower() not in repr(Stretch([NAME], [NAME.lower()]))
