"""`umls_linker` with an encoder of names, known mentions and composite mentions."""

import json

import pytest
import spacy
import torch

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.linking.dense_encoder import NameEncoder
from spacy_umlsbert.linking.encoder_files import save_name_encoder
from spacy_umlsbert.linking.known_mentions import KnownMention, write_known_mentions
from spacy_umlsbert.model import warm_start
from tests.pipeline.test_umls_linker import linked, make_nlp, with_ents
from tests.rrf import Row, build_kb

MENTIONS = ["chest pain", "chest painz", "sugar trouble", "zzz", "cold"]


@pytest.fixture(scope="module")
def encoder(toy_bert, tmp_path_factory):
    """A saved encoder."""
    folder = tmp_path_factory.mktemp("encoder")
    save_name_encoder(folder, NameEncoder(*warm_start(toy_bert, ()), prior_weight=0.01))
    return str(folder)


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    path = tmp_path_factory.mktemp("known") / "mentions.jsonl"
    write_known_mentions(
        path,
        [KnownMention("sugar trouble", ["C0011860"], 2), KnownMention("cold", ["C0009443"], 9)],
    )
    return str(path)


@pytest.fixture(scope="module")
def own_kb_path(toy_kb, tmp_path_factory):
    path = tmp_path_factory.mktemp("kb") / "kb"
    toy_kb.copy_to(path)
    return path


@pytest.fixture(scope="module")
def nlp(own_kb_path, encoder, known):
    return make_nlp(own_kb_path, encoder=encoder, mentions=known)


def test_mentions_are_linked_by_meaning_and_by_what_is_known(nlp):
    found = {text: ents for text, _, _, ents in linked(nlp(with_ents(nlp, *MENTIONS)))}
    assert found["chest pain"] == [("C0008031", 1.0)]
    assert found["chest painz"][0][0] == "C0008031"
    assert found["sugar trouble"] == [("C0011860", 1.0)]
    assert [one for one, _ in found["cold"]] == ["C0009443", "C0009264"], "the known one first"


def test_a_batch_and_processes_give_what_single_docs_give(nlp):
    docs = [with_ents(nlp, *MENTIONS), nlp.make_doc(""), with_ents(nlp, "pyrexias")]
    alone = [linked(nlp(doc.copy())) for doc in docs]
    assert [linked(doc) for doc in nlp.pipe([doc.copy() for doc in docs])] == [
        [(t, lab, i, [(c, pytest.approx(s, abs=1e-3)) for c, s in e]) for t, lab, i, e in of_doc]
        for of_doc in alone
    ]
    two = list(nlp.pipe([doc.copy() for doc in docs], n_process=2, batch_size=1))
    assert [[row[2] for row in linked(doc)] for doc in two] == [[r[2] for r in d] for d in alone]


@pytest.mark.parametrize("way", ["disk", "bytes"])
def test_round_trip(nlp, own_kb_path, encoder, known, tmp_path, monkeypatch, way):
    expected = linked(nlp(with_ents(nlp, *MENTIONS)))
    from spacy_umlsbert.linking.index import LinkerIndex

    if way == "disk":
        nlp.to_disk(tmp_path / "pipeline")
        parts = {path.name for path in (tmp_path / "pipeline" / "umls_linker").iterdir()}
        assert {"encoder", "index", "kb", "mentions.jsonl"} <= parts
        monkeypatch.setattr(LinkerIndex, "build", None)  # it is opened, not built
        other = spacy.load(tmp_path / "pipeline")
    else:
        data = nlp.to_bytes()
        monkeypatch.setattr(LinkerIndex, "build", None)
        config = {"kb": str(own_kb_path), "encoder": encoder, "mentions": known}
        other = spacy.blank("en")
        other.add_pipe("umls_linker", config=config)
        other.from_bytes(data)
    assert linked(other(with_ents(other, *MENTIONS))) == expected
    other.to_disk(tmp_path / "again")
    assert linked(spacy.load(tmp_path / "again")(with_ents(nlp, *MENTIONS))) == expected


def test_the_config_may_name_another_encoder_than_the_pipeline_was_saved_with(
    nlp, toy_bert, tmp_path
):
    nlp.to_disk(tmp_path)
    model, tokenizer = warm_start(toy_bert, ())
    with torch.no_grad():
        model.embeddings.word_embeddings.weight += 0.5
    folder = tmp_path / "other"
    save_name_encoder(folder, NameEncoder(model, tokenizer))
    other = spacy.load(tmp_path, config={"components.umls_linker.encoder": str(folder)})
    assert linked(other(with_ents(other, "chest pain")))[0][3] == [("C0008031", 1.0)]
    other(with_ents(other, "chest painz"))
    linker = other.get_pipe("umls_linker")
    assert (
        linker.candidates.index(linker.kb).encoder.fingerprint
        != (
            nlp.get_pipe("umls_linker").candidates.index(nlp.get_pipe("umls_linker").kb)
        ).encoder.fingerprint
    )


