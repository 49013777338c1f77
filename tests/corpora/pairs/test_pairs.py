"""Corpora of labelled pairs: what is read, how it is divided, and what pair Docs hold."""

import json
import logging
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.training import Corpus, Example
from spacy.util import registry
from typer.testing import CliRunner

from spacy_umlsbert.annotations.pairs import gold_label, is_pair, make_pair, set_label, sides_of
from spacy_umlsbert.cli import app
from spacy_umlsbert.corpora.annotated.formats import READERS as TEXT_READERS
from spacy_umlsbert.corpora.docbin import read_docs, write_docs
from spacy_umlsbert.corpora.pairs.formats import READERS
from spacy_umlsbert.corpora.pairs.labelled_pair import LabelledPair
from spacy_umlsbert.corpora.pairs.splits import PairSplitRule
from spacy_umlsbert.corpora.report import Kind
from spacy_umlsbert.errors import InputError

FIXTURES = Path(__file__).parent.parent / "fixtures"
SECRET = "Zanzibar"  # a word of the texts, which no message may show
NAMES = {
    "mednli": "MedNli",
    "nli4ct": "Nli4Ct",
    "pairs-jsonl": "PairsJsonl",
    "rqe": "Rqe",
}


@pytest.fixture(scope="module")
def nlp():
    return spacy.blank("en")


def read(name, path, nlp, **settings):
    """Pairs as (id, premise, hypothesis, label), problems as (kind, line), and the report."""
    corpus = READERS[name](path, **settings)
    docs = list(corpus.docs(nlp))
    rows = [(d._.document_id, *(side.text for side in sides_of(d)), gold_label(d)) for d in docs]
    problems = [(p.kind, p.line) for p in corpus.report.problems]
    assert not any(SECRET in p.message for p in corpus.report.problems)
    assert SECRET not in corpus.report.summary()
    return rows, problems, corpus.report


# What is read


def test_mednli_as_published_and_as_umlsberts_script_writes_it(nlp):
    published, problems, report = read("mednli", FIXTURES / "mednli/mli_train_v1.jsonl", nlp)
    premise = "Her potassium was 6.1, and the ECG showed peaked T waves."
    assert published == [
        ("f0", premise, "She has hyperkalemia.", "entailment"),
        ("f1", premise, "Her electrolytes are normal.", "contradiction"),
        (
            "f2",
            'The daughter calls him "a bit slow" since the fall.',
            "He had a stroke.",
            "neutral",
        ),
    ]
    assert not problems
    table, problems, _ = read("mednli", FIXTURES / "mednli_tables/train.tsv", nlp)
    assert [row[1:] for row in table] == [row[1:] for row in published]
    assert [row[0] for row in table] == ["train:2", "train:3", "train:4"]
    assert not problems
    assert report.summary() == "3 pairs (entailment 1, contradiction 1, neutral 1)"


def test_a_table_of_multinli(nlp):
    rows, problems, _ = read("mednli", FIXTURES / "mednli_tables/multinli.tsv", nlp)
    assert rows == [("7e", '" The wound is closed.', "The wound is open.", "contradiction")]
    assert problems == [(Kind.UNLABELLED, 3)]  # "-": the annotators did not agree


def test_nli4ct_has_the_sections_of_the_trials_as_premises(nlp):
    rows, problems, _ = read("nli4ct", FIXTURES / "nli4ct", nlp)
    assert [(row[0], row[3]) for row in rows] == [
        ("bbbb-1", "Entailment"),
        ("aaaa-1", "Entailment"),
        ("aaaa-2", "Contradiction"),
    ]
    assert rows[1][1:3] == (
        "Outcome Measurement: \n  Response\nResults 1: \n  12 of 40",
        "Less than a third of the women responded.",
    )
    assert rows[2][1].splitlines() == [
        "Primary trial:",
        "Adverse Events 1:",
        "  Total: 3/40 (7.50%)",
        "  Nausea 3/40 (7.50%)",
        "Secondary trial:",
        "Adverse Events 1:",
        "  Total: 0/38 (0.00%)",
    ]
    assert not problems


