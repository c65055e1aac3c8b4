"""How many labels under suspicion are wrong, and what their margins cost in training.

Labels are shuffled as the setting `shuffled_labels` does, each seed with images and labels of its
own. A label that is shuffled onto the same digit isn't wrong. For each network and share, as means
over the seeds with 95 % intervals:

- `precision`: of as many images as have a wrong label, those with the lowest margins, the share
  whose label is wrong; recall at that number is the same;
- `first_hundred`: the share of the hundred most suspicious images whose label is wrong;
- `predictions_right`: the share of those wrong labels for which the prediction is the true one;
- `likely_wrong_error`: the estimated number of wrong labels less the true one, as a share of all
  training images, and `likely_wrong` the estimate itself.

`slow_down` is the processor time of the first 200 steps with margins over that without, the median
of pairs that alternate, in one thread.
"""

import argparse
import dataclasses
import time
from collections.abc import Mapping, Sequence
from statistics import fmean, median, stdev
from unittest import mock

import scipy.stats
import torch
from torch import Tensor

from benchmarks.harness import images
from benchmarks.harness.arguments import positive
from mnistlab.core.analysis.suspicious_labels import find_suspicious_labels
from mnistlab.core.data import mnist
from mnistlab.core.data.mnist import Digits, Splits
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.presets import PRESETS
from mnistlab.core.training import loop
from mnistlab.core.training.loop import Trainer, train
from mnistlab.core.training.pending_metrics import PendingMetrics, Taken, sum_batches

SHARES = (0.0, 0.05, 0.2, 0.4)
_HUNDRED = 100
_STEPS = 200
_PLAIN = RunConfig(dropout=0.0, weight_decay=0.0, schedule="constant")

NETWORKS = {
    "quick_start": PRESETS["quick_start"].config,
    "sgd": dataclasses.replace(
        _PLAIN,
        optimizer="sgd",
        learning_rate=0.1,
        momentum=0.9,
        units=(128,),
        training_images=20_000,
    ),
    "few_images": dataclasses.replace(
        _PLAIN,
        optimizer="adam",
        learning_rate=0.001,
        hidden_layers=1,
        units=(256,),
        training_images=5_000,
        epochs=20,
    ),
}

_SGD = dataclasses.replace(_PLAIN, optimizer="sgd", learning_rate=0.01, validation_images=0)
TIMED = {
    "notebook": _SGD,
    "small": dataclasses.replace(_SGD, hidden_layers=1, units=(32,)),
}
"""2×512 units and 1×32 units, both with batches of 128 images."""


def main(arguments: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
    """Train all networks and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks labels [--json FILE]")
    parser.add_argument("--seeds", type=positive, default=3, help="of each network and share")
    parser.add_argument("--first-seed", type=int, default=100)
    parser.add_argument("--pairs", type=positive, default=60, help="of trainings that are timed")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    digits = images.load(train=True)
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    found = {
        f"{name} {share:.0%}": summarize(
            [
                find(dataclasses.replace(config, seed=s, shuffled_labels=share), digits)
                for s in seeds
            ]
        )
        for name, config in NETWORKS.items()
        for share in SHARES
    }
    slow_down = {name: time_pairs(config, digits, options.pairs) for name, config in TIMED.items()}
    return {**found, "slow_down": slow_down}


def find(config: RunConfig, digits: Digits) -> dict[str, float]:
    """Train a network on images of its seed and compare what is suspicious with the truth."""
    order = torch.randperm(len(digits), generator=torch.Generator().manual_seed(config.seed))
    own = digits.pick(order)
    splits = mnist.split(own, own, config)
    trained = train(config, splits, lambda event: None, lambda: False)
    found = find_suspicious_labels(trained, config, splits.train)
    assert found is not None
    assert trained.margins is not None
    true = own.labels[mnist.places(len(own), config)[0]]
    is_wrong = splits.train.labels != true  # (training_images,)
    wrong = int(is_wrong.sum())
    estimate = found.likely_wrong or 0
    figures = {
        "likely_wrong": float(estimate),
        "likely_wrong_error": (estimate - wrong) / config.training_images,
        "negative": float(found.negative),
    }
    if not wrong:
        return figures
    listed = own.labels.numpy()[found.indices[:_HUNDRED]]
    are_wrong = listed != found.labels[:_HUNDRED]
    predicted = found.predictions[:_HUNDRED][are_wrong] == listed[are_wrong]
    return {
        "precision": precision(trained.margins, is_wrong),
        "first_hundred": float(are_wrong.mean()),
        "predictions_right": float(predicted.mean()),
        **figures,
    }


def precision(margins: Tensor, is_wrong: Tensor) -> float:
    """Return the share that is wrong of the lowest margins, of as many as are wrong.

    Args:
        margins: Of each image, (images,).
        is_wrong: Whether its label is, bool (images,), of which at least one is.
    """
    return float(is_wrong[margins.argsort()[: is_wrong.sum()]].float().mean())


def summarize(seeds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return each figure's mean, and with several seeds half its 95 % interval as `…_±`."""
    summary: dict[str, float] = {}
    for name in seeds[0]:
        values = [figures[name] for figures in seeds]
        summary[name] = fmean(values)
        if len(values) > 1:
            t = float(scipy.stats.t.ppf(0.975, len(values) - 1))
            summary[f"{name}_±"] = t * stdev(values) / len(values) ** 0.5
    return summary


def time_pairs(config: RunConfig, digits: Digits, pairs: int) -> float:
    """Return what training with margins takes over that without, the median of pairs."""
    splits = mnist.split(digits, digits, config)
    ratios = []
    for pair in range(pairs + 1):
        order = (True, False) if pair % 2 else (False, True)
        seconds = {with_margins: _seconds(config, splits, with_margins) for with_margins in order}
        ratios.append(seconds[True] / seconds[False])
    return median(ratios[1:])  # the first pair pays for what is done once


def _seconds(config: RunConfig, splits: Splits, with_margins: bool) -> float:
    """Return the processor time of the first steps of a training."""
    metrics = PendingMetrics if with_margins else _WithoutMargins
    with mock.patch.object(loop, "PendingMetrics", metrics):
        trainer = Trainer(config, splits, lambda event: None)
    if not with_margins:
        trainer.margins = None
    began = time.process_time()
    trainer.run(lambda: trainer.progress.step == _STEPS)
    return time.process_time() - began


class _WithoutMargins(PendingMetrics):
    """Loss and accuracy alone, in the fastest way that is known."""

    def take(self) -> Taken:
        if not self._labels:
            return Taken([], torch.empty(0))
        sizes = [len(labels) for labels in self._labels]
        labels = torch.cat(self._labels)  # (images,)
        log_probabilities = torch.cat(self._log_probabilities, dim=1)  # (10, images)
        self._log_probabilities, self._labels = [], []
        losses = -log_probabilities.gather(0, labels[None])[0].numpy()  # (images,)
        hits = (log_probabilities.max(dim=0).indices == labels).numpy()  # (images,)
        return Taken(sum_batches(losses, hits, sizes), torch.empty(0))
