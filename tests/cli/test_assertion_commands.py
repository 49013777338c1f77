"""`umls assertion explain`."""

import spacy
from typer.testing import CliRunner

from spacy_umlsbert.cli import app


def run(*arguments, stdin=None):
    done = CliRunner().invoke(app, ["assertion", "explain", *arguments], input=stdin)
    return done.exit_code, done.output


def test_what_decided_is_shown():
    code, output = run("Denies [[chest pain]] but has [[fever]]. Mother had [[lupus|problem]].")
    assert code == 0, output
    rows = [line.split("   ") for line in output.splitlines()]
    rows = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert ["chest pain", "absent", "negated", "Denies (negated)"] in rows
    assert ["fever", "present"] in rows
    assert ["Denies", "negated", "chest pain"] in rows
    assert "associated_with_someone_else" in output


def test_a_file_is_read_and_a_name_of_none_is_no_text(tmp_path):
    (tmp_path / "note.txt").write_text("Denies [[chest pain]].")
    code, output = run(str(tmp_path / "note.txt"))
    assert code == 0 and "absent" in output
    for name in ("none.txt", "notes/none.md", "none.csv.gz"):
        code, output = run(name)
        assert code == 1 and "no such file" in output
    assert run("BP [[168/94]]")[0] == run("s/p")[0] == run("fever.")[0] == 0


def test_a_text_without_mentions_and_without_cues():
    code, output = run("-", stdin="No fever.")
    assert code == 0 and "No mentions" in output and "negated" in output
    code, output = run("[[fever]]")
    assert code == 0 and "No cues" in output


def test_a_file_of_rules_and_a_pipeline(tmp_path):
    path = tmp_path / "rules.tsv"
    path.write_text("phrase\tcategory\nhardly any\tnegated\n")
    code, output = run("hardly any [[fever]]", "--rules", str(path))
    assert code == 0 and "absent" in output
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "x", "pattern": "fever"}])
    nlp.add_pipe("umls_assertion")
    nlp.to_disk(tmp_path / "model")
    code, output = run("no fever", "--model", str(tmp_path / "model"))
    assert code == 0 and "absent" in output
    path.write_text("phrase\tcategory\nhardly any\tnegative\n")
    code, output = run("hardly any [[fever]]", "--rules", str(path))
    assert code == 1 and "line 2" in output.replace("\n", " ")
