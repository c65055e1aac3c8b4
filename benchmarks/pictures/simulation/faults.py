"""Simulated photos of one digit, each with one fault of random size and strength, or with two.

`FAULTS` names them: each draws a file from a digit's image (28, 28) and a random generator.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from benchmarks.pictures.simulation.files import FILES
from benchmarks.pictures.simulation.inks import INKS, SIZES
from benchmarks.pictures.simulation.lights import LIGHTS
from benchmarks.pictures.simulation.scenes import (
    USUAL,
    WITH_ROOM,
    Change,
    Dice,
    Share,
    Write,
    photograph,
    write,
)
from benchmarks.pictures.simulation.surroundings import BESIDE, SURROUNDINGS
from mnistlab.core.arrays import Pixels

Fault = TypeVar("Fault")
Draw = Callable[[Pixels, Dice], bytes]


def _photo(pen: Write, *changes: Change, share: Share = USUAL) -> Draw:
    def draw(image: Pixels, dice: Dice) -> bytes:
        scene = pen(image, dice, share)
        for change in changes:
            change(scene, dice)
        return photograph(scene, dice)

    return draw


def _two(image: Pixels, dice: Dice) -> bytes:
    """Two faults: of the ink, of what is around it, or of the light."""
    left_out = int(dice.integers(3))
    pen = write if left_out == 0 else _choose(INKS, dice)
    around = None if left_out == 1 else str(dice.choice(sorted(SURROUNDINGS)))
    light = None if left_out == 2 else _choose(LIGHTS, dice)
    changes = [SURROUNDINGS[around]] if around else []
    share = WITH_ROOM if around in BESIDE else USUAL
    return _photo(pen, *changes, *([light] if light else []), share=share)(image, dice)


def _choose(faults: Mapping[str, Fault], dice: Dice) -> Fault:
    return faults[str(dice.choice(sorted(faults)))]


FAULTS: Mapping[str, Draw] = {
    "plain": _photo(write),
    **{name: _photo(write, light) for name, light in LIGHTS.items()},
    **{
        name: _photo(write, change, share=WITH_ROOM if name in BESIDE else USUAL)
        for name, change in SURROUNDINGS.items()
    },
    **{name: _photo(write) for name, write in INKS.items()},
    **{name: _photo(write, share=share) for name, share in SIZES.items()},
    **FILES,
    "two": _two,
}