def test_nli4ct_with_no_more_than_the_evidence(nlp):
    rows, _, _ = read("nli4ct", FIXTURES / "nli4ct/train.json", nlp, evidence=True)
    assert rows[0][1].splitlines() == ["Outcome Measurement: ", "  Response", "  12 of 40"]
    assert rows[1][1].splitlines() == [
        "Primary trial:",
        "  Nausea 3/40 (7.50%)",
        "Secondary trial:",
        "  Total: 0/38 (0.00%)",
    ]


def test_rqe(nlp):
    rows, problems, _ = read("rqe", FIXTURES / "rqe", nlp)
    assert [(row[0], row[3]) for row in rows] == [
        (f"questions:{pid}", label)
        for pid, label in enumerate(("true", "false", "true", "true"), 1)
    ]
    assert rows[2][1] == "What helps against gout in the toe & knee?"
    assert problems == [(Kind.REPAIRED, 21)]  # a stray "&"


def test_json_lines(nlp):
    rows, problems, report = read("pairs-jsonl", FIXTURES / "pairs_jsonl", nlp)
    assert rows == [
        ("p1", "On insulin at home.", "She has diabetes.", "entailment"),
        ("pairs:2", "No known allergies.", "Penicillin gave him hives.", "contradiction"),
    ]
    assert not problems
    assert report.as_dict()["labels"] == {"contradiction": 1, "entailment": 1}


TEXTS = st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=5))
def test_json_lines_round_trip(nlp, tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("pairs") / "pairs.jsonl"
    records = [
        {"premise": p, "hypothesis": h, "label": f"l {label}", "id": f"n{number}"}
        for number, (p, h, label) in enumerate(rows)
    ]
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf8")
    corpus = READERS["pairs-jsonl"](path)
    assert [(p.premise, p.hypothesis) for p in corpus.pairs()] == [(p, h) for p, h, _ in rows]
    for doc, record in zip(corpus.docs(nlp), records, strict=True):
        premise, hypothesis = sides_of(doc)
        assert premise.text == record["premise"].strip()
        assert hypothesis.text == record["hypothesis"].strip()
        assert gold_label(doc) == record["label"].strip()
        assert doc._.document_id == record["id"]


# What is wrong with it


def write_lines(path, *lines):
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines), "utf8")
    return path


def pair(**fields):
    return {"premise": f"{SECRET} fever", "hypothesis": "ill", "label": "entailment", **fields}


def test_bad_json_lines_cost_no_good_ones(nlp, tmp_path):
    lines = [
        pair(id=1),
        "{" + SECRET,
        [SECRET],
        pair(premise=3),
        pair(hypothesis=[SECRET]),
        {"premise": SECRET, "label": "entailment"},
        pair(premise=" \n "),
        pair(hypothesis=None),
        pair(label="-"),
        pair(label=None),
        pair(label={SECRET: 1}),
        pair(id=1),  # the same id again
        pair(premise="\ud800"),
        "",
        "[" * 10_000,
        pair(label=True),
        pair(label=2, id=[SECRET]),
        pair(label=SECRET),  # by a slip, the text
        {"sentence1": "a", "sentence2": "b", "gold_label": "neutral", "pairID": "x"},
    ]
    rows, problems, report = read("pairs-jsonl", write_lines(tmp_path / "x.jsonl", *lines), nlp)
    assert [(row[0], row[3]) for row in rows] == [
        ("1", "entailment"),
        ("x:16", "true"),
        ("x:17", "2"),
        ("x:18", SECRET),
        ("x", "neutral"),
    ]
    assert problems == [
        *((Kind.MALFORMED, line) for line in (2, 3, 4, 5, 6)),
        (Kind.EMPTY, 7),
        (Kind.EMPTY, 8),
        (Kind.UNLABELLED, 9),
        (Kind.UNLABELLED, 10),
        (Kind.MALFORMED, 11),
        (Kind.DUPLICATE_DOCUMENT, 12),
        (Kind.MALFORMED, 13),
        (Kind.MALFORMED, 15),
    ]
    assert report.labels["other"] == 1


