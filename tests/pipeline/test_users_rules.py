"""How users add rules to `umls_assertion`, `umls_sections` and `umls_values`: alike in each."""

import pickle
import warnings

import pytest
import spacy

from spacy_umlsbert import InputError
from spacy_umlsbert.errors import UsageError

RULES = {
    "umls_assertion": {"phrase": "perchance", "category": "uncertain"},
    "umls_sections": {"heading": "fruit log", "category": "fruit"},
    "umls_values": {"phrase": "at shift change", "category": "frequency", "code": "2/1d"},
}
NAMES = {name: next(iter(rule.values())) for name, rule in RULES.items()}


def knows(component):
    """Whether a component has the rule of `RULES`."""
    name = NAMES[component.name]
    if component.name == "umls_sections":
        return name in {rule.heading for rule in component.rules.own}
    rules = component.rules.phrases if component.name == "umls_values" else component.rules
    return name in {rule.phrase for rule in rules}


def table_of(rule, path):
    path.write_text("\n".join("\t".join(part) for part in (rule.keys(), rule.values())) + "\n")
    return path


@pytest.fixture(params=RULES)
def factory(request):
    return request.param


def test_rules_are_added_from_a_list_a_dict_and_a_file(factory, tmp_path):
    rule = RULES[factory]
    component = spacy.blank("en").add_pipe(factory)
    path = table_of(rule, tmp_path / "own.tsv")
    for rules in ([rule], rule, (one for one in [rule]), path, str(path)):
        assert component.add_rules(rules) is component and knows(component)
        assert component.remove_rules([NAMES[factory]]) is component
        assert not knows(component)
    with pytest.raises(UsageError, match=r"no such .* to remove \(the 1\."):
        component.remove_rules([NAMES[factory]])


def test_the_config_takes_files_and_dicts(factory, tmp_path):
    rule = RULES[factory]
    path = table_of(rule, tmp_path / "own.tsv")
    for config in ({"rules": str(path)}, {"rules": [str(path)]}, {"add_rules": [rule]}):
        nlp = spacy.blank("en")
        assert knows(nlp.add_pipe(factory, config=config)), config
        nlp.to_disk(tmp_path / "saved")
        assert knows(spacy.load(tmp_path / "saved").get_pipe(factory))
        assert knows(pickle.loads(pickle.dumps(nlp)).get_pipe(factory))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dir": "after"}, "rule 2: it has the key dir"),
        ({"category": ["plan"]}, "rule 2: its category is no string"),
        (None, "rule 2: it"),
        ("text", "rule 2: it"),
    ],
)
def test_an_error_says_which_rule_and_why(factory, change, message):
    component = spacy.blank("en").add_pipe(factory)
    rule = RULES[factory]
    bad = {**rule, **change} if isinstance(change, dict) else change
    with pytest.raises(UsageError, match=message):
        component.add_rules([rule, bad])
    assert not knows(component)
    with pytest.raises(UsageError, match="a list of dicts, or the path"):
        component.add_rules(5)


@pytest.mark.parametrize("phrase", ["|", "… …", "a| …", "_"])
def test_a_phrase_without_a_word_is_refused(factory, phrase):
    if phrase == "a| …" and factory == "umls_sections":
        return
    component = spacy.blank("en").add_pipe(factory)
    key = next(iter(RULES[factory]))
    with pytest.raises(UsageError, match=r"rule 1: .*(no word|no phrase|without a word)"):
        component.add_rules([{**RULES[factory], key: phrase}])


# Values


def drug(text, **rules):
    """The kinds, numbers and units of the values of a text, with some rules."""
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "treatment", "pattern": "clobetasol"}])
    nlp.add_pipe("umls_values").add_rules(**rules)
    doc = nlp(text)
    return [(one.label_, one._.value.numbers, one._.value.unit) for one in doc.spans["values"]]


def test_the_example_of_the_readme():
    text = "clobetasol 2 FTU at shift change"
    assert drug(text) == [("strength", (2.0,), "")]
    unit = {"unit": "{FTU}", "forms": "FTU|FTUs|fingertip units", "whose": "form"}
    known = [("dose", (2.0,), "{FTU}"), ("frequency", (), "")]
    assert drug(text, rules=[RULES["umls_values"], unit]) == known
    assert drug(text, phrases=[RULES["umls_values"]], units=[unit]) == known


def test_a_unit_that_is_known_may_be_given_once_more():
    unit = {"unit": "{scoop}", "forms": "scoop|scoops", "whose": "form"}
    assert drug("clobetasol 2 scoops", rules=[unit]) == drug("clobetasol 2 scoops")


