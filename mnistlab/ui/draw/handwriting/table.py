"""The accuracy of the lab's runs on its own handwriting, as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from mnistlab.core.analysis.metrics import Interval, wilson_interval
from mnistlab.core.arrays import Labels
from mnistlab.core.settings.config import DIGITS
from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.overlay.table import cells, scrolling_table


@dataclass(frozen=True)
class Result:
    """A run's result on the lab's handwriting.

    Attributes:
        run: The run, which was tested.
        correct: Digits predicted correctly.
        total: All digits, at least one.
    """

    run: RunRecord
    correct: int
    total: int

    @property
    def share(self) -> float:
        """The accuracy on the handwriting, from 0 to 1."""
        return self.correct / self.total

    @property
    def interval(self) -> Interval:
        """The 95% confidence interval of the true accuracy."""
        return wilson_interval(self.correct, self.total)

    @property
    def test_accuracy(self) -> float:
        """The accuracy on MNIST's test images, from 0 to 1."""
        return (self.run.test_correct or 0) / (self.run.test_total or 1)


def tally(labels: Labels) -> Markup:
    """Return the number of images of each digit as HTML."""
    counts = np.bincount(labels, minlength=DIGITS)
    item = Markup('<li class="{}"><b>{}</b><span>{}</span></li>')
    items = (
        item.format("" if count else "none", digit, count)
        for digit, count in enumerate(counts.tolist())
    )
    return Markup(
        '<ol class="lab-list lab-tally" aria-label="How many of each digit">{}</ol>'
    ).format(Markup().join(items))


def table(results: Sequence[Result]) -> Markup:
    """Return a table with a row for each run, of which there must be at least one."""
    total = results[0].total
    rows = [_row(result) for result in results]
    text = Markup('<p class="lab-note lab-wide">{}</p>').format(_what_it_can_tell(total))
    return scrolling_table("Accuracy of your runs on My handwriting", _HEADS, rows) + text


_HEADS = (
    "Network",
    "Correct",
    "Accuracy on My handwriting",
    "Test accuracy",
    "My handwriting against test set",
)


def _row(result: Result) -> Markup:
    measured = (
        f"{result.correct} of {result.total}",
        Markup("{}<br><small>{}</small>").format(
            formatting.percent(result.share, 1), _range(result.interval)
        ),
        formatting.percent(result.test_accuracy),
        _difference(result),
    )
    return Markup('<tr data-run="{}"><th scope="row">{}</th>{}</tr>').format(
        result.run.id, result.run.name, cells(measured)
    )


def _range(interval: Interval) -> str:
    return f"{100 * interval.low:.0f}–{formatting.percent(interval.high, 0)}"


def _difference(result: Result) -> str:
    if result.interval.low <= result.test_accuracy <= result.interval.high:
        return "No clear difference"
    points = 100 * (result.share - result.test_accuracy)
    return f"{abs(points):.1f} percentage points {'higher' if points > 0 else 'lower'}"


def _what_it_can_tell(total: int) -> str:
    one = "the accuracy means almost nothing" if total == 1 else f"one mistake is {_points(total)}"
    return (
        f"With {formatting.digits(total)}, {one}. Small numbers: 95% confidence interval, where "
        "your accuracy would likely settle if you kept drawing."
    )


def _points(total: int) -> str:
    share = 100 / total
    written = f"{share:.0f}" if share >= 2 else f"{share:.1f}"
    return f"{written} percentage points"
