"""Draws ways of writing into MNIST's images that MNIST lacks.

Its writers, Americans of the nineties, hardly ever crossed zeros or sevens, gave ones a flag
and a foot, or drew a four's bar far beyond its stem.
"""

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from mnistlab.core.data.geometry import BOX, CENTRE, FIELD

_INK = 0.4
"""Brightness from which a pixel counts as ink when a digit's ends are found."""

_THINNEST, _THICKEST = 1.8, 2.9
"""Pixels. MNIST's pen is 2.4 wide in the median image (`digits.PEN_WIDTH`)."""

_MIDDLES = torch.arange(FIELD) + 0.5

Between = Callable[[float, float], Tensor]
"""Draws a number between two limits for each image, (n,)."""


@dataclass
class Frame:
    """The digits' places and sizes, which a new line may have changed.

    Attributes:
        middle: Centre of mass as x, y in pixels, (n, 2).
        size: Of the longer side, MNIST's being 1, (n,).
    """

    middle: Tensor
    size: Tensor

    @classmethod
    def of_mnist(cls, count: int) -> "Frame":
        """Return the frame of MNIST's digits: all centred, all of size 1."""
        return cls(torch.full((count, 2), float(CENTRE)), torch.ones(count))


@dataclass(frozen=True)
class Outline:
    """Points of a digit that new lines start from.

    Attributes:
        box: Its left, top, right and bottom in pixels, (n, 4).
        top: The middle of the ink in its first row, as x, y, (n, 2).
        bottom: Likewise in its last row.
        waist: Likewise halfway down.
    """

    box: Tensor
    top: Tensor
    bottom: Tensor
    waist: Tensor

    @property
    def height(self) -> Tensor:
        """The digits' heights in pixels, (n,)."""
        return self.box[:, 3] - self.box[:, 1]


def restyle(
    images: Tensor, labels: Tensor, shares: Mapping[int, float], generator: torch.Generator
) -> tuple[Tensor, Frame]:
    """Draw lines into a random part of the images.

    Args:
        images: Brightness from 0 to 1, (n, 28, 28). They are left as they are.
        labels: Their digits, (n,).
        shares: By digit, the share of its images that get lines.
        generator: Draws the images and the lines.

    Returns:
        All images, (n, 28, 28), and the new frame of their digits.
    """
    restyled, frame = images.clone(), Frame.of_mnist(len(images))
    for digit, share in shares.items():
        is_drawn = torch.rand(len(labels), generator=generator) < share
        chosen = torch.nonzero((labels == digit) & is_drawn).flatten()
        if len(chosen):
            restyled[chosen] = STYLES[digit](images[chosen], generator)
            _reframe(frame, restyled, chosen)
    return restyled, frame


def draw_lines(images: Tensor, starts: Tensor, ends: Tensor, widths: Tensor) -> Tensor:
    """Draw a straight line with round ends into each image.

    Args:
        images: (n, 28, 28).
        starts: x, y in pixels from the corner, (n, 2).
        ends: Likewise.
        widths: In pixels, (n,).
    """
    way_x, way_y = (ends - starts).T[:, :, None, None]  # (n, 1, 1) each
    x = _MIDDLES - starts[:, 0, None, None]  # (n, 1, 28)
    y = _MIDDLES[:, None] - starts[:, 1, None, None]  # (n, 28, 1)
    length = (way_x.square() + way_y.square()).clamp(min=1e-6)
    along = ((x * way_x + y * way_y) / length).clamp(0, 1)  # 0 at the start, 1 at the end
    distance = torch.hypot(x - along * way_x, y - along * way_y)
    # A pixel that the edge passes through the middle of is half covered.
    lines = (widths[:, None, None] / 2 + 0.5 - distance).clamp(0, 1)
    return torch.maximum(images, lines)


def _cross_zero(images: Tensor, generator: torch.Generator) -> Tensor:
    """Cross a zero from the top right, at 5° to 60° from upright, often beyond its ring."""
    outline, between = _outline(images), functools.partial(_between, len(images), generator)
    middle = (outline.box[:, :2] + outline.box[:, 2:]) / 2 + between(-1.5, 1.5)[:, None]
    angle = between(math.radians(5), math.radians(60))
    half = torch.stack([angle.sin(), -angle.cos()], dim=1)
    half = half * (between(0.45, 1.05) * outline.height)[:, None]
    return draw_lines(images, middle + half, middle - half, _widths(between))


def _write_one(images: Tensor, generator: torch.Generator) -> Tensor:
    """Give a one a flag, a foot, or both, as thick as each other."""
    between = functools.partial(_between, len(images), generator)
    outline, widths = _outline(images), _widths(between)
    kind = between(0, 1)
    flag = (kind < 0.8)[:, None] * _flag(outline, between)
    foot = (kind > 0.55)[:, None] * _foot(outline, between)
    flagged = draw_lines(images, outline.top, outline.top + flag, widths)
    return draw_lines(flagged, outline.bottom - foot, outline.bottom + foot, widths)