def test_bad_rows_of_a_table(nlp, tmp_path):
    lines = [
        "\ufeffsentence1\tsentence2\tlabel\textra",
        "a\tb\tneutral\t",
        "a\tb\tneutral",  # what is missing is not needed
        f"{SECRET}\tb",
        f"a\tb\tneutral\tx\t{SECRET}",
        "",
        "a\t\tneutral\t",
        "a\tb\t\t",
        '"a "" b"\t"c\t"neutral"\t',
    ]
    path = tmp_path / "x.tsv"
    path.write_bytes("\r\n".join(lines).encode("utf8"))
    rows, problems, _ = read("mednli", path, nlp)
    assert [row[1:] for row in rows] == [
        ("a", "b", "neutral"),
        ("a", "b", "neutral"),
        ('a " b', '"c', "neutral"),
    ]
    assert problems == [
        (Kind.MALFORMED, 4),
        (Kind.MALFORMED, 5),
        (Kind.EMPTY, 7),
        (Kind.UNLABELLED, 8),
    ]
    write_lines(path, f"{SECRET}\tx", "a\tb")
    with pytest.raises(InputError, match="no document was read") as error:
        read("mednli", path, nlp)
    assert SECRET not in str(error.value)


def test_trials_and_sections_that_are_not_there(nlp, tmp_path):
    trials = tmp_path / "CT json"
    trials.mkdir()
    report = {"Results": ["a", "b"], "Eligibility": [], "Intervention": [1], "Adverse Events": "x"}
    (trials / "NCT1.json").write_text(json.dumps(report))
    (trials / "NCT2.json").write_text("{" + SECRET)
    (trials / "NCT3.json").write_text(f'["{SECRET}"]')

    def statement(**fields):
        plain = {"Type": "Single", "Section_id": "Results", "Primary_id": "NCT1", "Label": "No"}
        return {**plain, "Statement": SECRET, **fields}

    both = {"Type": "Comparison"}
    statements = {
        "good": statement(),
        "no trial": statement(Primary_id="NCT9"),
        "no second": statement(**both, Secondary_id="NCT9"),
        "broken": statement(**both, Secondary_id="NCT2"),
        "broken again": statement(Primary_id="NCT2"),
        "a list": statement(Primary_id="NCT3"),
        "outside": statement(Primary_id="../NCT1"),
        "no number": statement(**both),
        "no section": statement(Section_id=SECRET),
        "numbers": statement(Section_id="Intervention"),
        "text": statement(Section_id="Adverse Events"),
        "empty": statement(Section_id="Eligibility"),
        "type": statement(Type=SECRET),
        "statement": statement(Statement=[SECRET]),
        "label": statement(Label=None),
        "no label": {k: v for k, v in statement().items() if k != "Label"},
        "no object": SECRET,
        "good too": statement(**both, Secondary_id="NCT1"),
    }
    text = json.dumps(statements, indent=0).removesuffix("}") + ',"good": {"Type": 1}}'
    path = tmp_path / "train.json"
    path.write_text(text)
    rows, problems, _ = read("nli4ct", path, nlp)
    assert [row[0] for row in rows] == ["good", "good too"]
    assert [kind for kind, _ in problems] == [
        Kind.MISSING_FILE,
        Kind.MISSING_FILE,
        Kind.UNREADABLE,  # of the trial itself, once
        Kind.MISSING_FILE,
        Kind.MISSING_FILE,
        Kind.MISSING_FILE,
        Kind.MALFORMED,
        Kind.MALFORMED,
        Kind.MISSING_SECTION,
        Kind.MISSING_SECTION,
        Kind.MISSING_SECTION,
        Kind.EMPTY,
        Kind.MALFORMED,
        Kind.MALFORMED,
        Kind.MALFORMED,
        Kind.UNLABELLED,
        Kind.MALFORMED,
        Kind.MALFORMED,
    ]
    lines = text.splitlines()
    assert '"no trial"' in lines[problems[0][1] - 1]
    assert '"no section"' in lines[problems[8][1] - 1]


def test_evidence_that_is_no_line_of_the_section(nlp, tmp_path):
    (tmp_path / "CT json").mkdir()
    (tmp_path / "CT json/NCT1.json").write_text('{"Results": ["a", "b"]}')
    statement = {"Section_id": "Results", "Primary_id": "NCT1", "Statement": "s", "Label": "No"}
    marked = {"good": [1, 2, -1, True, "0"], "none": [], "no list": "0"}
    statements = {k: {**statement, "Primary_evidence_index": v} for k, v in marked.items()}
    (tmp_path / "dev.json").write_text(json.dumps(statements))
    rows, problems, _ = read("nli4ct", tmp_path, nlp, evidence=True)
    assert [row[:2] for row in rows] == [("good", "b")]
    kinds = [kind for kind, _ in problems]
    assert kinds == [Kind.MALFORMED, Kind.EMPTY, Kind.MALFORMED, Kind.EMPTY]


