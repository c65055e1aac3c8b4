"""Steps that wait to be counted."""

import torch

from mnistlab.core.backprop import Outcome
from mnistlab.core.checkpoint import Meter
from mnistlab.core.tally import Tally


def logits(*digits: int) -> torch.Tensor:
    """What a network puts out that is sure of these digits."""
    return torch.eye(10)[list(digits)]


def test_batches_of_any_size_are_counted_into_each_meter() -> None:
    tally, recent, epoch = Tally(), Meter(), Meter(loss=1.0, correct=1, images=1, batches=1)
    tally.add(Outcome(2.0, logits(3, 1, 4)), torch.tensor([3, 1, 5]))
    tally.add(Outcome(0.5, logits(9)), torch.tensor([9]))
    tally.count_into(recent, epoch)
    assert (recent.correct, recent.images, recent.batches) == (3, 4, 2)
    assert recent.loss == 2.0 * 3 + 0.5
    assert (epoch.correct, epoch.images, epoch.loss) == (4, 5, 1.0 + 6.5)


def test_each_is_counted_once() -> None:
    tally, meter = Tally(), Meter()
    tally.add(Outcome(2.0, logits(3)), torch.tensor([3]))
    for _ in range(2):
        tally.count_into(meter)
    assert (meter.correct, meter.images, meter.batches) == (1, 1, 1)


def test_of_equal_logits_the_first_is_what_the_network_reads() -> None:
    tally, meter = Tally(), Meter()
    tally.add(Outcome(2.3, torch.zeros(2, 10)), torch.tensor([0, 9]))
    tally.count_into(meter)
    assert meter.correct == 1
