"""What distorted training images cost: an epoch with them over an epoch without.

Each preset's network is trained through the real loop with every kind of distortion, in
turns. A ratio is the shortest epoch with a distortion over the shortest without: what else
a machine does only ever adds time. `highest_ratio` is the highest of all.
"""

import argparse
import dataclasses
from collections.abc import Mapping, Sequence

from benchmarks.harness import images
from benchmarks.harness.arguments import positive
from mnistlab.core.data import mnist
from mnistlab.core.data.mnist import Digits
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.distortions import DISTORTIONS
from mnistlab.core.settings.presets import PRESETS
from mnistlab.core.training.loop import train

_PLAIN = "none"

Result = float | Mapping[str, float]


def main(arguments: Sequence[str]) -> Mapping[str, Result]:
    """Train everything and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks distortions [--json FILE]")
    parser.add_argument("--repeats", type=positive, default=5, help="of each epoch")
    repeats = parser.parse_args(arguments).repeats
    digits = images.load(train=True)
    ratios = {name: _ratios(preset.config, digits, repeats) for name, preset in PRESETS.items()}
    return {**ratios, "highest_ratio": max(max(each.values()) for each in ratios.values())}


def _ratios(config: RunConfig, digits: Digits, repeats: int) -> dict[str, float]:
    seconds: dict[str, list[float]] = {name: [] for name in DISTORTIONS}
    for _ in range(repeats):
        for name, laps in seconds.items():
            laps.append(_epoch_seconds(dataclasses.replace(config, distortions=name), digits))
    plain = min(seconds.pop(_PLAIN))
    return {name: min(laps) / plain for name, laps in seconds.items()}


def _epoch_seconds(config: RunConfig, digits: Digits) -> float:
    """Return the seconds of a run's only epoch, in which nothing else is counted."""
    config = dataclasses.replace(config, epochs=1, validation_images=0, training_images=55_000)
    splits = mnist.split(digits, digits, config)
    history = train(config, splits, lambda event: None, lambda: False).history
    return history.epochs[-1].seconds
