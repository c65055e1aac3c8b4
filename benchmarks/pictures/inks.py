"""Pens, pencils and papers of any colour, and lines that are blurred or broken."""

import cv2
import numpy as np

from benchmarks.pictures import digit_shapes
from benchmarks.pictures.scenes import Dice, photograph, place, recolour, write
from mnistlab.core.arrays import Pixels


def pencil(image: Pixels, dice: Dice) -> bytes:
    """Pencil, faint and uneven along its line."""
    scene = write(image, dice)
    pressure = cv2.resize(dice.uniform(0.6, 1, (9, 9)).astype(np.float32), scene.shape[::-1])
    scene.coverage *= pressure
    paper = np.full(3, dice.uniform(200, 250))
    recolour(scene, paper, paper * (1 - dice.uniform(0.15, 0.4)))
    return photograph(scene, dice, noise=float(dice.uniform(0, 3)))


def faint(image: Pixels, dice: Dice) -> bytes:
    """Ink hardly darker than its paper, without noise, such as 232 on 250."""
    scene = write(image, dice)
    paper = np.full(3, dice.uniform(200, 252))
    recolour(scene, paper, paper * (1 - dice.uniform(0.06, 0.15)))
    return photograph(scene, dice, noise=float(dice.uniform(0, 1)))


def coloured(image: Pixels, dice: Dice) -> bytes:
    """Ink of one colour on paper of another, equally bright or not."""
    scene = write(image, dice)
    while True:
        ink, paper = dice.uniform(20, 235, 3), dice.uniform(60, 245, 3)
        tints = [colour - colour.mean() for colour in (ink, paper)]
        if np.linalg.norm(tints[0] - tints[1]) > 90:
            break
    recolour(scene, paper, ink)
    return photograph(scene, dice)


def light_on_dark(image: Pixels, dice: Dice) -> bytes:
    """Chalk on a board, or a screen in dark mode."""
    scene = write(image, dice)
    paper = dice.uniform(0, 90)
    recolour(scene, np.full(3, paper), np.full(3, dice.uniform(paper + 60, 255)))
    return photograph(scene, dice)


def fine(image: Pixels, dice: Dice) -> bytes:
    """Lines of 1 to 3 pixels on a sheet of 1,000."""
    digit = digit_shapes.redraw(image, int(dice.integers(400, 1000)), int(dice.integers(1, 4)))
    return photograph(place(digit, (1000, 1000), dice), dice, noise=0)


def blurred(image: Pixels, dice: Dice) -> bytes:
    """Out of focus, with grain."""
    scene = write(image, dice)
    spread = (scene.box[3] - scene.box[1]) * dice.uniform(0.01, 0.04)
    blurred = cv2.GaussianBlur(scene.surface, (0, 0), spread)
    scene.surface = np.asarray(blurred, dtype=np.float32)
    return photograph(scene, dice, noise=float(dice.uniform(0, 4)))


def broken(image: Pixels, dice: Dice) -> bytes:
    """A dry pen, whose line has gaps."""
    scene = write(image, dice)
    size = max(scene.box[3] - scene.box[1], scene.box[2] - scene.box[0])
    left, top, right, bottom = scene.box
    for _ in range(int(dice.integers(2, 7))):
        centre = (int(dice.integers(left, right)), int(dice.integers(top, bottom)))
        cv2.circle(scene.coverage, centre, max(1, round(size * 0.015)), 0.0, -1)
    recolour(scene, np.full(3, 240.0), np.full(3, dice.uniform(20, 110)))
    return photograph(scene, dice)
