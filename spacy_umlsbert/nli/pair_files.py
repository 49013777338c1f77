"""Predictions for the pairs of a file: a record for each row, whatever is wrong with a row."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from spacy_umlsbert.annotations.pairs import HYPOTHESIS, PREMISE, NliPrediction
from spacy_umlsbert.batching import chunks
from spacy_umlsbert.errors import InputError, safe
from spacy_umlsbert.files.failing import kind_of, results_or_errors
from spacy_umlsbert.files.json_lines import NumberedRow
from spacy_umlsbert.files.row_files import Row
from spacy_umlsbert.guard import hide_in_repr, without_text
from spacy_umlsbert.text.unicode import is_unicode

PredictPairs = Callable[[list[tuple[str, str]]], list[NliPrediction]]
"""Predictions for premises and hypotheses, as `UmlsNli.predict_pairs` gives them."""

OWN_FIELDS = ("label", "probabilities", "left_out", "problem")
"""What a record has besides the fields of the row."""
INPUT = "input_"
"""What a row's field of such a name is called in the record."""

ROWS_AT_A_TIME = 256
ROWS_FOR_PROCESSES = 8192
"""Rows that are read at a time if several processes share the work."""


@hide_in_repr("record")
class PredictedRow(NamedTuple):
    """What is written for a row.

    Attributes:
        line: The line that it begins at, counted from one.
        record: The fields of the row, and the prediction or a ``problem``. Of a row that cannot be
            read there is the ``line`` alone.
    """

    line: int
    record: Row

    @property
    def problem(self) -> str:
        """Why it has no prediction; empty if it has one. Nothing of the row is quoted."""
        return self.record.get("problem", "")


@dataclass
class PredictionReport:
    """How the predictions for a file went.

    Attributes:
        predicted: Number of rows that have one.
        shortened: How many of these did not fit the transformer.
        failed: Line of each row that has none, and why.
    """

    predicted: int = 0
    shortened: int = 0
    failed: list[tuple[int, str]] = field(default_factory=list)

    def count(self, row: PredictedRow) -> None:
        """Take note of a row."""
        if row.problem:
            self.failed.append((row.line, row.problem))
        else:
            self.predicted += 1
            self.shortened += "left_out" in row.record


def predicted_rows(
    rows: Iterable[NumberedRow | InputError],
    predict: PredictPairs,
    *,
    premise: str = PREMISE,
    hypothesis: str = HYPOTHESIS,
    rows_at_a_time: int = ROWS_AT_A_TIME,
) -> Iterator[PredictedRow]:
    """Predictions for the pairs of rows, a batch at a time.

    Args:
        rows: The rows; an error in place of a row that cannot be read.
        predict: Gives predictions. If it fails, it gets the pairs one by one.
        premise: The field with the premise.
        hypothesis: The field with the hypothesis.
        rows_at_a_time: How many rows are read before their pairs get predictions.

    Yields:
        What to write for each row, in order.
    """
    for batch in chunks(rows, rows_at_a_time):
        problems = [_problem(row, premise, hypothesis) for row in batch]
        pairs = [
            (row.row[premise], row.row[hypothesis])
            for row, problem in zip(batch, problems, strict=True)
            if isinstance(row, NumberedRow) and not problem
        ]
        predictions = predict_safely(pairs, predict, max(1, len(pairs)))
        for row, problem in zip(batch, problems, strict=True):
            if isinstance(row, InputError):
                line = row.line or 0
                yield PredictedRow(line, {"line": line, "problem": problem})
            else:
                prediction = NliPrediction("", problem=problem) if problem else next(predictions)
                yield PredictedRow(row.line, _record(row.row, prediction))


def predict_safely(
    pairs: Sequence[tuple[str, str]], predict: PredictPairs, at_a_time: int = ROWS_AT_A_TIME
) -> Iterator[NliPrediction]:
    """Predictions for pairs, each by itself if that fails: no pair costs another its prediction.

    Args:
        pairs: The pairs.
        predict: Gives those for some of them; it may raise an error.
        at_a_time: How many of them.

    Yields:
        A prediction for each, in order; with a ``problem``, which quotes nothing, if it fails.
    """
    for start in range(0, len(pairs), at_a_time):
        batch = pairs[start : start + at_a_time]
        for result in results_or_errors(batch, predict, lambda _: without_text("it failed")):
            if isinstance(result, Exception):
                problem = result.problem if isinstance(result, InputError) else kind_of(result)
                yield NliPrediction("", problem=f"the pair could not be judged: {safe(problem)}")
            else:
                yield result


def _problem(row: NumberedRow | InputError, *columns: str) -> str:
    """Why a row has no pair of texts."""
    if isinstance(row, InputError):
        return row.problem
    for column in columns:
        if column not in row.row:
            return f"the row has no field {column!r}."
        if problem := _problem_of_text(row.row[column]):
            return f"the field {column!r} {problem}."
    return ""


def _problem_of_text(text: Any) -> str:
    if text is not None and not isinstance(text, str):
        return "holds no text"
    if text is None or not text.strip():
        return "is empty"
    return "" if is_unicode(text) else "is not valid Unicode"


def _record(row: Row, prediction: NliPrediction) -> Row:
    record: dict[str, Any] = {}
    for name, value in row.items():
        own = name
        while own in OWN_FIELDS or (own != name and own in row):
            own = INPUT + own
        record[own] = value
    if prediction.problem:
        return {**record, "problem": prediction.problem}
    record |= {"label": prediction.label, "probabilities": dict(prediction.probabilities)}
    if prediction.left_out:
        record["left_out"] = prediction.left_out
    return record