@pytest.mark.parametrize("content", ["", "{", "[]", "[" * 100_000, '"x"'])
def test_a_file_of_statements_that_is_none(content, nlp, tmp_path):
    (tmp_path / "dev.json").write_text(content)
    with pytest.raises(InputError, match="no folder 'CT json'"):
        read("nli4ct", tmp_path, nlp)
    (tmp_path / "CT json").mkdir()
    with pytest.raises(InputError, match="no document was read"):
        read("nli4ct", tmp_path, nlp)


def test_bad_pairs_of_questions(nlp, tmp_path):
    path = tmp_path / "x.xml"
    lines = [
        "<x>",
        '<pair pid="1" value="true"><chq>a <!-- Zan --><b>bold</b> one</chq><faq>b</faq></pair>',
        '<pair pid="2" value="true"><chq>Zanzibar</chq></pair>',
        '<pair pid="3" value="true"><chq>Zanzibar</chq><faq> </faq></pair>',
        '<pair pid="4"><chq>Zanzibar</chq><faq>b</faq></pair>',
        '<pair pid="1" value="true"><chq>Zanzibar</chq><faq>b</faq></pair>',
        '<pair value="false"><chq>c</chq><faq>b</faq></pair>',
        '<pair pid="9" value="true"><chq>cut short</chq><faq>Zanz',
    ]
    path.write_text("\n".join(lines))
    rows, problems, _ = read("rqe", path, nlp)
    assert rows[:2] == [("x:1", "a bold one", "b", "true"), ("x:#6", "c", "b", "false")]
    assert problems[1:5] == [
        (Kind.MALFORMED, 3),
        (Kind.EMPTY, 4),
        (Kind.UNLABELLED, 5),
        (Kind.DUPLICATE_DOCUMENT, 6),
    ]
    assert problems[0][0] is Kind.REPAIRED  # the end is missing


@pytest.mark.parametrize("name", READERS)
def test_a_path_that_is_not_there_or_holds_nothing(name, nlp, tmp_path):
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError):
            read(name, path, nlp)
    with pytest.raises(InputError, match="split = 'test'"):
        READERS[name](tmp_path, split="test")


def test_long_texts_are_read_up_to_the_limit_of_the_pipeline(tmp_path):
    nlp = spacy.blank("en")
    long, longer = "fever " * 20_000, "fever " * 200_000
    path = write_lines(tmp_path / "x.jsonl", pair(premise=long), pair(hypothesis=longer))
    rows, problems, _ = read("pairs-jsonl", path, nlp)
    assert rows[0][1] == long.strip()
    assert problems == [(Kind.TOO_LONG, 2)]


def test_the_log_has_places_and_no_texts(nlp, tmp_path, caplog):
    path = write_lines(tmp_path / "x.jsonl", pair(label=SECRET), pair(premise=""), "{" + SECRET)
    corpus = READERS["pairs-jsonl"](path)
    with caplog.at_level(logging.DEBUG, logger="spacy_umlsbert.corpora"):
        list(corpus.docs(nlp))
        logged = caplog.text
        list(corpus.docs(nlp))
    assert caplog.text == logged, "a second pass is quiet"
    assert "1 pairs (other 1); 1 empty files, documents or pairs left out; 1 lines" in logged
    assert f"{path}, line 2: the premise is empty" in logged
    assert SECRET not in logged


# Settings and parts


def test_labels_are_renamed_and_left_out_and_pairs_limited(nlp):
    path = FIXTURES / "mednli/mli_train_v1.jsonl"
    labels = {"neutral": "", "entailment": "follows"}
    rows, problems, report = read("mednli", path, nlp, labels=labels)
    assert [row[3] for row in rows] == ["follows", "contradiction"]
    assert not problems
    assert report.labels == {"follows": 1, "contradiction": 1}
    rows, _, _ = read("mednli", path, nlp, labels={"entailment": ""}, limit=1)
    assert [row[0] for row in rows] == ["f1"]


