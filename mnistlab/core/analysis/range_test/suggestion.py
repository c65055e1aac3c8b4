"""The learning-rate range test: a short run with a rising rate, and the rate that it suggests.

L. N. Smith, "Cyclical Learning Rates for Training Neural Networks" (2015, section 3.3): while
the rate rises, a network first learns faster, then worse, then not at all. One short run thus
replaces many runs at different rates.
"""

import dataclasses
import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from mnistlab.core.arrays import Float64Array
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import EPOCHS, LEARNING_RATE
from mnistlab.core.training.cost.point_interval import seconds_per_step
from mnistlab.core.training.history import History

SCHEDULE = "range_test"
LOWEST_RATE, HIGHEST_RATE = 1e-6, 10.0
"""Seven powers of ten, as the schedule has them. Of sixteen networks that were trained at ten
rates from 0.0001 to 3.2, one was best at an end of these: a sigmoid layer with SGD, at 3.2."""

_STEPS = 400
_FEWEST_STEPS = 100
"""As many as fast.ai's `lr_find` takes."""
_SECONDS = 30.0

_WIDTH = 0.1
"""Of the smoothing: standard deviation of a normal curve, in powers of ten."""
_MEDIAN_OF = 5
"""Points: a spike is one or two of them."""
_CEILING = 2.0
"""Losses are limited to this multiple of the first, so that one of 10⁸ does not dominate."""
_UNMOVED_UNTIL = 1e-5
"""Rate up to which no network has learned anything, so that the loss is the initial one."""
_LEAST_FALL = 0.05
"""Share of the first loss: to learn the frequencies of digits alone reduces it by less."""
_NEARLY = 0.1
"""Share of the fall that may be missing at a loss that counts as nearly lowest."""


@dataclass(frozen=True)
class RangeCurve:
    """Training loss against learning rate.

    Attributes:
        rates: Rising, (n,).
        losses: Mean cross-entropy of each point's steps, in nats, (n,).
        smoothed: Their mean over neighbouring rates, (n,); see `smooth`.
        start: The loss before anything was learned.
    """

    rates: Float64Array
    losses: Float64Array
    smoothed: Float64Array
    start: float


@dataclass(frozen=True)
class Suggestion:
    """A learning rate to try, and the points of the curve that it is derived from.

    Attributes:
        rate: Of two digits; the middle, in powers of ten, from `nearly` to `lowest`.
        nearly: The smallest rate at which nine tenths of the fall were done.
        lowest: The rate at which the smoothed loss was lowest.
        loss: That loss, in nats.
        start: The loss before anything was learned, in nats.
        too_big: The rate at which the smoothed loss is back above `start`; None if it never
            is.
    """

    rate: float
    nearly: float
    lowest: float
    loss: float
    start: float
    too_big: float | None


class NoSuggestion(StrEnum):
    """Why a curve suggests no rate."""

    EARLY = "the loss has not risen yet"
    NEVER_FELL = "the loss never fell"


