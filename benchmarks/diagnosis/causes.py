"""How often the suspected causes of a run are right, on settings that nobody chose.

Settings are drawn at random over the whole form, each is trained, and trained again with each
remedy alone, with the same seed and images: what helps was a cause. A remedy *helps* if accuracy
or loss on the validation images is better beyond chance, by a paired test on single images. A
run is *in trouble* if a remedy improves its accuracy by five points or more beyond chance, and
*healthy* if it gets nine in ten right and no remedy improves that by two points.

- `main_cause_right`: share of runs in trouble of which one of the first two causes named has the
  remedy that helps most, or one not told apart from it.
- `named_in_vain`: causes named for each run although none of their remedies helps.
- `healthy_accused`: share of healthy runs of which a cause is named.
- `missed`: share of runs in trouble of which none is named.
- `main_cause_tested`: as `main_cause_right`, after *Find out why* has tested the likeliest.

Rules are chosen on the trials of seeds 1 and 2. Judge with another seed.
"""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean, stdev

from benchmarks.diagnosis.trials import Trial, train_trials
from benchmarks.harness.arguments import positive
from mnistlab.core.analysis.diagnosis.diagnosis import Diagnosis, diagnose
from mnistlab.core.analysis.diagnosis.proof import (
    MATTERS,
    is_settled,
    is_worth_testing,
    order_tests,
)
from mnistlab.core.analysis.diagnosis.remedies import REMEDIES, CauseKind
from mnistlab.core.analysis.metrics import NORMAL_95, wilson_interval
from mnistlab.core.analysis.paired import Gain

_TROUBLE, _WELL = 0.05, 0.9
_JUDGING_SEED = 3


@dataclass(frozen=True)
class Judged:
    """A trial, with what is said of its run."""

    trial: Trial

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What is said of the run as it was drawn."""
        return diagnose(self.trial.base.config, self.trial.base.history)

    @cached_property
    def named(self) -> tuple[CauseKind, ...]:
        """The causes named, the most important first."""
        return tuple(cause.kind for cause in self.diagnosis.causes)

    @property
    def best_gain(self) -> float:
        """What the remedy that helps most gains in accuracy beyond chance."""
        gains = (attempt.gain for attempt in self.trial.remedied.values())
        return max((gain.accuracy for gain in gains if gain.is_accuracy_better), default=0.0)

    @property
    def is_in_trouble(self) -> bool:
        """Whether something helps much."""
        return self.best_gain >= _TROUBLE

    @property
    def is_healthy(self) -> bool:
        """Whether it does well, and nothing helps so that one would see it."""
        return self.trial.base.accuracy >= _WELL and self.best_gain < MATTERS

    @property
    def main(self) -> set[CauseKind]:
        """The causes whose remedy helps most, or is not told apart from that."""
        return {
            REMEDIES[name].kind
            for name, attempt in self.trial.remedied.items()
            if not attempt.behind.is_accuracy_better and attempt.gain.is_accuracy_better
        }

    @property
    def is_right(self) -> bool:
        """Whether a main cause is among the first two named."""
        return not self.main.isdisjoint(self.named[:2])

    @property
    def in_vain(self) -> int:
        """How many causes are named none of whose remedies helps."""
        helping = {
            REMEDIES[name].kind
            for name, attempt in self.trial.remedied.items()
            if attempt.gain.is_better
        }
        return sum(kind not in helping for kind in self.named)

    @cached_property
    def tested(self) -> list[str]:
        """The remedies tested by *Find out why*, the best first."""
        outlooks = {cause.remedy: cause.outlook for cause in self.diagnosis.suspects}
        if not self.named and not is_worth_testing(outlooks):
            return []
        order = [name for name in order_tests(outlooks) if name in self.trial.remedied]
        planned = {name: outlooks[name] for name in order}
        gains: dict[str, Gain] = {}
        for name in order:
            if is_settled(planned, gains):
                break
            gains[name] = self.trial.remedied[name].gain
        return sorted(gains, key=lambda name: -gains[name].accuracy)

    @property
    def is_right_tested(self) -> bool:
        """Whether a main cause is among the best two tested."""
        return not self.main.isdisjoint(REMEDIES[name].kind for name in self.tested[:2])


def main(arguments: Sequence[str]) -> Mapping[str, float | int | str | None]:
    """Train the trials that are missing, judge all, and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks causes [--json FILE]")
    parser.add_argument("--runs", type=positive, default=200, help="drawn at random")
    parser.add_argument("--seed", type=int, default=_JUDGING_SEED, help="of the draws")
    parser.add_argument("--trials", type=Path, help="folder to keep the trained runs in")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mnistlab-") as unkept:
        folder = options.trials or Path(unkept)
        return judge(list(train_trials(options.seed, range(options.runs), folder)))


def judge(trials: Sequence[Trial]) -> dict[str, float | int | str | None]:
    """Return how often what is said of these runs is right."""
    runs = [Judged(trial) for trial in trials]
    troubled = [run for run in runs if run.is_in_trouble]
    healthy = [run for run in runs if run.is_healthy]
    return {
        "runs": len(runs),
        "in_trouble": len(troubled),
        "healthy": len(healthy),
        **_share("main_cause_right", [run.is_right for run in troubled]),
        **_mean("named_in_vain", [run.in_vain for run in runs]),
        **_share("healthy_accused", [bool(run.named) for run in healthy]),
        **_share("missed", [not run.named for run in troubled]),
        **_share("main_cause_tested", [run.is_right_tested for run in troubled]),
        "tests": fmean(len(run.tested) for run in troubled) if troubled else None,
        "causes_named": fmean(len(run.named) for run in runs),
    }


def _share(name: str, cases: Sequence[bool]) -> dict[str, float | None]:
    """Return a share with its 95 % interval."""
    if not cases:
        return {name: None}
    interval = wilson_interval(sum(cases), len(cases))
    share = sum(cases) / len(cases)
    return {name: share, f"{name}_low": interval.low, f"{name}_high": interval.high}


def _mean(name: str, counts: Sequence[int]) -> dict[str, float | None]:
    """Return a mean with its 95 % interval."""
    mean = fmean(counts)
    margin = NORMAL_95 * stdev(counts) / len(counts) ** 0.5 if len(counts) > 1 else None
    low, high = (None, None) if margin is None else (max(0.0, mean - margin), mean + margin)
    return {name: mean, f"{name}_low": low, f"{name}_high": high}
