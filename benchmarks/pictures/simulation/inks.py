"""Pens, pencils and papers of any colour, and lines that are blurred or broken."""

from collections.abc import Mapping

import cv2
import numpy as np

from benchmarks.pictures.simulation import digit_shapes
from benchmarks.pictures.simulation.scenes import (
    Dice,
    Scene,
    Share,
    Write,
    grain,
    place,
    recolour,
    write,
)
from mnistlab.core.arrays import Pixels


def _pencil(image: Pixels, dice: Dice, share: Share) -> Scene:
    """Pencil, faint and uneven along its line."""
    scene = write(image, dice, share)
    pressure = cv2.resize(dice.uniform(0.6, 1, (9, 9)).astype(np.float32), scene.shape[::-1])
    scene.coverage *= pressure
    paper = np.full(3, dice.uniform(200, 250))
    recolour(scene, paper, paper * (1 - dice.uniform(0.15, 0.4)))
    scene.noise = float(dice.uniform(0, 3))
    return scene


def _faint(image: Pixels, dice: Dice, share: Share) -> Scene:
    """Ink hardly darker than its paper, without noise, such as 232 on 250."""
    scene = write(image, dice, share)
    paper = np.full(3, dice.uniform(200, 252))
    recolour(scene, paper, paper * (1 - dice.uniform(0.06, 0.15)))
    scene.noise = float(dice.uniform(0, 1))
    return scene


def _coloured(image: Pixels, dice: Dice, share: Share) -> Scene:
    """Ink of one colour on paper of another, equally bright or not."""
    scene = write(image, dice, share)
    while True:
        ink, paper = dice.uniform(20, 235, 3), dice.uniform(60, 245, 3)
        tints = [colour - colour.mean() for colour in (ink, paper)]
        if np.linalg.norm(tints[0] - tints[1]) > 90:
            break
    recolour(scene, paper, ink)
    return scene


def _coloured_paper(image: Pixels, dice: Dice, share: Share) -> Scene:
    """A dark or coloured pen on a sheet of coloured paper, with its fibres."""
    scene = write(image, dice, share)
    paper = dice.uniform(90, 255, 3)
    recolour(scene, paper, paper * dice.uniform(0.05, 0.65) * dice.uniform(0.7, 1.3, 3))
    grain(scene, dice, float(dice.uniform(0, 5)))
    return scene


def _light_on_dark(image: Pixels, dice: Dice, share: Share) -> Scene:
    """Chalk on a board, or a screen in dark mode."""
    scene = write(image, dice, share)
    paper = dice.uniform(0, 90)
    recolour(scene, np.full(3, paper), np.full(3, dice.uniform(paper + 60, 255)))
    return scene


def _fine(image: Pixels, dice: Dice, share: Share) -> Scene:
    """Lines of 1 to 3 pixels on a sheet of 1,000."""
    side = round(1000 * dice.uniform(*share) * 1.4)
    scene = place(digit_shapes.redraw(image, side, int(dice.integers(1, 4))), (1000, 1000), dice)
    scene.noise = 0
    return scene


def _blurred(image: Pixels, dice: Dice, share: Share) -> Scene:
    """Out of focus, with grain."""
    scene = write(image, dice, share)
    spread = (scene.box[3] - scene.box[1]) * dice.uniform(0.01, 0.04)
    blurred = cv2.GaussianBlur(scene.surface, (0, 0), spread)
    scene.surface = np.asarray(blurred, dtype=np.float32)
    scene.noise = float(dice.uniform(0, 4))
    return scene


def _broken(image: Pixels, dice: Dice, share: Share) -> Scene:
    """A dry pen, whose line has gaps."""
    scene = write(image, dice, share)
    size = max(scene.box[3] - scene.box[1], scene.box[2] - scene.box[0])
    left, top, right, bottom = scene.box
    for _ in range(int(dice.integers(2, 7))):
        centre = (int(dice.integers(left, right)), int(dice.integers(top, bottom)))
        cv2.circle(scene.coverage, centre, max(1, round(size * 0.015)), 0.0, -1)
    recolour(scene, np.full(3, 240.0), np.full(3, dice.uniform(20, 110)))
    return scene


def _marker(image: Pixels, dice: Dice, share: Share) -> Scene:
    """A broad marker, of a seventh to a quarter of the digit's size."""
    side = round(int(dice.integers(400, 1000)) * dice.uniform(*share) * 1.4)
    digit = digit_shapes.redraw(image, side, round(side * dice.uniform(0.07, 0.12)))
    return place(digit, (int(dice.integers(400, 1000)), int(dice.integers(400, 1000))), dice)


INKS: Mapping[str, Write] = {
    "pencil": _pencil,
    "faint": _faint,
    "coloured": _coloured,
    "coloured_paper": _coloured_paper,
    "light_on_dark": _light_on_dark,
    "fine": _fine,
    "blurred": _blurred,
    "broken": _broken,
    "marker": _marker,
}

SIZES: Mapping[str, Share] = {"small": (0.08, 0.25), "tight": (0.7, 0.78)}
"""What a digit's size may be besides the usual."""
