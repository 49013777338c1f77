"""The workflow `clinical` on small corpora in the i2b2 formats: the commands of project.yml."""

import json
import shlex
import shutil
from pathlib import Path

import pytest
import spacy
import spacy.cli  # registers spaCy's commands
from spacy.cli._util import app
from thinc.api import Config
from typer.main import get_command
from weasel.util.config import load_project_config

import spacy_umlsbert.cli  # noqa: F401 - registers ours
from scripts import train_grid
from tests.corpora.annotated import writers
from tests.published import TYPE_ORDER, write_checkpoint
from tests.rrf import write_release

ROOT = Path(__file__).parent.parent
NOTE = (
    "Mr. Hale has chest pain .\nNo fever .\nSeen on 3/4/2009 by Dr. Ferris .\nHe takes aspirin .\n"
)
PHI_NOTE = (
    "Hale of Elmton has chest pain .\nAt 94 no fever .\nSeen on 3/4/2009 by Dr. Ferris .\n"
    "At Lakeview , record 55172 .\nHe can call 555-0100 .\n"
)
PHI_2006 = [
    ("Hale", "PATIENT"), ("Elmton", "LOCATION"), ("94", "AGE"), ("3/4/2009", "DATE"),
    ("Ferris", "DOCTOR"), ("Lakeview", "HOSPITAL"), ("55172", "ID"), ("555-0100", "PHONE"),
]  # fmt: skip
PHI_2014 = [
    (mention, {"LOCATION": "CITY", "ID": "MEDICALRECORD"}.get(label, label))
    for mention, label in PHI_2006
]
CONCEPTS = [("chest pain", "problem"), ("fever", "problem"), ("aspirin", "treatment")]
EVENTS = [(mention, label.upper()) for mention, label in CONCEPTS]


def spans(mentions, note=NOTE):
    return [(note.index(m), note.index(m) + len(m), label, []) for m, label in mentions]


def write_2010(folder):
    for part in ("concept_assertion_relation_training_data", "reference_standard_for_test_data"):
        for i in range(6):
            record = folder / "one"
            writers.write_i2b2_2010(record, NOTE, spans(CONCEPTS))
            for kind, name in (("concept", "record.con"), ("txt", "record.txt")):
                target = folder / part / kind
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(record / kind / name, target / f"record-{i}{Path(name).suffix}")
    test = folder / "reference_standard_for_test_data"
    (test / "concept").rename(test / "concepts")
    (test / "txt").rename(folder / "test_data")


def write_assertions_2010(folder):
    write_2010(folder)
    lines = [
        'c="chest pain" 1:3 1:4||t="problem"||a="present"\n',
        'c="fever" 2:1 2:1||t="problem"||a="absent"\n',
    ]
    for part in ("concept_assertion_relation_training_data", "reference_standard_for_test_data"):
        (folder / part / "ast").mkdir()
        for i in range(6):
            (folder / part / "ast" / f"record-{i}.ast").write_text("".join(lines))


def write_assertions_2012(folder):
    write_2012(folder)
    for file in folder.rglob("*.xml"):
        text = file.read_text("utf8").replace("<EVENT", '<EVENT modality="FACTUAL" polarity="POS"')
        negated = '<EVENT modality="FACTUAL" polarity="NEG" start="29"'
        text = text.replace(negated.replace("NEG", "POS"), negated)
        assert "NEG" in text
        file.write_text(text, "utf8")


def write_2012(folder):
    one = writers.write_i2b2_2012(folder, NOTE, spans(EVENTS))
    copies(one, folder / "2012-07-15.original-annotation.release", "{}.xml")
    copies(one, folder / "2012-08-08.test-data.event-timex-groundtruth/xml", "{}.xml")


def write_2006(folder):
    one = writers.write_i2b2_2006(folder, PHI_NOTE, spans(PHI_2006, PHI_NOTE)).read_text("utf8")
    record = one[one.index("<RECORD") : one.index("</ROOT>")]
    records = "".join(record.replace('ID="1"', f'ID="{i}"') for i in range(6))
    for name in ("train_all_version2", "test_all_groundtruth_version2"):
        (folder / f"deid_surrogate_{name}.xml").write_text(f"<ROOT>\n{records}</ROOT>\n", "utf8")


