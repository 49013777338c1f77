"""How names, dictionaries and corpora are read before mentions are linked."""

from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.errors import InputError, TerminologyError
from spacy_umlsbert.linking.abbreviation_expansion import expanded
from spacy_umlsbert.linking.biosyn_mentions import biosyn_mentions
from spacy_umlsbert.linking.gold_mentions import GoldMention, ids_of, read_concept_folder
from spacy_umlsbert.linking.name_normalizer import NameNormalizer, read_spelling
from spacy_umlsbert.linking.name_table import NameTable, read_name_table

NORMALIZE = NameNormalizer(spelling={"hemmorhage": "haemorrhage", "the": ""})


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Crohn's disease", "crohn s disease"),
        ("The  Hemmorhage (acute)", "haemorrhage acute"),
        ("non-Hodgkin", "non hodgkin"),
        ("***", ""),
        ("Ménière", "ménière"),
    ],
)
def test_names_are_written_alike(name, written):
    assert NORMALIZE(name) == written


@given(st.text(max_size=40))
def test_writing_a_name_twice_changes_nothing_more(name):
    written = NameNormalizer()(name)
    assert NameNormalizer()(written) == written


def test_a_list_of_spellings(tmp_path):
    path = tmp_path / "spelling.txt"
    path.write_text("fist||first\nlong||\ngone\n\n", "utf8")
    assert read_spelling(path) == {"fist": "first", "long": "", "gone": ""}
    with pytest.raises(TerminologyError, match="no such file"):
        read_spelling(tmp_path / "none.txt")


def test_a_dictionary_has_a_row_for_each_name_of_a_concept(tmp_path):
    path = tmp_path / "medic.txt"
    path.write_text("D1|100||Fever|fever|Pyrexia\n\nD2||Fever|***\nOMIM:3||Rash\n", "utf8")
    table = read_name_table(path, NORMALIZE)
    assert list(table.rows()) == [
        ("fever", ("D1", "100")),
        ("pyrexia", ("D1", "100")),
        ("fever", ("D2",)),
        ("rash", ("3",)),
    ]
    assert table.known_ids == {"D1", "100", "D2", "3"}
    path.write_text("D1||fever\nD2 fever\n", "utf8")
    with pytest.raises(TerminologyError, match="2"):
        read_name_table(path, NORMALIZE)


def test_training_mentions_become_names_but_not_composite_ones():
    table = NameTable.of([("fever", ("D1",)), ("hot", ("D1",))])
    learnt = [
        GoldMention("1", ("hot",), ("D7",)),
        GoldMention("1", ("febrile",), ("D1",)),
        GoldMention("1", ("febrile",), ("D1",)),
        GoldMention("1", ("fever",), ("D1",)),
        GoldMention("2", ("fever", "rash"), ("D1", "D3")),
    ]
    assert list(table.with_mentions(learnt).rows()) == [
        ("febrile", ("D1",)),
        ("hot", ("D7",)),
        ("fever", ("D1",)),
        ("hot", ("D1",)),
    ]


def test_concept_folders(tmp_path):
    (tmp_path / "1.concept").write_text(
        "1||0 5||Disease||fever||D1\n\n1||8 20||Disease||fever\n", "utf8"
    )
    with pytest.raises(InputError, match="line 3"):
        list(read_concept_folder(tmp_path))
    (tmp_path / "1.concept").write_text("1||0|5||Disease||fever||MESH:D1+OMIM:2\n", "utf8")
    assert list(read_concept_folder(tmp_path)) == [GoldMention("1", ("fever",), ("D1", "2"))]
    with pytest.raises(InputError, match=r"no \.concept file"):
        list(read_concept_folder(tmp_path / "none"))


def test_ids_lose_their_prefixes():
    assert ids_of("MESH:D1|OMIM:2+D3") == ("D1", "2", "D3")


def test_abbreviations_are_written_out_and_composites_taken_apart():
    text = "Breast and colon cancer (BCC), adenomatous polyposis coli (APC). APC/BCC, APC, none."
    marked = [("Breast and colon cancer", "D1|D2"), ("APC/BCC", "D3"), ("none", "")]
    annotations = [
        Annotation(
            text.rindex(name), text.rindex(name) + len(name), "Disease", tuple(ids.split("|"))
        )
        if ids
        else Annotation(text.rindex(name), text.rindex(name) + len(name), "Disease")
        for name, ids in marked
    ]
    found = list(
        biosyn_mentions(
            [AnnotatedText("7", text, annotations, Path("x"), 1)],
            spacy.blank("en"),
            NameNormalizer(),
        )
    )
    assert found[0] == GoldMention("7", ("breast cancer", "colon cancer"), ("D1", "D2"))
    assert found[0].is_composite
    assert "adenomatous polyposis coli" in found[1].parts[0]
    assert len(found) == 2


def test_abbreviations_that_stand_for_each_other_come_to_an_end():
    assert expanded("A, x", {"A": "B", "B": "A"})
    assert expanded("A, x", {"A": "long form"}) == "long form, x"
    assert expanded("A/B", {"A": "a b", "B": "c"}) == "a b/c"
