"""Simulated photos of one digit, each with one fault of random size and strength.

`FAULTS` names them: each draws a file from a digit's image (28, 28) and a random generator.
"""

from collections.abc import Callable, Mapping

import numpy as np

from benchmarks.pictures import files, inks, surroundings
from benchmarks.pictures.scenes import Dice, photograph, shade, write
from mnistlab.core.arrays import Pixels


def _plain(image: Pixels, dice: Dice) -> bytes:
    return photograph(write(image, dice), dice)


def _half_shadow(image: Pixels, dice: Dice) -> bytes:
    """An edge of shadow through the digit, sharp or soft, at any angle."""
    scene = write(image, dice)
    scene.surface *= shade(scene, dice)[:, :, np.newaxis]
    return photograph(scene, dice)


def _slanting_light(image: Pixels, dice: Dice) -> bytes:
    """Light that falls off to a side, and towards the corners."""
    scene = write(image, dice)
    y, x = np.mgrid[0 : 1 : scene.shape[0] * 1j, 0 : 1 : scene.shape[1] * 1j]
    angle, depth = dice.uniform(0, 2 * np.pi), dice.uniform(0.2, 0.7)
    fall = ((x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle)) / 1.42 + 0.5
    corners = dice.uniform(0, 0.5) * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    scene.surface *= ((1 - depth * fall) * (1 - corners))[:, :, np.newaxis].astype(np.float32)
    return photograph(scene, dice)


FAULTS: Mapping[str, Callable[[Pixels, Dice], bytes]] = {
    "plain": _plain,
    "half_shadow": _half_shadow,
    "slanting_light": _slanting_light,
    "frame": surroundings.frame,
    "desk": surroundings.desk,
    "rules": surroundings.rules,
    "grid": surroundings.grid,
    "margin_line": surroundings.margin_line,
    "box": surroundings.box,
    "punch_holes": surroundings.punch_holes,
    "finger": surroundings.finger,
    "stamp": surroundings.stamp,
    "pencil": inks.pencil,
    "faint": inks.faint,
    "coloured": inks.coloured,
    "light_on_dark": inks.light_on_dark,
    "fine": inks.fine,
    "blurred": inks.blurred,
    "broken": inks.broken,
    "deep": files.deep,
    "palette": files.palette,
    "sixteen_levels": files.sixteen_levels,
    "large": files.large,
}