def write_2014(folder):
    one = writers.write_i2b2_2014(folder, PHI_NOTE, spans(PHI_2014, PHI_NOTE))
    copies(one, folder / "training/training-PHI-Gold-Set1", "{}0-01.xml")
    copies(one, folder / "testing-PHI-Gold-fixed", "{}0-01.xml")


MEDICATIONS = "Takes metoprolol 25 mg po daily\nfor angina .\n"


def write_2018(folder):
    mentions = [
        ("Drug", "metoprolol"), ("Strength", "25 mg"), ("Route", "po"), ("Frequency", "daily"),
        ("Reason", "angina"),
    ]  # fmt: skip
    lines = []
    for number, (label, words) in enumerate(mentions, 1):
        start = MEDICATIONS.index(words)
        lines.append(f"T{number}\t{label} {start} {start + len(words)}\t{words}\n")
        if label != "Drug":
            lines.append(f"R{number}\t{label}-Drug Arg1:T{number} Arg2:T1\n")
    for part in ("training_20180910", "gold-standard-test-data"):
        for i in range(6):
            file = folder / "n2c2-2018" / part / f"{i}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(MEDICATIONS)
            file.with_suffix(".ann").write_text("".join(lines))


def write_2009(folder):
    entry = (
        'm="metoprolol" 1:1 1:1||do="25 mg" 1:2 1:3||mo="po" 1:4 1:4||f="daily" 1:5 1:5||'
        'du="nm"||r="angina" 2:1 2:1||ln="narrative"\n'
    )
    gold = "annotations_ground_truth/converted.noduplicates.sorted"
    for part, ids in (("training.ground.truth", range(6)), (gold, range(6, 12))):
        for i in ids:
            file = folder / "i2b2-2009" / part / f"{i}.i2b2.entries"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(entry)
            text = folder / "i2b2-2009" / "train.test.released.8.17.09" / str(i)
            text.parent.mkdir(parents=True, exist_ok=True)
            text.write_text(MEDICATIONS)


def copies(file, folder, name):
    folder.mkdir(parents=True)
    for i in range(6):
        shutil.copy(file, folder / name.format(i + 1))


def spacy_command(*arguments):
    get_command(app).main([str(a) for a in arguments], standalone_mode=False)


