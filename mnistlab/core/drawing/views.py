"""A network's input for a drawing: straightened, and that narrower and wider.

People's digits are wider and narrower than MNIST's, to which a network trained without
distortions is sensitive, so the mean of its probabilities in three proportions is used. Our own
measurement, 3,234 pen-drawn digits of Unipen, not straightened: the notebook's network classifies
94.5 % correctly instead of 93.6, Quick start's 97.1 instead of 96.8.
"""

from collections.abc import Sequence
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Ink, Views
from mnistlab.core.drawing.mnist_image import (
    render_strokes,
    squeeze,
    strokes_to_mnist,
    to_mnist,
)
from mnistlab.core.drawing.serifs import remove_serifs
from mnistlab.core.drawing.slant import straighten, straighten_ink
from mnistlab.core.drawing.slash import remove_slash
from mnistlab.core.drawing.strokes import Stroke

PROPORTIONS = (1.0, 2 / 3, 3 / 2)
"""The factor of each view's width; the height stays the same."""


class Omission(Enum):
    """A mark that hardly any digit of MNIST has, and that is left out of a drawing."""

    SLASH = auto()
    """Of a zero."""

    SERIFS = auto()
    """The foot of a one, and its flag if it has one."""


def view_strokes(strokes: Sequence[Stroke]) -> Views:
    """Return the views of a drawing, (3, 28, 28), straightened, without marks MNIST lacks.

    Raises:
        PictureError: If there are no strokes.
    """
    return view_drawing(strokes)[0]


def view_drawing(strokes: Sequence[Stroke]) -> tuple[Views, list[Omission]]:
    """Return the same views, and which marks they leave out.

    Raises:
        PictureError: If there are no strokes.
    """
    kept, omissions = _omit_marks(strokes)
    straight = straighten(kept)
    views = _pixels([strokes_to_mnist(_stretch(straight, wider)) for wider in PROPORTIONS])
    return views, omissions


def _omit_marks(strokes: Sequence[Stroke]) -> tuple[list[Stroke], list[Omission]]:
    """Return a drawing without the marks that MNIST lacks, and which those are."""
    without_slash = remove_slash(strokes)
    without_serifs = remove_serifs(without_slash)
    omissions = {
        Omission.SLASH: len(without_slash) < len(strokes),
        Omission.SERIFS: len(without_serifs) < len(without_slash),
    }
    return without_serifs, [omission for omission, is_made in omissions.items() if is_made]


def view_ink(ink: Ink) -> Views:
    """Return the views of a picture's ink, (3, 28, 28), straightened.

    Raises:
        PictureError: If there is no ink at all.
    """
    straight = straighten_ink(ink)
    return _pixels([to_mnist(straight, wider) for wider in PROPORTIONS])


def view_image(pixels: NDArray[np.uint8]) -> Views:
    """Return the only view of an MNIST image (28, 28): itself, (1, 28, 28)."""
    return pixels[np.newaxis]


def view_plain_strokes(strokes: Sequence[Stroke]) -> Views:
    """Return the whole canvas reduced to MNIST's size, as in most demos: (1, 28, 28)."""
    return view_plain_ink(render_strokes(strokes))


def view_plain_ink(ink: Ink) -> Views:
    """Return the whole picture's ink, squeezed to MNIST's size: (1, 28, 28)."""
    return _pixels([squeeze(ink)])


def _stretch(strokes: Sequence[Stroke], wider: float) -> list[Stroke]:
    stretch = np.array([wider, 1], dtype=np.float32)
    return [Stroke(stroke.points * stretch, stroke.width) for stroke in strokes]


def _pixels(images: Sequence[Ink]) -> Views:
    return (np.stack(images) * 255).round().astype(np.uint8)
