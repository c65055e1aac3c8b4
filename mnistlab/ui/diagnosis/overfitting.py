"""Texts on overfitting, with the evidence."""

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
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import Measure
from mnistlab.ui import formatting
from mnistlab.ui.components.verdict.verdict import BEGAN, NONE, UNKNOWN, section

HOW_IT_IS_JUDGED = f"""
<p>Overfitting is judged by the validation images, which the network never learns from. Two
epochs are compared image by image (a paired test), so it does not matter that some images are
harder. An epoch counts as worse than the best if its mean is worse by more than {THRESHOLD}
standard errors of these differences. Overfitting began among the epochs not clearly worse than
the best; with 5,000 other images it would fall there about 9 times in 10. It counts only if the
last two epochs are both worse and training loss still fell. ± is a 95% confidence interval (CI).
Sources: Dietterich 1998 on paired tests, Hsu 1981 on intervals for the best.</p>
"""

_UNKNOWN = {
    Unknown.NO_VALIDATION: (
        "Can't tell: no validation images",
        "Overfitting shows only on images not used for training. Set some under More settings.",
    ),
    Unknown.FEW_IMAGES: (
        "Can't tell: too few validation images",
        f"With so few images the result is mostly chance; use at least {FEWEST_IMAGES}.",
    ),
    Unknown.NO_ERRORS: (
        "Can't tell: measurements missing",
        "An earlier version trained this run. Train the same settings again to see it.",
    ),
    Unknown.EARLY: (
        "Can't tell yet",
        f"It takes {FEWEST_EPOCHS} epochs: a best one, and two worse ones after it.",
    ),
    Unknown.PERHAPS: (
        "Can't tell yet",
        "The last epoch is worse than the best by more than chance explains. If the next one is "
        "worse too, overfitting has begun.",
    ),
}


def notes(findings: Mapping[Measure, Finding]) -> Markup:
    """Return the verdicts by accuracy and by loss as HTML, or one that holds for both."""
    if len(set(map(_reason, findings.values()))) == 1:
        [finding, *_] = findings.values()
        if isinstance(finding, Unknown):
            return section("Overfitting", UNKNOWN, *_UNKNOWN[finding])
    return Markup().join(
        section(f"Overfitting, by {measure}", *_verdict(finding, measure))
        for measure, finding in findings.items()
    )


def _reason(finding: Finding) -> Unknown | None:
    return finding if isinstance(finding, Unknown) else None


def _verdict(finding: Finding, measure: Measure) -> tuple[str, ...]:
    """Return the kind of verdict, its headline, a line, and perhaps further evidence."""
    if isinstance(finding, Unknown):
        return (UNKNOWN, *_UNKNOWN[finding])
    if isinstance(finding, NotSeen):
        return NONE, "None so far", _why_not(finding, measure)
    headline = f"Began at epoch {finding.best.epoch}"
    return BEGAN, headline, _interval(finding), _evidence(finding, measure)


def _evidence(onset: Onset, measure: Measure) -> str:
    figure = f"Validation {measure} was {_figure(onset.best, measure)} and is now "
    figure += f"{_figure(onset.now, measure)}: worse by {_amount(onset.change, measure)}."
    training = f"Meanwhile training loss fell from {formatting.loss(onset.best.train_loss)} to "
    training += f"{formatting.loss(onset.now.train_loss)}."
    if measure is Measure.ACCURACY:
        return f"{figure} {training}"
    return f"{figure} {training} {_what_it_costs(onset.accuracy_change)} {_WHAT_TO_TRY}"


_WHAT_TO_TRY = "To delay it, try more images, data augmentation, dropout or weight decay."


def _interval(onset: Onset) -> str:
    if onset.earliest == onset.latest:
        return "No other epoch comes close."
    return f"It began between epochs {onset.earliest} and {onset.latest}."


def _what_it_costs(change: Change) -> str:
    if change.is_beyond_chance:
        return f"Validation accuracy fell too, by {_amount(change, Measure.ACCURACY)}."
    return (
        "Validation accuracy has not clearly dropped; the network is more confident in its "
        "mistakes."
    )


def _why_not(finding: NotSeen, measure: Measure) -> str:
    best, now = (_figure(point, measure) for point in (finding.best, finding.now))
    if finding.best is finding.now:
        return f"Validation {measure} is at its best in the last epoch: {now}."
    if best == now:
        return (
            f"Validation {measure} is {now}, the same as in epoch {finding.best.epoch}, its best."
        )
    compared = f"Validation {measure} is now {now}; its best was {best}, in epoch "
    compared += f"{finding.best.epoch}."
    if finding.change.is_beyond_chance:
        return (
            f"{compared} Training loss rose too, so this is not overfitting; the steps are "
            "probably too big."
        )
    return f"{compared} Chance may explain the difference."


def _figure(point: EpochPoint, measure: Measure) -> str:
    if measure is Measure.LOSS:
        return formatting.loss(point.validation_loss)
    return formatting.percent(point.validation_accuracy)


def _amount(change: Change, measure: Measure) -> str:
    margin = NORMAL_95 * change.error
    if measure is Measure.LOSS:
        return f"{formatting.with_margin(change.worse, margin)} (95% CI)"
    points = formatting.with_margin(100 * change.worse, 100 * margin)
    return f"{points} percentage points (95% CI)"
