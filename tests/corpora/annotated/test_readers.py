"""Each registered reader gives, from a config, the documents and mentions of a small corpus."""

import re
import shutil
from pathlib import Path

import pytest
import spacy
from spacy.util import registry
from thinc.api import Config

from spacy_umlsbert.corpora.annotated.formats import READERS
from spacy_umlsbert.corpora.annotated.gold import GOLD, concept_ids
from spacy_umlsbert.corpora.report import Kind

FIXTURES = Path(__file__).parent.parent / "fixtures"

# Reader, fixture, number of documents, entities of the first, counts of problems.
CASES = {
    "BioScope": ("bioscope", 2, [("mass", "finding"), ("effusion", "finding")], {}),
    "Chia": ("chia", 2, [("stroke", "finding"), ("gout", "finding")], {Kind.DISCONTINUOUS: 1}),
    "ContextTable": ("context_table", 3, [("GOUTY  flare", "finding")], {}),
    "Brat": (
        "brat",
        1,
        [("Pain", "Finding"), ("left and right arm", "Anatomy"), ("fever", "Finding")],
        {Kind.DISCONTINUOUS: 1, Kind.OVERLAP: 1},
    ),
    "Conll": (
        "conll",
        2,
        [("severe chest pain", "problem"), ("aspirin", "treatment")],
        {},
    ),
    "I2b2_2006": (
        "i2b2_2006",
        3,
        [("Odell Varnish", "PATIENT"), ("Fernhill Clinic", "HOSPITAL")],
        {Kind.UNALIGNED: 1},  # 03/14 of 03/14/2041
    ),
    "I2b2_2009": (
        "i2b2_2009",
        1,
        [
            ("simvastatin", "medication"),
            ("morphine", "medication"),
            ("hip pain", "reason"),
            ("warfarin", "medication"),
        ],
        {},
    ),
    "N2c2_2018": (
        "n2c2_2018",
        1,
        [
            ("lisinopril", "Drug"),
            ("hypertension", "Reason"),
            ("Codeine", "Drug"),
            ("rash", "ADE"),
        ],
        {},
    ),
    "I2b2_2010": (
        "i2b2_2010",
        1,
        [
            ("severe chest pain", "problem"),
            ("fever", "problem"),
            ("An ECG", "test"),
            ("aspirin", "treatment"),
        ],
        {},
    ),
    "I2b2_2012": (
        "i2b2_2012",
        1,
        [
            ("Admission", "OCCURRENCE"),
            ("04/02/2041", "DATE"),
            ("admitted", "OCCURRENCE"),
            ("pneumonia", "PROBLEM"),
            ("fever < 39", "PROBLEM"),
            ("ceftriaxone", "TREATMENT"),
        ],
        {Kind.REPAIRED: 1},
    ),
    "I2b2_2014": (
        "i2b2_2014",
        1,
        [
            ("2071-05-09", "DATE"),
            ("Pell Arden", "PATIENT"),
            ("61", "AGE"),
            ("Lower Marsh", "CITY"),
            ("Tabitha Roe", "DOCTOR"),
        ],
        {},
    ),
    "Jsonl": (
        "jsonl",
        3,
        [("metformin", "treatment"), ("diabetes", "problem")],
        {},
    ),
    "Marked": (
        "marked",
        1,
        [("Tabitha Roe", "DOCTOR"), ("2071-05-09", "DATE"), ("Lower\nMarsh", "CITY")],
        {Kind.MALFORMED: 1},
    ),
    "PubTator": (
        "pubtator",
        2,
        [
            ("Zolafen", "Chemical"),
            ("liver toxicity", "Disease"),
            ("zolafen", "Chemical"),
            ("ZF", "Chemical"),
            ("Liver and kidney failure", "Disease"),
            ("ZF", "Chemical"),
            ("fever", "Disease"),
        ],
        {Kind.UNALIGNED: 1},
    ),
}


