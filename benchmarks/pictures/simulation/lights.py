"""Light that is not even: shadows, a lamp at one side, a bright spot, folds."""

from collections.abc import Mapping

import numpy as np

from benchmarks.pictures.simulation.scenes import Change, Dice, Scene, cast_shadow, darken, grid


def _two_shadows(scene: Scene, dice: Dice) -> None:
    """A hand's and a phone's, one across the other."""
    for _ in range(2):
        cast_shadow(scene, dice)


def _slanting_light(scene: Scene, dice: Dice) -> None:
    """Light that falls off to a side, and towards the corners."""
    y, x = grid(scene)
    angle, depth = dice.uniform(0, 2 * np.pi), dice.uniform(0.2, 0.7)
    fall = ((x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle)) / 1.42 + 0.5
    corners = dice.uniform(0, 0.5) * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    darken(scene, (1 - depth * fall) * (1 - corners))


def _glare(scene: Scene, dice: Dice) -> None:
    """A lamp's spot, in which ink and paper are brighter, as on glossy paper."""
    y, x = grid(scene)
    at = dice.uniform(0, 1, 2)
    spot = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / dice.uniform(0.05, 0.4) ** 2)
    light = (dice.uniform(0.2, 0.6) * spot)[:, :, np.newaxis]
    darken(scene, np.full(scene.shape, dice.uniform(0.5, 0.9)))
    scene.surface = (scene.surface * (1 - light) + 255 * light).astype(np.float32)


def _folds(scene: Scene, dice: Dice) -> None:
    """Creases from edge to edge: the paper is brighter on one side of each, and dark along it."""
    y, x = grid(scene)
    for _ in range(int(dice.integers(1, 4))):
        angle = dice.choice([0, np.pi / 2]) + dice.normal(0, 0.1)
        along = (x - dice.uniform(0.1, 0.9)) * np.cos(angle)
        along = along + (y - dice.uniform(0.1, 0.9)) * np.sin(angle)
        sides = dice.uniform(0.03, 0.15) * np.exp(-np.abs(along) / 0.2) * np.sign(along)
        crease = dice.uniform(0.02, 0.12) * np.exp(-np.square(along / dice.uniform(0.002, 0.006)))
        darken(scene, 1 + sides - crease)


LIGHTS: Mapping[str, Change] = {
    "half_shadow": cast_shadow,
    "two_shadows": _two_shadows,
    "slanting_light": _slanting_light,
    "glare": _glare,
    "folds": _folds,
}
