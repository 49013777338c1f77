"""From gold values to the report: given the gold mentions, and what the pipeline finds."""

import json
from pathlib import Path

import pytest
import spacy
from typer.testing import CliRunner

from spacy_umlsbert.cli import app
from spacy_umlsbert.corpora.annotated.formats import READERS
from spacy_umlsbert.corpora.docbin import write_docs
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.evaluation.values.entries import EntryScores
from spacy_umlsbert.evaluation.values.evaluate import evaluate_values
from spacy_umlsbert.evaluation.values.report import value_tables
from spacy_umlsbert.evaluation.values.tied import TiedValue
from spacy_umlsbert.values.detector import DetectorByRules

FIXTURES = Path(__file__).parents[2] / "corpora" / "fixtures"
NLP = spacy.blank("en")


def docs(name):
    return list(READERS[name](FIXTURES / name.replace("-", "_")).docs(NLP))


def test_entries_exact_and_inexact():
    text = "oral aspirin 81 mg daily\nlasix 40 mg"
    aspirin, lasix = (5, 12), (25, 30)
    gold = [
        TiedValue(13, 18, "dose", aspirin), TiedValue(19, 24, "frequency", aspirin),
        TiedValue(31, 36, "dose", lasix),
    ]  # fmt: skip
    found = [
        TiedValue(13, 15, "dose", (0, 12)),  # half of the words, of a longer name
        TiedValue(19, 24, "frequency", lasix),  # of the wrong drug
        TiedValue(31, 36, "dose", lasix),
    ]
    scores = EntryScores(["dose", "frequency"])
    scores.count(text, found, gold, ([(0, 12), lasix], [aspirin, lasix]))
    figures = scores.as_dict()

    def counts(name, way):
        row = figures[name][way]["system"]
        return row["correct"], row["found"], row["gold"]

    assert counts("dose", "exact") == (1, 2, 2)
    assert counts("dose", "inexact") == (3, 3, 4)
    assert counts("frequency", "exact") == (1, 1, 1)  # vertical: whatever its drug
    assert counts("medication", "exact") == (1, 2, 2)
    assert counts("medication", "inexact") == (2, 3, 2)
    assert counts("entry", "exact") == (2, 5, 5)  # lasix, and its dose
    assert counts("entry", "inexact") == (2 + 3, 3 + 3 + 1, 2 + 4 + 1)


def test_the_mean_of_records_leaves_out_those_without_the_field():
    scores = EntryScores(["dose"])
    gold = [TiedValue(2, 3, "dose", (0, 1))]
    scores.count("a 1", gold, gold, ([(0, 1)], [(0, 1)]))
    scores.count("a", [], [], ([(0, 1)], [(0, 1)]))
    scores.count("a 1", [], gold, ([(0, 1)], [(0, 1)]))
    figures = scores.as_dict()
    assert figures["dose"]["exact"]["patient"] == {"p": 0.5, "r": 0.5, "f": 0.5}
    assert figures["medication"]["exact"]["patient"]["f"] == 1.0


def test_given_gold_mentions_and_what_the_pipeline_finds():
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "Drug", "pattern": "lisinopril"}])
    scores = evaluate_values(
        nlp,
        DetectorByRules(),
        docs("n2c2-2018"),
        own_spans=lambda doc: list(doc.ents),
        label_scheme="n2c2-2018",
    )
    given, own = scores.as_dict()["given"], scores.as_dict()["own"]
    assert given["relations"]["strict"]["per_kind"]["strength"]["f"] == 1.0
    assert given["relations"]["strict"]["per_kind"]["adverse_event"]["r"] == 0.0
    assert "Drug" not in given["spans"]["strict"]["per_kind"]
    assert own["spans"]["strict"]["per_kind"]["Drug"]["r"] == 0.5
    assert own["spans"]["strict"]["per_kind"]["ADE"]["r"] == 0.0
    assert own["relations"]["strict"]["per_kind"]["strength"]["f"] == 1.0
    tables = value_tables(scores.as_dict(), "Values", {"data": "x"})
    assert "| Drug |" in tables and "mean of documents" in tables


def test_without_gold_values_it_says_what_to_do():
    doc = NLP.make_doc("aspirin")
    with pytest.raises(UsageError, match="value_labels"):
        evaluate_values(NLP, DetectorByRules(), [doc])


@pytest.mark.parametrize("scheme", ["n2c2-2018", "i2b2-2009"])
def test_the_command(scheme, tmp_path):
    write_docs(docs(scheme), tmp_path / "gold.spacy")
    data, out = tmp_path / "gold.spacy", tmp_path / "out"
    arguments = ["evaluate-values", "rules", data, out, "--label-scheme", scheme, "-q"]
    done = CliRunner().invoke(app, [*map(str, arguments)])
    assert done.exit_code == 0, done.output
    assert "relations, strict" in done.output
    figures = json.loads((out / "values.json").read_text())
    assert figures["own"] is None
    assert figures["given"]["relations"]["strict"]["micro"]["f"] > 0.5
    assert ("entries" in figures["given"]) == (scheme == "i2b2-2009")
    tables = (out / "values.md").read_text()
    assert ("by system and by patient" in tables) == (scheme == "i2b2-2009")
    assert (out / "values.png").is_file()