def from_config(name, path, **settings):
    """The reader as a training config makes it."""
    block = {"@readers": f"spacy_umlsbert.{name}.v1", "path": str(path), **settings}
    config = Config({"corpora": {"train": block}})
    filled = registry.fill(config)  # what `spacy init fill-config` does
    return registry.resolve(Config().from_str(Config(filled).to_str()))["corpora"]["train"]


@pytest.fixture(scope="module")
def nlp():
    return spacy.blank("en")


@pytest.mark.parametrize("name", CASES)
def test_a_reader_gives_the_documents_of_its_format(name, nlp):
    folder, documents, entities, problems = CASES[name]
    corpus = from_config(name, FIXTURES / folder)
    examples = list(corpus(nlp))
    assert len(examples) == documents == corpus.report.documents
    first = examples[0]
    assert [(ent.text, ent.label_) for ent in first.reference.ents] == entities
    assert first.predicted.text == first.reference.text
    assert not first.predicted.ents
    counts = {kind: corpus.report.count(kind) for kind in Kind if corpus.report.count(kind)}
    assert counts == problems
    assert [eg.reference.text for eg in corpus(nlp)] == [eg.reference.text for eg in examples]


def test_every_format_of_the_command_line_has_a_case():
    assert len(READERS) == len(CASES)


def docs_of(name, folder, nlp, **settings):
    return list(from_config(name, FIXTURES / folder, **settings).docs(nlp))


def test_pubtator_keeps_concepts_names_and_types(nlp):
    first, second = docs_of("PubTator", "pubtator", nlp)
    assert first._.document_id == "9000001"
    assert [concept_ids(ent) for ent in first.ents] == [
        ["D900001"],
        ["D900002"],
        ["D900001"],  # without the prefix
        ["D900001"],
        ["D900003", "D900004"],  # composite
        ["D900001"],
        [],  # -1 is no concept
    ]
    assert first.ents[4]._.composite_names == ["Liver failure", "kidney failure"]
    assert first.ents[0]._.composite_names == []
    (protein,) = second.ents
    assert (protein.label_, protein.kb_id_) == ("T116", "C9000001")
    (unaligned,) = second._.unaligned_mentions
    assert second.text[unaligned.start_char : unaligned.end_char] == "actin"
    assert (unaligned.label, unaligned.kb_id) == ("T116", "C9000002")


def test_labels_can_be_renamed_and_left_out(nlp):
    labels = {"Chemical": "", "Disease": "problem"}
    first, _ = docs_of("PubTator", "pubtator", nlp, labels=labels)
    assert {ent.label_ for ent in first.ents} == {"problem"}
    assert len(first.ents) == 3


def test_brat_keeps_all_mentions_and_their_concepts(nlp):
    (doc,) = docs_of("Brat", "brat", nlp)
    assert [span.text for span in doc.spans[GOLD]] == [
        "Pain",
        "left and right arm",
        "right arm",
        "fever",
    ]
    assert doc.ents[-1].kb_id_ == "C0015967"
    (doc,) = docs_of("Brat", "brat", nlp, discontinuous="leave_out")
    assert [ent.text for ent in doc.ents] == ["Pain", "right arm", "fever"]


def test_i2b2_2012_polarity_and_modality(tmp_path, nlp):
    said = {
        "pneumonia": 'polarity="NEG" modality="FACTUAL"',
        "fever < 39": 'polarity="NEG" modality="POSSIBLE"',
        "ceftriaxone": 'polarity="POS" modality="PROPOSED"',
        "admitted": 'polarity="POS" modality="PERHAPS"',
    }
    text = (FIXTURES / "i2b2_2012" / "7.xml").read_text("utf8")
    for mention, values in said.items():
        old = re.compile(rf'(text="{re.escape(mention)}") modality="\w+" polarity="\w+"')
        text, changed = old.subn(rf"\1 {values}", text)
        assert changed == 1
    (tmp_path / "7.xml").write_text(text, "utf8")
    reader = registry.readers.get("spacy_umlsbert.I2b2_2012.v1")(tmp_path, assertions=True)
    (doc,) = reader.docs(nlp)
    found = {
        span.text: (span._.assertion, span._.is_negated, span._.is_uncertain)
        for span in doc.spans["gold"]
    }
    assert found == {
        "Admission": ("present", False, False),
        "04/02/2041": (None, False, False),
        "admitted": (None, False, False),
        "pneumonia": ("absent", True, False),
        "fever < 39": ("possible", True, True),
        "ceftriaxone": ("hypothetical", False, False),
    }
    (problem,) = (one for one in reader.report.problems if one.kind is Kind.MALFORMED)
    assert problem.line == 10 and "unheard of" in problem.message


