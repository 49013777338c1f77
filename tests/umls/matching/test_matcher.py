"""What a user can rely on when names are looked for in text."""

import tempfile
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from spacy_umlsbert.umls import KnowledgeBase, Match, MatcherSettings
from spacy_umlsbert.umls.matching.capitals import CapitalsReader
from spacy_umlsbert.umls.matching.name_variants import Stretch, VariantRules
from spacy_umlsbert.umls.matching.normalization import split_subtokens, without_articles
from tests.umls.helpers import of_names

NLP = spacy.blank("en")


def found(kb: KnowledgeBase, text: str) -> list[tuple[str, str, str]]:
    doc = NLP.make_doc(text)
    return [
        (doc[match.start : match.end].text, match.concept_ids[0], match.kind)
        for match in kb.match([doc])[0]
    ]


def texts(kb: KnowledgeBase, text: str) -> list[str]:
    return [match[0] for match in found(kb, text)]


def test_a_clinical_sentence(rrf_kb: KnowledgeBase) -> None:
    assert found(rrf_kb, "67yo F with T2DM and CHF on metformin, denies chest pain.") == [
        ("T2DM", "C0011860", "acronym"),
        ("CHF", "C0018802", "acronym"),
        ("metformin", "C0025598", "exact"),
        ("chest pain", "C0008031", "exact"),
    ]


def test_normalisation(rrf_kb: KnowledgeBase) -> None:
    for text, cui in {
        "beta-blockers": "C0001645",
        "beta blockers": "C0001645",
        "Crohns disease": "C0010346",
        "iron deficiency anaemia": "C0162316",
        "iron-deficiency anemia": "C0162316",
        "Meniere’s disease": "C0025281",
        "DIARRHOEA": "C0011991",
        "diabetes mellitus type 2": "C0011860",
        "non insulin-dependent diabetes mellitus": "C0011860",
        "acute lymphocytic leukemias": "C0023449",
        "X-ray": "C0043299",
    }.items():
        assert [(match[0], match[1]) for match in found(rrf_kb, text)] == [(text, cui)], text


def test_white_space_inside_a_name_but_not_at_its_ends(rrf_kb: KnowledgeBase) -> None:
    for gap in ("\n", "  ", "\t", " \n ", "\u00a0"):
        assert texts(rrf_kb, f"no\n chest{gap}pain \n today") == [f"chest{gap}pain"]
    # A blank line ends a paragraph, and no name goes on in the next.
    assert texts(rrf_kb, "chest\n\npain") == ["pain"]
    assert texts(rrf_kb, "chest, pain. Heart; failure") == ["pain", "Heart"]


def test_case_decides_between_acronyms_and_words(rrf_kb: KnowledgeBase) -> None:
    assert texts(rrf_kb, "all of it, hearing aids, sob story") == []
    assert texts(rrf_kb, "He has ALL and AIDS.") == ["ALL", "AIDS"]
    assert texts(rrf_kb, "ALL OTHER SYSTEMS WERE NEGATIVE") == []
    assert texts(rrf_kb, "h/o chf and copd") == ["chf", "copd"]
    assert texts(rrf_kb, "Ms. Smith, 5 ms, dm, MI") == ["MI"]
    assert found(rrf_kb, "a cold")[0][1] == "C0009443"
    assert found(rrf_kb, "has COLD")[0][1] == "C0024117"


