"""The table of rules, and how users add to it and take away."""

import pytest

from spacy_umlsbert import InputError
from spacy_umlsbert.assertion.by_rules import DetectorByRules, RuleReader
from spacy_umlsbert.assertion.rules import (
    Rule,
    RuleSet,
    package_rules,
    problem_of,
    read_rules,
)
from spacy_umlsbert.errors import UsageError

HEADER = "phrase\tcategory\tdirection\treach\tstrength\twhat\n"


def said(reader, text, mention):
    start = text.index(mention)
    (verdict,) = reader.read(text, [(start, start + len(mention))]).verdicts
    return verdict.assertion


def test_all_rules_of_the_package_can_be_used():
    assert {rule.phrase: problem for rule in package_rules() if (problem := problem_of(rule))} == {}
    assert len(package_rules()) > 400
    assert {rule.phrase for rule in package_rules() if not rule.what} == set()


def test_a_rule_is_added_and_removed():
    rules = RuleSet()
    text = "Chest pain nowhere to be seen."
    assert said(RuleReader(rules), text, "Chest pain") == "present"
    rules.add([{"phrase": "nowhere to be seen", "category": "negated", "direction": "after"}])
    assert said(RuleReader(rules), text, "Chest pain") == "absent"
    rules.remove(["nowhere to be seen"])
    assert said(RuleReader(rules), text, "Chest pain") == "present"


def test_a_rule_takes_the_place_of_one_of_the_same_phrase_and_category():
    rules = RuleSet()
    count = len(rules)
    rules.add([("no", "negated", "before", "next")])
    assert len(rules) == count
    assert said(RuleReader(rules), "No fever, chills", "chills") == "present"


def test_a_rule_of_one_category_is_removed():
    rules = RuleSet()
    rules.remove([("unlikely", "negated")])
    assert {rule.category for rule in rules if rule.phrase == "unlikely"} == {"uncertain"}


def test_what_is_not_there_cannot_be_removed():
    rules = RuleSet()
    count = len(rules)
    with pytest.raises(UsageError, match="no such rule"):
        rules.remove(["denial", "xyzzy"])
    assert len(rules) == count


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("x", "negativ"), "category"),
        (("x", "negated", "left"), "direction"),
        (("x", "negated", "before", "far"), "reach"),
        (("x", "negated", "before", "clause", "very"), "strength"),
        (("{nobody}", "negated"), "braces"),
        ((" ", "negated"), "no phrase"),
        (("x", "negated,uncertain"), "category"),
        (("x",), "rule 1: it has no category"),
    ],
)
def test_a_bad_rule_is_refused(row, problem):
    with pytest.raises(UsageError, match=problem):
        RuleSet().add([row])


def test_a_file_of_rules(tmp_path):
    path = tmp_path / "mine.tsv"
    path.write_text(f"# ours\n{HEADER}nil of note for\tnegated\tbefore\tclause\t\tshorthand\n")
    assert read_rules(path) == [
        Rule("nil of note for", "negated", "before", "clause", "", "shorthand")
    ]
    path.write_text("phrase\tcategory\nnil of note for\tnegated\n")
    assert read_rules(path) == [Rule("nil of note for", "negated")]


@pytest.mark.parametrize(
    ("rows", "line", "problem"),
    [
        ("a\tb\n", 1, "names of the columns"),
        (f"{HEADER}no\tnegated\nyes\tno\n", 3, "category"),
        (f"{HEADER}\n\nno\tnegated\tbefore\tclause\t\twhat\tmore\n", 4, "more fields"),
        (f"{HEADER}no\n", 2, "no category"),
        (f"{HEADER}no\tnegated\tto the left\n", 2, "direction"),
    ],
)
def test_a_bad_row_is_named_with_file_and_line(tmp_path, rows, line, problem):
    path = tmp_path / "mine.tsv"
    path.write_text(rows)
    with pytest.raises(InputError, match=problem) as caught:
        read_rules(path)
    assert caught.value.path == path and caught.value.line == line and caught.value.remedy


def test_rules_alone_can_be_those_of_the_user():
    detector = DetectorByRules(RuleSet([Rule("sin", "negated")]))
    assert said(detector.reader, "sin fiebre", "fiebre") == "absent"
    assert said(detector.reader, "no fiebre", "fiebre") == "present"
    detector.change(add=[("no", "negated")], remove=["sin"])
    assert said(detector.reader, "no fiebre", "fiebre") == "absent"
