"""Sheets in front of a camera, each with one digit, lit from somewhere."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.pictures.simulation import digit_shapes
from mnistlab.core.arrays import Float32Array, Float64Array, Pixels

Dice = np.random.Generator

Colour = NDArray[np.floating[Any]]
"""Red, green and blue, 0 to 255, (3,)."""


@dataclass
class Scene:
    """A sheet in front of a camera.

    Attributes:
        coverage: How much of each pixel is inked, (height, width).
        surface: What the sheet reflects, 0 to 255, (height, width, 3).
        box: The digit's left, top, right and bottom.
        noise: Standard deviation of the camera's grain, in levels of grey; None for any.
    """

    coverage: Float32Array
    surface: Float32Array
    box: tuple[int, int, int, int]
    noise: float | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.coverage.shape[0], self.coverage.shape[1]


Share = tuple[float, float]
"""Between which shares of the sheet's shorter side a digit's size is."""

USUAL, WITH_ROOM = (0.3, 0.7), (0.3, 0.55)

Change = Callable[[Scene, Dice], None]
"""Changes a scene's surface."""

Write = Callable[[Pixels, Dice, Share], Scene]
"""Draws a digit's image, (28, 28), on a sheet."""


def write(image: Pixels, dice: Dice, share: Share = USUAL) -> Scene:
    """Draw a digit somewhere on a blank sheet, as large as a share of its shorter side."""
    height, width = (int(dice.integers(300, 1200)) for _ in range(2))
    side = int(min(height, width) * dice.uniform(*share) * 1.4)
    if dice.random() < 0.5:
        digit = digit_shapes.enlarge(image, side)
    else:
        pen = max(2, round(side * dice.uniform(0.01, 0.07)))
        digit = digit_shapes.redraw(image, side, pen)
    return place(digit, (height, width), dice)


def place(digit: Float32Array, shape: tuple[int, int], dice: Dice) -> Scene:
    """Place a digit on a sheet of white paper, whole and with a little room around it."""
    rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    crop = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = (max(s, c + 10) for s, c in zip(shape, crop.shape, strict=True))
    room = round(0.12 * min(height, width))
    top, left = (
        int(dice.integers(min(room, gap // 2), gap - min(room, gap // 2) + 1))
        for gap in (height - crop.shape[0], width - crop.shape[1])
    )
    coverage = np.zeros((height, width), dtype=np.float32)
    box = left, top, left + crop.shape[1], top + crop.shape[0]
    coverage[box[1] : box[3], box[0] : box[2]] = crop
    paper = np.full(3, dice.uniform(215, 255)) - dice.uniform(0, 12, 3)
    return Scene(coverage, _ink(coverage, paper, np.full(3, dice.uniform(5, 80))), box)


def photograph(scene: Scene, dice: Dice) -> bytes:
    """Return the file of a scene as a camera, or a screenshot, would make it."""
    surface, noise = scene.surface, scene.noise
    if noise is None:
        noise = float(dice.choice(np.array([0, 1.5, 4])))
    if noise:
        surface = surface + dice.normal(0, noise, surface.shape).astype(np.float32)
    image = Image.fromarray(surface.clip(0, 255).round().astype(np.uint8))
    quality = int(dice.integers(50, 96))
    return encode(image, "JPEG" if dice.random() < 0.5 else "PNG", {"quality": quality})


def encode(image: Image.Image, kind: str, options: Mapping[str, object]) -> bytes:
    """Return an image as a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **dict(options))
    return buffer.getvalue()


def _ink(coverage: Float32Array, paper: Colour, ink: Colour) -> Float32Array:
    share = coverage[:, :, np.newaxis]
    mixed: Float32Array = (paper * (1 - share) + ink * share).astype(np.float32)
    return mixed


def recolour(scene: Scene, paper: Colour, ink: Colour) -> None:
    """Draw the digit anew, on a blank sheet of one colour, with ink of another."""
    scene.surface = _ink(scene.coverage, paper, ink)


def blank_sheet(dice: Dice) -> Scene:
    """Return a sheet of any grey, with nothing on it."""
    height, width = (int(dice.integers(200, 1000)) for _ in range(2))
    coverage = np.zeros((height, width), dtype=np.float32)
    surface = np.full((height, width, 3), dice.uniform(60, 255), dtype=np.float32)
    return Scene(coverage, surface, (width // 4, height // 4, width * 3 // 4, height * 3 // 4))


def paint(scene: Scene, share: NDArray[np.floating[Any]], colour: Colour) -> None:
    """Cover a share of each pixel, (height, width), with a colour."""
    part = share[:, :, np.newaxis]
    scene.surface = (scene.surface * (1 - part) + colour * part).astype(np.float32)


def grain(scene: Scene, dice: Dice, strength: float) -> None:
    """Add the grain of paper, cloth or wood, in short and long waves, in levels of grey."""
    rough = np.zeros(scene.shape, dtype=np.float32)
    for spread in (0.7, 2, 8):
        noise = dice.normal(0, 1, scene.shape).astype(np.float32)
        wide = cv2.GaussianBlur(noise, (0, 0), spread, sigmaY=spread * dice.uniform(1, 3))
        wave = np.asarray(wide, dtype=np.float32)
        rough += wave / max(float(wave.std()), 1e-6) * dice.uniform(0, 1)
    rough *= np.float32(strength)
    scene.surface += rough[:, :, np.newaxis]


def whole(point: Sequence[float] | Float64Array) -> tuple[int, int]:
    """Return a point's x and y, or a size, in whole pixels, as OpenCV takes them."""
    return int(point[0]), int(point[1])


def grid(scene: Scene) -> tuple[Float32Array, Float32Array]:
    """Return each pixel's place downwards and to the right, 0 to 1, (height, width) both."""
    y, x = np.mgrid[0 : 1 : scene.shape[0] * 1j, 0 : 1 : scene.shape[1] * 1j]
    return y.astype(np.float32), x.astype(np.float32)


def darken(scene: Scene, light: Float32Array) -> None:
    """Leave a share of the light on each pixel, (height, width)."""
    scene.surface = (scene.surface * light[:, :, np.newaxis]).astype(np.float32)


def cast_shadow(scene: Scene, dice: Dice) -> None:
    """Cast a shadow whose edge, sharp or soft, goes through the digit at any angle."""
    y, x = np.mgrid[: scene.shape[0], : scene.shape[1]].astype(np.float32)
    left, top, right, bottom = scene.box
    at = dice.uniform(left, right), dice.uniform(top, bottom)
    angle = dice.choice([0, np.pi / 2, dice.uniform(0, np.pi)]) + dice.choice([0, np.pi])
    along = (x - at[0]) * np.cos(angle) + (y - at[1]) * np.sin(angle)
    softness = dice.choice([0.01, 5, 40])
    light = 1 - dice.uniform(0.3, 0.65) / (1 + np.exp(-(along / softness).clip(-40, 40)))
    darken(scene, np.asarray(light, dtype=np.float32))