def test_words_in_capitals_are_no_acronyms(tmp_path: Path) -> None:
    names = {
        "C1": ["AIDS"], "C2": ["HIV"], "C3": ["PCP"], "C4": ["CAT"], "C5": ["COLD"], "C6": ["ALL"],
        "C7": ["cold"], "C8": ["hearing loss"],
    }  # fmt: skip
    kb = of_names(tmp_path / "kb", names)
    for text in (
        "HEARING AIDS",
        "HEARING AIDS, BILATERAL",
        "Uses HEARING AIDS daily.",
        "WALKING\u00a0AIDS",
        "HEARING-AIDS",
        "ENT: WEARS HEARING AIDS IN BOTH EARS",
        "PATIENT USES AIDS FOR WALKING",
        "CAT SCAN",
        "BITTEN BY THE CAT",
        "ALL OTHER SYSTEMS",
        "NOT AT ALL",
        "HAS ALL",
    ):
        assert texts(kb, text) == [], text
    for text, wanted in {
        "AIDS": ["AIDS"],
        "DIAGNOSIS: AIDS": ["AIDS"],
        "HISTORY OF HIV/AIDS": ["HIV", "AIDS"],
        "HISTORY OF AIDS.": ["AIDS"],
        "PATIENT WITH AIDS AND PCP": ["AIDS", "PCP"],
        "PCP, AIDS": ["PCP", "AIDS"],
        "DISCHARGE SUMMARY\nHe has AIDS.": ["AIDS"],
        "He has AIDS dementia and ALL.": ["AIDS", "ALL"],
        "HE HAS A COLD": ["COLD"],
    }.items():
        assert texts(kb, text) == wanted, text
    assert found(kb, "HE HAS A COLD")[0][1] == "C7"


def test_possessives_with_any_apostrophe_and_in_capitals(tmp_path: Path) -> None:
    names = {
        "C1": ["Crohn's disease"],
        "C2": ["Parkinson disease"],
        "C3": ["Alzheimer’s disease"],
        "C4": ["Graves' disease", "Graves disease"],
    }
    kb = of_names(tmp_path / "kb", names)
    for name, cui in (("Crohn", "C1"), ("Parkinson", "C2"), ("Alzheimer", "C3"), ("Grave", "C4")):
        for apostrophe in ("'", "’", "‘", "`", "´", "ʼ", "′", "＇", ""):
            for text in (f"{name}{apostrophe}s disease", f"{name}s{apostrophe} disease"):
                for written in (text, text.upper(), text.title(), text.lower()):
                    assert [m[:2] for m in found(kb, f"no {written}.")] == [(written, cui)]
        assert kb.find(f"{name}'s disease".upper()) == [cui]


def test_short_words_in_capitals_are_words_where_no_acronym_is_meant(tmp_path: Path) -> None:
    names = {"C1": ["brain tumor"], "C2": ["edema"], "C3": ["burn"], "C4": ["BURNS"]}
    kb = of_names(tmp_path / "kb", names)
    assert found(kb, "BRAIN TUMORS, OEDEMA")[0][:2] == ("BRAIN TUMORS", "C1")
    assert found(kb, "BRAIN TUMORS, OEDEMA")[1][:2] == ("OEDEMA", "C2")
    assert found(kb, "burns, BURNS")[1][:2] == ("BURNS", "C4")
    assert kb.find("BRAIN TUMORS") == ["C1"]


def test_ambiguous_names_keep_all_concepts_best_first(tmp_path: Path) -> None:
    kb = of_names(
        tmp_path / "kb",
        {
            "C1": ["cold temperature", "cold"],
            "C2": ["common cold", "cold", "acute coryza"],
            "C3": ["Cold"],
            "C4": ["colds"],
            "C5": ["chronic lung disease", "COLD"],
        },
    )
    (match,) = kb.match([NLP.make_doc("cold")])[0]
    # The same spelling first (more names before fewer), then another case, then another form.
    assert match == Match(0, 1, ("C2", "C1", "C3", "C4"), "exact")
    assert kb.find("cold") == ["C2", "C1", "C3", "C4", "C5"]
    assert kb.find("COLD") == ["C5", "C3", "C2", "C1", "C4"]
    assert kb.find("colder") == kb.find("") == kb.find("-") == []


def test_the_longest_match_wins_and_ties_go_to_the_first(tmp_path: Path) -> None:
    kb = of_names(
        tmp_path / "kb",
        {"C1": ["heart"], "C2": ["acute heart"], "C3": ["heart failure stage"], "C4": ["stage ii"]},
    )
    assert texts(kb, "acute heart failure stage ii") == ["heart failure stage"]
    assert texts(kb, "acute heart stage ii") == ["acute heart", "stage ii"]
    assert texts(kb, "acute acute heart heart") == ["acute heart", "heart"]


