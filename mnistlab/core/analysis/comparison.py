"""Ranks runs by validation accuracy, with confidence intervals and differing settings.

Runs that differ in their seed alone are one group, whose spread is due to chance.
"""

import dataclasses
import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from mnistlab.core.analysis.metrics import Interval, wilson_interval
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import SEED, SETTINGS
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import History


@dataclass(frozen=True)
class ComparedRun:
    """A run to compare.

    Attributes:
        id: Unique among runs.
        name: Its student's name for it.
        config: Its settings.
        history: Its curves so far.
    """

    id: str
    name: str
    config: RunConfig
    history: History


@dataclass(frozen=True)
class MeanSD:
    """The mean and spread of a number over runs.

    Attributes:
        mean: Over the runs.
        deviation: The sample standard deviation (divided by n − 1); None for one run.
    """

    mean: float
    deviation: float | None


@dataclass(frozen=True)
class Group:
    """Runs whose configs are the same except for the seed.

    Attributes:
        members: One for each seed, at least one.
        repeats: Further runs with a member's settings and seed, trained no longer. As a rule
            they have the same curve, and would make the spread too small.
    """

    members: tuple[ComparedRun, ...]
    repeats: tuple[ComparedRun, ...]

    @property
    def config(self) -> RunConfig:
        """The settings of all members, the seed being that of the first."""
        return self.members[0].config

    @property
    def accuracy(self) -> MeanSD | None:
        """Validation accuracy of each member's best epoch, from 0 to 1; None before one ends."""
        return _mean_sd([best.validation_accuracy or 0.0 for best in self._best_epochs()])

    @property
    def loss(self) -> MeanSD | None:
        """Validation loss of each member's best epoch, in nats for each image; None likewise."""
        return _mean_sd([best.validation_loss or 0.0 for best in self._best_epochs()])

    @property
    def seconds(self) -> float:
        """Mean training time so far."""
        return statistics.fmean(member.history.seconds for member in self.members)

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the true mean accuracy, that on an infinite number of images.

        The accuracy on another set of as many images is in it less often, about 84 times in
        100, since it has an error of its own. All seeds are validated on the same images, so
        that more seeds don't make it narrower.
        """
        if self.accuracy is None:
            return None
        images = self.config.validation_images
        return wilson_interval(round(self.accuracy.mean * images), images)

    def _best_epochs(self) -> list[EpochPoint]:
        best = (member.history.best_epoch for member in self.members)
        return [epoch for epoch in best if epoch is not None]


@dataclass(frozen=True)
class RankedGroup:
    """A group's rank; None if it has no validation accuracy (yet)."""

    rank: int | None
    group: Group


def group_by_seed(runs: Sequence[ComparedRun]) -> list[Group]:
    """Return the groups in the order of their first runs."""
    by_config: dict[RunConfig, list[ComparedRun]] = {}
    for run in runs:
        seedless = dataclasses.replace(run.config, seed=SEED.default)
        by_config.setdefault(seedless, []).append(run)
    return [_make_group(alike) for alike in by_config.values()]


def differing_settings(configs: Sequence[RunConfig]) -> list[str]:
    """Return the names of the settings in which any two configs differ, in the form's order."""
    return [name for name in SETTINGS if len({getattr(config, name) for config in configs}) > 1]


def telling_settings(configs: Sequence[RunConfig]) -> list[str]:
    """Return the first settings, in the form's order, that suffice to distinguish the configs."""
    telling: list[str] = []
    distinct = 1
    for name in differing_settings(configs):
        names = [*telling, name]
        with_this = len({tuple(getattr(config, each) for each in names) for config in configs})
        if with_this > distinct:
            telling, distinct = names, with_this
    return telling


def rank(groups: Sequence[Group]) -> list[RankedGroup]:
    """Rank by validation accuracy of the best epoch, the lower loss first among equals.

    Groups without a validation accuracy come last, in their order, without a rank.
    """
    judged = sorted((group for group in groups if group.accuracy), key=_sort_key)
    scores = [_sort_key(group)[0] for group in judged]
    ranked = [RankedGroup(1 + scores.index(_sort_key(group)[0]), group) for group in judged]
    return [*ranked, *(RankedGroup(None, group) for group in groups if not group.accuracy)]


def count_tied(ranked: Sequence[RankedGroup]) -> int:
    """Return how many of the first groups have no clear difference in validation accuracy.

    They are those whose 95 % intervals overlap the first's. That is stricter than a test of
    two proportions.

    Returns:
        0 if there is no first, 1 if it is ahead of all others.
    """
    intervals = [each.group.interval for each in ranked]
    judged = [interval for interval in intervals if interval is not None]
    overlapping = itertools.takewhile(lambda interval: interval.high >= judged[0].low, judged)
    return len(list(overlapping))


def _make_group(runs: Sequence[ComparedRun]) -> Group:
    furthest: dict[int, ComparedRun] = {}
    for run in runs:
        kept = furthest.setdefault(run.config.seed, run)
        if run.history.epochs_trained > kept.history.epochs_trained:
            furthest[run.config.seed] = run
    members = tuple(furthest.values())
    kept_ids = {member.id for member in members}
    return Group(members, tuple(run for run in runs if run.id not in kept_ids))


def _mean_sd(values: Sequence[float]) -> MeanSD | None:
    if not values:
        return None
    deviation = statistics.stdev(values) if len(values) > 1 else None
    return MeanSD(statistics.fmean(values), deviation)


def _sort_key(group: Group) -> tuple[float, float]:
    accuracy, loss = group.accuracy, group.loss
    assert accuracy is not None  # only judged groups are sorted
    assert loss is not None
    return -accuracy.mean, loss.mean
