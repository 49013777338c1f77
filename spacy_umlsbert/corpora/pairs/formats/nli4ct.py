"""NLI4CT (Jullien et al. 2023): statements about sections of breast cancer trials' reports.

``train.json`` and ``dev.json`` have an object for each statement, by its id::

    {"Type": "Comparison", "Section_id": "Results", "Primary_id": "NCT…", "Secondary_id": "NCT…",
     "Statement": "…", "Label": "Entailment", "Primary_evidence_index": [0, 1, …], …}

Beside them the folder ``CT json`` has a file for each trial, with the lines of its sections.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spacy_umlsbert.corpora.corpus_files import corpus_text
from spacy_umlsbert.corpora.pairs.labelled_pair import LabelledPair, label_text
from spacy_umlsbert.corpora.pairs.reader import pair_reader
from spacy_umlsbert.corpora.report import Kind, Report
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.file_names import find_files, sibling
from spacy_umlsbert.files.json_lines import parse_json

TRIALS = "CT json"

_ROLES = ("Primary", "Secondary")
_TRIAL_ID = re.compile(r"NCT\w+")


def read_nli4ct(path: Path, report: Report, *, evidence: bool = False) -> Iterator[LabelledPair]:
    """Yield the pairs of a file, or of all such files in a folder: ``train.json`` and so on.

    The premise is the section of the report that the statement is about, line by line; if two
    trials are compared, both sections, under ``Primary trial:`` and ``Secondary trial:``.

    Args:
        path: The file with the statements, or the folder it is in. The folder ``CT json`` must be
            beside the file.
        report: Where problems are counted.
        evidence: Take no more than the lines of a section that the annotators marked as evidence.
            In use nobody knows them; it is meant for analysis.

    Raises:
        InputError: If there is no folder ``CT json``.
    """
    for file in find_files(path, ".json"):
        if TRIALS not in file.parts[:-1]:
            yield from _Statements(file, report, evidence).pairs()


nli4ct_reader = pair_reader(read_nli4ct)


class _Statements:
    """The statements of a file, with the reports they are about."""

    def __init__(self, file: Path, report: Report, evidence: bool) -> None:
        self.file = file
        self.report = report
        self.evidence = evidence
        self.folder = file.parent / TRIALS
        self.trials: dict[str, dict[str, Any] | None] = {}
        if not self.folder.is_dir():
            raise InputError(
                f"there is no folder '{TRIALS}' beside this file.",
                path=file,
                remedy="Put the reports of the trials there, as the corpus has them.",
            )

    def pairs(self) -> Iterator[LabelledPair]:
        content = corpus_text(self.file, self.report)
        if content is None:
            return
        # Objects as tuples of names and values, so that a name that is there twice loses nothing.
        records = parse_json(content, self.file, self.report, object_pairs_hook=tuple)
        if not isinstance(records, tuple):
            if records is not None:
                self.report.add(Kind.UNREADABLE, self.file, 0, "not a JSON object of statements")
            return
        line, position = 1, 0
        for pair_id, value in records:
            found = content.find(json.dumps(pair_id, ensure_ascii=False), position)
            if found >= 0:
                line, position = line + content.count("\n", position, found), found
            pair = self._pair(pair_id, value, line if found >= 0 else 0)
            if pair is not None:
                yield pair

    def _pair(self, pair_id: str, value: Any, line: int) -> LabelledPair | None:
        record = dict(value) if isinstance(value, tuple) else {}
        kind = record.get("Type", "Comparison" if record.get("Secondary_id") else "Single")
        statement, section = record.get("Statement"), record.get("Section_id")
        label = record.get("Label", "")
        label = None if label is None else label_text(label)  # the corpus has no null
        problem = ""
        if not record:
            problem = "not a JSON object"
        elif kind not in ("Single", "Comparison"):
            problem = "the Type is neither Single nor Comparison"
        elif not all(isinstance(text, str) for text in (statement, label, section)):
            problem = "Statement, Section_id or Label is no text"
        if problem:
            self.report.add(Kind.MALFORMED, self.file, line, problem)
            return None
        parts = []
        for role in _ROLES[: 1 if kind == "Single" else 2]:
            lines = self._lines(record, role, str(section), line)
            if lines is None:
                return None
            parts.append((role, lines))
        if all(not text.strip() for _, lines in parts for text in lines):
            premise = ""
        elif kind == "Single":
            premise = "\n".join(parts[0][1])
        else:
            premise = "\n".join(x for role, lines in parts for x in (f"{role} trial:", *lines))
        return LabelledPair(pair_id, premise, str(statement), str(label), self.file, line)

    def _lines(
        self, record: dict[str, Any], role: str, section: str, line: int
    ) -> list[str] | None:
        """The lines of a section of a trial; None, and reported, if there are none to be had."""
        trial_id = record.get(f"{role}_id")
        if not isinstance(trial_id, str) or not _TRIAL_ID.fullmatch(trial_id):
            message = f"the {role}_id is no number of a trial"
            self.report.add(Kind.MALFORMED, self.file, line, message)
            return None
        trial = self._trial(trial_id)
        if trial is None:
            message = f"the {role.lower()} trial, {trial_id}, has no file that can be read"
            self.report.add(Kind.MISSING_FILE, self.file, line, message)
            return None
        lines = trial.get(section)
        if not isinstance(lines, list) or not all(isinstance(text, str) for text in lines):
            message = f"the report of {trial_id} has no such section, or it is no list of lines"
            self.report.add(Kind.MISSING_SECTION, self.file, line, message)
            return None
        return self._evidence(lines, record, role, line) if self.evidence else lines

    def _evidence(
        self, lines: list[str], record: dict[str, Any], role: str, line: int
    ) -> list[str]:
        name = f"{role}_evidence_index"
        marked = record.get(name, [])
        numbers = marked if isinstance(marked, list) else [marked]
        chosen = {n for n in numbers if type(n) is int and 0 <= n < len(lines)}
        wrong = sum(1 for n in numbers if type(n) is not int or n not in chosen)
        if wrong:
            message = f"{wrong} numbers of {name} are no lines of the section"
            self.report.add(Kind.MALFORMED, self.file, line, message)
        return [lines[n] for n in sorted(chosen)]

    def _trial(self, trial_id: str) -> dict[str, Any] | None:
        """The report of a trial; None if it cannot be read, which is reported once."""
        if trial_id not in self.trials:
            path = sibling(self.folder / trial_id, ".json")
            trial = None
            if path is not None:
                content = corpus_text(path, self.report)
                trial = parse_json(content, path, self.report) if content is not None else None
            self.trials[trial_id] = trial if isinstance(trial, dict) else None
        return self.trials[trial_id]
