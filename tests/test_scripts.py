"""The scripts of project.yml that prepare open data."""

import srsly

from scripts.make_chemical_dictionary import main as make_chemical_dictionary
from scripts.make_pretraining_text import read_definitions
from spacy_umlsbert.umls import name_dictionary

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
    assert name_dictionary(tmp_path / "names.txt")


def test_definitions_become_texts_after_the_names(toy_kb, tmp_path):
    documents = read_definitions(toy_kb)
    assert documents["C0004057"] == [
        {"document": "C0004057", "text": "aspirin, ASA: A drug against pain and clots."}
    ]
    assert "C0010200" not in documents  # has no definition
    assert srsly.json_dumps(documents)
