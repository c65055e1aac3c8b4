"""Texts on a run's convergence and its problems, with the evidence."""

import math
from typing import NamedTuple

from markupsafe import Markup

from mnistlab.core.analysis.curves import Split
from mnistlab.core.analysis.diagnosis.convergence import (
    CHANCE_LOSS,
    SLOW,
    Convergence,
    State,
    has_constant_rate,
    has_lasted,
)
from mnistlab.core.analysis.diagnosis.diagnosis import Diagnosis
from mnistlab.core.analysis.diagnosis.evidence import Evidence
from mnistlab.core.analysis.diagnosis.trend import FEWEST_EPOCHS, Trend
from mnistlab.core.analysis.metrics import NORMAL_95
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.ui import formatting
from mnistlab.ui.components.verdict.verdict import BEGAN, NONE, TROUBLE, UNKNOWN, section
from mnistlab.ui.diagnosis import divergence as divergence_words
from mnistlab.ui.diagnosis import signs as sign_words

HOW_IT_IS_JUDGED = f"""
<p>Convergence is judged by the loss at the end of each epoch: validation loss, or training
loss if there are no validation images. The last third of the epochs gives the trend. A fall
below {SLOW:.0%} per epoch, or within what chance explains, counts as level. (Prechelt 1998 stops
training in a similar way.) What is seen inside comes from measurements of each layer, up to four
times per epoch: its gradient, the size of a step, and the share of inactive units. A suspected
cause is a setting whose change helped similar runs among thousands with random settings; only a
test of this very run, with that one change, proves it. The forecast continues the slowing trend;
in about 5 of 6 cases the loss ended within the bracketed range.</p>
"""


def note(diagnosis: Diagnosis, status: RunStatus) -> Markup:
    """Return the verdict on convergence, and what is seen inside, as HTML.

    What is suspected is told once a run has ended, since the networks know whole runs, and where it
    may be tested.
    """
    evidence = diagnosis.evidence
    judge = _verdict_so_far if status.is_active else _verdict
    signs = (sign_words.explain(sign, evidence.config) for sign in diagnosis.signs)
    return section("Convergence", *judge(evidence, status)) + Markup().join(
        section("Seen inside", TROUBLE, headline, "", details) for headline, details in signs
    )


class _Verdict(NamedTuple):
    """A verdict's kind, its headline, a line, and perhaps further evidence."""

    kind: str
    headline: str
    line: str
    evidence: str = ""


def _verdict_so_far(evidence: Evidence, status: RunStatus) -> _Verdict:
    """Return the verdict on a run that goes on: only one that has held for a while."""
    verdict = _verdict(evidence, status)
    if evidence.state in (State.UNKNOWN, State.DIVERGED):
        return verdict
    if not has_lasted(evidence.state, evidence.config, evidence.history):
        return verdict._replace(kind=UNKNOWN, headline="Can't tell yet")
    return verdict._replace(headline=f"{verdict.headline}, so far")


def _verdict(evidence: Evidence, status: RunStatus) -> _Verdict:
    convergence = evidence.convergence
    if convergence.state is State.UNKNOWN:
        line = f"It takes {FEWEST_EPOCHS} epochs to see a trend."
        return _Verdict(UNKNOWN, "Can't tell yet", line)
    if convergence.state is State.DIVERGED:
        why = divergence_words.explain(evidence.history, evidence.config)
        return _Verdict(TROUBLE, "Diverged", why)
    trend = convergence.trend
    assert trend is not None  # all other states are judged by it
    match convergence.state:
        case State.STUCK:
            return _Verdict(TROUBLE, "At chance level", _stuck(trend))
        case State.OSCILLATING:
            return _Verdict(TROUBLE, "Oscillating", _oscillating(trend))
        case State.PAST_BEST:
            return _Verdict(BEGAN, "Past its best", _past_best(trend))
        case State.CONVERGED:
            return _Verdict(NONE, f"Converged since epoch {convergence.since}", _level(trend))
    outlook = _outlook(evidence.config, convergence, status)
    return _Verdict(NONE, "Still improving", _falling(trend), outlook)


def _stuck(trend: Trend) -> str:
    return (
        f"{_subject(trend)} is {formatting.loss(trend.now)}, with no clear fall. Giving every "
        f"digit 10% means a loss of {formatting.loss(CHANCE_LOSS)}."
    )


def _oscillating(trend: Trend) -> str:
    if not trend.oscillation:
        return f"{_subject(trend)} rose again, and training loss rose too."
    oscillation = formatting.percent(-math.expm1(-trend.oscillation), 1)
    return (
        f"On average the {_name(trend)} swung up and back by {oscillation} per epoch, more than "
        f"chance explains; it is now {formatting.loss(trend.now)}."
    )


def _past_best(trend: Trend) -> str:
    best = min(trend.points, key=trend.loss)
    return (
        f"{_subject(trend)} was lowest in epoch {best.epoch}. Since then the network has improved "
        "only on its training images."
    )


def _level(trend: Trend) -> str:
    return (
        f"{_subject(trend)} is level at {formatting.loss(trend.now)}: over the last "
        f"{trend.stretch} epochs it fell by {_pace(trend)}."
    )


def _falling(trend: Trend) -> str:
    if trend.pace <= 0:
        now = formatting.loss(trend.now)
        return f"{_subject(trend)} rose for a while, and falls again: it is {now}."
    return (
        f"Over the last {trend.stretch} epochs the {_name(trend)} fell by {_pace(trend)}, to "
        f"{formatting.loss(trend.now)}."
    )


def _outlook(config: RunConfig, convergence: Convergence, status: RunStatus) -> str:
    forecast = convergence.forecast
    if forecast is not None:
        epochs = f"{forecast.epochs} epoch{'s' if forecast.epochs > 1 else ''}"
        between = f"{formatting.loss(forecast.low)}–{formatting.loss(forecast.high)}"
        likely = f"{formatting.loss(forecast.loss)} ({between})"
        return f"After another {epochs} the loss will likely be about {likely}."
    if config.schedule == "constant":
        trend = convergence.trend
        if trend is None or trend.earlier_pace is None:
            return "A forecast needs five epochs."
        if not has_constant_rate(config, trend):
            return "The learning rate was changed; a forecast needs more epochs without a change."
        return "There is no forecast until the loss has fallen further."
    if status.is_active:
        return "The learning rate changes during the run, so there is no forecast yet."
    return "The learning-rate schedule is finished; training longer restarts it."


def _pace(trend: Trend) -> str:
    """Write the mean relative fall of the loss per recent epoch, and its margin."""
    margin = NORMAL_95 * trend.pace_error * math.exp(-trend.pace)
    pace = formatting.percent_with_margin(-math.expm1(-trend.pace), margin, 1)
    return f"{pace} per epoch (95% CI)"


def _subject(trend: Trend) -> str:
    return _name(trend).capitalize()


def _name(trend: Trend) -> str:
    return "validation loss" if trend.split is Split.VALIDATION else "training loss"
