"""The stylesheet of all pages, from the parts that lie beside what they style."""

import functools
from pathlib import Path

from mnistlab.ui.charts.palette import ACCENT, QUIET
from mnistlab.ui.navigation import PAGES

UI = Path(__file__).parents[1]
_COMPONENTS = ("canvas", "probabilities", "ticker", "verdict")
"""The grid of digits has its own stylesheet, inside its shadow root."""
_PARTS = (
    UI / "style" / "base.css",
    *(UI / "components" / name / f"{name}.css" for name in _COMPONENTS),
    *(UI / page.name / f"{page.name}.css" for page in PAGES),
)
PARTS = tuple(part for part in _PARTS if part.exists())
"""In the order of the cascade."""


@functools.cache
def stylesheet() -> str:
    """Return the HTML element that styles a page."""
    rules = "\n".join(part.read_text(encoding="utf-8") for part in PARTS)
    # Of all pages, outside the theme's own variables, which Streamlit gives to components alone.
    colours = f":root {{ --lab-accent: {ACCENT}; --lab-quiet: {QUIET}; }}"
    return f"<style>{colours}\n{rules}</style>"