def test_i2b2_2012_can_be_read_without_times(nlp):
    (doc,) = docs_of("I2b2_2012", "i2b2_2012", nlp, elements=["EVENT"])
    assert "DATE" not in {ent.label_ for ent in doc.ents}


def test_i2b2_2010_finds_texts_that_are_elsewhere(nlp, tmp_path):
    for name in ("concept/record-1.con", "txt/record-1.txt"):
        folder = tmp_path / ("concepts" if name.endswith("con") else "test_data")
        folder.mkdir()
        shutil.copy(FIXTURES / "i2b2_2010" / "beth" / name, folder)
    corpus = from_config("I2b2_2010", tmp_path / "concepts", texts=str(tmp_path / "test_data"))
    (doc,) = corpus.docs(nlp)
    assert len(doc.ents) == 4


def test_i2b2_2014_has_types_or_categories(nlp):
    (doc,) = docs_of("I2b2_2014", "i2b2_2014", nlp, label="category")
    assert {ent.label_ for ent in doc.ents} == {"DATE", "NAME", "AGE", "LOCATION"}


def test_conll_keeps_the_words_of_the_file(nlp):
    doc, _ = docs_of("Conll", "conll", nlp)
    assert doc.text == "He denies severe chest pain, on aspirin."
    assert [token.text for token in doc][4:7] == ["pain", ",", "on"]
    assert doc.has_unknown_spaces, "spaCy's own corpus reader then keeps the words"


def test_sentences_are_never_cut_inside_a_mention(nlp, tmp_path):
    text = "Seen by Dr. A. Smith in clinic. He had fever. No cough today."
    start, end = text.index("fever"), text.index(" cough")
    file = tmp_path / "notes.jsonl"
    file.write_text(
        f'{{"text": "{text}", "spans": [{{"start": {start}, "end": {end}, "label": "X"}}]}}'
    )
    docs = list(from_config("Jsonl", file, sentences=True).docs(nlp))
    assert "".join(doc.text_with_ws for doc in docs).replace(" ", "") == text.replace(" ", "")
    assert len(docs) == 2
    assert [ent.text for ent in docs[1].ents] == ["fever. No"]


def test_problems_of_a_sentence_have_places_in_the_document(nlp, tmp_path):
    text = "Nothing here. Some 5HT2x there."
    file = tmp_path / "notes.jsonl"
    file.write_text(f'{{"text": "{text}", "spans": [{{"start": 19, "end": 22, "label": "X"}}]}}')
    corpus = from_config("Jsonl", file, sentences=True)
    assert len(list(corpus.docs(nlp))) == 2
    assert "characters 19 to 22" in str(corpus.report.problems[0])


def test_a_list_of_documents_selects_them(nlp, tmp_path):
    listed = tmp_path / "ids.txt"
    listed.write_text("9000002\n7\n")
    corpus = from_config("PubTator", FIXTURES / "pubtator", ids=str(listed))
    assert [doc._.document_id for doc in corpus.docs(nlp)] == ["9000002"]
    assert corpus.report.count(Kind.ABSENT_DOCUMENT) == 1


def test_several_paths_are_one_corpus(nlp):
    file = FIXTURES / "conll" / "train.txt"
    reader = registry.readers.get("spacy_umlsbert.Conll.v1")
    assert len(list(reader([str(file), str(file.parent)]).docs(nlp))) == 4
