"""Ten probabilities as bars."""

import numpy as np

from mnistlab.core.analysis.metrics import Probabilities
from mnistlab.core.settings.config import DIGITS
from mnistlab.ui import formatting as wording


def bars(probabilities: Probabilities, label: int | None = None) -> str:
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
    return f'<ol class="lab-bars" aria-label="Probability of each digit">{"".join(rows)}</ol>'


def no_bars() -> str:
    """Return the same HTML for no digit at all, so that the page keeps its shape."""
    rows = (
        f'<li><b>{digit}</b><span class="track"></span><span>{wording.NOTHING}</span></li>'
        for digit in range(DIGITS)
    )
    return f'<ol class="lab-bars" aria-hidden="true">{"".join(rows)}</ol>'


def _bar(digit: int, share: float, is_prediction: bool, is_label: bool) -> str:
    kind = "prediction" if is_prediction else ""
    mark = "<em>label</em>" if is_label else ""
    return (
        f'<li class="{kind}" data-digit="{digit}"><b>{digit}</b>'
        f'<span class="track"><i style="width:{100 * share:.2f}%"></i></span>'
        f"<span>{wording.probability(share)}</span>{mark}</li>"
    )
