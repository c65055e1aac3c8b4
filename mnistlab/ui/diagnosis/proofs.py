"""Texts on what tests of single changes show: proven, or ruled out, with the numbers."""

from collections.abc import Sequence

from mnistlab.core.analysis.diagnosis.proof import MATTERS, WELL, Finding
from mnistlab.core.analysis.diagnosis.remedies import remedied
from mnistlab.core.analysis.metrics import NORMAL_95
from mnistlab.core.analysis.paired import Gain
from mnistlab.core.formatting import listed
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.ui import formatting
from mnistlab.ui.diagnosis.changes import describe_change


def title(finding: Finding) -> str:
    """Return how sure it is, for the line above a headline."""
    return _TITLES[finding]


def result(
    finding: Finding, before: RunConfig, after: RunConfig, reached: float, gain: Gain
) -> str:
    """Write what a test showed.

    Args:
        finding: What it means.
        before: The settings of the run in question.
        after: Those of the test.
        reached: Validation accuracy of the test, from 0 to 1.
        gain: How much better it is than the run in question.
    """
    now, then = (formatting.percent(share, 1) for share in (reached, reached - gain.accuracy))
    margin = 100 * NORMAL_95 * gain.accuracy_error
    points = formatting.with_margin(100 * gain.accuracy, margin).replace("-", "\N{MINUS SIGN}")
    figures = f"{now} of the validation images instead of {then}: {points} percentage points"
    change, meaning = describe_change(before, after), _meaning(finding, gain)
    return f"With {change}, {figures} (95% CI). {meaning}"


def _meaning(finding: Finding, gain: Gain) -> str:
    if finding is Finding.HELPS and not gain.is_accuracy_better:
        return f"That may be chance, but the loss is lower by {_loss(gain)}: it helps a little."
    if finding is Finding.HELPS and gain.accuracy < MATTERS:
        return "It helps a little."
    if finding is Finding.NOTHING and gain.accuracy > NORMAL_95 * gain.accuracy_error:
        return "So little may be chance: not proven to help."
    return _MEANINGS[finding] if gain.accuracy else "No difference: that was not it."


def _loss(gain: Gain) -> str:
    return formatting.with_margin(gain.loss or 0.0, NORMAL_95 * (gain.loss_error or 0.0))


def question(before: RunConfig, remedy: str) -> str:
    """Write what a test is to find out."""
    return f"The same run with {describe_change(before, remedied(before, remedy))}."


_TITLES = {
    Finding.CAUSE: "Proven cause",
    Finding.LEADS: "Proven to help",
    Finding.HELPS: "Proven to help",
    Finding.NOTHING: "Ruled out",
    Finding.WORSE: "Ruled out",
}
_MEANINGS = {
    Finding.CAUSE: "That was it.",
    Finding.LEADS: "The best so far.",
    Finding.HELPS: "It helps, but it is not what matters most here.",
    Finding.NOTHING: "Chance explains the difference: that was not it.",
    Finding.WORSE: "Worse: that was not it.",
}


def summary(causes: int, tested: int, left: int, accuracy: float) -> str:
    """Write what all tests of a run together show.

    Args:
        causes: How many changes are proven causes.
        tested: How many changes were tested.
        left: How many are still to be tested.
        accuracy: What the run itself reached on the validation images, from 0 to 1.
    """
    changes = "1 change" if tested == 1 else f"{tested} changes"
    if causes:
        alone = "" if tested == 1 else ", one at a time"
        return f"Tested {changes}{alone}, with the same seed and images."
    if left:
        return f"Tested {changes} so far, none of which was it."
    if accuracy >= WELL:
        points = round(100 * MATTERS)
        return f"Tested {changes}. None gains {points} percentage points: no great fault is left."
    return (
        f"None of the {changes} tested is enough alone. There may be several causes at once: start "
        "from a preset, and change one thing at a time."
    )


def untold(config: RunConfig, unfitted: Sequence[str]) -> str:
    """Write why no cause is suspected: of settings whose choice no fitted run had."""
    choices = listed([formatting.setting(name, getattr(config, name)) for name in unfitted])
    others = listed([f"another {SETTINGS[name].label.lower()}" for name in unfitted])
    return (
        f"Suspected causes are learned from thousands of other runs, none of them with {choices}. "
        f"Try {others}, and compare both runs."
    )
