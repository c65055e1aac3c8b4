"""How training images may be distorted; `data/augment/affine.py` does it.

The one place where a kind of distortion is added, as `registry.py` is for other choices.
Imports no torch: pages list them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = Mapping[str, NDArray[np.uint8]]
"""By kind of distortion, the ten digits as it makes them, several times: brightness of ink
from 0 to 255, (times, 10, 28, 28)."""


@dataclass(frozen=True)
class Warp:
    """How far digits are bent out of shape: each by a number drawn evenly up to these.

    Attributes:
        rotation: Degrees, to either side.
        size: Natural logarithm of the factor, up or down.
        width: Likewise, of what the width is multiplied by and the height divided.
        slant: How far the top leans, as a share of the height, to either side.
        shift: Pixels, in each direction.
        bend: Pixels: the standard deviation of what 25 places, evenly spread, are moved by.
    """

    rotation: float
    size: float
    width: float
    slant: float
    shift: float
    bend: float


@dataclass(frozen=True)
class Distortion:
    """What is done to training images before each step, at random.

    Attributes:
        label: Its name for people.
        warp: How they are bent; None leaves them as they are.
        restyled: By digit, the share of its images that get lines MNIST lacks
            (`styles.STYLES`).
        parameters: Of a network whose training takes as long for an image, for the
            estimate of a run's time. Our own measurement, batch 128, two cores.
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
        {0: 0.15, 1: 0.3, 7: 0.1, 9: 0.15},
        400_000,
        "Also bent, and sometimes in styles MNIST lacks: slashed zeros, ones with a flag and a "
        "foot, crossed sevens, nines with a foot.",
    ),
}