@pytest.fixture
def run_command(tmp_path, monkeypatch):
    """Runs a command of project.yml, in a folder of its own and in this process."""
    for name in ("configs", "scripts", "project.yml"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(train_grid, "run", spacy_command)

    def run(name, epochs=(12,), learn_rate=2e-2, **settings):
        grid = {"epochs": epochs, "learn_rate": [learn_rate], "batch_size": [4]}
        Path("grid.json").write_text(json.dumps(grid))
        options = {"window": 40, "stride": 30, "pair_window": 61}
        texts = [f"--components.transformer.model.{k} {v}" for k, v in options.items()]
        overrides = {
            "vars.grid": "grid.json",
            "vars.nli_grid": "grid.json",
            "vars.clinical_options": " ".join([*texts, "--training.logger.progress_bar null"]),
            **{f"vars.{key}": value for key, value in settings.items()},
        }
        config = load_project_config(tmp_path, overrides=overrides)
        command = next(c for c in config["commands"] if c["name"] == name)
        for line in command["script"]:
            python, *words = shlex.split(line)
            assert python == "python"
            if words[:2] == ["-m", "spacy"]:
                spacy_command(*words[2:])
            else:
                assert words[0] == "scripts/train_grid.py"
                get_command(train_grid.app).main(words[1:], standalone_mode=False)
        for output in command["outputs"]:
            assert Path(output).exists(), output

    return run


@pytest.mark.parametrize(
    ("name", "folder", "write", "labels"),
    [
        ("ner-2010", "i2b2-2010", write_2010, {"problem", "treatment"}),
        ("ner-2012", "i2b2-2012", write_2012, {"PROBLEM", "TREATMENT"}),
    ],
)
def test_from_the_published_format_to_the_report(
    name, folder, write, labels, run_command, toy_bert, toy_kb_path, tmp_path
):
    write(tmp_path / "assets/clinical" / folder)
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb/umls").symlink_to(toy_kb_path)
    run_command(name, clinical_weights=toy_bert)
    report = json.loads(Path(f"metrics/{name}/entities.json").read_text())
    assert report["documents"] == 6
    assert set(report["per_label"]) == labels
    assert report["micro"]["gold"] == 18
    nlp = spacy.load(f"training/{name}/model-best")
    assert set(nlp.get_pipe("umls_ner").labels) == labels
    assert report["micro"]["f"] > 0.5
    assert report["seed of training"] == "0"


@pytest.mark.parametrize(
    ("name", "write", "mentions"),
    [("assertion-2010", write_assertions_2010, 12), ("assertion-2012", write_assertions_2012, 18)],
)
def test_assertions_from_the_published_format_to_the_report(
    name, write, mentions, run_command, toy_bert, toy_kb_path, tmp_path
):
    write(tmp_path / "assets/clinical" / name.replace("assertion", "i2b2"))
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb/umls").symlink_to(toy_kb_path)
    run_command(name, epochs=(1, 16), clinical_weights=toy_bert)
    report = json.loads(Path(f"metrics/{name}/assertions.json").read_text())
    assert (report["documents"], report["mentions"]) == (6, mentions)
    assert report["labels"] == ["absent", "present"] and report["micro"] > 0.9
    assert Path(f"metrics/{name}/confusion.png").stat().st_size > 1000
    table = json.loads(Path(f"training/{name}/grid.json").read_text())
    assert [row["epochs"] for row in table] == [1, 16]
    nlp = spacy.load(f"training/{name}/model-best")
    doc = nlp.make_doc(NOTE)
    doc.ents = [doc.char_span(start, end, label) for start, end, label, _ in spans(CONCEPTS)]
    said = {
        ent.text: (ent._.assertion, len(ent._.assertion_probabilities)) for ent in nlp(doc).ents
    }
    assert said["chest pain"] == ("present", 2) and said["fever"] == ("absent", 2)


@pytest.mark.parametrize(
    ("name", "write", "labels"),
    [
        ("medication-2018", write_2018, {"Drug", "Reason"}),
        ("medication-2009", write_2009, {"medication", "reason"}),
    ],
)
def test_medications_from_the_published_format_to_the_report(
    name, write, labels, run_command, toy_bert, toy_kb_path, tmp_path
):
    write(tmp_path / "assets/clinical")
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb/umls").symlink_to(toy_kb_path)
    run_command(name, epochs=(2,), clinical_weights=toy_bert)
    report = json.loads(Path(f"metrics/{name}/values.json").read_text())
    given, own = report["given"], report["own"]
    assert given["documents"] == 6
    for kind in ("strength" if "2018" in name else "dose", "route", "frequency"):
        assert given["relations"]["strict"]["per_kind"][kind]["gold"] == 6
    assert given["relations"]["strict"]["micro"]["f"] > 0.5
    assert labels <= set(own["spans"]["strict"]["per_kind"])
    assert ("entries" in given) == (name == "medication-2009")
    assert Path(f"metrics/{name}/values.png").stat().st_size > 1000
    nlp = spacy.load(f"training/{name}/model-best")
    assert nlp.pipe_names[-1] == "umls_values"
    assert set(nlp.get_pipe("umls_ner").labels) == labels


@pytest.mark.parametrize(
    ("name", "write", "mentions"),
    [("deid-2006", write_2006, PHI_2006), ("deid-2014", write_2014, PHI_2014)],
)
def test_deid_from_the_published_format_to_the_reports(
    name, write, mentions, run_command, toy_bert, toy_kb_path, tmp_path
):
    write(tmp_path / "assets/clinical" / name.replace("deid", "i2b2"))
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb/umls").symlink_to(toy_kb_path)
    run_command(name, epochs=(1, 16), clinical_weights=toy_bert)
    labels = {label for _, label in mentions}

    def report(path):
        return json.loads(Path(f"metrics/{name}/{path}.json").read_text())

    head, both = report("head/entities"), report("entities")
    assert set(head["per_label"]) == labels and head["micro"]["gold"] == 6 * len(mentions)
    assert head["micro"]["f"] > 0.5
    assert both["micro"]["gold"] == head["micro"]["gold"] and both["micro"]["f"] > 0.5
    # What the rules find has the types of the corpus, or one that the corpus might have had.
    assert set(both["per_label"]) <= {*labels, "STATE", "IDNUM"}
    recall = [report(path)["all"]["character_recall"] for path in ("head/phi", "phi")]
    assert recall[1] >= recall[0] > 0.5
    # The choice was made by the head alone.
    table = json.loads(Path(f"training/{name}/grid.json").read_text())
    assert [row["epochs"] for row in table] == [1, 16] and table[0]["F"] < table[1]["F"]
    # Who loads the pipeline gets the rules too, whatever the labels of the head.
    nlp = spacy.load(f"training/{name}/model-best")
    deid = nlp.get_pipe("umls_deid")
    assert set(deid.labels) == labels and deid.finder.rules and deid.finder.find_again
    doc = nlp(f"{PHI_NOTE} MRN: 00-4471-23, see www.example.org/x")
    assert {"00-4471-23", "www.example.org/x"} <= {span.text for span in doc.spans["phi"]}
    # All labels of the corpus can be written.
    doc = nlp.make_doc(PHI_NOTE)
    places = spans(mentions, PHI_NOTE)
    doc.spans["phi"] = [doc.char_span(start, end, label) for start, end, label, _ in places]
    deid.key_file = tmp_path / "key"
    deid.key_file.write_text("a secret of at least 16 bytes")
    for output in ("placeholder", "label", "mask", "surrogate"):
        text = deid.deidentify(doc, output=output).text
        assert not [mention for mention, _ in mentions if mention in text]


MEDNLI = [
    ("The patient has chest pain .", "The patient has pain .", "entailment"),
    ("The patient denies fever .", "The patient has fever .", "contradiction"),
    ("On metformin and aspirin .", "The patient has cough .", "neutral"),
]


def write_mednli(folder):
    folder.mkdir(parents=True)
    for part in ("train", "dev", "test"):
        rows = [
            {
                "gold_label": label,
                "pairID": f"{part}-{i}-{label}",
                "sentence1": premise,
                "sentence2": hypothesis,
                "sentence1_parse": "(ROOT)",
            }
            for i in range(4)
            for premise, hypothesis, label in MEDNLI
        ]
        lines = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / f"mli_{part}_v1.jsonl").write_text(lines)