def range_config(config: RunConfig, most_epochs: int = EPOCHS.high) -> RunConfig:
    """Return the range test of a config: the same network, images and optimizer.

    It has 400 steps, fewer if they would take long: a part of the images, or several epochs. It
    has no validation images, since only the training loss is used. Configs that differ in the
    replaced settings alone have the same range test.

    Args:
        config: The settings to find a rate for.
        most_epochs: The server's limit; with few images the test may then be shorter.
    """
    images = min(config.training_images, _steps(config) * config.batch_size)
    shortened = dataclasses.replace(
        config,
        learning_rate=HIGHEST_RATE,
        schedule=SCHEDULE,
        rate_changes=(),
        training_images=images,
        validation_images=0,
    )
    epochs = -(-_steps(config) // shortened.steps_per_epoch)
    return dataclasses.replace(shortened, epochs=min(epochs, most_epochs))


def _steps(config: RunConfig) -> int:
    affordable = int(_SECONDS / seconds_per_step(config))
    return max(_FEWEST_STEPS, min(_STEPS, affordable))


def is_range_test(config: RunConfig) -> bool:
    """Return whether a run of this config is a range test."""
    return config.schedule == SCHEDULE


def read_curve(history: History) -> RangeCurve | None:
    """Return a range test's curve so far; None before its first point."""
    if not history.steps:
        return None
    steps = np.diff([0, *(point.step for point in history.steps)]).astype(np.float64)
    rates = np.array([point.learning_rate for point in history.steps])
    losses = np.array([point.train_loss for point in history.steps])
    unmoved = rates <= max(_UNMOVED_UNTIL, rates[0])
    start = float(np.average(losses[unmoved], weights=steps[unmoved]))
    return RangeCurve(rates, losses, smooth(rates, losses, steps, start), start)


def smooth(
    rates: Float64Array, losses: Float64Array, steps: Float64Array, start: float
) -> Float64Array:
    """Return means over neighbours, weighted by a normal curve over the rates' powers of ten.

    Each loss is first replaced by the median of the five around it (Tukey 1977, Exploratory
    Data Analysis), so that a spike of one or two points does not affect its neighbours. The
    window is symmetric, so that, unlike fast.ai's running mean, it has no lag.

    Args:
        rates: (n,).
        losses: (n,), limited to twice `start`.
        steps: The number of steps of each point, (n,).
        start: The loss before anything was learned.
    """
    powers = np.log10(rates)
    distances = (powers[:, None] - powers) / _WIDTH  # (n, n)
    weights = np.exp(-(distances**2) / 2) * steps
    means: Float64Array = (
        weights @ np.minimum(_medians(losses), _CEILING * start) / weights.sum(axis=1)
    )
    return means


def _medians(losses: Float64Array) -> Float64Array:
    """Return the median of each loss and its two neighbours on either side, (n,).

    The first and the last loss are repeated beyond the ends, so that a loss that explodes at
    the end does not count as a spike.
    """
    from scipy import ndimage  # imported when a curve is drawn and not when a server starts

    return ndimage.median_filter(losses, _MEDIAN_OF, mode="nearest")


def suggest(curve: RangeCurve, is_complete: bool) -> Suggestion | NoSuggestion:
    """Return the rate that a curve suggests, or why it suggests none.

    That is the middle of the last tenth of the fall, our own rule. Two rules of fast.ai, a tenth
    of the lowest and the steepest, give rates that are too low for the two networks on which
    they were tested: after five epochs on 10,000 images, validation accuracy is 5.6 and 2.6
    percentage points below that of the best of ten rates (the notebook's network), 2.3 and 2.4
    (Adam).

    Args:
        curve: Of a range test.
        is_complete: Whether the test reached its highest rate.
    """
    lowest = int(curve.smoothed.argmin())
    loss = float(curve.smoothed[lowest])
    fall = curve.start - loss
    has_risen = curve.smoothed[lowest:].max() > loss + fall / 2
    if not is_complete and not (fall > 0 and has_risen):
        return NoSuggestion.EARLY
    if fall < _LEAST_FALL * curve.start:
        return NoSuggestion.NEVER_FELL
    first = int((curve.smoothed <= loss + _NEARLY * fall).argmax())
    nearly, best = float(curve.rates[first]), float(curve.rates[lowest])
    rate = round_rate(math.sqrt(nearly * best))
    return Suggestion(rate, nearly, best, loss, curve.start, _too_big(curve, lowest))


def _too_big(curve: RangeCurve, lowest: int) -> float | None:
    above = np.flatnonzero(curve.smoothed[lowest:] > curve.start)
    return float(curve.rates[lowest + above[0]]) if len(above) else None


def round_rate(rate: float) -> float:
    """Return a rate with two significant digits, within the setting's limits."""
    rounded = float(f"{rate:.2g}")
    return min(max(rounded, LEARNING_RATE.low), LEARNING_RATE.high)
