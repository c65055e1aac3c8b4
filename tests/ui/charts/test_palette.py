"""The charts' colours, told apart by all eyes."""

import itertools

import numpy as np
import pytest

from mnistlab.core.arrays import Float64Array
from mnistlab.ui.charts.palette import DARK, LIGHT

SIGHTS = {
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}
"""What is seen of linear RGB (Machado, Oliveira, Fernandes 2009, severity 1)."""

# Linear RGB to OKLab (Ottosson 2020).
CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(colour: str) -> Float64Array:
    """Return #rrggbb as linear RGB."""
    coded = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def oklab(colour: str, sight: str) -> Float64Array:
    """Return a colour in OKLab, as it is seen."""
    seen = np.clip(np.array(SIGHTS[sight]) @ linear(colour), 0, 1)
    found: Float64Array = LAB @ np.cbrt(CONES @ seen)
    return found


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_any_two_differ(colours: tuple[str, ...], sight: str) -> None:
    seen = [oklab(colour, sight) for colour in colours]
    least = min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))
    # About 0.02 is just visible.
    assert least > 0.1


@pytest.mark.parametrize("sight", SIGHTS)
def test_the_measure_is_that_of_oklab(sight: str) -> None:
    white, black = oklab("#ffffff", sight), oklab("#000000", sight)
    assert np.linalg.norm(white - black) == pytest.approx(1, abs=1e-3)
