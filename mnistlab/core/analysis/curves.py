"""Curves of groups of runs: by epoch, by step, by seconds of training, or by share of the run."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.analysis.comparison import ComparedRun, Group
from mnistlab.core.arrays import Float64Array
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History, Measure


class Split(StrEnum):
    """On which images a curve was measured."""

    TRAINING = "training"
    VALIDATION = "validation"


class Axis(StrEnum):
    """What a curve is drawn against, counted from the start of its run."""

    EPOCH = "epoch"
    STEP = "step"
    SECONDS = "seconds"
    SHARE = "share"


@dataclass(frozen=True)
class Curve:
    """A group's curve, point by point.

    Attributes:
        x: Epochs, steps, seconds or percent of the run, rising, (n,).
        mean: Over the runs trained this far, (n,).
        low: The lowest of them, (n,).
        high: The highest of them, (n,).
        runs: Their number, (n,).
    """

    x: Float64Array
    mean: Float64Array
    low: Float64Array
    high: Float64Array
    runs: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.x)

    def pick(self, indices: Sequence[int]) -> "Curve":
        """Return the points at `indices`."""
        return Curve(**{name: values[list(indices)] for name, values in vars(self).items()})


@dataclass(frozen=True)
class _Line:
    """One run's curve: values by step, and the run's clock."""

    steps: Float64Array
    values: Float64Array
    history: History


_NOTHING = Curve(*np.empty((5, 0)))


def curve(group: Group, split: Split, measure: Measure, axis: Axis) -> Curve:
    """Return a group's curve, over the steps of the member trained longest.

    The others are interpolated at these steps, up to their own last one. Seconds are cumulative
    sums of the mean times between points, so that they rise even if a slow run ends early.
    """
    lines = [_line(member, split, measure) for member in group.members]
    lines = [line for line in lines if len(line.steps)]
    if not lines:
        return _NOTHING
    steps = max(lines, key=lambda line: line.steps[-1]).steps
    values = np.stack([_at(steps, line.steps, line.values) for line in lines])
    return Curve(
        _place(steps, lines, axis, group.config),
        np.nanmean(values, axis=0),
        np.nanmin(values, axis=0),
        np.nanmax(values, axis=0),
        (~np.isnan(values)).sum(axis=0),
    )


def thin_out(whole: Curve, most: int) -> Curve:
    """Return at most `most` points of a curve: see `telling_points`."""
    return whole.pick(telling_points(whole.mean, most))


def telling_points(values: Float64Array, most: int) -> list[int]:
    """Return the indices of the first, the last, and each stretch's lowest and highest value.

    Args:
        values: Of a line's points, (n,).
        most: The greatest number of points; if there are no more, all are returned.
    """
    if len(values) <= most:
        return list(range(len(values)))
    length = stretch_length(len(values), most)
    kept = {0, len(values) - 1}
    for start in range(0, len(values), length):
        stretch = values[start : start + length]
        kept |= {start + int(stretch.argmin()), start + int(stretch.argmax())}
    return sorted(kept)


def stretch_length(points: int, most: int) -> int:
    """Return how many points make a stretch if two of each, and the ends, are to be shown.

    It is a power of two, which rarely changes, so that stretches begin where they began
    before and a line does not flicker as it grows.

    Args:
        points: The number of points.
        most: How many may be shown, at least 4.
    """
    length = 2
    while 2 * -(-points // length) + 2 > most:
        length *= 2
    return length


def _line(member: ComparedRun, split: Split, measure: Measure) -> _Line:
    history = member.history
    is_training = split is Split.TRAINING
    points = history.steps if is_training else history.epochs
    read = operator.attrgetter(f"{'train' if is_training else 'validation'}_{measure}")
    shown = [(point.step, value) for point in points if (value := read(point)) is not None]
    steps, values = np.array(shown, dtype=np.float64).reshape(-1, 2).T
    return _Line(steps, values, history)


def _at(steps: Float64Array, own_steps: Float64Array, values: Float64Array) -> Float64Array:
    """Return values at `steps`, (n,); nan beyond the last of their own."""
    return np.interp(steps, own_steps, values, right=np.nan)


def _place(
    steps: Float64Array, lines: Sequence[_Line], axis: Axis, config: RunConfig
) -> Float64Array:
    if axis is Axis.STEP:
        return steps
    if axis is Axis.EPOCH:
        return steps / config.steps_per_epoch
    if axis is Axis.SHARE:
        return 100 * steps / (config.epochs * config.steps_per_epoch)
    clocks = np.stack([_at(steps, *_clock(line.history)) for line in lines])
    laps: Float64Array = np.nanmean(np.diff(clocks, axis=1, prepend=0.0), axis=0)
    return laps.cumsum()


def _clock(history: History) -> tuple[Float64Array, Float64Array]:
    """Return steps and the seconds at which they were done, from step 0 on."""
    points = [(0.0, 0.0), *((point.step, point.seconds) for point in history.steps)]
    steps, seconds = np.array(points, dtype=np.float64).T
    return steps, seconds
