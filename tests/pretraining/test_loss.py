"""The sparse loss equals a dense one written out here."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import binary_cross_entropy_with_logits

from spacy_umlsbert.pretraining.concept_vocabulary import ConceptVocabulary
from spacy_umlsbert.pretraining.loss import ConceptLoss, cross_entropy

CASES = st.builds(
    lambda concepts, words, seed: (concepts, [w % len(concepts) for w in words], seed),
    st.lists(st.sampled_from([None, "C1", "C2"]), min_size=2, max_size=9),
    st.lists(st.integers(0, 100), max_size=6),
    st.integers(0, 10_000),
)


def dense_loss(logits, words, concepts, other_words, reduction):
    """Word by word, with a row of zeros and ones for each."""
    total = logits.sum() * 0
    for row, word in zip(logits, words, strict=True):
        if concepts[word] is None and other_words == "cross_entropy":
            total = total - row.log_softmax(0)[word]
            continue
        target = torch.zeros_like(row)
        target[word] = 1
        for other, concept in enumerate(concepts):
            if concept is not None and concept == concepts[word]:
                target[other] = 1
        total = total + binary_cross_entropy_with_logits(row, target, reduction=reduction)
    return total / max(1, len(words))


@given(CASES, st.sampled_from(["binary_cross_entropy", "cross_entropy"]))
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_loss_and_gradient_equal_the_dense_reference(reduction, case, other_words):
    concepts, words, seed = case
    generator = torch.Generator().manual_seed(seed)
    shape = (len(words), len(concepts))
    logits = torch.randn(shape, generator=generator, dtype=torch.float64) * 4
    sparse = logits.clone().requires_grad_()
    dense = logits.clone().requires_grad_()
    loss = ConceptLoss(ConceptVocabulary(concepts), other_words, reduction)
    found = loss(sparse, torch.tensor(words, dtype=torch.long))
    expected = dense_loss(dense, words, concepts, other_words, reduction)
    (3 * found).backward()
    (3 * expected).backward()
    assert torch.allclose(found, expected, atol=1e-6, rtol=0)
    assert torch.allclose(sparse.grad, dense.grad, atol=1e-6, rtol=0)


def test_the_gradient_is_that_of_the_loss():
    loss = ConceptLoss(ConceptVocabulary(["C1", None, "C1"]), vocabulary_reduction="sum")
    logits = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: loss(x, torch.tensor([0, 1])), (logits,))


def test_large_logits_stay_finite():
    loss = ConceptLoss(ConceptVocabulary(["C1", None, "C1"]))
    logits = torch.tensor([[1e4, -1e4, 0.0]], requires_grad=True)
    value = loss(logits, torch.tensor([0]))
    value.backward()
    assert value.isfinite()
    assert logits.grad.isfinite().all()


def test_plain_cross_entropy_is_averaged_over_the_masked_words():
    logits = torch.randn(4, 5)
    words = torch.tensor([0, 3, 3, 1])
    expected = torch.nn.functional.cross_entropy(logits, words)
    assert torch.allclose(cross_entropy(logits, words), expected)
    assert cross_entropy(torch.zeros(0, 5), words[:0]) == 0