def _flag(outline: Outline, between: Between) -> Tensor:
    """Return the vector of a one's flag from its top: to the left, level or down, (n, 2)."""
    left, down = between(0.15, 0.5), between(-0.05, 0.45)
    return torch.stack([-left, down], dim=1) * outline.height[:, None]


def _foot(outline: Outline, between: Between) -> Tensor:
    """Return half the vector of a one's foot, level or rising a little, (n, 2)."""
    across, down = between(0.12, 0.4), between(-0.14, 0.08)
    return torch.stack([across, down], dim=1) * outline.height[:, None]


def _lengthen_four(images: Tensor, generator: torch.Generator) -> Tensor:
    """Lengthen a four's bar, the row with the most ink below its top, to the right."""
    outline, between = _outline(images), functools.partial(_between, len(images), generator)
    rows = torch.arange(FIELD)
    depths = (rows - outline.box[:, 1:2]) / outline.height[:, None]  # (n, 28)
    is_low = (depths >= 0.4) & (depths < 0.8)
    bar = (images.sum(dim=2) * is_low).argmax(dim=1)
    starts = torch.stack([_last_inked(images, bar), bar + 0.5], dim=1)
    right, down = between(0.1, 0.5), between(-0.12, 0.12)
    way = torch.stack([right, down], dim=1) * outline.height[:, None]
    return draw_lines(images, starts, starts + way, _widths(between))


def _cross_seven(images: Tensor, generator: torch.Generator) -> Tensor:
    """Cross a seven's stem halfway down."""
    outline, between = _outline(images), functools.partial(_between, len(images), generator)
    across, down = between(0.15, 0.35), between(-0.1, 0.05)
    half = torch.stack([across, down], dim=1) * outline.height[:, None]
    return draw_lines(images, outline.waist - half, outline.waist + half, _widths(between))


def _underline_nine(images: Tensor, generator: torch.Generator) -> Tensor:
    """Draw a foot from a nine's stem to the left."""
    outline, between = _outline(images), functools.partial(_between, len(images), generator)
    left, down = between(0.2, 0.65), between(-0.1, 0.1)
    way = torch.stack([-left, down], dim=1) * outline.height[:, None]
    return draw_lines(images, outline.bottom, outline.bottom + way, _widths(between))


STYLES: dict[int, Callable[[Tensor, torch.Generator], Tensor]] = {
    0: _cross_zero,
    1: _write_one,
    4: _lengthen_four,
    7: _cross_seven,
    9: _underline_nine,
}
"""By digit, the function that draws lines into its images (n, 28, 28)."""


def _between(count: int, generator: torch.Generator, low: float, high: float) -> Tensor:
    """Draw numbers between two limits, (count,)."""
    return torch.rand(count, generator=generator) * (high - low) + low


def _widths(between: Between) -> Tensor:
    return between(_THINNEST, _THICKEST)


def _outline(images: Tensor) -> Outline:
    box = _box(images)
    top, bottom = box[:, 1].long(), box[:, 3].long() - 1
    rows = [top, bottom, (top + bottom) // 2]
    return Outline(box, *(_middle_of_row(images, row) for row in rows))


def _box(images: Tensor) -> Tensor:
    """Return left, top, right and bottom of the ink, (n, 4)."""
    ink = images > _INK
    columns, rows = ink.any(dim=1).float(), ink.any(dim=2).float()  # (n, 28)
    firsts = [columns.argmax(dim=1), rows.argmax(dim=1)]
    lasts = [FIELD - side.flip(1).argmax(dim=1) for side in (columns, rows)]
    return torch.stack([*firsts, *lasts], dim=1).float()


def _middle_of_row(images: Tensor, rows: Tensor) -> Tensor:
    """Return the middle of the ink in one row of each image, as x, y, (n, 2)."""
    ink = images[torch.arange(len(images)), rows]  # (n, 28)
    x = (ink * _MIDDLES).sum(dim=1) / ink.sum(dim=1).clamp(min=1e-6)
    return torch.stack([x, rows + 0.5], dim=1)


def _last_inked(images: Tensor, rows: Tensor) -> Tensor:
    """Return the rightmost inked column in one row of each image, (n,)."""
    ink = images[torch.arange(len(images)), rows] > _INK  # (n, 28)
    return FIELD - 1.0 - ink.flip(1).float().argmax(dim=1)


def _reframe(frame: Frame, images: Tensor, chosen: Tensor) -> None:
    """Update the frame of the chosen digits."""
    digits = images[chosen]
    box = _box(digits)
    frame.size[chosen] = (box[:, 2:] - box[:, :2]).amax(dim=1) / BOX
    mass = digits.sum(dim=(1, 2))
    sides = torch.stack([digits.sum(dim=1), digits.sum(dim=2)], dim=1)  # (n, 2, 28)
    # Not a product of matrices, whose results could depend on the number of threads.
    frame.middle[chosen] = (sides * _MIDDLES).sum(dim=2) / mass[:, None]