def test_matches_begin_and_end_at_tokens(tmp_path: Path) -> None:
    kb = of_names(tmp_path / "kb", {"C1": ["DM"], "C2": ["COVID"], "C3": ["T 2 DM"]})
    assert texts(kb, "T2DM") == ["T2DM"]
    assert texts(kb, "DM2 and COVID-19") == []
    doc = Doc(NLP.vocab, ["COVID", "-", "19", "DM"])
    assert [(match.start, match.end) for match in kb.match([doc])[0]] == [(0, 1), (3, 4)]


def test_stop_names_short_names_and_numbers(tmp_path: Path) -> None:
    names = {"C1": ["Other", "a", "2", "1.5", "Ca"], "C2": ["OTHER"], "C3": ["fever", "Has"]}
    kb = of_names(tmp_path / "1", names)
    assert texts(kb, "has other fever, 2 or 1.5 a ca CA Ca") == ["fever", "Ca"]
    # They are in the knowledge base all the same.
    assert kb.find("other") == ["C1", "C2"] and kb.find("2") == ["C1"]
    kb = of_names(tmp_path / "2", names, matcher=MatcherSettings(stop_names=("fever",)))
    assert texts(kb, "has other fever") == ["has", "other"]
    kb = of_names(tmp_path / "3", names, matcher=MatcherSettings(min_length=1, min_exact_length=1))
    assert texts(kb, "2 ca B") == ["ca"]


def test_acronym_guard_can_be_switched_off(tmp_path: Path) -> None:
    kb = of_names(tmp_path / "kb", {"C1": ["CAT"]}, matcher=MatcherSettings(acronym_guard=False))
    assert found(kb, "a cat") == [("cat", "C1", "exact")]


def test_long_names_are_not_looked_for_but_known(tmp_path: Path) -> None:
    long = " ".join(f"word{chr(97 + i)}" for i in range(20))
    kb = of_names(tmp_path / "kb", {"C1": [long], "C2": ["wordb wordc"]})
    assert texts(kb, long) == ["wordb wordc"]
    assert kb.find(long) == ["C1"]


def test_too_many_concepts_of_one_name(tmp_path: Path) -> None:
    names = {f"C{i:03d}": ["fever", *["fevers"] * (i == 50)] for i in range(100)}
    kb = of_names(tmp_path / "kb", names, matcher=MatcherSettings(max_concepts_per_name=3))
    assert kb.find("fever") == ["C050", "C000", "C001"]


def test_names_without_letters(tmp_path: Path) -> None:
    kb = of_names(tmp_path / "kb", {"C1": ["™"], "C2": ["(+)"]})
    assert list(kb) == ["C1", "C2"]
    assert texts(kb, "™ (+) fever") == []
    assert kb.find("(+)") == ["C2"]


def test_empty_docs_and_batches(rrf_kb: KnowledgeBase) -> None:
    docs = [NLP.make_doc(text) for text in ("", "cough", " \n\n ", "", "fever")]
    assert [len(matches) for matches in rrf_kb.match(docs)] == [0, 1, 0, 0, 1]
    assert rrf_kb.match([]) == []
    # Nothing is found across Docs.
    assert rrf_kb.match([NLP.make_doc("chest"), NLP.make_doc("ache")])[0] == []


def test_docs_of_other_vocabs(rrf_kb: KnowledgeBase) -> None:
    for _ in range(3):
        doc = spacy.blank("en").make_doc("cough and chest pain")
        assert len(rrf_kb.match([doc])[0]) == 2


def test_a_long_document_of_one_line(rrf_kb: KnowledgeBase) -> None:
    words = ["MS", "cough", "chest", "pain"] * 20_000
    doc = Doc(NLP.vocab, words)
    matches = rrf_kb.match([doc, doc])
    assert len(matches[0]) == len(matches[1]) == 60_000
    assert matches[0][-1] == Match(79_998, 80_000, ("C0008031",), "exact")


WORD = st.sampled_from(["a", "b", "c", "d"])
PHRASE = st.lists(WORD, min_size=1, max_size=5)
PLAIN = MatcherSettings(
    plural=False,
    british_spelling=False,
    accents=False,
    comma_variants=False,
    acronym_guard=False,
    min_length=1,
    min_exact_length=1,
    stop_names=(),
    max_subtokens=4,
)


