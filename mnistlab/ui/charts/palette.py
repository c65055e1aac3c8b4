"""The charts' colours, from the theme, and the marks that distinguish lines."""

import base64
import tomllib
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

_THEME = Path(__file__).parents[3] / ".streamlit" / "config.toml"
COLOURS: tuple[str, ...] = tuple(
    tomllib.loads(_THEME.read_text(encoding="utf-8"))["theme"]["chartCategoricalColors"]
)
"""The accent, which only one line has, then the other lines' colours."""

ACCENT, QUIET = COLOURS[0], COLOURS[-1]

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

_HOLLOW = "transparent"


@dataclass(frozen=True)
class LineStyle:
    """A combination of colour and mark that no other line has.

    Attributes:
        colour: Of the line and its marks.
        shape: The outline of its marks.
        fill: The same colour, or none for hollow marks.
    """

    colour: str
    shape: str
    fill: str

    def to_html(self) -> Markup:
        """Return a piece of the line, for legends."""
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="34" height="14" viewBox="-17 -7 34 14">'
            f'<path d="M-17,0L17,0" stroke="{self.colour}" stroke-width="2.2"/>'
            f'<path d="{self.shape}" transform="scale(4.6)" fill="{self.fill}" '
            f'stroke="{self.colour}" stroke-width="0.35"/></svg>'
        )
        # As an image, since Streamlit removes SVG from a page's HTML.
        return Markup(
            '<img class="lab-sign" width="34" height="14" alt="" '
            'src="data:image/svg+xml;base64,{}">'
        ).format(base64.b64encode(svg.encode()).decode())


def _line_style(line: int) -> LineStyle:
    # Only the first line has the accent; the others cycle through the other colours.
    colour = COLOURS[1 + (line - 1) % (len(COLOURS) - 1)] if line else ACCENT
    if line < len(_SHAPES):
        return LineStyle(colour, _SHAPES[line], colour)
    # Shifted by three, so that a hollow shape has another colour than the same filled one.
    return LineStyle(colour, _SHAPES[(line + 3) % len(_SHAPES)], _HOLLOW)


LINE_STYLES = tuple(map(_line_style, range(MOST_LINES)))
"""By line number."""


def blend(share: float) -> str:
    """Return a colour between the accent, at 0, and the quiet grey, at 1."""
    mixed = (
        round((1 - share) * int(ACCENT[at : at + 2], 16) + share * int(QUIET[at : at + 2], 16))
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)
