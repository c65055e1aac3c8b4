"""The stylesheet of all pages, from the parts that lie beside what they style."""

import functools
from pathlib import Path

from mnistlab.ui.charts.palette import ACCENT, QUIET

UI = Path(__file__).parents[1]
PARTS = (
    "style/base.css",
    "components/canvas/canvas.css",
    "components/probabilities/probabilities.css",
    "components/ticker/ticker.css",
    "components/verdict/verdict.css",
    "train/train.css",
    "compare/compare.css",
    "rate/rate.css",
    "experiments/experiments.css",
    "mistakes/mistakes.css",
    "draw/draw.css",
)
"""In the order of the cascade. The grid of digits has its own, inside its shadow root."""


@functools.cache
def stylesheet() -> str:
    """Return the HTML element that styles a page."""
    rules = "\n".join((UI / part).read_text(encoding="utf-8") for part in PARTS)
    # Of all pages, outside the theme's own variables, which Streamlit gives to components alone.
    colours = f":root {{ --lab-accent: {ACCENT}; --lab-quiet: {QUIET}; }}"
    return f"<style>{colours}\n{rules}</style>"
