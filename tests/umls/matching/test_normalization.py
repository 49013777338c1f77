from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.umls import MatcherSettings
from spacy_umlsbert.umls.matching.normalization import Normalizer, split_subtokens


def normal(text: str, **settings: bool) -> str:
    normalizer = Normalizer(MatcherSettings(**settings))
    return " ".join(map(normalizer.fold, split_subtokens(text)))


def test_subtokens_do_not_depend_on_how_the_tokenizer_splits() -> None:
    for text, tokens in {
        "beta-blocker": ["beta", "-", "blocker"],
        "q.d.": ["q.d", "."],
        "T2DM": ["T2DM"],
        "COVID-19": ["COVID-19"],
        "67yo": ["67", "yo"],
        "5mg/day": ["5", "mg", "/", "day"],
        "Crohn's disease": ["Crohn", "'s", "disease"],
        "22q11.2": ["22", "q", "11.2"],
        "IL-2": ["IL-2"],
        "patients'": ["patients", "'"],
    }.items():
        joined = [subtoken for token in tokens for subtoken in split_subtokens(token)]
        assert [subtoken for subtoken in joined if subtoken != "."] == split_subtokens(text), text


def test_what_is_silent_and_what_is_not() -> None:
    assert split_subtokens(" non-small\tcell  (lung)™\n") == [
        "non",
        "small",
        "cell",
        "(",
        "lung",
        ")",
    ]
    assert split_subtokens("HER2+, 5%") == ["HER", "2", "+", ",", "5", "%"]
    assert split_subtokens("H. pylori U.S.A.") == ["H", "pylori", "USA"]
    assert split_subtokens("TGFβ1") == ["TGF", "β", "1"]
    assert split_subtokens("") == split_subtokens(" -/'\u200b") == []


def test_spellings_that_are_brought_together() -> None:
    for one, other in [
        ("seizures", "seizure"),
        ("biopsies", "biopsy"),
        ("metastases", "metastasis"),
        ("diagnoses", "diagnosis"),
        ("vertebrae", "vertebra"),
        ("abscesses", "abscess"),
        ("viruses", "virus"),
        ("doses", "dose"),
        ("PVCs", "PVC"),
        ("headaches", "headache"),
        ("Stomachaches", "stomachache"),
        ("aches", "ache"),
        ("peaches", "peach"),
        ("cockroaches", "cockroach"),
        ("patches", "patch"),
        ("anaemia", "anemia"),
        ("oedema", "edema"),
        ("haemorrhages", "hemorrhage"),
        ("tumour", "tumor"),
        ("leukaemia", "leukemia"),
        ("diarrhoea", "diarrhea"),
        ("oesophageal", "esophageal"),
        ("Ménière's", "Meniere"),
        ("α-thalassaemia", "alpha thalassemia"),
        ("ear & nose", "ear and nose"),
        ("Sjo\u0308gren", "Sjögren"),
    ]:
        assert normal(one) == normal(other), one


def test_words_that_stay_apart() -> None:
    for one, other in [("AIDS", "aid"), ("virus", "viru"), ("5 mg", "5 g"), ("pus", "pu")]:
        assert normal(one) != normal(other), one


def test_each_rule_can_be_switched_off() -> None:
    assert normal("seizures", plural=False) != normal("seizure", plural=False)
    assert normal("anaemia", british_spelling=False) != normal("anemia", british_spelling=False)
    assert normal("Ménière", accents=False) != normal("Meniere", accents=False)


@given(st.text())
def test_any_text_has_subtokens_without_white_space(text: str) -> None:
    subtokens = split_subtokens(text)
    assert all(subtoken and not any(char.isspace() for char in subtoken) for subtoken in subtokens)
    normalizer = Normalizer(MatcherSettings())
    assert all(normalizer.fold(subtoken) for subtoken in subtokens)


@given(st.text(alphabet="aAbs012-/'’,. é\t\n"))
def test_white_space_splits_nothing_that_was_one(text: str) -> None:
    # Tokenizers cut at white space: the subtokens of the parts are the subtokens of the whole.
    assert [
        subtoken for part in text.split() for subtoken in split_subtokens(part)
    ] == split_subtokens(text)
