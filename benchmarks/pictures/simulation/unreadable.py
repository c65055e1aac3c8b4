"""Simulated pictures without a digit: blank and shaded sheets, printed lines, dirt, drawings."""

import functools
from collections.abc import Callable, Mapping

import cv2
import numpy as np

from benchmarks.drawing import scribbles
from benchmarks.harness import images
from benchmarks.pictures.simulation import digit_shapes, nature, scenes, surroundings, typed
from benchmarks.pictures.simulation.scenes import Dice, Scene, blank_sheet
from mnistlab.core.arrays import Float32Array, Pixels
from mnistlab.core.drawing.mnist_image import render_strokes


def _shadow(dice: Dice) -> Scene:
    scene = blank_sheet(dice)
    scenes.cast_shadow(scene, dice)
    return scene


def _blots(dice: Dice) -> Scene:
    """Soft dark patches, as of shadows and stains."""
    scene = blank_sheet(dice)
    cells = dice.integers(2, 12, 2)
    patches = cv2.resize(
        dice.uniform(0.3, 1, cells).astype(np.float32),
        scene.shape[::-1],
        interpolation=cv2.INTER_CUBIC,
    )
    scene.surface *= patches[:, :, np.newaxis]
    return scene


def _ruled(dice: Dice) -> Scene:
    scene = blank_sheet(dice)
    spacing = min(scene.shape) * dice.uniform(0.06, 0.4)
    surroundings.rule(scene, dice, upright=False, spacing=spacing)
    if dice.random() < 0.5:
        surroundings.rule(scene, dice, upright=True, spacing=spacing)
    return scene


def _grainy(dice: Dice) -> Scene:
    """Cloth or wood: grain in long and short waves."""
    scene = blank_sheet(dice)
    grain = np.zeros(scene.shape, dtype=np.float32)
    for spread in (0.01, 2, 8):
        rough = dice.normal(0, 1, scene.shape).astype(np.float32)
        wave = cv2.GaussianBlur(rough, (0, 0), spread, sigmaY=spread * dice.uniform(1, 8))
        grain += dice.uniform(0, 15) * wave / max(float(wave.std()), 1e-6)
    scene.surface += grain[:, :, np.newaxis]
    return scene


def _drawn(kind: str) -> Callable[[Dice], Scene]:
    def draw(dice: Dice) -> Scene:
        scene = blank_sheet(dice)
        shape = scribbles.KINDS[kind](dice)
        drawn = render_strokes(scribbles.draw_by_hand(shape, dice))
        side = int(min(scene.shape) * 0.95)
        coverage: Float32Array = np.asarray(cv2.resize(drawn, (side, side)), dtype=np.float32)
        scene.surface[:side, :side] *= 1 - 0.85 * coverage[:, :, np.newaxis]
        return scene

    return draw


def _shapes(dice: Dice) -> Scene:
    """Triangles, stars and other polygons, filled or not, and rectangles."""
    scene = blank_sheet(dice)
    size, corners = min(scene.shape) * dice.uniform(0.2, 0.45), int(dice.choice([3, 4, 5, 10]))
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False) + dice.uniform(0, 0.3)
    radii = np.where(np.arange(corners) % 2, 0.4, 1.0) if corners == 10 else np.ones(corners)
    places = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radii[:, np.newaxis] * size
    places = places * dice.uniform(0.5, 1, 2) + np.divide(scene.shape[::-1], 2)
    points, drawn = np.rint(places).astype(np.int32), np.zeros(scene.shape, dtype=np.uint8)
    # Of the outlines, those with four and more corners look like a zero.
    if corners in (4, 5) or dice.random() < 0.5:
        cv2.fillPoly(drawn, [points], 255, cv2.LINE_AA)
    else:
        cv2.polylines(drawn, [points], True, 255, int(dice.integers(2, 20)), cv2.LINE_AA)
    scenes.paint(
        scene, drawn.astype(np.float32) / 255, dice.uniform(0, 0.5, 3) * scene.surface[0, 0]
    )
    return scene


def _face(dice: Dice) -> Scene:
    """A head with eyes, a nose and a mouth."""
    scene = blank_sheet(dice)
    size = min(scene.shape) * dice.uniform(0.2, 0.45)
    middle = np.divide(scene.shape[::-1], 2)
    pen = int(dice.integers(2, 16))
    drawn = np.zeros(scene.shape, dtype=np.uint8)
    for x, y, width, height, end in (
        (0, 0, dice.uniform(0.7, 1), 1, 360),
        (-0.35, -0.3, 0.12, dice.uniform(0.05, 0.15), 360),
        (0.35, -0.3, 0.12, dice.uniform(0.05, 0.15), 360),
        (0, 0.1, 0.05, 0.15, 180),
        (0, 0.4, 0.4, dice.uniform(0.05, 0.3), 180),
    ):
        at = tuple(int(value) for value in middle + size * np.array([x, y]))
        axes = int(size * width), int(size * height)
        cv2.ellipse(drawn, at, axes, 0, 0, end, 255, pen, cv2.LINE_AA)
    scenes.paint(scene, drawn.astype(np.float32) / 255, dice.uniform(0, 0.5) * scene.surface[0, 0])
    return scene


@functools.cache
def _training_images() -> Pixels:
    pixels: Pixels = images.load(train=True).pixels.numpy().reshape(-1, 28, 28)
    return pixels


def _two_digits(dice: Dice) -> Scene:
    """Two or three handwritten digits, of MNIST's training images."""
    scene = blank_sheet(dice)
    pixels = _training_images()
    count = int(dice.integers(2, 4))
    height, width = scene.shape
    side = int(min(height, width / count) * dice.uniform(0.4, 1))
    top, dark = dice.uniform(0, 1) * (height - side), dice.uniform(0.3, 0.95)
    for place in range(count):
        left = int(place * width / count)
        down = int(min(max(top + dice.normal(0, 0.05) * side, 0), height - side))
        digit = digit_shapes.enlarge(pixels[dice.integers(len(pixels))], side)
        scene.surface[down : down + side, left : left + side] *= 1 - dark * digit[:, :, np.newaxis]
    return scene


UNREADABLE: Mapping[str, Callable[[Dice], Scene]] = {
    "blank": blank_sheet,
    "shadow": _shadow,
    "blots": _blots,
    "ruled": _ruled,
    "grainy": _grainy,
    "shapes": _shapes,
    "face": _face,
    "two_digits": _two_digits,
    "hand_letters": _drawn("letters"),
    "hand_signs": _drawn("signs"),
    "scribbles": _drawn("scribbles"),
    "typed_letters": typed.letter,
    "typed_foreign": typed.foreign,
    "typed_signs": typed.sign,
    "words": typed.words,
    "leaves": nature.leaves,
    "clouds": nature.clouds,
    "desk": nature.desk,
    "keyboard": nature.keyboard,
    "photographs": nature.photograph,
}
"""Each draws a scene; `scenes.photograph` makes a file of it."""
