"""Steps that wait to be counted."""

import math

import pytest
import sklearn.metrics
import torch

from mnistlab.core.training.pending_metrics import Batch, PendingMetrics


def test_each_batch_is_counted_by_itself_whatever_its_size() -> None:
    dice = torch.Generator().manual_seed(3)
    batches = [(torch.randn(n, 10, generator=dice), torch.arange(n) % 10) for n in (30, 64, 17)]
    pending = PendingMetrics()
    for logits, labels in batches:
        pending.add(logits.log_softmax(dim=1).T, labels)
    for taken, (logits, labels) in zip(pending.take().batches, batches, strict=True):
        expected = sklearn.metrics.log_loss(
            labels, logits.double().softmax(dim=1), labels=range(10), normalize=False
        )
        right = sklearn.metrics.accuracy_score(labels, logits.argmax(dim=1), normalize=False)
        assert taken.loss == pytest.approx(expected)
        assert (taken.correct, taken.images) == (right, len(labels))


def test_each_is_counted_once() -> None:
    pending = PendingMetrics()
    pending.add(torch.full((10, 2), 0.1).log(), torch.tensor([3, 4]))
    [batch] = pending.take().batches
    assert batch == Batch(batch.loss, correct=0, images=2)
    assert batch.loss == pytest.approx(2 * math.log(10))
    assert pending.take().batches == []


def test_of_equally_likely_digits_the_first_is_what_the_network_reads() -> None:
    pending = PendingMetrics()
    pending.add(torch.full((10, 2), 0.1).log(), torch.tensor([0, 9]))
    assert pending.take().batches[0].correct == 1


def test_what_is_not_a_number_stays_in_its_batch() -> None:
    pending = PendingMetrics()
    for said in (0.0, math.nan, 0.0):
        pending.add(torch.full((10, 1), said), torch.tensor([0]))
    assert [math.isfinite(batch.loss) for batch in pending.take().batches] == [True, False, True]


def test_a_margin_is_how_far_the_label_is_above_the_best_other_digit() -> None:
    pending = PendingMetrics()
    logits = torch.zeros(3, 10)
    logits[0, 3], logits[0, 5] = 4.0, 1.0  # label 3, recognized
    logits[1, 3], logits[1, 5] = 4.0, 1.0  # label 5, taken for a 3
    pending.add(logits[:2].log_softmax(dim=1).T, torch.tensor([3, 5]))
    pending.add(logits[2:].log_softmax(dim=1).T, torch.tensor([7]))  # all are equal
    assert pending.take().margins.tolist() == pytest.approx([3.0, -3.0, 0.0])
    assert pending.take().margins.tolist() == []


def test_predictions_that_are_counted_stay_as_they_are() -> None:
    pending = PendingMetrics()
    predicted = torch.full((10, 2), 0.1).log()
    pending.add(predicted, torch.tensor([3, 4]))
    pending.take()
    assert predicted.equal(torch.full((10, 2), 0.1).log())
