"""The charts' colours, from the theme, and the marks that distinguish lines."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

_THEME = tomllib.loads(
    (Path(__file__).parents[3] / ".streamlit" / "config.toml").read_text(encoding="utf-8")
)["theme"]
LIGHT: tuple[str, ...] = tuple(_THEME["light"]["chartCategoricalColors"])
DARK: tuple[str, ...] = tuple(_THEME["dark"]["chartCategoricalColors"])
"""The accent, which only one line has, then the other lines' colours, at last the quiet grey.

Charts name a colour by its index, and Streamlit draws it as the browser's theme has it.
"""

ACCENT, QUIET = 0, len(LIGHT) - 1
"""Indices of colours."""

MOST_LINES = 12

_SHAPES = (
    "M-0.9,0A0.9,0.9,0,1,1,0.9,0A0.9,0.9,0,1,1,-0.9,0Z",
    "M-0.8,-0.8L0.8,-0.8L0.8,0.8L-0.8,0.8Z",
    "M0,-1L1,0.8L-1,0.8Z",
    "M0,-1.15L1.15,0L0,1.15L-1.15,0Z",
    "M0,1L1,-0.8L-1,-0.8Z",
    "M-0.38,-1.05L0.38,-1.05L0.38,-0.38L1.05,-0.38L1.05,0.38L0.38,0.38L0.38,1.05L-0.38,1.05"
    "L-0.38,0.38L-1.05,0.38L-1.05,-0.38L-0.38,-0.38Z",
)
"""Outlines as in SVG, between −1 and 1 or little more."""


@dataclass(frozen=True)
class LineStyle:
    """A combination of colour and mark that no other line has.

    Attributes:
        number: Its index in `LINE_STYLES`.
        colour: The index of the colour of the line and its marks.
        shape: The outline of its marks.
        is_hollow: Whether its marks are outlines only.
    """

    number: int
    colour: int
    shape: str
    is_hollow: bool


def _line_style(line: int) -> LineStyle:
    # Only the first line has the accent; the others cycle through the other colours.
    colour = 1 + (line - 1) % (len(LIGHT) - 1) if line else ACCENT
    is_hollow = line >= len(_SHAPES)
    # Shifted by three, so that a hollow shape has another colour than the same filled one.
    shape = _SHAPES[(line + 3 * is_hollow) % len(_SHAPES)]
    return LineStyle(line, colour, shape, is_hollow)


LINE_STYLES = tuple(map(_line_style, range(MOST_LINES)))
"""By line number."""
