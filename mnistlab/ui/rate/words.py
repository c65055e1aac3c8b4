"""Texts of the Learning rate page: the network, the suggestion, the checks."""

from collections.abc import Sequence

from markupsafe import Markup

from mnistlab.core.analysis.metrics import NORMAL_95, wilson_interval
from mnistlab.core.analysis.range_test.check import RateCheckResult
from mnistlab.core.analysis.range_test.suggestion import (
    HIGHEST_RATE,
    LOWEST_RATE,
    NoSuggestion,
    RangeCurve,
    Suggestion,
    round_rate,
)
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.core.training.events import EpochPoint
from mnistlab.ui import formatting
from mnistlab.ui.components.verdict.verdict import BEGAN, NONE, UNKNOWN, section
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.overlay.table import cells, scrolling_table

INTRODUCTION = f"""
<div class="lab-status"><span>One short run tries learning rates from
{write_number(LOWEST_RATE)} to {write_number(HIGHEST_RATE)}; its loss shows which work.</span>
</div><div class="lab-bar" aria-hidden="true"></div>
"""
"""In the place of the status line, before the test is started."""

HOW_IT_WORKS = f"""
<details class="lab-details"><summary>How this works</summary>
<p>In an LR range test the network trains while its learning rate (LR) rises at every step, from
{write_number(LOWEST_RATE)} to {write_number(HIGHEST_RATE)}. At first the steps are too small to
change anything. Then the loss falls, faster and faster. In the end the steps are so big that
everything learned is lost. A good learning rate is high, but safely below that.</p>
<p>Each point is the mean training loss of a few steps, measured before each step. The line
is the mean over neighbouring points, within about a tenth of a power of ten. It leaves out
spikes of one or two points. So short a test only shows where to look, so three real runs follow.
The lowest validation loss wins, though another learning rate may be better for a longer run.
± and the numbers in brackets are 95% confidence intervals (CI).</p>
<p>Source: L. N. Smith 2015, Cyclical Learning Rates for Training Neural
Networks, section 3.3.</p></details>
"""

_NO_SUGGESTION = {
    NoSuggestion.EARLY: (
        "Can't tell yet",
        "The test ended before the loss had fallen and risen again. Start it again and let it "
        "finish.",
    ),
    NoSuggestion.NEVER_FELL: (
        "No learning rate works",
        "The loss did not fall at any learning rate, so something else is wrong. Check the "
        "weight initialization, the activation function and the number of layers.",
    ),
}


def network(config: RunConfig) -> str:
    """Write the network that is tested, in one line."""
    optimizer = OPTIMIZERS[config.optimizer]
    has_momentum = optimizer.takes_momentum and config.momentum
    momentum = f", momentum {write_number(config.momentum)}" if has_momentum else ""
    layers = "no hidden layer"
    if config.hidden_layers:
        layers = f"{formatting.network(config)}, {ACTIVATIONS[config.activation].label}"
    return (
        f"{layers}, {optimizer.label}{momentum}, batches of {config.batch_size:,} from "
        f"{config.training_images:,} training images"
    )


def suggestion(found: Suggestion | NoSuggestion) -> Markup:
    """Return the suggestion and its evidence as HTML."""
    if isinstance(found, NoSuggestion):
        return section("Suggested learning rate", UNKNOWN, *_NO_SUGGESTION[found])
    rate = write_number(found.rate)
    return section("Suggested learning rate", BEGAN, rate, _reason(found))


def _reason(found: Suggestion) -> str:
    nearly, lowest = (write_number(round_rate(each)) for each in (found.nearly, found.lowest))
    reason = (
        f"Training loss fell from {formatting.loss(found.start)} to {formatting.loss(found.loss)}; "
        f"90% of the fall was reached at {nearly}, the minimum at {lowest}. Midway between them "
        "(on a log scale) it learns fast, safely below where training breaks down."
    )
    if found.too_big is None:
        return reason
    too_big = write_number(round_rate(found.too_big))
    return f"{reason} At {too_big} and above, everything learned is lost."


def live_numbers(curve: RangeCurve | None) -> Markup:
    """Return the numbers of an active test as HTML."""
    rate = formatting.NOTHING if curve is None else write_number(round_rate(float(curve.rates[-1])))
    loss = formatting.NOTHING if curve is None else formatting.loss(float(curve.losses[-1]))
    return section("Learning rate now", UNKNOWN, rate, f"Training loss {loss}")


