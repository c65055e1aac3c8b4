"""The kinds of distortion of training images, which `data/augment/affine.py` applies.

The one place where one is added, as `registry.py` is for other choices. Imports no torch, since
pages list them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = Mapping[str, NDArray[np.uint8]]
"""By kind of distortion, the ten digits distorted several times: brightness of ink from 0 to
255, (times, 10, 28, 28)."""


@dataclass(frozen=True)
class Warp:
    """The limits of uniformly drawn distortions.

    Attributes:
        rotation: Degrees, to either side.
        size: Natural logarithm of the factor, up or down.
        width: Likewise, of the factor of the width, by which the height is divided.
        slant: Shift of the top as a share of the height, to either side.
        shift: Pixels, in each direction.
        bend: Pixels: the standard deviation of normally drawn shifts of 25 evenly spread places.
    """

    rotation: float
    size: float
    width: float
    slant: float
    shift: float
    bend: float


@dataclass(frozen=True)
class Distortion:
    """A random distortion of training images.

    Attributes:
        label: Its name for people.
        warp: The geometric distortion; None leaves images unchanged.
        restyled: By digit, the share of its images that get new lines
            (`writing_styles.STYLES`).
        parameters: The parameters of a network that takes as long to train on an image, for
            the estimate of a run's time. Our own measurement, batch 128, two cores.
        hint: One sentence for the form.
    """

    label: str
    warp: Warp | None
    restyled: Mapping[int, float]
    parameters: int
    hint: str


DISTORTIONS = {
    "none": Distortion("None", None, {}, 0, "The original images, the same in every epoch."),
    "affine": Distortion(
        "Affine",
        Warp(rotation=12, size=0.12, width=0.1, slant=0.3, shift=1.0, bend=0.0),
        {},
        200_000,
        "Slightly rotated, slanted, stretched and shifted, differently each time.",
    ),
    "handwriting": Distortion(
        "Handwriting",
        Warp(rotation=12, size=0.12, width=0.12, slant=0.3, shift=1.0, bend=0.5),
        {0: 0.2, 1: 0.5, 4: 0.15, 7: 0.15, 9: 0.2},
        400_000,
        "Also bent, and sometimes in styles MNIST lacks: slashed zeros, ones with a flag and a "
        "foot, fours with a long bar, crossed sevens, nines with a foot.",
    ),
}
