"""Whether a run converges: still improving, converged, oscillating, diverged, or stuck.

All of it is judged by the loss at the epochs' ends: that of the validation images, whose
changes are known from the differences of single images, or that of training without them.
The bounds were set on runs of known truth, and `python -m benchmarks diagnosis` measures
on others how often they are right. The states are those of Prechelt (1998, Early Stopping
- But When?), who judges progress by how much a stretch of epochs still brings.
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
"""The loss of who gives every digit a tenth, in nats."""

NEAR_CHANCE = 0.95
"""Share of that loss above which a network has learned next to nothing."""

SLOW = 0.01
"""Share of the loss in an epoch, below which an improvement does not count as one."""

UNSTEADY = 0.022
"""Share of the loss that comes and goes in an epoch, above which it oscillates. Of 50 runs,
healthy ones stayed below 0.009, layers without activation below 0.018, and of those with
thirty times the best rate 14 in 15 were above 0.027."""


class State(StrEnum):
    """How a run's loss moves."""

    UNKNOWN = "too early to tell"
    DIVERGED = "diverged"
    STUCK = "stuck at chance"
    OSCILLATING = "oscillating"
    PAST_BEST = "past its best"
    CONVERGED = "converged"
    IMPROVING = "still improving"


@dataclass(frozen=True)
class Forecast:
    """What more epochs at the same rate would likely bring.

    Attributes:
        epochs: How many more.
        loss: The loss then, in nats.
        low: The least it may be: if each epoch goes on to take away the share it does now.
        high: The most: if the pace slackens four times as much as it did, and at worst all
            that the last stretch brought is lost again.

    Both bounds also allow for what chance does to the pace. How often the loss came to lie
    between them is measured by `python -m benchmarks forecast`.
    """

    epochs: int
    loss: float
    low: float
    high: float


@dataclass(frozen=True)
class Convergence:
    """How a run's loss moves, and by what evidence.

    Attributes:
        state: The verdict.
        trend: What it is judged by; None before there are enough epochs.
        since: The epoch since which it is so, for what has converged.
        forecast: For what still improves at a constant rate, once there are epochs enough.
    """

    state: State
    trend: Trend | None = None
    since: int | None = None
    forecast: Forecast | None = None


def find_convergence(config: RunConfig, history: History) -> Convergence:
    """Return how a run's loss moves so far."""
    trend = find_trend(history, config.validation_images)
    if history.divergence is not None:
        return Convergence(State.DIVERGED, trend)
    if trend is None:
        return Convergence(State.UNKNOWN)
    state = _find_state(config, history, trend)
    if state is State.CONVERGED:
        return Convergence(state, trend, since=trend.level_since(2 * SLOW))
    if state is State.IMPROVING and config.schedule == "constant":
        return Convergence(state, trend, forecast=make_forecast(trend))
    return Convergence(state, trend)


def make_forecast(trend: Trend) -> Forecast | None:
    """Carry a falling loss on for half as many epochs again.

    Its pace slackened from the last stretch but one to the last, and goes on to do so.

    Returns:
        None before there are two stretches to compare, and for a loss that is no lower than
        where the last stretch began, which has no falling pace to carry on.
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
        # A margin far above the loss itself would have it rise beyond all measure.
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
    """Return whether it is no better than guessing, and does not become so.

    A loss that leaps about far above chance is in other trouble.
    """
    if trend.now < NEAR_CHANCE * CHANCE_LOSS:
        return False
    if trend.is_falling and not _only_comes_back(history, trend):
        return False
    return not swings or trend.now < 1.5 * CHANCE_LOSS


def _only_comes_back(history: History, trend: Trend) -> bool:
    """Return whether it is worse than untrained still, while training brings nothing."""
    untrained = history.epochs[0].validation_loss or math.inf
    return trend.now > untrained and trend.training_pace < SLOW


def _improves(trend: Trend) -> bool:
    """Return whether more epochs bring more: soon, or with so much left to learn at last."""
    if trend.now > CHANCE_LOSS / 2 and trend.is_falling:
        return True
    return trend.pace > SLOW and trend.fell_lately


def _rises_with_training(trend: Trend) -> bool:
    before, now = trend.turn, trend.points[-1]
    if trend.pace > -SLOW or not trend.change(before, now).is_beyond_chance:
        return False
    return trend.split is Split.TRAINING or (now.train_loss or 0) > (before.train_loss or 0)