def checks(
    followed: Sequence[RunSnapshot | None], rates: Sequence[float], best: float | None
) -> Markup:
    """Return the table of checks as HTML, by increasing learning rate."""
    rows = [_row(run, rate, rate == best) for run, rate in zip(followed, rates, strict=True)]
    return scrolling_table("Checks", _HEADS, rows, "lab-ranking lab-checks")


_HEADS = (
    "Learning rate",
    "Validation loss (± 95% CI)",
    "Validation accuracy (95% CI)",
    "Training loss",
    "Status",
)


def _row(run: RunSnapshot | None, rate: float, is_best: bool) -> Markup:
    mark = Markup(" <small>best</small>") if is_best else ""
    return Markup('<tr><th scope="row"><div>{}{}</div></th>{}</tr>').format(
        write_number(rate), mark, cells(_cells(run))
    )


def _cells(run: RunSnapshot | None) -> tuple[str, ...]:
    if run is None:
        return (formatting.NOTHING,) * 3 + ("Not started",)
    if run.status in (RunStatus.DIVERGED, RunStatus.FAILED):
        return (formatting.NOTHING,) * 3 + (formatting.STATUS_WORDS[run.status],)
    history, images = run.history, run.config.validation_images
    last = history.epochs[-1] if history.epochs else None
    loss = formatting.loss(last.train_loss if last else None)
    best = history.best_epoch
    if best is None or best.validation_accuracy is None:
        return formatting.NOTHING, formatting.NOTHING, loss, _state(run)
    interval = wilson_interval(round(best.validation_accuracy * images), images)
    accuracy = (
        f"{formatting.percent(best.validation_accuracy)} ({formatting.percent_interval(interval)})"
    )
    return _validation_loss(best), accuracy, loss, _state(run)


def _state(run: RunSnapshot) -> str:
    if run.wait is not None:
        return f"Queued, number {run.wait.place}"
    if run.status is RunStatus.RUNNING:
        done = run.history.epochs_trained
        return f"Epoch {done:.1f} of {run.config.epochs}"
    return formatting.STATUS_WORDS[run.status]


def _validation_loss(point: EpochPoint) -> str:
    if point.errors is None or point.validation_loss is None:
        return formatting.loss(point.validation_loss)
    return formatting.loss_with_margin(point.validation_loss, NORMAL_95 * point.errors.loss)


def verdict(
    found: RateCheckResult | None, rates: Sequence[float], images: int, *, all_diverged: bool
) -> Markup:
    """Return the best learning rate and its certainty as HTML.

    Args:
        found: The result of the checks, which have all ended; None if all of them failed.
        rates: The learning rates checked, in increasing order.
        images: Validation images of each run.
        all_diverged: Whether every run diverged, rather than crashed.
    """
    if found is None:
        why = _ALL_DIVERGED if all_diverged else _NONE_FINISHED
        return section(_BEST, UNKNOWN, "None", why)
    details = " ".join(filter(None, [_how_sure(found, images), _beyond(found, rates)]))
    is_sure = found.is_validated and len(found.level) == 1
    kind = BEGAN if is_sure else NONE
    return section(_BEST, kind, write_number(found.rate), details)


_BEST = "Best of the three"
_ALL_DIVERGED = "All three diverged, so the suggestion does not work. Try a tenth of it."
_NONE_FINISHED = "None of the three finished, so the suggestion is not checked. Try again."


def _how_sure(found: RateCheckResult, images: int) -> str:
    rate = write_number(found.rate)
    if not found.is_validated:
        return (
            "It had the lowest training loss. Without validation images it is unclear how reliable "
            "that is, or how well the network does on unseen digits."
        )
    if len(found.level) == 1:
        return (
            "It had the lowest validation loss, by more than chance explains with "
            f"{images:,} validation images."
        )
    level = formatting.listed([*map(write_number, found.level)])
    choice = "either" if len(found.level) == 2 else "any of them"
    return (
        f"{rate} had the lowest validation loss. But {images:,} validation images show no clear "
        f"difference between {level}: their 95% CIs overlap, so {choice} will do."
    )


def _beyond(found: RateCheckResult, rates: Sequence[float]) -> str:
    if found.rate == rates[0]:
        return "The lowest was best, so an even lower one may be better."
    if found.rate == rates[-1]:
        return "The highest was best, so an even higher one may be better."
    return ""