def test_mednli_from_the_published_format_to_the_report(
    run_command, toy_bert, toy_kb_path, tmp_path
):
    write_mednli(tmp_path / "assets/clinical/mednli")
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb/umls").symlink_to(toy_kb_path)
    run_command("nli-mednli", epochs=(1, 30), learn_rate=1e-2, clinical_weights=toy_bert)
    report = json.loads(Path("metrics/nli-mednli/pairs.json").read_text())
    assert report["pairs"] == 12
    assert report["labels"] == ["contradiction", "entailment", "neutral"]
    assert report["accuracy"] > 0.9
    assert report["baselines"]["majority label"]["accuracy"] == pytest.approx(1 / 3)
    assert Path("metrics/nli-mednli/confusion.png").stat().st_size > 1000
    table = json.loads(Path("training/nli-mednli/grid.json").read_text())
    assert table[0]["accuracy"] < table[1]["accuracy"]
    nli = spacy.load("training/nli-mednli/model-best").get_pipe("umls_nli")
    assert [j.label for j in nli.predict([pair[:2] for pair in MEDNLI])] == [
        label for *_, label in MEDNLI
    ]


def test_the_grid_of_mednli_is_that_of_the_papers():
    points = list(train_grid.read_grid(ROOT / "configs/grids/clinical_bert_mednli.json"))
    assert len(points) == 12
    assert {point.epochs for point in points} == {3, 4}


