"""What is said of overfitting, in words and with its evidence."""

from collections.abc import Mapping

from markupsafe import Markup

from mnistlab.core.analysis.diagnosis.change import THRESHOLD, Change
from mnistlab.core.analysis.diagnosis.overfitting import (
    FEWEST_EPOCHS,
    FEWEST_IMAGES,
    Finding,
    NotSeen,
    Onset,
    Unknown,
)
from mnistlab.core.analysis.metrics import NORMAL_95
from mnistlab.core.run import RunStatus
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import Measure
from mnistlab.ui import formatting as wording
from mnistlab.ui.components.verdict.verdict import BEGAN, NONE, UNKNOWN, section, verdicts

HOW_IT_IS_JUDGED = f"""
<p>Overfitting: after every epoch the network reads the same validation images, from which it
does not learn. Two epochs are compared image by image, so that it does not matter that some
images are harder than others: a paired test. An epoch counts as worse than the best if its
mean is worse by more than {THRESHOLD} standard errors of these differences. The epochs between
which overfitting began are those that can't be told from the best in this way; about nine
times in ten another 5,000 images would put it between them, too. It counts only if the
last two epochs are both worse, and the training loss still fell. ± is a 95 % interval. Sources:
Dietterich 1998 on paired tests, Hsu 1981 on intervals for the best.</p>
"""

_UNKNOWN = {
    Unknown.NO_VALIDATION: (
        "Can't tell: no validation images",
        "Only images that it does not learn from could show it. Set some under More settings.",
    ),
    Unknown.FEW_IMAGES: (
        "Can't tell: too few validation images",
        f"Chance decides what a handful shows; it takes {FEWEST_IMAGES} at least.",
    ),
    Unknown.NO_ERRORS: (
        "Can't tell: the evidence was not kept",
        "This run was trained by an earlier version. The same settings give the same run again.",
    ),
    Unknown.EARLY: (
        "Can't tell yet",
        f"It takes {FEWEST_EPOCHS} epochs: one that is best, and two after it that are worse.",
    ),
    Unknown.PERHAPS: (
        "Can't tell yet",
        "The last epoch is worse than the best by more than chance explains. That may be one "
        "odd step; if the next epoch is worse as well, overfitting has begun.",
    ),
}


def notes(findings: Mapping[Measure, Finding], status: RunStatus) -> Markup:
    """Return HTML that says side by side what was found, and by what evidence."""
    sections = [
        section(f"Overfitting, by {measure}", *_say(finding, measure))
        for measure, finding in findings.items()
    ]
    return verdicts(sections, status, "overfitting")


def _say(finding: Finding, measure: Measure) -> tuple[str, str, str]:
    if isinstance(finding, Unknown):
        return (UNKNOWN, *_UNKNOWN[finding])
    if isinstance(finding, NotSeen):
        return NONE, "None so far", _why_not(finding, measure)
    return BEGAN, f"Began at epoch {finding.best.epoch}", _evidence(finding, measure)


def _evidence(onset: Onset, measure: Measure) -> str:
    figure = f"{_interval(onset)} Validation {measure} was {_figure(onset.best, measure)} and is "
    figure += f"{_figure(onset.now, measure)} now: worse by {_amount(onset.change, measure)}."
    training = f"Training loss fell from {wording.loss(onset.best.train_loss)} to "
    training += f"{wording.loss(onset.now.train_loss)} meanwhile."
    if measure is Measure.ACCURACY:
        return f"{figure} {training}"
    return f"{figure} {training} {_what_it_costs(onset.accuracy_change)} {_WHAT_TO_TRY}"


_WHAT_TO_TRY = "To put it off: more or distorted images, dropout, weight decay."


def _interval(onset: Onset) -> str:
    if onset.earliest == onset.latest:
        return "No other epoch comes close."
    return f"Between epochs {onset.earliest} and {onset.latest}."


def _what_it_costs(change: Change) -> str:
    if change.is_beyond_chance:
        return f"It also costs validation accuracy: {_amount(change, Measure.ACCURACY)}."
    return "Validation accuracy did not suffer: surer mistakes, but no more of them."


def _why_not(finding: NotSeen, measure: Measure) -> str:
    best, now = (_figure(point, measure) for point in (finding.best, finding.now))
    if finding.best is finding.now:
        return f"Validation {measure} is at its best so far: {now}."
    if best == now:
        return f"Validation {measure} is {now}, as in epoch {finding.best.epoch}, its best."
    compared = f"Validation {measure} is {now} now and was {best} at best, in epoch "
    compared += f"{finding.best.epoch}"
    if finding.change.is_beyond_chance:
        return f"{compared}. But training loss rose as well, so the steps are too big instead."
    return f"{compared}: a difference that chance explains."


def _figure(point: EpochPoint, measure: Measure) -> str:
    if measure is Measure.LOSS:
        return wording.loss(point.validation_loss)
    return wording.percent(point.validation_accuracy)


def _amount(change: Change, measure: Measure) -> str:
    margin = NORMAL_95 * change.error
    if measure is Measure.LOSS:
        return wording.with_margin(change.worse, margin)
    return f"{wording.with_margin(100 * change.worse, 100 * margin)} points"
