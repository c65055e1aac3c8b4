"""What is said of a run's convergence and of what is wrong with it, with the evidence."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from mnistlab.core.analysis.curves import Split
from mnistlab.core.analysis.diagnosis.causes import Cause
from mnistlab.core.analysis.diagnosis.convergence import CHANCE_LOSS, SLOW, Convergence, State
from mnistlab.core.analysis.diagnosis.trend import FEWEST_EPOCHS, Trend
from mnistlab.core.analysis.metrics import NORMAL_95
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.ui import divergence_words
from mnistlab.ui import formatting as wording
from mnistlab.ui.components.verdict.verdict import BEGAN, NONE, TROUBLE, UNKNOWN, section, verdicts
from mnistlab.ui.diagnosis import causes as cause_words
from mnistlab.ui.diagnosis.causes import Words

HOW_IT_IS_JUDGED = f"""
<p>What counts is the loss at the ends of epochs: that of the validation images, or of
training without them. The latest third of the epochs tells the pace; below {SLOW:.0%} of the
loss an epoch, or within what chance explains, it counts as level (in the manner of Prechelt
1998, who stops when a stretch of epochs brings too little). Causes are found by looking into
the network up to four times an epoch: at each layer's gradient, at how far a step moves its
weights, and at which units answer at all. On runs whose trouble was known beforehand, verdict
and cause are right more than nine times in ten. What more epochs would bring is the pace
carried on, as it slackened so far; about five times in six the loss came to lie between the
two numbers in brackets.</p>
"""


def note(
    config: RunConfig,
    history: History,
    convergence: Convergence,
    causes: Sequence[Cause],
    status: RunStatus,
) -> Markup:
    """Return HTML that says how the run converges, and why it doesn't if so."""
    kind, headline, details = _say(config, history, convergence, status)
    whys = (_why(cause_words.explain(cause, config)) for cause in causes)
    return verdicts([section("Convergence", kind, headline, details), *whys], status, "convergence")


def _why(words: Words) -> Markup:
    return section("Why", TROUBLE, words.headline, f"{words.evidence} {words.remedy}")


def _say(
    config: RunConfig, history: History, convergence: Convergence, status: RunStatus
) -> tuple[str, str, str]:
    """Return the kind of verdict, its headline and its evidence."""
    if convergence.state is State.UNKNOWN:
        return UNKNOWN, "Can't tell yet", f"It takes {FEWEST_EPOCHS} epochs to see a direction."
    if convergence.state is State.DIVERGED:
        return TROUBLE, "Diverged", _where_it_diverged(history)
    trend = convergence.trend
    assert trend is not None  # what all other states are judged by
    match convergence.state:
        case State.STUCK:
            return TROUBLE, "Stuck at chance", _stuck(trend)
        case State.OSCILLATING:
            return TROUBLE, "Oscillating", _oscillating(trend)
        case State.PAST_BEST:
            return BEGAN, "Past its best", _past_best(trend)
        case State.CONVERGED:
            return NONE, f"Converged since epoch {convergence.since}", _level(trend)
    return NONE, "Still improving", f"{_falling(trend)} {_outlook(config, convergence, status)}"


def _where_it_diverged(history: History) -> str:
    return f"{divergence_words.where(history.divergence)}: each step made things worse."


def _stuck(trend: Trend) -> str:
    return (
        f"{_subject(trend)} is {wording.loss(trend.now)} and does not fall by more than chance "
        f"explains. To guess, a tenth for every digit, would cost {wording.loss(CHANCE_LOSS)}."
    )


def _oscillating(trend: Trend) -> str:
    if not trend.swing:
        return f"{_subject(trend)} rose again, and it rose in training as well."
    swing = wording.percent(-math.expm1(-trend.swing), 1)
    return (
        f"In each epoch {swing} of the {_name(trend)}, on average, came and went again: more "
        f"than chance explains. It is {wording.loss(trend.now)} now."
    )


def _past_best(trend: Trend) -> str:
    best = min(trend.points, key=trend.loss)
    return (
        f"{_subject(trend)} was lowest in epoch {best.epoch}. What the network has learned since "
        "helps with the training images alone: see below."
    )


def _level(trend: Trend) -> str:
    return (
        f"{_subject(trend)} is level at {wording.loss(trend.now)}: over the last {trend.stretch} "
        f"epochs it fell by {_pace(trend)} an epoch."
    )


def _falling(trend: Trend) -> str:
    if trend.pace <= 0:
        return (
            f"{_subject(trend)} rose for a while, and falls again: it is {wording.loss(trend.now)}."
        )
    return (
        f"{_subject(trend)} fell by {_pace(trend)} in each of the last {trend.stretch} epochs, "
        f"to {wording.loss(trend.now)}."
    )


def _outlook(config: RunConfig, convergence: Convergence, status: RunStatus) -> str:
    forecast = convergence.forecast
    if forecast is not None:
        epochs = f"{forecast.epochs} epoch{'s' if forecast.epochs > 1 else ''}"
        between = f"{wording.loss(forecast.low)} to {wording.loss(forecast.high)}"
        return f"Another {epochs} would likely bring {wording.loss(forecast.loss)} ({between})."
    if config.schedule == "constant":
        trend = convergence.trend
        is_early = trend is None or trend.earlier_pace is None
        when = "before the fifth" if is_early else "until it has fallen further"
        return f"What more epochs would bring can't be told {when}."
    if status.is_active:
        return "The learning rate changes on the way, so how it goes on can't be told yet."
    return "Its learning rate has run its course; more epochs would start it anew."


def _pace(trend: Trend) -> str:
    """Write the share of the loss that each of the latest epochs took away: 12.3 ± 0.4 %."""
    margin = NORMAL_95 * trend.pace_error * math.exp(-trend.pace)
    return wording.percent_with_margin(-math.expm1(-trend.pace), margin, 1)


def _subject(trend: Trend) -> str:
    return _name(trend).capitalize()


def _name(trend: Trend) -> str:
    return "validation loss" if trend.split is Split.VALIDATION else "training loss"
