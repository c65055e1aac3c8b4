"""What each part of the fast step gains, against autograd on the notebook's network.

Three ways of taking a step train a copy of the network each, in turns, a block of batches at a
time, in one thread. Processor time counts, so that a busy machine says the same. Each figure is
the median over all blocks of what a way takes, over what autograd's reference takes:

- `gradients`: the backward pass written out, then the optimizer;
- `in_place`: gradients subtracted as they are computed, which is what a run does;
- `in_place_counted_each_step`: the same, with loss and accuracy worked out after each step
  rather than for many steps together.
"""

import argparse
import dataclasses
import time
from collections.abc import Mapping, Sequence
from statistics import median

import torch

from benchmarks.harness import images
from benchmarks.harness.arguments import positive
from mnistlab.core.data.batches import batches
from mnistlab.core.data.mnist import Digits
from mnistlab.core.network.model import MLP
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.presets import PRESETS
from mnistlab.core.training.fast_step import GradientStep, make_fast_step
from mnistlab.core.training.optimizers import make_optimizer
from mnistlab.core.training.pending_metrics import PendingMetrics
from mnistlab.core.training.step import AutogradStep, Step

_CONFIG = dataclasses.replace(PRESETS["notebook"].config, training_images=2_048)
_WAYS = {
    "autograd": False,
    "gradients": False,
    "in_place": False,
    "in_place_counted_each_step": True,
}
"""Whether loss and accuracy are worked out after each step."""


def main(arguments: Sequence[str]) -> Mapping[str, float]:
    """Let all train in turns and return their times over autograd's by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks steps [--json FILE]")
    parser.add_argument("--repeats", type=positive, default=60, help="of each block of batches")
    repeats = parser.parse_args(arguments).repeats
    torch.set_num_threads(1)
    digits = images.load(train=True).pick(torch.arange(_CONFIG.training_images))
    steps = {name: _make_step(name, _CONFIG) for name in _WAYS}
    laps = [
        {name: _seconds(step, digits, lap, _WAYS[name]) for name, step in steps.items()}
        for lap in range(repeats + 1)
    ]
    # The first lap of each pays for what is done once.
    return {name: median(lap[name] / lap["autograd"] for lap in laps[1:]) for name in _WAYS}


def _make_step(name: str, config: RunConfig) -> Step:
    model = MLP(config)
    optimizer = make_optimizer(config, model)
    if name == "autograd":
        return AutogradStep(model, optimizer)
    if name == "gradients":
        return GradientStep(config, model, optimizer)
    return make_fast_step(config, model, optimizer)


def _seconds(step: Step, digits: Digits, epoch: int, counts_each_step: bool) -> float:
    """Return the processor time of a block of batches."""
    prepared = list(batches(_CONFIG, digits, epoch, done=0))
    pending = PendingMetrics()
    began = time.process_time()
    for pixels, labels in prepared:
        pending.add(step(pixels, labels), labels)
        if counts_each_step:
            pending.take()
    pending.take()
    return time.process_time() - began