def test_listed_pairs(nlp, tmp_path):
    (tmp_path / "ids.txt").write_text("f2\nf9\n")
    path = FIXTURES / "mednli/mli_train_v1.jsonl"
    rows, problems, _ = read("mednli", path, nlp, ids=tmp_path / "ids.txt")
    assert [row[0] for row in rows] == ["f2"]
    assert problems == [(Kind.ABSENT_DOCUMENT, 0)]


@pytest.mark.parametrize(
    ("name", "folder", "train", "dev"),
    [
        ("mednli", "mednli", ["f0", "f1", "f2"], ["f10"]),
        ("nli4ct", "nli4ct", ["aaaa-1", "aaaa-2"], ["bbbb-1"]),
    ],
)
def test_a_folder_with_files_named_train_and_dev_is_divided_into_these(
    name, folder, train, dev, nlp
):
    for split, ids in (("train", train), ("dev", dev)):
        rows, _, _ = read(name, FIXTURES / folder, nlp, split=split)
        assert [row[0] for row in rows] == ids


PAIRS = st.lists(
    st.builds(
        lambda p, h, label: LabelledPair("", p, h, label, Path("x.jsonl")),
        st.sampled_from(["a b", "A  b", "a\nB", *"cdefghijkl"]),
        st.sampled_from(["a b", "A B", *"cdefmnopqrst"]),
        st.sampled_from(["yes", "no"]),
    )
)


@given(PAIRS, st.booleans(), st.sampled_from([0.1, 0.5]))
def test_no_premise_is_in_both_parts_and_if_asked_for_on_neither_side(pairs, apart, share):
    parts = PairSplitRule(share, premises_apart=apart).parts(pairs)
    train, dev = parts["train"], parts["dev"]
    assert {p.texts[0] for p in train}.isdisjoint(p.texts[0] for p in dev)
    premises = {p.texts[0] for p in pairs}
    if len(premises) > 1:
        n_dev = min(max(round(share * len(premises)), 1), len(premises) - 1)
        assert len({p.texts[0] for p in dev}) == n_dev
    if apart:
        assert {t for p in train for t in p.texts}.isdisjoint(p.texts[0] for p in dev)
    else:
        assert sorted(map(id, train + dev)) == sorted(map(id, pairs))
    again = PairSplitRule(share, premises_apart=apart).parts(pairs[::-1])
    assert again == {"train": train[::-1], "dev": dev[::-1]}


def test_questions_are_held_out_and_training_has_them_on_neither_side(nlp):
    parts, reports = {}, {}
    for split in ("train", "dev"):
        rows, _, reports[split] = read("rqe", FIXTURES / "rqe", nlp, split=split, dev_share=0.3)
        parts[split] = [row[0] for row in rows]
    # The question is held out with two spellings; another pair has it as its second one.
    assert parts == {"train": ["questions:3"], "dev": ["questions:1", "questions:2"]}
    assert reports["train"].kept_apart == 1
    assert "1 kept out of training: dev has their hypothesis" in reports["train"].summary()
    assert reports["dev"].kept_apart == 0


# Docs and Examples


@pytest.mark.parametrize("name", READERS)
def test_examples_are_pairs_on_both_sides_and_the_label_is_on_one(name, nlp):
    folder = FIXTURES / name.replace("-", "_")
    reader = registry.readers.get(f"spacy_umlsbert.{NAMES[name]}.v1")
    examples = list(reader(str(folder))(nlp))
    assert examples
    for example in examples:
        assert is_pair(example.predicted)
        assert is_pair(example.reference)
        assert not example.predicted.cats
        assert gold_label(example.reference)
        assert example.predicted.text == example.reference.text


@pytest.fixture
def mixed_file(nlp, tmp_path):
    """Two notes and three pairs, one of them long."""
    notes = list(TEXT_READERS["jsonl"](FIXTURES / "jsonl").docs(nlp))[:2]
    pairs = list(READERS["pairs-jsonl"](FIXTURES / "pairs_jsonl").docs(nlp))
    long = make_pair(nlp, "chest pain " * 200, "He has pain.")
    set_label(long, "entailment")
    path = tmp_path / "mixed.spacy"
    write_docs([notes[0], pairs[0], notes[1], long, pairs[1]], path)
    return path


