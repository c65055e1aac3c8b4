"""Simulated pictures without a digit: blank and shaded sheets, printed lines, dirt, drawings."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from benchmarks.drawing import scribbles
from benchmarks.pictures import scenes, surroundings
from benchmarks.pictures.scenes import Dice, Scene
from mnistlab.core.arrays import Float32Array
from mnistlab.core.drawing.mnist_image import render_strokes


def _blank(dice: Dice) -> Scene:
    height, width = (int(dice.integers(200, 1000)) for _ in range(2))
    coverage = np.zeros((height, width), dtype=np.float32)
    surface = np.full((height, width, 3), dice.uniform(60, 255), dtype=np.float32)
    return Scene(coverage, surface, (width // 4, height // 4, width * 3 // 4, height * 3 // 4))


def _shadow(dice: Dice) -> Scene:
    scene = _blank(dice)
    scene.surface *= scenes.shade(scene, dice)[:, :, np.newaxis]
    return scene


def _blots(dice: Dice) -> Scene:
    """Soft dark patches, as of shadows and stains."""
    scene = _blank(dice)
    cells = dice.integers(2, 12, 2)
    patches = cv2.resize(
        dice.uniform(0.3, 1, cells).astype(np.float32),
        scene.shape[::-1],
        interpolation=cv2.INTER_CUBIC,
    )
    scene.surface *= patches[:, :, np.newaxis]
    return scene


def _ruled(dice: Dice) -> Scene:
    scene = _blank(dice)
    spacing = min(scene.shape) * dice.uniform(0.06, 0.4)
    surroundings.rule(scene, dice, upright=False, spacing=spacing)
    if dice.random() < 0.5:
        surroundings.rule(scene, dice, upright=True, spacing=spacing)
    return scene


def _grainy(dice: Dice) -> Scene:
    """Cloth or wood: grain in long and short waves."""
    scene = _blank(dice)
    grain = np.zeros(scene.shape, dtype=np.float32)
    for spread in (0.01, 2, 8):
        rough = dice.normal(0, 1, scene.shape).astype(np.float32)
        wave = cv2.GaussianBlur(rough, (0, 0), spread, sigmaY=spread * dice.uniform(1, 8))
        grain += dice.uniform(0, 15) * wave / max(float(wave.std()), 1e-6)
    scene.surface += grain[:, :, np.newaxis]
    return scene


def _drawn(kind: str) -> Callable[[Dice], Scene]:
    def draw(dice: Dice) -> Scene:
        scene = _blank(dice)
        shape = scribbles.KINDS[kind](dice)
        drawn = render_strokes(scribbles.draw_by_hand(shape, dice))
        side = int(min(scene.shape) * 0.95)
        coverage: Float32Array = np.asarray(cv2.resize(drawn, (side, side)), dtype=np.float32)
        scene.surface[:side, :side] *= 1 - 0.85 * coverage[:, :, np.newaxis]
        return scene

    return draw


UNREADABLE: Mapping[str, Callable[[Dice], Scene]] = {
    "blank": _blank,
    "shadow": _shadow,
    "blots": _blots,
    "ruled": _ruled,
    "grainy": _grainy,
    "letters": _drawn("letters"),
    "signs": _drawn("signs"),
    "scribbles": _drawn("scribbles"),
}
"""Each draws a scene; `scenes.photograph` makes a file of it."""
