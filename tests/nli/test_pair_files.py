"""A record for each row, in order, whatever is wrong with a row."""

from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.annotations.pairs import NliPrediction
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.json_lines import NumberedRow
from spacy_umlsbert.nli.pair_files import PredictionReport, predict_safely, predicted_rows

CANARY = "Hollingsworth"
BROKEN = InputError("this is no JSON object.", path="pairs.jsonl", line=7)


def predict(pairs):
    """Fails altogether if one pair is odd."""
    for premise, hypothesis in pairs:
        if CANARY in premise + hypothesis:
            raise ValueError(f"cannot read {premise}")
    return [
        NliPrediction("same" if p == h else "other", {"same": 0.5}, len(p) // 4) for p, h in pairs
    ]


def row(premise, hypothesis="x", **fields):
    return NumberedRow(1, {**fields, "premise": premise, "hypothesis": hypothesis})


def records(*rows, **options):
    return [predicted.record for predicted in predicted_rows(rows, predict, **options)]


ROWS = st.one_of(
    st.just(BROKEN),
    st.builds(row, st.sampled_from(["x", "y", "", " \n", None, 3, [], "\ud83d", f"Mr. {CANARY}"])),
    st.just(NumberedRow(3, {"premise": "x"})),
)


@given(st.lists(ROWS, max_size=20))
def test_bad_rows_cost_no_other_its_prediction(rows):
    report = PredictionReport()
    predicted = list(predicted_rows(rows, predict))
    for one, source in zip(predicted, rows, strict=True):
        report.count(one)
        good = isinstance(source, NumberedRow) and source.row in (
            {"premise": "x", "hypothesis": "x"},
            {"premise": "y", "hypothesis": "x"},
        )
        assert bool(one.problem) is not good
        assert CANARY not in one.problem
        if good:
            same = source.row["premise"] == "x"
            assert one.record["label"] == ("same" if same else "other")
        elif isinstance(source, NumberedRow):
            assert one.record.items() >= source.row.items() and "label" not in one.record
        else:
            assert one.record == {"line": 7, "problem": "this is no JSON object."}
    assert report.predicted + len(report.failed) == len(rows)


def test_a_record_says_what_was_not_read():
    short, long = records(row("x", id=1), row("x y z x"))
    assert short == {
        "id": 1, "premise": "x", "hypothesis": "x", "label": "same", "probabilities": {"same": 0.5},
    }  # fmt: skip
    assert long["left_out"] == 1


def test_fields_of_the_row_are_kept_under_another_name_if_they_must():
    (record,) = records(row("x", label="gold", input_label="older", problem=None))
    assert record["label"] == "same"
    assert record["input_input_label"] == "gold" and record["input_label"] == "older"
    assert record["input_problem"] is None and "problem" not in record


def test_sides_can_have_other_names():
    rows = [NumberedRow(1, {"sentence1": "x", "sentence2": "x"})]
    assert records(*rows, premise="sentence1", hypothesis="sentence2")[0]["label"] == "same"
    assert records(*rows)[0]["problem"] == "the row has no field 'premise'."


def test_rows_are_judged_as_they_come():
    seen = []

    def endless():
        while True:
            seen.append(1)
            yield row("x")

    rows = predicted_rows(endless(), predict)
    assert next(rows).record["label"] == "same"
    assert len(seen) < 1000


def test_a_pair_that_fails_says_of_what_kind_and_where():
    fine, failed = predict_safely([("x", "x"), (CANARY, "x")], predict)
    assert fine.label == "same"
    assert failed.label == "" and "ValueError in test_pair_files.py" in failed.problem