def same(example, other):
    """Whether two Examples have the same Docs on both sides."""
    return all(
        one.to_bytes(exclude=["user_data"]) == two.to_bytes(exclude=["user_data"])
        for one, two in zip((example.x, example.y), (other.x, other.y), strict=True)
    )


@pytest.mark.parametrize("settings", [{}, {"gold_preproc": True}, {"max_length": 20}])
def test_a_mixed_file_gives_pairs_as_pairs_and_notes_as_spacy_does(settings, nlp, mixed_file):
    reader = registry.readers.get("spacy_umlsbert.Corpus.v1")
    examples = list(reader(mixed_file, **settings)(nlp))
    pairs = [example for example in examples if is_pair(example.reference)]
    assert [len(example.reference) > 300 for example in pairs] == [False, True, False]
    for example in pairs:
        assert is_pair(example.predicted)
        assert [s.text for s in sides_of(example.predicted)] == [
            s.text for s in sides_of(example.reference)
        ]
        assert not example.predicted.cats
        assert set(example.predicted.spans) == {"premise", "hypothesis"}
    notes = [example for example in examples if not is_pair(example.reference)]
    expected = [
        example
        for example in Corpus(mixed_file, **settings)(nlp)
        if "premise" not in example.reference.spans
    ]
    assert len(notes) == len(expected)
    if not settings:
        assert len(notes) == 2
    for example, other in zip(notes, expected, strict=True):
        assert same(example, other)


def test_spacys_own_reader_takes_the_pairs_apart(nlp, mixed_file):
    """Why there is one of ours; if spaCy should learn it, ours can go."""
    gold = [example for example in Corpus(mixed_file)(nlp) if is_pair(example.reference)]
    assert len(gold) == 3
    assert not any(is_pair(example.predicted) for example in gold)


def test_pairs_are_not_augmented(nlp, mixed_file):
    def twice(nlp, example):
        yield example
        yield Example(nlp.make_doc("other"), nlp.make_doc("other"))

    reader = registry.readers.get("spacy_umlsbert.Corpus.v1")
    examples = list(reader(mixed_file, augmenter=twice)(nlp))
    assert len(examples) == 3 + 2 * 2
    assert len(list(reader(mixed_file, limit=2)(nlp))) == 2
    with pytest.raises(InputError, match="no path"):
        reader(None)


def test_a_pair_that_another_tokenizer_made_gets_the_tokens_of_the_pipeline(nlp, mixed_file):
    plain = spacy.blank("xx")
    reader = registry.readers.get("spacy_umlsbert.Corpus.v1")
    pair = make_pair(nlp, "She can't walk.", "He's ill.")
    path = mixed_file.with_name("tokens.spacy")
    own = make_pair(plain, "one", "two")
    own.has_unknown_spaces = True
    write_docs([pair, own], path)
    example, fixed = reader(path)(plain)
    assert [t.text for t in example.predicted] == [t.text for t in plain(pair.text)]
    assert [t.text for t in fixed.predicted] == ["one", "\n\n", "two"]
    assert is_pair(fixed.predicted)


# On the command line


def convert(*arguments):
    return CliRunner().invoke(app, ["convert", *map(str, arguments)])


@pytest.mark.parametrize("name", READERS)
def test_pairs_are_converted_and_summarised(name, nlp, tmp_path):
    out = tmp_path / "out.spacy"
    result = convert(name, FIXTURES / name.replace("-", "_"), out)
    assert result.exit_code == 0, result.output
    docs = list(read_docs(out, nlp.vocab))
    labels = [gold_label(doc) for doc in docs]
    assert all(map(is_pair, docs))
    assert all(doc._.document_id for doc in docs)
    table = result.output.partition("Wrote")[2]  # what is before it was logged
    words = table.split()
    assert words[words.index("pairs") + 1] == str(len(docs))
    for label in set(labels):
        assert words[words.index(label) + 1] == str(labels.count(label))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--sentences"], "--sentences: the format rqe is of pairs"),
        (["--unaligned", "expand"], "--unaligned: the format rqe is of pairs"),
        (["--setting", "evidence=true"], "no such setting"),
    ],
)
def test_options_that_make_no_sense_for_pairs(options, message, tmp_path):
    result = convert("rqe", FIXTURES / "rqe", tmp_path / "out.spacy", *options)
    assert result.exit_code == 1
    assert message in " ".join(result.output.split())
    assert not (tmp_path / "out.spacy").exists()


