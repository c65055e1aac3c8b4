"""Which of several runs is better, by what they differ, and how sure that is.

Runs that differ in nothing but their seed are one group: what they have in common is their
settings, and how far they lie apart is what chance alone does.
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
        id: Tells it from all other runs.
        name: What its student calls it.
        config: Its settings.
        history: Its curves so far.
    """

    id: str
    name: str
    config: RunConfig
    history: History


@dataclass(frozen=True)
class MeanSD:
    """A number that was measured on one run or more.

    Attributes:
        mean: Over the runs.
        deviation: The sample standard deviation (n − 1 below the line); None for one run.
    """

    mean: float
    deviation: float | None


@dataclass(frozen=True)
class Group:
    """Runs of one config but for the seed.

    Attributes:
        members: One for each seed, at least one.
        repeats: Further runs of a member's very settings, which did not come further. As
            a rule they have its curve, and would make chance look smaller than it is.
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
        return _spread([best.validation_accuracy or 0.0 for best in self._best_epochs()])

    @property
    def loss(self) -> MeanSD | None:
        """Validation loss of each member's best epoch, in nats for each image; None likewise."""
        return _spread([best.validation_loss or 0.0 for best in self._best_epochs()])

    @property
    def seconds(self) -> float:
        """Mean training time so far."""
        return statistics.fmean(member.history.seconds for member in self.members)

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the true mean accuracy, which is that on images without end.

        Another set of as many images lies in it less often, about 84 times in 100, since it
        has a chance error of its own. All seeds are judged on the same images, so that more
        seeds don't make it narrower.
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
    """A group's place; None if it was not judged on validation images (yet)."""

    rank: int | None
    group: Group


def group_by_seed(contestants: Sequence[ComparedRun]) -> list[Group]:
    """Return the groups in the order of their first runs."""
    by_config: dict[RunConfig, list[ComparedRun]] = {}
    for contestant in contestants:
        seedless = dataclasses.replace(contestant.config, seed=SEED.default)
        by_config.setdefault(seedless, []).append(contestant)
    return [_make_group(runs) for runs in by_config.values()]


def differing_settings(configs: Sequence[RunConfig]) -> list[str]:
    """Return the names of the settings in which any two configs differ, in the form's order."""
    return [name for name in SETTINGS if len({getattr(config, name) for config in configs}) > 1]


def telling_settings(configs: Sequence[RunConfig]) -> list[str]:
    """Return the first settings, in the form's order, that suffice to tell the configs apart."""
    telling: list[str] = []
    told_apart = 1
    for name in differing_settings(configs):
        with_this = _count_told_apart(configs, [*telling, name])
        if with_this > told_apart:
            telling.append(name)
            told_apart = with_this
    return telling


def rank(groups: Sequence[Group]) -> list[RankedGroup]:
    """Rank by validation accuracy of the best epoch, the lower loss first among equals.

    Groups that were not judged come last, in their order, without a rank.
    """
    judged = sorted((group for group in groups if group.accuracy), key=_sort_key)
    scores = [_sort_key(group)[0] for group in judged]
    ranked = [RankedGroup(1 + scores.index(_sort_key(group)[0]), group) for group in judged]
    return [*ranked, *(RankedGroup(None, group) for group in groups if not group.accuracy)]


def count_tied(standings: Sequence[RankedGroup]) -> int:
    """Return how many, from the first on, can't be told apart by their validation images.

    They are those whose 95 % intervals overlap the first's. That is stricter than a test of
    two proportions: what it calls a difference is one.

    Returns:
        0 if there is no first, 1 if it is ahead of all others.
    """
    intervals = [standing.group.interval for standing in standings]
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


def _spread(values: Sequence[float]) -> MeanSD | None:
    if not values:
        return None
    deviation = statistics.stdev(values) if len(values) > 1 else None
    return MeanSD(statistics.fmean(values), deviation)


def _count_told_apart(configs: Sequence[RunConfig], names: Sequence[str]) -> int:
    return len({tuple(getattr(config, name) for name in names) for config in configs})


def _sort_key(group: Group) -> tuple[float, float]:
    accuracy, loss = group.accuracy, group.loss
    assert accuracy is not None  # only judged groups are sorted
    assert loss is not None
    return -accuracy.mean, loss.mean
