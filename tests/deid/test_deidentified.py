"""The text without PHI in slices, joins and copies: right, or none at all."""

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span

NOTE = "Mr. Hollingsworth has a cold. Seen by Dr. Adeyemi on 3/4/2009."
SAFE = "Mr. [NAME] has a cold. Seen by Dr. [NAME] on [DATE]."
OTHER = "Call Mr. Ferris."


@pytest.fixture(scope="module")
def nlp():
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_deid")
    return nlp


@pytest.fixture
def with_surrogates(nlp, monkeypatch):
    monkeypatch.setenv("SPACY_UMLSBERT_DEID_KEY", "a secret of at least 16 bytes")
    other = spacy.blank("en", vocab=nlp.vocab)
    other.add_pipe("umls_deid", config={"output": "surrogate"})
    return other


def without(doc, text):
    """Take a false positive out of the group."""
    doc.spans["phi"] = [span for span in doc.spans["phi"] if span.text != text]
    return doc


@pytest.mark.parametrize("copy_user_data", [True, False])
def test_a_slice_has_none(nlp, copy_user_data):
    doc = nlp(NOTE)
    for part in (doc[:], doc[1:6], doc[2:3], doc[6:]):
        assert part.as_doc(copy_user_data=copy_user_data)._.deidentified is None


def test_joined_notes_are_joined_without_phi(nlp, with_surrogates):
    notes = [nlp(NOTE), with_surrogates(OTHER), nlp(""), nlp(" \n"), nlp("Well.")]
    joined = Doc.from_docs(notes)
    assert joined._.deidentified == f"{SAFE} {notes[1]._.deidentified}  \nWell."
    again = Doc.from_docs([joined, joined], ensure_whitespace=False)
    assert again._.deidentified == 2 * joined._.deidentified
    new = again._.deid_map
    at = new.text.rindex("Well")
    assert again.text[new.to_original(at) :] == "Well."


def test_a_joined_text_that_nobody_read_in_part_has_none(nlp):
    assert Doc.from_docs([nlp(NOTE), nlp.make_doc(OTHER)])._.deidentified is None
    assert Doc.from_docs([nlp.make_doc("\n\n"), nlp(NOTE)])._.deidentified == f"\n\n{SAFE}"


@pytest.mark.parametrize("copy_user_data", [True, False])
def test_blanks_alone_say_nothing_unless_they_were_read(nlp, copy_user_data):
    doc = nlp("Seen.  \n Well.")
    blank = doc[2:3]
    assert blank.text.isspace()
    part = blank.as_doc(copy_user_data=copy_user_data)
    assert part._.deidentified is None
    assert Doc.from_docs([part, part])._.deidentified is None
    assert nlp("  \n")._.deidentified == "  \n" and nlp("")._.deidentified == ""


@pytest.mark.parametrize("exclude", ["spans", "user_data"])
def test_what_is_left_out_of_a_join_is_missed(nlp, exclude):
    assert Doc.from_docs([nlp(NOTE), nlp(OTHER)], exclude=[exclude])._.deidentified is None


def test_corrections_count_on_the_doc_and_its_copies(nlp, with_surrogates):
    doc = without(nlp(NOTE), "3/4/2009")
    safe = SAFE.replace("[DATE]", "3/4/2009")
    copies = [doc, doc.copy(), Doc(nlp.vocab).from_bytes(doc.to_bytes())]
    assert [one._.deidentified for one in copies] == [safe] * 3
    assert Doc.from_docs([doc, nlp(OTHER)])._.deidentified is None, "or it lost them before"
    doc.spans["phi"].append(Span(doc, 3, 5, label="PROFESSION"))
    assert doc._.deidentified == safe.replace("a cold", "[PROFESSION]")
    doc.spans["phi"].append(Span(doc, 4, 5, label="HOSPITAL"))  # overlaps
    assert "cold" not in doc._.deidentified
    doc.spans["phi"] = []
    assert doc._.deidentified == NOTE
    doc = with_surrogates(NOTE)
    assert without(doc, "3/4/2009")._.deidentified.endswith("3/4/2009.")
    doc.spans["phi"].append(Span(doc, 3, 5, label="PROFESSION"))
    assert doc._.deidentified is None, "its surrogate needs the key"
    assert "cold" not in with_surrogates.get_pipe("umls_deid").deidentify(doc).text
    doc.spans["phi"][2]._.surrogate = "a dog"
    assert " has a dog. " in doc._.deidentified


def test_a_lost_group_is_missed_whatever_is_joined_with_it(nlp):
    lost = nlp(NOTE)
    del lost.spans["phi"]
    assert lost._.deidentified is None
    empty = Doc(nlp.vocab)
    empty.spans["phi"] = []
    parts = [lost, nlp(NOTE)[:].as_doc(copy_user_data=True)]
    for part in parts:
        for beside in (nlp(OTHER), nlp(""), empty, parts[0], parts[1]):
            assert Doc.from_docs([part, beside])._.deidentified is None
            assert Doc.from_docs([beside, part])._.deidentified is None
    whole = nlp(NOTE)
    whole.spans.clear()
    assert whole._.deidentified is None


def test_what_a_slice_left_behind_says_nothing_of_another_text(nlp):
    start = nlp(NOTE)[0:1].as_doc(copy_user_data=True)
    start.spans["phi"] = []
    rest = nlp.make_doc(NOTE[4:])
    joined = Doc.from_docs([start, rest])
    assert joined.text == NOTE
    assert joined._.deidentified is None


def test_merges_and_splits_change_nothing(nlp):
    doc = nlp(NOTE)
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[0:3])
        retokenizer.merge(doc[8:10])
    assert doc._.deidentified == SAFE
    with doc.retokenize() as retokenizer:
        retokenizer.split(doc[0], ["Mr. Hol", "lingsworth has"], heads=[doc[0], doc[0]])
    assert doc._.deidentified == SAFE


def test_a_name_that_is_a_surrogate_in_another_part(with_surrogates):
    one = with_surrogates("Mr. Hollingsworth is well.")
    name = one.spans["phi"][0]._.surrogate
    other = with_surrogates(f"Mr. {name} is well.")
    assert name not in other._.deidentified
    assert Doc.from_docs([one, other])._.deidentified is None


@pytest.mark.parametrize("store_user_data", [True, False])
def test_files(nlp, store_user_data):
    data = DocBin(docs=[nlp(NOTE)], store_user_data=store_user_data).to_bytes()
    (doc,) = DocBin().from_bytes(data).get_docs(spacy.blank("en").vocab)
    assert doc._.deidentified == (SAFE if store_user_data else None)


def test_streams_of_tuples_and_memory_zones(nlp):
    pairs = list(nlp.pipe([(NOTE, 1), (OTHER, 2)], as_tuples=True))
    assert [(doc._.deidentified, n) for doc, n in pairs] == [(SAFE, 1), ("Call Mr. [NAME].", 2)]
    for _ in range(2):
        with nlp.memory_zone():
            docs = list(nlp.pipe([NOTE, OTHER]))
            assert Doc.from_docs(docs)._.deidentified == f"{SAFE} Call Mr. [NAME]."
    assert nlp(NOTE)._.deidentified == SAFE
