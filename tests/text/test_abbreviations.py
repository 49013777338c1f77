"""Which abbreviations a text defines, what they stand for, and where they occur."""

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("scispacy", reason="abbreviations are found with scispaCy")

from spacy_umlsbert.text.abbreviations import AbbreviationFinder

NLP = spacy.blank("en")
FIND = AbbreviationFinder(NLP.vocab)


def defined(text: str) -> list[tuple[str, str]]:
    return [(one.short.text, one.long.text) for one in FIND(NLP.make_doc(text))]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("AMLS", "amyotrophic lateral sclerosis"),
        ("T-PLL", "T-cell prolymphocytic leukemia"),
        ("A-T", "ataxia-telangiectasia"),
        ("X-SCID", "X-linked severe combined immunodeficiency"),
        ("5-FU", "5-fluorouracil"),
        ("T2DM", "type 2 diabetes mellitus"),
        ("NSCLC", "non-small cell lung cancer"),
        ("ALS/FTD", "amyotrophic lateral sclerosis/frontotemporal dementia"),
        ("AAPC", "attenuated adenomatous polyposis coli"),
        ("HELLP", "hemolysis, elevated liver enzymes, low platelets"),
    ],
)
def test_either_form_first_in_any_bracket(short: str, long: str) -> None:
    pair = (short, long)
    for opening, closing in ("()", "[]"):
        text = f"A case of {long} {opening}{short}{closing} is shown. Known {short}: two."
        assert defined(text) == [pair, pair]
        text = f"A case of {short} {opening}{long}{closing} is shown. Known {short}: two."
        assert defined(text) == [pair, pair]
        assert defined(f"{short} {opening}{long}{closing}: it") == [pair]


def test_several_definitions_in_one_bracket() -> None:
    pairs = [("MI", "mitral insufficiency"), ("AS", "aortic stenosis")]
    for text in (
        "Severe valve disease (MI, mitral insufficiency; AS, aortic stenosis).",
        "Severe valve disease (mitral insufficiency, MI; aortic stenosis, AS).",
        "Moderate illness (MI: mitral insufficiency; AS = aortic stenosis).",
    ):
        assert defined(text) == pairs
        assert defined(f"{text} MI and AS") == [*pairs, *pairs]


def test_what_else_stands_in_the_bracket() -> None:
    assert defined("Stevens-Johnson syndrome (SJS; myotonia)") == [
        ("SJS", "Stevens-Johnson syndrome")
    ]
    assert defined("COPD (chronic obstructive pulmonary disease, severe)") == [
        ("COPD", "chronic obstructive pulmonary disease")
    ]
    assert defined("West Nile virus (WNV) infection (WNVI)") == [("WNV", "West Nile virus")]


def test_plurals() -> None:
    assert defined("a pulmonary embolism (PE); two PEs")[1] == ("PEs", "pulmonary embolism")
    assert defined("levodopa-induced dyskinesias (LIDs), an LID")[1][0] == "LID"


@pytest.mark.parametrize(
    "text",
    [
        "had a fever (hot)",
        "patients (pediatric and adult)",
        "the HIV/AIDS (human)",
        "atrial fibrillation. (AF)",
        "AF",
        "() [] ( ) ): (",
        "AF (AF)",
    ],
)
def test_nothing_is_defined(text: str) -> None:
    assert defined(text) == []


@given(
    st.lists(
        st.sampled_from("AF A-T atrial fibrillation ataxia , ; ( ) [ ] : . - T \n\n".split(" "))
    )
)
def test_any_text(words: list[str]) -> None:
    doc = NLP.make_doc(" ".join(words))
    end = 0
    for short, long in FIND(doc):
        assert short.start >= end and len(long) and long.text != short.text
        end = short.end