def test_composite_mentions_get_the_best_of_each_part(own_kb_path):
    nlp = make_nlp(own_kb_path)
    nlp_off = make_nlp(own_kb_path, split_composites=False)
    mention = "heart and cardiac failure"
    (ent,) = nlp(with_ents(nlp, mention)).ents
    assert [one for one, _ in ent._.kb_ents][:1] == ["C0018801"]
    (ent,) = nlp(with_ents(nlp, "congestive and cardiac failure")).ents
    assert ent.kb_id_ in ("C0018802", "C0018801")
    (off,) = nlp_off(with_ents(nlp_off, mention)).ents
    assert all(score < 1 for _, score in off._.kb_ents)


@pytest.mark.parametrize(
    ("mention", "ids"),
    [
        ("chest pain and heart failure", ["C0008031", "C0018801"]),
        ("heart failure, fever and chest pain", ["C0018801", "C0015967", "C0008031"]),
        # With a common head both are names too: they are meant.
        ("congestive heart failure or cardiac failure", ["C0018802", "C0018801"]),
    ],
)
def test_lists_of_complete_names_are_linked_in_their_order(own_kb_path, mention, ids):
    linker = make_nlp(own_kb_path).get_pipe("umls_linker")
    (found,) = linker.link([mention])
    assert [(one, 1.0) for one in ids] == found[: len(ids)]


@pytest.mark.parametrize("wrong", ["chest pain", [None], [b"chest pain"]])
def test_link_takes_a_list_of_texts_alone(own_kb_path, wrong):
    linker = make_nlp(own_kb_path).get_pipe("umls_linker")
    with pytest.raises(TypeError, match="list of texts"):
        linker.link(wrong)


def test_parts_are_linked_only_if_each_of_them_can_be(own_kb_path):
    nlp = make_nlp(own_kb_path, contained_threshold=0.3)
    (ent,) = nlp(with_ents(nlp, "zzz and heart failure")).ents
    assert ent._.kb_ents[0][0] == "C0018801" and ent._.kb_ents[0][1] < 1


@pytest.mark.parametrize("mention", ["…", "x" * 10_000, "and", "/", "a/b", "of the and"])
def test_odd_mentions_are_no_error(nlp, mention):
    doc = nlp(with_ents(nlp, mention))
    assert len(doc.ents) == 1
    json.dumps(doc.ents[0]._.kb_ents)


def test_empty_groups_and_empty_spans_are_no_error(own_kb_path, encoder):
    nlp = make_nlp(own_kb_path, encoder=encoder, spans_key="mine", k=10_000)
    doc = nlp.make_doc("fever \n and")
    doc.spans["mine"] = [doc[1:2], doc[0:1]]
    assert [span.kb_id_ for span in nlp(doc).spans["mine"]] == ["", "C0015967"]
    assert not nlp("nothing").spans


def test_an_index_for_another_base_is_refused_where_the_config_names_it(
    own_kb_path, toy_kb_path, encoder, tmp_path
):
    nlp = make_nlp(own_kb_path, encoder=encoder, index=str(tmp_path / "i"))
    nlp(with_ents(nlp, "chest painz"))
    assert (tmp_path / "i" / "meta.json").is_file()
    wrong = make_nlp(own_kb_path, index=str(tmp_path / "i"))
    with pytest.raises(InputError, match="built for another encoder"):
        wrong(with_ents(wrong, "chest painz"))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"encoder": "/nowhere"}, "cannot load the weights"),
        ({"mentions": "/nowhere"}, "no such file of mentions"),
    ],
)
def test_what_is_not_there_is_a_clear_error(own_kb_path, config, message):
    nlp = make_nlp(own_kb_path, **config)
    with pytest.raises(InputError, match=message):
        nlp(with_ents(nlp, "chest painz"))
    with pytest.raises(ValueError, match="vector_type is int8 or float16"):
        make_nlp(own_kb_path, vector_type="int4")


def test_mentions_without_a_doc(nlp):
    linker = nlp.get_pipe("umls_linker")
    mentions = ["Chest  pain", "sugar trouble", "cold", "", "Chest pain"]
    found = linker.link(mentions)
    assert [[one for one, _ in row[:1]] for row in found] == [
        ["C0008031"],
        ["C0011860"],
        ["C0009443"],
        [],
        ["C0008031"],
    ]
    assert found[0] == found[4]
    assert linker.link([]) == []


def test_initializing_builds_the_index(toy_kb, encoder, tmp_path):
    toy_kb.copy_to(tmp_path / "kb")
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_linker", config={"encoder": encoder}).initialize(kb=tmp_path / "kb")
    assert len(list((tmp_path / "kb.linker").iterdir())) == 1


def test_of_concepts_that_share_a_name_the_encoder_says_which_comes_first(tmp_path, encoder):
    """Those whose other names are like it: also where they are more than are kept."""
    rows = [Row(f"C{i:02}", ["T047"], ["cold", f"aspirin {i}"], "x.") for i in range(50)]
    rows.append(Row("C99", ["T047"], ["cold cold", "cold"], "x."))
    kb = build_kb(tmp_path, rows)
    nlp = make_nlp(kb.path, encoder=encoder)
    (ent,) = nlp(with_ents(nlp, "cold")).ents
    assert len(ent._.kb_ents) == 5
    assert ent._.kb_ents[0] == ("C99", 1.0)
