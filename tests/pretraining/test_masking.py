"""What is hidden from the model, and what it still sees."""

import pytest
import torch
from transformers import AutoTokenizer

from spacy_umlsbert.pretraining.masking import Collator, Masking


@pytest.fixture(scope="module")
def tokenizer(toy_bert):
    return AutoTokenizer.from_pretrained(toy_bert)


@pytest.fixture(scope="module")
def batch(tokenizer):
    """Many wordpieces, each with a semantic type of its own making."""
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(0, len(tokenizer), (200, 60), generator=generator)
    return {"input_ids": ids, "semantic_type_ids": ids % 5 + 1}


def hide(masking, batch, seed=0):
    return masking(batch, torch.Generator().manual_seed(seed))


def test_shares_are_15_percent_and_80_10_10(tokenizer, batch):
    hidden = hide(Masking(tokenizer), batch)
    before, after, labels = batch["input_ids"], hidden["input_ids"], hidden["labels"]
    ordinary = ~torch.isin(before, torch.tensor(tokenizer.all_special_ids))
    chosen = labels != -100
    assert not chosen[~ordinary].any(), "special tokens are never chosen"
    assert torch.equal(labels[chosen], before[chosen])
    assert torch.equal(after[~chosen], before[~chosen])
    assert chosen.sum() / ordinary.sum() == pytest.approx(0.15, abs=0.01)
    masked = after[chosen] == tokenizer.mask_token_id
    kept = after[chosen] == before[chosen]
    assert masked.float().mean() == pytest.approx(0.8, abs=0.03)
    assert kept.float().mean() == pytest.approx(0.1, abs=0.03)
    random = after[chosen & (after != before) & (after != tokenizer.mask_token_id)]
    assert not set(random.tolist()) & set(tokenizer.all_special_ids)
    assert len(set(random.tolist())) > 20


def test_types_from_spans_are_hidden_wherever_a_word_is(tokenizer, batch):
    hidden = hide(Masking(tokenizer), batch)
    chosen = hidden["labels"] != -100
    assert not hidden["semantic_type_ids"][chosen].any()
    assert torch.equal(hidden["semantic_type_ids"][~chosen], batch["semantic_type_ids"][~chosen])


def test_types_by_wordpiece_are_those_of_what_is_there_now(tokenizer, batch):
    table = torch.arange(len(tokenizer)) % 7 + 1
    table[tokenizer.all_special_ids] = 0
    hidden = hide(Masking(tokenizer, type_ids=table), batch)
    assert torch.equal(hidden["semantic_type_ids"], table[hidden["input_ids"]])
    as_mask = hidden["input_ids"] == tokenizer.mask_token_id
    assert not hidden["semantic_type_ids"][as_mask].any()


def test_whole_words_are_hidden_with_all_their_wordpieces(tokenizer):
    text = " ".join(["shortness of breathing fevers"] * 10)
    batch = tokenizer([text] * 60, return_tensors="pt", truncation=True, max_length=64)
    pieces = tokenizer.convert_ids_to_tokens(batch["input_ids"][0])
    continues = torch.tensor([piece.startswith("##") for piece in pieces])
    assert continues.any()
    labels = hide(Masking(tokenizer, whole_words=True), dict(batch))["labels"]
    chosen = labels != -100
    assert torch.equal(chosen[:, 1:][:, continues[1:]], chosen[:, :-1][:, continues[1:]])
    assert chosen[:, 1:-1].float().mean() == pytest.approx(0.15, abs=0.03)


def test_masks_follow_from_the_seed_and_change_with_it(tokenizer, batch):
    masking = Masking(tokenizer)
    first, again, other = (hide(masking, batch, seed)["labels"] for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    torch.manual_seed(5)
    epoch_1, epoch_2 = masking(batch)["labels"], masking(batch)["labels"]
    assert not torch.equal(epoch_1, epoch_2), "new words are hidden each time"


def test_batches_are_padded(tokenizer):
    examples = [
        {"input_ids": [2, 6, 3], "semantic_type_ids": [0, 4, 0]},
        {"input_ids": [2, 6, 7, 8, 3], "semantic_type_ids": [0, 0, 1, 2, 0]},
    ]
    collator = Collator(tokenizer, Masking(tokenizer, 0.5), pad_to_multiple_of=4)
    batch = collator.pad(examples)
    assert batch["input_ids"].tolist() == [[2, 6, 3, 0, 0, 0, 0, 0], [2, 6, 7, 8, 3, 0, 0, 0]]
    assert batch["attention_mask"].sum(1).tolist() == [3, 5]
    assert batch["semantic_type_ids"].sum().item() == 7
    assert collator(examples)["labels"].shape == (2, 8)
    plain = Collator(tokenizer, Masking(tokenizer), span_types=False)(examples)
    assert "semantic_type_ids" not in plain
