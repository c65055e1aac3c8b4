"""What the rate page says: of the network, the suggestion, and the checks."""

from collections.abc import Sequence

from markupsafe import Markup

from mnistlab.core.analysis.metrics import NORMAL_95, wilson_interval
from mnistlab.core.analysis.range_test.check import Verdict
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
from mnistlab.core.settings.kinds import write_number
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.training.events import EpochPoint
from mnistlab.ui import formatting as wording
from mnistlab.ui.components.verdict.verdict import BEGAN, NONE, UNKNOWN, section
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.overlay.table import cells, scrolling_table

INTRODUCTION = f"""
<div class="lab-status"><span>One short run tries all learning rates from
{write_number(LOWEST_RATE)} to {write_number(HIGHEST_RATE)}; its loss shows which are good.</span>
</div><div class="lab-bar" aria-hidden="true"></div>
"""
"""In the place of the status that comes when the test is started."""

HOW_IT_WORKS = f"""
<details class="lab-details"><summary>How this works</summary>
<p>In a range test the network trains while its learning rate rises at every step, from
{write_number(LOWEST_RATE)} to {write_number(HIGHEST_RATE)}. At first the steps are too small to
change anything; then the loss falls, ever faster; in the end the steps are so big that they
destroy what was learned. A good rate is a big one that does not yet destroy.</p>
<p>Each point is the mean loss of a few steps, on training images and before the step. The line
is the mean over neighbouring points, within about a tenth of a power of ten; a spike of one or two
points is left out of it. A test this short
only says where to look; that is why three real runs follow. The lowest validation loss wins,
though a longer run may yet prefer another rate. ± and the numbers in brackets are 95 %
intervals.</p>
<p>Source: L. N. Smith 2015, Cyclical Learning Rates for Training Neural
Networks, section 3.3.</p></details>
"""

_NO_SUGGESTION = {
    NoSuggestion.EARLY: (
        "Can't tell yet",
        "The test ended before the loss had fallen and risen again. Start it again, and let it "
        "run to its end.",
    ),
    NoSuggestion.NEVER_FELL: (
        "No rate helps",
        "The loss did not fall at any learning rate, so the rate is not the trouble. Look at the "
        "initial weights, the activation and the number of layers.",
    ),
}


def network(config: RunConfig) -> str:
    """Write in a line which network the rate is for."""
    optimizer = OPTIMIZERS[config.optimizer]
    has_momentum = optimizer.takes_momentum and config.momentum
    momentum = f", momentum {write_number(config.momentum)}" if has_momentum else ""
    layers = "no hidden layer"
    if config.hidden_layers:
        layers = f"{wording.network(config)}, {ACTIVATIONS[config.activation].label}"
    return (
        f"{layers}, {optimizer.label}{momentum}, batches of {config.batch_size:,} from "
        f"{config.training_images:,} training images"
    )


def suggestion(found: Suggestion | NoSuggestion) -> Markup:
    """Return HTML that says what the curve suggests, and by what evidence."""
    if isinstance(found, NoSuggestion):
        return section("Suggested learning rate", UNKNOWN, *_NO_SUGGESTION[found])
    rate = write_number(found.rate)
    return section("Suggested learning rate", BEGAN, rate, _reason(found))


def _reason(found: Suggestion) -> str:
    nearly, lowest = (write_number(round_rate(each)) for each in (found.nearly, found.lowest))
    said = (
        f"Training loss fell from {wording.loss(found.start)} to {wording.loss(found.loss)}. Nine "
        f"tenths of that were done at {nearly}, and it was lowest at {lowest}. In the middle of "
        "the two it learns fast, at a distance from where it breaks."
    )
    if found.too_big is None:
        return said
    too_big = write_number(round_rate(found.too_big))
    return f"{said} From {too_big} on, all that was learned is lost."


def live_numbers(curve: RangeCurve | None) -> Markup:
    """Return the numbers of a test that goes on, as HTML."""
    rate = wording.NOTHING if curve is None else write_number(round_rate(float(curve.rates[-1])))
    loss = wording.NOTHING if curve is None else wording.loss(float(curve.losses[-1]))
    return section("Learning rate now", UNKNOWN, rate, f"Training loss {loss}")


