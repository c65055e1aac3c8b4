"""The stylesheet of all pages, from the parts that lie beside what they style."""

import functools
from pathlib import Path

from mnistlab.ui.charts.palette import DARK, LIGHT
from mnistlab.ui.navigation import PAGES
from mnistlab.ui.style import signs

UI = Path(__file__).parents[1]
_PARTS = (
    UI / "style" / "base.css",
    *sorted((UI / "components").glob("*/*.css")),
    *(UI / page.name / f"{page.name}.css" for page in PAGES),
)
_OWN_ROOTS = ("confusion_matrix", "digit_grid", "framed", "pad", "photo")
"""Components whose stylesheets are inside their shadow roots."""
PARTS = tuple(part for part in _PARTS if part.exists() and part.parent.name not in _OWN_ROOTS)
"""In the order of the cascade."""


@functools.cache
def stylesheet() -> str:
    """Return the HTML element that styles a page."""
    parts = "\n".join(part.read_text(encoding="utf-8") for part in PARTS)
    return f"<style>{_line_colours()}\n{parts}\n{signs.rules()}</style>"


def _line_colours() -> str:
    colours = (
        f"--lab-line-{number}: light-dark({light}, {dark});"
        for number, (light, dark) in enumerate(zip(LIGHT, DARK, strict=True))
    )
    return f":root {{ {' '.join(colours)} }}"
