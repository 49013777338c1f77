"""What is shown of a Doc."""

from itertools import pairwise

import pytest
import spacy
from spacy.tokens import Doc, Span
from typer.testing import CliRunner

from spacy_umlsbert.annotations.display import displacy_data, shown, to_html, to_terminal

NLP = spacy.blank("en")


def note(text="No chest pain <b>today</b>. On aspirin.", **said):
    doc = NLP(text)
    start = text.index("chest")
    pain = doc.char_span(start, start + 10, label="problem", kb_id="C0008031")
    drug = doc.char_span(text.index("aspirin"), text.index("aspirin") + 7, label="treatment")
    doc.ents = [pain, drug]
    return doc


@pytest.fixture
def asserted():
    """A Doc whose first entity is absent; the attribute is there only for as long."""
    had = Span.has_extension("assertion")
    old = Span.get_extension("assertion") if had else None
    Span.set_extension(
        "assertion", getter=lambda s: "absent" if s.label_ == "problem" else "present", force=True
    )
    yield note()
    Span.remove_extension("assertion")
    if old is not None:
        Span.set_extension("assertion", getter=old[2], setter=old[3])


def test_entities_with_concept_and_name():
    pain, drug = shown(note(), name={"C0008031": "chest pain (finding)"}.__getitem__)
    assert (pain.text, pain.label, pain.concept) == ("chest pain", "problem", "C0008031")
    assert pain.name == "chest pain (finding)" and drug.name == drug.concept == ""
    assert pain.said == drug.said == ""


def test_what_is_said_of_an_entity(asserted):
    pain, drug = shown(asserted)
    assert pain.said == "absent" and drug.said == ""
    assert "line-through" in to_html(asserted) and "(absent)" in to_terminal(asserted)


def test_text_of_a_note_is_shown_as_text():
    html = to_html(note(), name=lambda one: '"><script>alert(1)</script>')
    assert "<b>today</b>" not in html and "&lt;b&gt;today" in html
    assert "<script>" not in html and 'title="&quot;&gt;' in html


def test_without_marks_the_text_is_as_it_was():
    doc = NLP("Nothing\n to  see.")
    assert to_terminal(doc) == doc.text
    assert displacy_data(doc)["ents"] == []


def test_marks_are_in_the_order_of_the_text_and_do_not_overlap():
    marks = displacy_data(note())["ents"]
    assert [mark["start"] for mark in marks] == sorted(mark["start"] for mark in marks)
    for one, other in pairwise(marks):
        assert one["end"] <= other["start"]


def test_the_repr_shows_no_text():
    assert "chest" not in repr(shown(note()))


def test_the_command(tmp_path):
    from spacy_umlsbert.cli import app

    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "problem", "pattern": "cough"}])
    nlp.to_disk(tmp_path / "nlp")
    run = CliRunner().invoke
    found = run(app, ["show", "A cough since Monday.", "-m", str(tmp_path / "nlp")])
    assert found.exit_code == 0 and "problem" in found.output and "since Monday" in found.output
    (tmp_path / "note.txt").write_text("A cough since Monday.", encoding="utf8")
    of_file = run(app, ["show", str(tmp_path / "note.txt"), "-m", str(tmp_path / "nlp")])
    assert of_file.output == found.output
    page = tmp_path / "page.html"
    found = run(app, ["show", "-", "-m", str(tmp_path / "nlp"), "--html", str(page)], input="cough")
    assert found.exit_code == 0 and "cough" in page.read_text("utf8")
    nothing = run(app, ["show", "Well.", "-m", str(tmp_path / "nlp")])
    assert nothing.exit_code == 0 and "No entities" in nothing.output
    assert run(app, ["show", "x", "-m", str(tmp_path / "none")]).exit_code == 1
    assert isinstance(nlp("x"), Doc)