def checks(
    followed: Sequence[RunSnapshot | None], rates: Sequence[float], best: float | None
) -> Markup:
    """Return the table of checks as HTML, from the lowest rate to the highest."""
    rows = [_row(run, rate, rate == best) for run, rate in zip(followed, rates, strict=True)]
    return scrolling_table("Checks", _HEADS, rows, "lab-checks")


_HEADS = ("Learning rate", "Validation loss", "Validation accuracy", "Training loss", "State")


def _row(run: RunSnapshot | None, rate: float, is_best: bool) -> Markup:
    mark = Markup(" <small>best</small>") if is_best else ""
    return Markup('<tr><th scope="row"><div>{}{}</div></th>{}</tr>').format(
        write_number(rate), mark, cells(_cells(run))
    )


def _cells(run: RunSnapshot | None) -> tuple[str, ...]:
    if run is None:
        return (wording.NOTHING,) * 3 + ("not started",)
    if run.status in (RunStatus.DIVERGED, RunStatus.FAILED):
        return (wording.NOTHING,) * 3 + (wording.STATUS_WORDS[run.status],)
    history, images = run.history, run.config.validation_images
    last = history.epochs[-1] if history.epochs else None
    loss = wording.loss(last.train_loss if last else None)
    best = history.best_epoch
    if best is None or best.validation_accuracy is None:
        return wording.NOTHING, wording.NOTHING, loss, _state(run)
    interval = wilson_interval(round(best.validation_accuracy * images), images)
    accuracy = f"{wording.percent(best.validation_accuracy)} ({wording.percent_interval(interval)})"
    return _validation_loss(best), accuracy, loss, _state(run)


def _state(run: RunSnapshot) -> str:
    if run.wait is not None:
        return f"Waiting, number {run.wait.place}"
    if run.status is RunStatus.RUNNING:
        done = run.history.epochs_trained
        return f"epoch {done:.1f} of {run.config.epochs}"
    return wording.STATUS_WORDS[run.status]


def _validation_loss(point: EpochPoint) -> str:
    if point.errors is None or point.validation_loss is None:
        return wording.loss(point.validation_loss)
    return wording.loss_with_margin(point.validation_loss, NORMAL_95 * point.errors.loss)


def verdict(found: Verdict | None, rates: Sequence[float], images: int) -> Markup:
    """Return HTML that says which rate was best, and whether that is sure.

    Args:
        found: What the checks say that have all ended; None if all of them failed.
        rates: All that were checked, from the lowest to the highest.
        images: Validation images of each run.
    """
    if found is None:
        return section(_BEST, UNKNOWN, "None", _ALL_FAILED)
    details = " ".join(filter(None, [_how_sure(found, images), _beyond(found, rates)]))
    is_sure = found.is_validated and len(found.level) == 1
    kind = BEGAN if is_sure else NONE
    return section(_BEST, kind, write_number(found.rate), details)


_BEST = "Best of the three"
_ALL_FAILED = "All three failed, so that the suggestion does not hold. Try a tenth of it."


def _how_sure(found: Verdict, images: int) -> str:
    rate = write_number(found.rate)
    if not found.is_validated:
        return (
            "It had the lowest training loss. Without validation images it can't be told how sure "
            "that is, nor how it does on digits it has not learned from."
        )
    if len(found.level) == 1:
        return (
            "It had the lowest validation loss, by more than the luck of "
            f"{images:,} validation images explains."
        )
    *others, last = map(write_number, found.level)
    level = f"{', '.join(others)} and {last}"
    choice = "either" if len(found.level) == 2 else "any of them"
    return (
        f"{rate} had the lowest validation loss. But {level} can't be told apart by {images:,} "
        f"validation images, for their 95 % intervals overlap: {choice} will do."
    )


def _beyond(found: Verdict, rates: Sequence[float]) -> str:
    if found.rate == rates[0]:
        return "As the lowest was best, a still lower one may be better."
    if found.rate == rates[-1]:
        return "As the highest was best, a still higher one may be better."
    return ""
