"""Ten probabilities as bars."""

import numpy as np
from markupsafe import Markup

from mnistlab.core.arrays import Probabilities
from mnistlab.core.settings.config import DIGITS
from mnistlab.ui import formatting


def bars(probabilities: Probabilities, label: int | None = None) -> Markup:
    """Return HTML with one bar for each digit.

    Args:
        probabilities: One for each digit, (10,).
        label: The true label, to be marked, if known.
    """
    prediction = int(np.argmax(probabilities))
    rows = (
        _bar(digit, float(share), digit == prediction, digit == label)
        for digit, share in enumerate(probabilities)
    )
    bars_of_all = Markup(
        '<ol class="lab-list lab-bars" aria-label="Probability of each digit">{}</ol>'
    )
    return bars_of_all.format(Markup().join(rows))


def no_bars() -> Markup:
    """Return HTML of the same size without values, so that the layout does not change."""
    row = Markup('<li><b>{}</b><span class="track"></span><span></span></li>')
    rows = Markup().join(row.format(digit) for digit in range(DIGITS))
    return Markup('<ol class="lab-list lab-bars" aria-hidden="true">{}</ol>').format(rows)


def _bar(digit: int, share: float, is_prediction: bool, is_label: bool) -> Markup:
    kind = "prediction" if is_prediction else ""
    mark = Markup("<em>label</em>") if is_label else ""
    return Markup(
        '<li class="{}" data-digit="{}"><b>{}</b><span class="track">'
        '<i style="width:{:.2f}%"></i></span><span>{}</span>{}</li>'
    ).format(kind, digit, digit, 100 * share, formatting.probability(share), mark)