@settings(max_examples=settings.default.max_examples // 2)
@given(st.lists(PHRASE, min_size=1, max_size=12), st.lists(st.lists(WORD, max_size=15), max_size=4))
def test_plain_words_match_as_in_the_definition(
    names: list[list[str]], docs: list[list[str]]
) -> None:
    concepts = {f"C{i:02d}": [" ".join(name)] for i, name in enumerate(names)}
    known = {tuple(name) for name in names if len(name) <= 4}
    with tempfile.TemporaryDirectory() as folder:
        kb = of_names(Path(folder) / "kb", concepts, matcher=PLAIN)
        matches = kb.match([Doc(NLP.vocab, words) for words in docs])
    for words, listed in zip(docs, matches, strict=True):
        spans = [
            (start, end)
            for start in range(len(words))
            for end in range(start + 1, len(words) + 1)
            if tuple(words[start:end]) in known
        ]
        assert [(match.start, match.end) for match in listed] == longest(spans)
        for match in listed:
            name = " ".join(words[match.start : match.end])
            assert match.concept_ids == tuple(cui for cui in concepts if concepts[cui] == [name])


def longest(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Longest first, of equal ones the first, without overlaps."""
    chosen: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= other_start or start >= other_end for other_start, other_end in chosen):
            chosen.append((start, end))
    return sorted(chosen)


MESSY = st.text(alphabet=st.sampled_from("aAbBsSéαß15.,-/'’()+ \n\t😀"), min_size=1, max_size=12)
PIECE = st.sampled_from(
    [
        "ALL",
        "all",
        "anaemia",
        "Anemias",
        "cells",
        "Cell",
        "2",
        "T",
        "II",
        ",",
        "(",
        "and",
        "of",
        "the",
        "MS",
    ]
)
MESSY_NAME = MESSY | st.lists(PIECE, min_size=1, max_size=4).map(" ".join)
MESSY_TEXT = st.lists(
    st.tuples(MESSY_NAME, st.sampled_from([" ", "\n", "\n\n", "  ", "-", "/", ". ", ", "])),
    max_size=8,
).map(lambda parts: "".join(text + gap for text, gap in parts))


@settings(max_examples=settings.default.max_examples // 2)
@given(st.lists(MESSY_NAME, min_size=1, max_size=12), st.lists(MESSY_TEXT, max_size=3))
def test_any_text_matches_as_by_comparing_with_every_name(
    names: list[str], text: list[str]
) -> None:
    names = [name for name in names if name.strip()] or ["fever"]
    docs = [NLP.make_doc(part) for part in (*text, " ".join(names))]
    with tempfile.TemporaryDirectory() as folder:
        kb = of_names(Path(folder) / "kb", {f"C{i:02d}": [name] for i, name in enumerate(names)})
        known = {
            rules.normalizer.fold(subtoken)
            for rules in [VariantRules(MatcherSettings())]
            for name in names
            for form in rules.forms(name.strip())
            if rules.rule(name.strip(), form)
            for subtoken in form
        }
        for doc, matches in zip(docs, kb.match(docs), strict=True):
            found = [(m.start, m.end, set(m.concept_ids)) for m in matches]
            assert found == reference(doc, names, known)


@settings(max_examples=settings.default.max_examples // 2)
@given(st.lists(MESSY_NAME, min_size=1, max_size=12), st.lists(MESSY_TEXT, max_size=4))
def test_one_doc_at_a_time_and_in_batches_give_the_same(names: list[str], text: list[str]) -> None:
    from spacy_umlsbert.umls.matching import matcher

    names = [name for name in names if name.strip()] or ["fever"]
    docs = [NLP.make_doc(part) for part in (*text, "", " ".join(names), " of ".join(names))]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "kb"
        of_names(path, {f"C{i:02d}": [name] for i, name in enumerate(names)})
        one_by_one = [KnowledgeBase.open(path).match([doc])[0] for doc in docs]
        one_by_one_again = list(map(KnowledgeBase.open(path).match, ([doc] for doc in docs)))
        patch.setattr(matcher, "_SHORT_TOKENS", -1)
        kb = KnowledgeBase.open(path)
        assert kb.match(docs) == kb.match(docs) == one_by_one
        assert one_by_one_again == [[matches] for matches in one_by_one]


def reference(doc: Doc, names: list[str], known: set[str]) -> list[tuple[int, int, set[str]]]:
    """All stretches of tokens compared with all names, one by one."""
    rules = VariantRules(MatcherSettings())

    capitals = CapitalsReader(rules.ordinary_words, rules.stop_names)

    def normal(subtoken: str) -> str:
        form, word = rules.normalizer.fold(subtoken), rules.normalizer.fold_as_word(subtoken)
        return word if form not in known and word in known else form

    of_token: list[list[str]] = []
    before: list[str] = []
    for token in doc:
        blank = token.is_space and token.text.count("\n") > 1
        subtokens = ["\n\n"] if blank else [] if token.is_space else split_subtokens(token.text)
        of_token.append(without_articles(before + subtokens)[len(before) :])
        before = subtokens[-1:] or before
    meanings: dict[tuple[int, int], set[str]] = {}
    for start in range(len(doc)):
        for end in range(start + 1, len(doc) + 1):
            subtokens = [subtoken for subtokens in of_token[start:end] for subtoken in subtokens]
            if "\n\n" in subtokens:
                break
            if not (of_token[start] and of_token[end - 1]):
                continue
            concepts = set()
            for i, name in enumerate(names):
                stretch = Stretch(subtokens, list(map(normal, subtokens)))
                occurrence = rules.occurrence(name.strip(), stretch)
                if occurrence and not (occurrence.is_word and capitals.is_word(doc, start, end)):
                    concepts.add(f"C{i:02d}")
            if concepts:
                meanings[start, end] = concepts
    return [(*span, meanings[span]) for span in longest(list(meanings))]


@pytest.mark.parametrize("name", ["x" * 4000, "word " * 800, "( " * 2000, "É" * 4000])
def test_a_name_of_4000_characters(tmp_path: Path, name: str) -> None:
    kb = of_names(tmp_path / "kb", {"C1": [name], "C2": ["fever"]})
    assert kb["C1"].canonical_name == name.strip()
    assert "fever" in texts(kb, f"{name} fever")


def test_word_order_around_of(tmp_path: Path) -> None:
    names = {
        "C1": ["protein S deficiency"],
        "C2": ["tumor of the bladder"],
        "C3": ["breast cancer"],
        "C4": ["of"],
    }
    kb = of_names(tmp_path / "1", names)
    assert found(kb, "deficiencies of protein S, bladder tumours, cancer of the breast, of") == [
        ("deficiencies of protein S", "C1", "normalized"),
        ("bladder tumours", "C2", "normalized"),
        ("cancer of the breast", "C3", "normalized"),
    ]
    # Not across a full stop, another "of", or too many words.
    for text in ("cancer. Of breast", "cancer of of breast", "cancer of\n\nbreast"):
        assert texts(kb, text) == []
    assert kb.find("deficiency of protein S") == ["C1"]
    kb = of_names(tmp_path / "2", names, matcher=MatcherSettings(word_order=False))
    assert texts(kb, "cancer of the breast") == []


def test_a_name_in_its_own_order_comes_first(tmp_path: Path) -> None:
    kb = of_names(tmp_path / "kb", {"C1": ["lung cancer"], "C2": ["cancer of lung"]})
    assert kb.match([NLP.make_doc("cancer of lung")])[0] == [Match(0, 3, ("C2", "C1"), "exact")]
    assert kb.find("cancer of lung") == ["C2", "C1"]


def test_adjectives(tmp_path: Path) -> None:
    names = {"C1": ["hypertension"], "C2": ["diabetes"], "C3": ["anaemia"]}
    kb = of_names(tmp_path / "1", names)
    assert texts(kb, "hypertensive, diabetic and anaemic") == [
        "hypertensive",
        "diabetic",
        "anaemic",
    ]
    kb = of_names(tmp_path / "2", names, matcher=MatcherSettings(adjectives=False))
    assert texts(kb, "hypertensive, diabetic and anaemic") == []


def test_misspellings_if_asked_for(tmp_path: Path) -> None:
    names = {"C1": ["pneumonia"], "C2": ["chest discomfort"], "C3": ["hyperemia", "hypoxemia"]}
    kb = of_names(tmp_path / "1", names, matcher=MatcherSettings(misspellings=True))
    assert found(kb, "pnuemonia, pneumona, pnneumonia, pneumomia; chest discomfrot") == [
        ("pnuemonia", "C1", "approximate"),
        ("pneumona", "C1", "approximate"),
        ("pnneumonia", "C1", "approximate"),
        ("pneumomia", "C1", "approximate"),
        ("chest discomfrot", "C2", "approximate"),
    ]
    # Too short, two letters away, the first letter, and what could be either.
    assert texts(kb, "chst discomfort, pnumona, bneumonia") == []
    kb = of_names(tmp_path / "2", names)
    assert texts(kb, "pnuemonia") == []


def test_prefixes_and_articles(tmp_path: Path) -> None:
    kb = of_names(tmp_path / "kb", {"C1": ["non-small cell cancer of lung"], "C2": ["THE"]})
    for text in ("nonsmall cell cancer of the lung", "Non small-cell cancer of lung"):
        assert texts(kb, text) == [text]
    assert texts(kb, "non-small the cell cancer of lung, the THE") == ["THE"]


def test_articles_after_prepositions(tmp_path: Path) -> None:
    kb = of_names(tmp_path / "kb", {"C1": ["pain in the chest"], "C2": ["reduced reflexes"]})
    assert texts(kb, "pain in chest, pain in the chest, pain the in chest") == [
        "pain in chest",
        "pain in the chest",
    ]
    assert texts(kb, "it reduced the reflexes") == []
    kb = of_names(tmp_path / "2", {"C1": ["the bends"]})
    assert texts(kb, "the bends, the bends") == ["the bends", "the bends"]


def test_caches_stay_bounded(rrf_kb_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from spacy_umlsbert.umls.matching import match_cache, normalization, subtokens

    monkeypatch.setattr(subtokens, "_REMEMBERED", 50)
    monkeypatch.setattr(normalization, "_REMEMBERED", 50)
    monkeypatch.setattr(match_cache, "_REMEMBERED", 2)
    kb = KnowledgeBase.open(rrf_kb_path)
    for i in range(30):
        doc = NLP.make_doc(f"cough w{i}a w{i}b w{i}c, chest pain, CHF, fever w{i}")
        assert len(kb.match([doc])[0]) == 4
    assert len(kb._matcher._subtokens._tokens) < 100


def test_from_several_threads(rrf_kb_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    kb = KnowledgeBase.open(rrf_kb_path)
    docs = [NLP.make_doc(f"word{i} cough, chest pain and type 2 diabetes") for i in range(200)]
    expected = KnowledgeBase.open(rrf_kb_path).match(docs)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda doc: kb.match([doc])[0], docs)) == expected


def test_many_repeats_and_many_names_of_one_concept(tmp_path: Path) -> None:
    names = {"C1": [f"name {i} of it" for i in range(20_000)], "C2": ["MS"]}
    kb = of_names(tmp_path / "kb", names)
    assert len(kb["C1"].aliases) == 19_999
    doc = Doc(NLP.vocab, ["MS"] * 10_000 + ["name", "19999", "of", "it"])
    assert len(kb.match([doc])[0]) == 10_001


def test_a_capital_that_begins_a_sentence_does_not_choose_the_concept(tmp_path: Path) -> None:
    names = {"C1": ["hypertension", "high blood pressure", "HTN"], "C2": ["Hypertension"]}
    kb = of_names(tmp_path / "kb", names)
    for text in ("hypertension", "Hypertension", "HYPERTENSION"):
        assert kb.find(text) == ["C1", "C2"], text
    names = {"C1": ["all", "every one", "everything"], "C2": ["ALL"]}
    kb = of_names(tmp_path / "acronyms", names)
    assert kb.find("ALL") == ["C2", "C1"] and kb.find("All") == kb.find("all") == ["C1", "C2"]
