"""Toy models and knowledge bases, made on the spot: nothing is downloaded."""

import string
from pathlib import Path

import pytest
import torch
from hypothesis import settings
from transformers import BertConfig, BertModel, BertTokenizerFast

from spacy_umlsbert.umls import KnowledgeBase, RrfRelease
from tests.rrf import write_release

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")

WORDS = """
the patient has a no denies of with on and chest pain fever cough type 2 diabetes mellitus heart
failure metformin aspirin insulin x ray blood glucose pressure high short ##ness breath ##ing ##s
##ed don ' t
""".split()


@pytest.fixture(scope="session")
def toy_bert(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a tiny BERT with random weights and a lower-casing wordpiece tokenizer."""
    folder = tmp_path_factory.mktemp("toy_bert")
    letters = string.ascii_lowercase + string.digits + string.punctuation
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters]
    pieces += [f"##{letter}" for letter in letters]
    vocab = folder / "vocab.txt"
    vocab.write_text("\n".join(dict.fromkeys(pieces)), encoding="utf8")
    tokenizer = BertTokenizerFast(vocab_file=str(vocab), do_lower_case=True)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    BertModel(config).save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="session")
def toy_kb_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base built from the small release in rrf.py."""
    folder = tmp_path_factory.mktemp("kb")
    path = folder / "kb"
    KnowledgeBase.build(
        path,
        RrfRelease(write_release(folder / "rrf")),
        name="toy",
        version="1",
        license="MIT",
        open_license=True,
        progress=False,
    )
    return path


@pytest.fixture(scope="session")
def toy_kb(toy_kb_path: Path) -> KnowledgeBase:
    """The same, opened."""
    return KnowledgeBase.open(toy_kb_path)
