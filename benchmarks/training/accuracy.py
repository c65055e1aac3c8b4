"""Time to accuracy: how much sooner Quick start reads as well as the notebook ever did.

The notebook's own loop (`benchmarks/training/notebook.py`: its network, batches of 64, SGD at 0.01)
and the Quick start preset through mnistlab's trainer run in one process, in turns, with as many
threads and after a warm-up. Where the notebook learns from all 60,000 training images, here
both learn from the same 55,000, so that both can be judged on the same 5,000 others beside the
10,000 test images. A mark is passed when a look finds at least that accuracy on both. Looks
are a quarter of an epoch apart for the notebook and 20 steps for Quick start. Seconds are of
training alone: the clock stands meanwhile.

Marks are the notebook's 96.16 % and 98.4 %. Seconds are medians over the seeds. The notebook
gets `--epochs` to pass both; where it has not, `ratio_to_98_4_at_least` is what it had trained
by then over Quick start's seconds, a lower bound.

`quick_start_press_to_result_s` is what a student waits for: from the press on Train until the test
accuracy is on the page, watched in a browser on the same machine, the median of `--watched` seeds;
`quick_start_watched_test` and `_validation` are the means of their accuracies.
"""

import argparse
import math
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.harness.arguments import positive
from benchmarks.server import quick_start
from mnistlab.core.settings.presets import PRESETS
from mnistlab.engine.worker import cores

if TYPE_CHECKING:
    from benchmarks.training.race import Lap

_MARKS = {"96_16": 0.9616, "98_4": 0.984}
Results = dict[str, float | int | None]


def main(arguments: Sequence[str]) -> Results:
    """Run the race and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks accuracy [--json FILE]")
    parser.add_argument("--seeds", type=positive, default=3)
    parser.add_argument("--epochs", type=positive, default=30, help="the notebook's, at most")
    parser.add_argument("--watched", type=positive, default=5, help="seeds, in a browser")
    options = parser.parse_args(arguments)
    preset = PRESETS["quick_start"].config
    seen = quick_start.watch([replace(preset, seed=seed) for seed in range(options.watched)])
    theirs, ours = _run(options.seeds, options.epochs)
    return {
        **seen,
        **_lap_results("notebook", theirs),
        **_lap_results("quick_start", ours),
        **_ratios(theirs, ours),
        "seeds": options.seeds,
        "notebook_most_epochs": options.epochs,
    }


def _run(seeds: int, most_epochs: int) -> tuple[list["Lap"], list["Lap"]]:
    """Return how the notebook and Quick start did from each seed."""
    cores.prepare()  # before torch is imported, as in a worker
    from benchmarks.training.race import Race

    with tempfile.TemporaryDirectory(prefix="mnistlab-") as folder:
        race = Race(Path(folder), [*_MARKS.values()])
        race.warm_up()
        laps = [
            (race.run_notebook(seed, most_epochs), race.run_quick_start(seed))
            for seed in range(seeds)
        ]
    return [lap for lap, _ in laps], [lap for _, lap in laps]


def _lap_results(name: str, laps: Sequence["Lap"]) -> Results:
    seconds = {
        f"{name}_seconds_to_{mark}": _finite(median(lap.passed[place] for lap in laps))
        for place, mark in enumerate(_MARKS)
    }
    return {
        **seconds,
        f"{name}_seconds_in_all": median(lap.seconds for lap in laps),
        f"{name}_validation_at_the_end": median(lap.validation for lap in laps),
        f"{name}_test_at_the_end": median(lap.test for lap in laps),
    }


def _ratios(theirs: Sequence["Lap"], ours: Sequence["Lap"]) -> Results:
    results: Results = {}
    for place, mark in enumerate(_MARKS):
        own = median(lap.passed[place] for lap in ours)
        results[f"ratio_to_{mark}"] = _finite(median(lap.passed[place] for lap in theirs) / own)
        trained = median(min(lap.passed[place], lap.seconds) for lap in theirs)
        results[f"ratio_to_{mark}_at_least"] = trained / own
    return results


def _finite(number: float) -> float | None:
    """Return None for what never came."""
    return number if math.isfinite(number) else None
