"""The words that tell where sentences begin and end, and those that users add."""

import pytest

from spacy_umlsbert.errors import InputError, UsageError
from spacy_umlsbert.files.resources import package_rows
from spacy_umlsbert.text.sentence_words import KINDS, SentenceWords, default_words, read_words


def test_the_table_is_whole():
    header, *rows = package_rows("spacy_umlsbert.text", "sentence_words.tsv")
    assert header == ["word", "kind", "meaning"]
    assert {kind for _, kind, _ in rows} == set(KINDS)
    assert all(word == word.lower().strip(". ") and meaning for word, _, meaning in rows)
    assert len({(word, kind) for word, kind, _ in rows}) == len(rows), "a row is there twice"
    assert "dr" in default_words().title and "hepatitis" in default_words().classes


def test_words_are_added_in_any_case_and_change_nothing_else():
    words = default_words()
    more = words.plus({"title": ["Sgn."], "class": ["Serotype"]})
    assert more.title - words.title == {"sgn"}
    assert more.classes - words.classes == {"serotype"}
    assert more.short == words.short
    assert "sgn" not in default_words().title


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"titel": ["sgn"]}, "of the kinds title, before"),
        ({"title": ["chief surgeon"]}, "one word"),
        ({"title": ["."]}, "one word"),
        ({"title": "sgn"}, "have to be a list"),
    ],
)
def test_what_is_no_word_of_a_kind(words, message):
    with pytest.raises(UsageError, match=message):
        SentenceWords().plus(words)


def test_a_file_of_words(tmp_path):
    path = tmp_path / "words.tsv"
    path.write_text("# ours\nword\tkind\tmeaning\n\nSgn.\ttitle\tsurgeon\nser\tshort\n")
    assert read_words(path) == {"title": ["sgn"], "short": ["ser"]}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("sgn", "line 2: the line does not have two or three fields. Write the word"),
        ("sgn\ttitle\ta\tb", "line 2: the line does not have two or three fields"),
        ("sgn\ttitel\tsurgeon", "line 2: no such kind. Write one of title, before"),
        ("chief surgeon\ttitle\t", "line 2: no word, or several. Write one word"),
        ("\ttitle\tx", "line 2: no word, or several"),
    ],
)
def test_a_bad_row_says_file_line_and_what_to_do(tmp_path, row, message):
    path = tmp_path / "words.tsv"
    path.write_text(f"dr\ttitle\tdoctor\n{row}\n")
    with pytest.raises(InputError) as caught:
        read_words(path)
    assert str(caught.value).startswith(f"{path}, {message}")
    assert "sgn" not in str(caught.value) and "surgeon" not in str(caught.value)
