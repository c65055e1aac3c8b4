"""What gathering evidence costs a run: looks into the network, and single images' losses.

Each of five networks is trained through the real loop, again and again, once as it is and
once without evidence, in turns. A network's cost is its shortest time with evidence over
its shortest without, less one: what else a machine does only ever adds time (as timeit's
documentation says of its repeats), here up to 7 % to the median of seven pairs.
`evidence_cost` is the highest of the five. In the plain loop no look is ever due, and the
validation images' losses are forgotten at once.
"""

import argparse
import dataclasses
import time
from collections.abc import Mapping, Sequence

from benchmarks.harness import images
from benchmarks.harness.arguments import positive
from mnistlab.core.data import mnist
from mnistlab.core.data.mnist import Splits
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.presets import PRESETS
from mnistlab.core.training.loop import Trainer

_NOTEBOOK = dataclasses.replace(
    PRESETS["notebook"].config, training_images=20_000, validation_images=5_000, epochs=2
)
_CONFIGS = {
    "notebook": _NOTEBOOK,
    "quick_start": dataclasses.replace(RunConfig(), training_images=20_000, epochs=2),
    "narrow": dataclasses.replace(_NOTEBOOK, hidden_layers=1, units=(16,), batch_size=16),
    "deep": dataclasses.replace(_NOTEBOOK, hidden_layers=8, units=(128,), optimizer="adam"),
    "few_images": dataclasses.replace(_NOTEBOOK, training_images=1_000, epochs=20),
}


class _Plain(Trainer):
    """The same loop, which looks at nothing but the curves."""

    def __init__(self, config: RunConfig, splits: Splits) -> None:
        super().__init__(config, splits, lambda event: None)
        self.prober.is_due = lambda step: False  # type: ignore[method-assign]
        self.per_image.add = lambda losses, hits: None  # type: ignore[method-assign]


def main(arguments: Sequence[str]) -> Mapping[str, float | int | str | None]:
    """Train everything and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks evidence [--json FILE]")
    parser.add_argument("--repeats", type=positive, default=10, help="of each training")
    repeats = parser.parse_args(arguments).repeats
    digits = images.load(train=True)
    costs = {
        f"{name}_cost": _cost(config, mnist.split(digits, digits, config), repeats)
        for name, config in _CONFIGS.items()
    }
    return {**costs, "evidence_cost": max(costs.values())}


def _cost(config: RunConfig, splits: Splits, repeats: int) -> float:
    pairs = [
        (_seconds(Trainer(config, splits, lambda event: None)), _seconds(_Plain(config, splits)))
        for _ in range(repeats)
    ]
    with_evidence = min(seconds for seconds, _ in pairs)
    return with_evidence / min(seconds for _, seconds in pairs) - 1


def _seconds(trainer: Trainer) -> float:
    before = time.perf_counter()
    trainer.run(should_stop=lambda: False)
    return time.perf_counter() - before
