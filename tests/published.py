"""A small checkpoint of the form that UmlsBERT was published in, with random weights."""

import json
from pathlib import Path

import torch
from transformers import BertConfig, BertForMaskedLM

ANNOTATED = {
    "pain": "C0030193|T184",
    "fever": "C0015967|T184",
    "Fever": "C0015967|T184",
    "heart": "C0018787|T023",
    "failure": "C0231174|T033",
    "diabetes": "C0011847|T047",
    "##itis": "C0021368|T046",
    "insulin": "C0021641|T116",
}
WORDPIECES = [
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "The", "no", "has", "and", "hep"),
    *("|", "##|", ".", "##at", *ANNOTATED),
]
# By first appearance, worked out by hand.
TYPE_ORDER = ["T184", "T023", "T033", "T047", "T046", "T116"]
VOCABULARY = "".join(
    # The bars are lost, as in the published file; a word of two letters does not count.
    {"|": "\n", "##|": "##\n", "no": "no|C0000001|T999\n"}.get(
        word, f"{word} | {ANNOTATED[word]}\n" if word in ANNOTATED else f"{word}\n"
    )
    for word in WORDPIECES
)


def bert_config(**values: object) -> BertConfig:
    """The config of the small BERT."""
    return BertConfig(
        vocab_size=len(WORDPIECES),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        # The library's default is too small for a difference to show.
        initializer_range=0.2,
        **values,
    )


def state_dict(row_zero: float = 0.0) -> dict[str, torch.Tensor]:
    """The published form: BERT with a masked-LM head and a pooler, plus `tui_type_embeddings`."""
    torch.manual_seed(1)
    state = {k: v.clone() for k, v in BertForMaskedLM(bert_config()).state_dict().items()}
    types = torch.randn(len(TYPE_ORDER) + 1, 16)
    types[0] = row_zero
    return {
        **state,
        "bert.embeddings.position_ids": torch.arange(64).unsqueeze(0),
        "bert.pooler.dense.weight": torch.randn(16, 16),
        "bert.pooler.dense.bias": torch.randn(16),
        "bert.embeddings.tui_type_embeddings.weight": types,
    }


def write_checkpoint(folder: Path, state: dict[str, torch.Tensor] | None = None) -> Path:
    """Write the directory: config.json, pytorch_model.bin and vocab_updated.txt."""
    folder.mkdir(parents=True, exist_ok=True)
    values = {**bert_config().to_diff_dict(), "model_type": "bert", "tui_size": 7}
    (folder / "config.json").write_text(json.dumps(values))
    (folder / "vocab_updated.txt").write_text(VOCABULARY)
    torch.save(state_dict() if state is None else state, folder / "pytorch_model.bin")
    return folder
