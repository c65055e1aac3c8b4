"""Ten probabilities as bars."""

import numpy as np
from markupsafe import Markup

from mnistlab.core.arrays import Probabilities
from mnistlab.core.settings.config import DIGITS
from mnistlab.ui import formatting


def bars(probabilities: Probabilities, label: int | None = None) -> Markup:
    """Return HTML with one bar for each digit; the label, if known, is marked.

    Args:
        probabilities: One for each digit, (10,).
        label: The digit that it is.
    """
    prediction = int(np.argmax(probabilities))
    rows = (
        _bar(digit, float(share), digit == prediction, digit == label)
        for digit, share in enumerate(probabilities)
    )
    bars_of_all = Markup('<ol class="lab-bars" aria-label="Probability of each digit">{}</ol>')
    return bars_of_all.format(Markup().join(rows))


def no_bars() -> Markup:
    """Return the same HTML for no digit at all, so that the page keeps its shape."""
    row = Markup('<li><b>{}</b><span class="track"></span><span></span></li>')
    rows = Markup().join(row.format(digit) for digit in range(DIGITS))
    return Markup('<ol class="lab-bars" aria-hidden="true">{}</ol>').format(rows)


def _bar(digit: int, share: float, is_prediction: bool, is_label: bool) -> Markup:
    kind = "prediction" if is_prediction else ""
    mark = Markup("<em>label</em>") if is_label else ""
    return Markup(
        '<li class="{}" data-digit="{}"><b>{}</b><span class="track">'
        '<i style="width:{:.2f}%"></i></span><span>{}</span>{}</li>'
    ).format(kind, digit, digit, 100 * share, formatting.probability(share), mark)