def test_units_are_removed_and_stay_so(tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_values").add_rules([{"unit": "mg", "forms": "emgee"}]).remove_rules(["mg"])
    component = nlp.get_pipe("umls_values")
    assert component.rules.units_in_use().read("mg").code == "mg", "the package's stay"
    component.remove_rules(["mg"])
    nlp.to_disk(tmp_path)
    for one in (nlp, spacy.load(tmp_path)):
        units = one.get_pipe("umls_values").rules.units_in_use()
        assert units.read("mg") is None and units.read("g").code == "g"


def test_a_table_of_no_kind_of_values(tmp_path):
    path = tmp_path / "own.tsv"
    path.write_text("word\tcategory\nx\troute\n")
    with pytest.raises(InputError, match=r"own\.tsv, line 1: .*phrase, .*, or unit, .*, or where"):
        spacy.blank("en").add_pipe("umls_values").add_rules(path)
    with pytest.raises(UsageError, match=r"rule 1: .* keys phrase, unit, where"):
        spacy.blank("en").add_pipe("umls_values").add_rules([["x", "route"]])


def test_old_names_of_settings(tmp_path):
    phrases = table_of(RULES["umls_values"], tmp_path / "phrases.tsv")
    units = table_of({"unit": "{FTU}", "forms": "FTU"}, tmp_path / "units.tsv")
    config = {"phrases_file": str(phrases), "units_file": str(units)}
    nlp = spacy.blank("en")
    with pytest.warns(FutureWarning, match="phrases_file is now called rules"):
        component = nlp.add_pipe("umls_values", config=config)
    assert knows(component) and component.rules.units[0].unit == "{FTU}"
    assert nlp.get_pipe_config("umls_values")["rules"] == [str(phrases), str(units)]
    cues = table_of(RULES["umls_assertion"], tmp_path / "cues.tsv")
    with pytest.warns(FutureWarning, match="rules_file is now called rules"):
        assert knows(nlp.add_pipe("umls_assertion", config={"rules_file": str(cues)}))


# Sections


def test_a_heading_of_the_package_is_removed_and_stays_so(tmp_path):
    nlp = spacy.blank("en")
    component = nlp.add_pipe("umls_sections", config={"remove_rules": ["assessment and plan"]})
    component.remove_rules(["medical history", "PMH", "history"])
    nlp.to_disk(tmp_path)
    for one in (nlp, spacy.load(tmp_path), pickle.loads(pickle.dumps(nlp))):
        rules = one.get_pipe("umls_sections").rules
        assert rules.find("PMH", loosely=False) is None
        for title in ("odd ankle history", "plan and assessment of it", "history of the ankle"):
            rules.find(title)  # no error without what such titles are told by
    component.add_rules([{"heading": "PMH", "category": "plan"}])
    assert component.rules.find("PMH").category == "plan"


@pytest.mark.parametrize(
    ("category", "near"),
    [("medication", "medications"), ("Plan", "plan"), ("meds", "medications"),
     ("PMH", "past_medical_history")],
)  # fmt: skip
def test_a_category_that_looks_like_a_known_one_is_warned_of_once(category, near):
    component = spacy.blank("en").add_pipe("umls_sections")
    with pytest.warns(UserWarning, match=f"category {category} .* nearest is {near}"):
        component.add_rules([{"heading": "fruit log", "category": category}])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        component.add_rules([{"heading": "tea log", "category": category}])
        component.add_rules([{"heading": "milk log", "category": "dairy"}])
        pickle.loads(pickle.dumps(component))


@pytest.mark.parametrize("column", ["heading", "headings"])
def test_heading_and_headings_are_both_understood(column, tmp_path):
    path = tmp_path / "own.tsv"
    path.write_text(f"category\t{column}\nfruit\tfruit log, pear log\n")
    for rules in (path, [{column: "fruit log", "category": "fruit"}]):
        component = spacy.blank("en").add_pipe("umls_sections").add_rules(rules)
        assert component.rules.find("Fruit log").category == "fruit"
    component.add_rules([{"headings": "tea log, milk log", "category": "fruit"}])
    assert component.rules.find("Milk log").category == "fruit"


def test_a_header_without_a_column_is_said_so(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("kategory,headings\nfruit,fruit log\n")
    with pytest.raises(InputError, match=r"own\.csv, line 1: the header has no column category"):
        spacy.blank("en").add_pipe("umls_sections").add_rules(path)
