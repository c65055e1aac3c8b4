"""A drawing as a network is asked about it: as it is, narrower, and wider.

People's digits are wider and narrower than those of MNIST's writers, and a network that
has seen no distorted ones minds. Asked in three proportions, the mean of its
probabilities counts. Our own measurement, 3,234 pen-drawn digits of Unipen: the
notebook's network reads 93.8 % instead of 92.6, Quick start's 96.2 instead of 96.0.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Views
from mnistlab.core.drawing.mnist_image import (
    render_strokes,
    squeeze,
    strokes_to_mnist,
    thin_pen,
    to_mnist,
)
from mnistlab.core.drawing.paper import Ink
from mnistlab.core.drawing.slash import remove_slash
from mnistlab.core.drawing.strokes import Stroke

PROPORTIONS = (1.0, 2 / 3, 3 / 2)
"""What each view's width is multiplied by, its height staying the same."""


def view_strokes(strokes: Sequence[Stroke]) -> Views:
    """Return what a network is shown of a drawing, (3, 28, 28), a zero's slash left out.

    Raises:
        PictureError: If there are no strokes.
    """
    kept = remove_slash(strokes)
    return _pixels([strokes_to_mnist(_stretch(kept, wider)) for wider in PROPORTIONS])


def view_ink(ink: Ink) -> Views:
    """Return what a network is shown of a picture's ink, (3, 28, 28), its lines not too thick.

    Raises:
        PictureError: If there is no ink at all.
    """
    thinned = thin_pen(ink)
    return _pixels([to_mnist(thinned, wider) for wider in PROPORTIONS])


def view_image(pixels: NDArray[np.uint8]) -> Views:
    """Return what a network is shown of an MNIST image (28, 28): that alone, (1, 28, 28)."""
    return pixels[np.newaxis]


def view_plain_strokes(strokes: Sequence[Stroke]) -> Views:
    """Return a drawing as most demos of MNIST show it to theirs, (1, 28, 28).

    The whole canvas made as small as MNIST's images, with the pen and the place as drawn.
    """
    return view_plain_ink(render_strokes(strokes))


def view_plain_ink(ink: Ink) -> Views:
    """Return a picture's ink likewise, all of the picture made square: (1, 28, 28)."""
    return _pixels([squeeze(ink)])


def _stretch(strokes: Sequence[Stroke], wider: float) -> list[Stroke]:
    stretch = np.array([wider, 1], dtype=np.float32)
    return [Stroke(stroke.points * stretch, stroke.width) for stroke in strokes]


def _pixels(images: Sequence[Ink]) -> Views:
    pixels: Views = (np.stack(images) * 255).round().astype(np.uint8)
    return pixels