def test_settings_of_pairs_on_the_command_line(nlp, tmp_path):
    out = tmp_path / "out.spacy"
    result = convert(
        "nli4ct", FIXTURES / "nli4ct", out, "--split", "train", "--label", "Contradiction=no",
        "--setting", "evidence=true",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    docs = list(read_docs(out, nlp.vocab))
    assert [gold_label(doc) for doc in docs] == ["Entailment", "no"]
    assert "Results 1" not in docs[0].text


# No gold label


NO_LABEL = ["-1", " -1 ", "-", "–", "", " ", "null", "None", "NaN", "hidden", "N/A"]
FORMS = ["pairs-jsonl", "mednli", "mednli table", "rqe", "nli4ct"]


def labelled_file(folder, form, labels):
    """A file of pairs with these labels, and the name of its reader."""
    if form in ("pairs-jsonl", "mednli"):
        return form, write_lines(folder / "x.jsonl", *(pair(label=label) for label in labels))
    if form == "mednli table":
        rows = [f"{SECRET}\tb\t{label}" for label in labels]
        return "mednli", write_lines(folder / "x.tsv", "sentence1\tsentence2\tgold_label", *rows)
    if form == "rqe":
        rows = [f'<pair value="{x}"><chq>{SECRET}</chq><faq>b</faq></pair>' for x in labels]
        return form, write_lines(folder / "x.xml", "<x>", *rows, "</x>")
    (folder / "CT json").mkdir()
    (folder / "CT json/NCT1.json").write_text('{"Results": ["a", "b"]}')
    one = {"Section_id": "Results", "Primary_id": "NCT1", "Statement": SECRET}
    statements = {str(i): {**one, "Label": label} for i, label in enumerate(labels)}
    (folder / "dev.json").write_text(json.dumps(statements, indent=0))
    return form, folder


@pytest.mark.parametrize("form", FORMS)
def test_what_stands_for_no_gold_label_is_counted_and_never_a_class(form, nlp, tmp_path):
    labels = ["entailment", *NO_LABEL, "neutral", "0", "1"]
    name, path = labelled_file(tmp_path, form, labels)
    rows, problems, report = read(name, path, nlp)
    assert [row[3] for row in rows] == ["entailment", "neutral", "0", "1"]
    assert [kind for kind, _ in problems] == [Kind.UNLABELLED] * len(NO_LABEL)
    assert all(line for _, line in problems)
    assert f"{len(NO_LABEL)} pairs left out because they have no label" in report.summary()
    assert {example.reference.cats.popitem()[0] for example in READERS[name](path)(nlp)} == {
        "entailment", "neutral", "0", "1",
    }  # fmt: skip


def test_no_gold_label_in_numbers_as_exports_of_datasets_have_it(nlp, tmp_path):
    lines = [pair(label=x) for x in (0, -1, 2, -1.0, 1.0, float("nan"), None, True)]
    rows, problems, _ = read("pairs-jsonl", write_lines(tmp_path / "x.jsonl", *lines), nlp)
    assert [row[3] for row in rows] == ["0", "2", "1", "true"]
    assert problems == [(Kind.UNLABELLED, line) for line in (2, 4, 6, 7)]


def test_a_corpus_without_any_gold_label_says_so(nlp, tmp_path):
    path = write_lines(tmp_path / "x.jsonl", *[pair(label=-1)] * 3)
    with pytest.raises(InputError, match="3 pairs left out because they have no label"):
        read("pairs-jsonl", path, nlp)


def test_minus_one_can_be_named_a_label(nlp, tmp_path):
    path = write_lines(tmp_path / "x.jsonl", *(pair(label=x) for x in (-1, 0, 1, "-")))
    names = {"-1": "contradiction", "0": "neutral", "1": "entailment"}
    rows, problems, _ = read("pairs-jsonl", path, nlp, labels=names)
    assert [row[3] for row in rows] == [*names.values()]
    assert problems == [(Kind.UNLABELLED, 4)]
