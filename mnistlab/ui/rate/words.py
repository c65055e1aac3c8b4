"""Texts of the Learning rate page: the suggestion, what is checked, the checks' verdict."""

from collections.abc import Sequence

from markupsafe import Markup

from mnistlab.core.analysis.range_test.check import RateCheckResult
from mnistlab.core.analysis.range_test.suggestion import (
    HIGHEST_RATE,
    LOWEST_RATE,
    NoSuggestion,
    RangeCurve,
    Suggestion,
    is_range_test,
    round_rate,
)
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.ui import formatting
from mnistlab.ui.components.verdict.verdict import BEGAN, NONE, UNKNOWN, section
from mnistlab.ui.live.snapshot import RunSnapshot

NOT_STARTED = Markup(
    '<div class="lab-status"><i class="lab-dot"></i><b>Not started</b></div>'
    '<div class="lab-bar" aria-hidden="true"></div>'
)
"""In the place of a run's status line."""

CHART_KEY = Markup(
    '<div class="lab-key"><b>Training loss</b><span><i></i>smoothed</span>'
    '<span class="measured"><i></i>measured</span></div>'
)

_INTRODUCTION = (
    f"One short run tries learning rates from {write_number(LOWEST_RATE)} to "
    f"{write_number(HIGHEST_RATE)}; its loss shows which work."
)

_HOW_IT_WORKS = Markup(
    f"""
<p>In an LR range test the network trains while its learning rate (LR) rises at every step, from
{write_number(LOWEST_RATE)} to {write_number(HIGHEST_RATE)}. At first the steps are too small to
change anything. Then the loss falls, faster and faster. In the end the steps are so big that
everything learned is lost. A good learning rate is high, but safely below that.</p>
<p>Each point is the mean training loss of a few steps, measured before each step. The line
is the mean over neighbouring points, within about a tenth of a power of ten. It leaves out
spikes of one or two points. So short a test only shows where to look, so three real runs follow.
The lowest validation loss wins, though another learning rate may be better for a longer run.
The numbers after ± and below the accuracies are 95% confidence intervals (CI).</p>
<p>Source: L. N. Smith 2015, Cyclical Learning Rates for Training Neural
Networks, section 3.3.</p>"""
)
_FORM_HAS_THE_TEST = (
    "The schedule in the form is the LR range test itself. The short runs and the form get a "
    "constant learning rate instead."
)

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


def how_it_works(config: RunConfig, found: Suggestion | None, how_it_ended: str) -> Markup:
    """Return what is tested, what the suggestion follows from, and the method, folded.

    Args:
        config: The form's settings.
        found: The suggestion, if there is one.
        how_it_ended: In words, if the test diverged.
    """
    paragraphs = [f"For {network(config)}."]
    if is_range_test(config):
        paragraphs.append(_FORM_HAS_THE_TEST)
    if found is not None:
        paragraphs.append(_evidence(found))
    if how_it_ended:
        paragraphs.append(how_it_ended)
    texts = Markup().join(Markup("<p>{}</p>").format(text) for text in paragraphs)
    return Markup(
        '<details class="lab-details"><summary>How this works</summary>{}{}</details>'
    ).format(texts, _HOW_IT_WORKS)


def _evidence(found: Suggestion) -> str:
    nearly, lowest = (write_number(round_rate(each)) for each in (found.nearly, found.lowest))
    return (
        f"90% of the fall in training loss was reached at a learning rate of {nearly}, the minimum "
        f"at {lowest}. The suggestion is midway between them (on a log scale): there the network "
        "learns fast, safely below where training breaks down."
    )


def suggestion(found: Suggestion | NoSuggestion) -> Markup:
    """Return the suggestion and its reason as HTML."""
    if isinstance(found, NoSuggestion):
        return section(_SUGGESTED, UNKNOWN, *_NO_SUGGESTION[found])
    reason = (
        f"Training loss fell from {formatting.loss(found.start)} to {formatting.loss(found.loss)}."
    )
    if found.too_big is not None:
        too_big = write_number(round_rate(found.too_big))
        reason += f" At {too_big} and above, everything learned is lost."
    return section(_SUGGESTED, BEGAN, write_number(found.rate), reason)


def not_yet(curve: RangeCurve | None) -> Markup:
    """Return what stands in the suggestion's place until the test has ended, as HTML."""
    if curve is None:
        return section(_SUGGESTED, UNKNOWN, "Not yet", _INTRODUCTION)
    rate = write_number(round_rate(float(curve.rates[-1])))
    loss = formatting.loss(float(curve.losses[-1]))
    return section(_SUGGESTED, UNKNOWN, "Not yet", f"Training loss is {loss} at {rate}.")


_SUGGESTED = "Suggested learning rate"


def what_is_checked(configs: Sequence[RunConfig]) -> Markup:
    """Return what the checks are, in the verdict's place, as HTML."""
    epochs = "1 epoch" if configs[0].epochs == 1 else f"{configs[0].epochs} epochs"
    return Markup(
        '<p class="lab-note">The check: short runs of {} with your settings, at ⅓, 1 and 3 times '
        "the suggested learning rate.</p>"
    ).format(epochs)


def verdict(
    found: RateCheckResult | None, runs: Sequence[RunSnapshot], reasons: Sequence[str]
) -> Markup:
    """Return the best learning rate and its certainty as HTML.

    Args:
        found: The result of the checks; None if all of them failed.
        runs: The checks, which have all ended, by increasing learning rate.
        reasons: Why some of them have no result.
    """
    evidence = " ".join(reasons)
    if found is None:
        all_diverged = all(run.status is RunStatus.DIVERGED for run in runs)
        why = _ALL_DIVERGED if all_diverged else _NONE_FINISHED
        return section(_BEST, UNKNOWN, "None", why, evidence)
    images = runs[0].config.validation_images
    rates = [run.config.learning_rate for run in runs]
    line = " ".join(filter(None, [_how_sure(found, images), _beyond(found, rates)]))
    is_sure = found.is_validated and len(found.level) == 1
    return section(_BEST, BEGAN if is_sure else NONE, write_number(found.rate), line, evidence)


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
