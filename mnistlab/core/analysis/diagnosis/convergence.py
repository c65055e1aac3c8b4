"""Whether a run converges: still improving, converged, oscillating, diverged, or stuck.

Each is decided by the loss at the epochs' ends: validation loss, whose changes have errors from
the differences of single images, or else training loss. The bounds are chosen on runs with a
known state, and `python -m benchmarks diagnosis` measures on others how often they are right.
The states follow Prechelt (1998, Early Stopping - But When?), who judges progress by the
improvement over several epochs.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from mnistlab.core.analysis.curves import Split
from mnistlab.core.analysis.diagnosis.overfitting import Onset, find_overfitting
from mnistlab.core.analysis.diagnosis.trend import LEAST_LOSS, Trend, find_trend
from mnistlab.core.analysis.metrics import NORMAL_95
from mnistlab.core.settings.config import DIGITS, RunConfig
from mnistlab.core.training.history import History, Measure

CHANCE_LOSS = math.log(DIGITS)
"""The loss if each digit has a probability of a tenth, in nats."""

NEAR_CHANCE = 0.95
"""Share of that loss above which a network has learned almost nothing."""

SLOW = 0.01
"""Share of the loss in an epoch, below which an improvement does not count as one."""

UNSTEADY = 0.022
"""Oscillation, as a share of the loss in an epoch, above which it counts. Of 50 runs,
healthy ones stayed below 0.009, layers without activation below 0.018, and of those with
thirty times the best rate 14 in 15 were above 0.027."""


class State(StrEnum):
    """The state of a run's loss."""

    UNKNOWN = "too early to tell"
    DIVERGED = "diverged"
    STUCK = "stuck at chance"
    OSCILLATING = "oscillating"
    PAST_BEST = "past its best"
    CONVERGED = "converged"
    IMPROVING = "still improving"


@dataclass(frozen=True)
class Forecast:
    """The likely loss after more epochs at the same rate.

    Attributes:
        epochs: How many more.
        loss: The loss then, in nats.
        low: Its lower bound, if each epoch reduces the loss by the same share as now.
        high: Its upper bound, if the pace slows four times as much as it did; at most the loss
            before the latest epochs.

    Both bounds include the error of the pace. `python -m benchmarks forecast` measures how often
    the loss is between them.
    """

    epochs: int
    loss: float
    low: float
    high: float


@dataclass(frozen=True)
class Convergence:
    """The state of a run's loss, with its evidence.

    Attributes:
        state: The state.
        trend: Its evidence; None before there are enough epochs.
        since: The epoch since which a converged run's loss is level.
        forecast: Of a run that improves at a constant rate, once there are enough epochs.
    """

    state: State
    trend: Trend | None = None
    since: int | None = None
    forecast: Forecast | None = None


def find_convergence(config: RunConfig, history: History) -> Convergence:
    """Return the state of a run's loss so far."""
    trend = find_trend(history, config.validation_images)
    if history.divergence is not None:
        return Convergence(State.DIVERGED, trend)
    if trend is None:
        return Convergence(State.UNKNOWN)
    state = _find_state(config, history, trend)
    if state is State.CONVERGED:
        return Convergence(state, trend, since=trend.level_since(2 * SLOW))
    if state is State.IMPROVING and has_constant_rate(config, trend):
        return Convergence(state, trend, forecast=make_forecast(trend))
    return Convergence(state, trend)


def has_constant_rate(config: RunConfig, trend: Trend) -> bool:
    """Return whether the learning rate was the same over all epochs that a forecast follows."""
    first = trend.points[max(0, len(trend.points) - 1 - 2 * trend.stretch)]
    is_changed = any(change.step > first.step for change in config.rate_changes)
    return config.schedule == "constant" and not is_changed


_LASTING_EPOCHS = 3
_FIRST_EPOCHS, _FIRST_SHARE = 5, 0.25
"""A run is judged while it goes on from that epoch or that share of it on, whichever is later."""


def has_lasted(state: State, config: RunConfig, history: History) -> bool:
    """Return whether the state of a run that goes on has been the same for three epochs.

    Args:
        state: As it is now.
        config: The run's settings.
        history: Its curves so far.
    """
    done = history.epochs_done
    if done < max(_FIRST_EPOCHS, math.ceil(_FIRST_SHARE * config.epochs)):
        return False
    before = (point.step for point in history.epochs[-_LASTING_EPOCHS:-1])
    return all(find_convergence(config, history.up_to(step)).state is state for step in before)


def make_forecast(trend: Trend) -> Forecast | None:
    """Extrapolate a falling loss for half as many epochs again.

    Its pace is assumed to slow as it did from the last stretch but one to the last.

    Returns:
        None before there are two stretches to compare, and for a loss that did not fall over
        the last one.
    """
    earlier = trend.earlier_pace
    if earlier is None or trend.pace <= 0:
        return None
    epochs = math.ceil(len(trend.points) / 2)
    kept = min(1.0, trend.pace / earlier) if earlier > 0 else 0.5
    margin = NORMAL_95 * trend.pace_error

    def factor(pace: float, kept: float) -> float:
        fall = sum(kept ** (epoch / trend.stretch) for epoch in range(1, epochs + 1))
        return math.exp(min(-pace * fall, _GREATEST_EXPONENT))

    high = max(trend.now, LEAST_LOSS) * factor(trend.pace - margin, kept / 4)
    return Forecast(
        epochs,
        trend.now * factor(trend.pace, kept),
        low=trend.now * factor(trend.pace + margin, 1.0),
        # With a margin far above the loss itself the bound would be meaningless.
        high=min(high, trend.loss(trend.turn)),
    )


_GREATEST_EXPONENT = 700.0
"""Just below where `math.exp` overflows."""


def _find_state(config: RunConfig, history: History, trend: Trend) -> State:
    swings = trend.oscillation > UNSTEADY and trend.oscillation > trend.pace / 2
    if _is_stuck(history, trend, swings):
        return State.STUCK
    if swings:
        return State.OSCILLATING
    if isinstance(find_overfitting(history, config.validation_images, Measure.LOSS), Onset):
        return State.PAST_BEST
    if _improves(trend):
        return State.IMPROVING
    return State.OSCILLATING if _rises_with_training(trend) else State.CONVERGED


def _is_stuck(history: History, trend: Trend, swings: bool) -> bool:
    """Return whether it is no better than guessing and does not improve.

    A loss that oscillates far above chance has another cause.
    """
    if trend.now < NEAR_CHANCE * CHANCE_LOSS:
        return False
    if trend.is_falling and not _only_comes_back(history, trend):
        return False
    return not swings or trend.now < 1.5 * CHANCE_LOSS


def _only_comes_back(history: History, trend: Trend) -> bool:
    """Return whether it is still worse than untrained, while training loss does not fall."""
    untrained = history.epochs[0].validation_loss or math.inf
    return trend.now > untrained and trend.training_pace < SLOW


def _improves(trend: Trend) -> bool:
    """Return whether it falls fast enough, or falls at all while it is far from its end."""
    if trend.now > CHANCE_LOSS / 2 and trend.is_falling:
        return True
    return trend.pace > SLOW and trend.fell_lately


def _rises_with_training(trend: Trend) -> bool:
    before, now = trend.turn, trend.points[-1]
    if trend.pace > -SLOW or not trend.change(before, now).is_beyond_chance:
        return False
    return trend.split is Split.TRAINING or (now.train_loss or 0) > (before.train_loss or 0)