def test_the_two_configs_differ_in_the_task_alone():
    ner, deid = (
        Config().from_disk(ROOT / f"configs/{name}_clinical.cfg", interpolate=False)
        for name in ("ner", "deid")
    )
    for config in (ner, deid):
        config["nlp"]["pipeline"].pop()
        del config["training"]["score_weights"]
    head = deid["components"].pop("umls_deid")
    assert head["model"] == ner["components"].pop("umls_ner")["model"]
    assert ner == deid


def test_the_knowledge_base_is_that_of_the_users_release(run_command, tmp_path):
    write_release(tmp_path / "release")
    run_command("kb-umls", umls="release")
    assert Path("kb/umls/meta.json").is_file()


def test_a_published_umlsbert_trains_through_the_same_config(
    run_command, toy_kb_path, tmp_path, monkeypatch
):
    spacy_command("umls", "import-checkpoint", write_checkpoint(tmp_path / "published"), "umlsbert",
                  "--cased")  # fmt: skip
    write_2010(tmp_path / "assets/clinical/i2b2-2010")
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb/umls").symlink_to(toy_kb_path)
    run_command("ner-2010", clinical_weights="umlsbert", semantic_type_lookup="whole_words")
    nlp = spacy.load("training/ner-2010/model-best")
    backbone = nlp.get_pipe("transformer").model.backbone
    assert backbone.config.semantic_types == TYPE_ORDER
    assert backbone.embeddings.semantic_type_embeddings.weight[1:].any()


def test_a_search_keeps_the_best_and_goes_on_after_an_interruption(
    run_command, toy_bert, toy_kb_path, tmp_path, monkeypatch
):
    write_2012(tmp_path / "assets/clinical/i2b2-2012")
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb/umls").symlink_to(toy_kb_path)
    trained = []

    def interrupted(*arguments):
        if arguments[0] == "train":
            trained.append(arguments)
            if len(trained) == 2:
                raise RuntimeError
        spacy_command(*arguments)

    monkeypatch.setattr(train_grid, "run", interrupted)
    with pytest.raises(RuntimeError):
        run_command("ner-2012", epochs=(12, 1), clinical_weights=toy_bert)
    run_command("ner-2012", epochs=(12, 1), clinical_weights=toy_bert)
    assert len(trained) == 3  # the first point was not trained again
    table = json.loads(Path("training/ner-2012/grid.json").read_text())
    assert [row["epochs"] for row in table] == [12, 1]
    report = json.loads(Path("metrics/ner-2012/entities.json").read_text())
    assert table[0]["F"] > table[1]["F"]
    assert report["micro"]["f"] > 0.5
    assert len(list(Path("training/ner-2012").glob("**/config.cfg"))) == 1  # of the models


def test_other_options_or_data_are_trained_anew(run_command, toy_bert, toy_kb_path, tmp_path):
    write_2012(tmp_path / "assets/clinical/i2b2-2012")
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb/umls").symlink_to(toy_kb_path)
    scores = Path("training/ner-2012/epochs-1_rate-0.02_batch-4/scores/entities.json")
    times = []
    for seed in (0, 0, 1):
        run_command("ner-2012", epochs=(1,), clinical_weights=toy_bert, seed=seed)
        times.append(scores.stat().st_mtime_ns)
    assert times[0] == times[1] < times[2]


@pytest.mark.parametrize(
    "content",
    [
        "no JSON",
        '{"epochs": [1], "learn_rate": [0.1]}',
        '{"epochs": 1, "learn_rate": [0.1], "batch_size": [4]}',
        '{"epochs": [1], "learn_rate": [-1], "batch_size": [0]}',
        '{"epochs": [1], "learn_rate": [0.1], "batch_size": [4], "dropout": [0.1]}',
    ],
)
def test_a_wrong_grid_is_an_error_that_names_the_file(content, tmp_path, capsys):
    (tmp_path / "grid.json").write_text(content)
    with pytest.raises(SystemExit):
        train_grid.read_grid(tmp_path / "grid.json")
    assert "grid.json" in capsys.readouterr().out
