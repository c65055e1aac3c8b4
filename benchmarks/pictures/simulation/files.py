"""Files of unusual depth, few levels, or many pixels."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from PIL import Image

from benchmarks.pictures.simulation import digit_shapes
from benchmarks.pictures.simulation.scenes import (
    Dice,
    Scene,
    cast_shadow,
    encode,
    place,
    recolour,
    write,
)
from mnistlab.core.arrays import Pixels


def _deep(image: Pixels, dice: Dice) -> bytes:
    """16 bits, of which a scanner may use 10, 12 or all."""
    grey = write(image, dice).surface[:, :, 0] / 255
    top = 2 ** int(dice.choice([10, 12, 16])) - 1
    return encode(Image.fromarray((grey * top).round().astype(np.uint16)), "PNG", {})


def _palette(image: Pixels, dice: Dice) -> bytes:
    """A picture of 4 to 32 colours."""
    scene = write(image, dice)
    reduced = _render(scene).quantize(int(dice.integers(4, 33)))
    return encode(reduced, "PNG", {})


def _sixteen_levels(image: Pixels, dice: Dice) -> bytes:
    """Values from 0 to 16, in a picture of 14 pixels or more."""
    side = int(dice.choice([14, 28, 100, 500]))
    coverage = (
        digit_shapes.enlarge(image, side)
        if side > 28
        else cv2.resize(image.astype(np.float32) / 255, (side, side), interpolation=cv2.INTER_AREA)
    )
    levels = coverage if dice.random() < 0.5 else 1 - coverage
    return encode(Image.fromarray((levels * 16).round().astype(np.uint8)), "PNG", {})


def _large(image: Pixels, dice: Dice) -> bytes:
    """A ballpoint's line of 5 to 9 pixels on a photo of 12 megapixels."""
    size = int(dice.integers(500, 2200))
    digit = digit_shapes.redraw(image, size, int(dice.integers(5, 10)))
    scene = place(digit, (3024, 4032), dice)
    recolour(scene, np.full(3, 225.0), np.array([60.0, 60.0, 140.0]))
    cast_shadow(scene, dice)
    return encode(_render(scene), "JPEG", {"quality": 85})


def _thumbnail(image: Pixels, dice: Dice) -> bytes:
    """A picture of 28 to 120 pixels."""
    scene = write(image, dice)
    pixels = _render(scene)
    pixels.thumbnail((int(dice.integers(28, 121)),) * 2)
    return encode(pixels, "PNG", {})


def _render(scene: Scene) -> Image.Image:
    return Image.fromarray(scene.surface.clip(0, 255).astype(np.uint8))


FILES: Mapping[str, Callable[[Pixels, Dice], bytes]] = {
    "deep": _deep,
    "palette": _palette,
    "sixteen_levels": _sixteen_levels,
    "thumbnail": _thumbnail,
    "large": _large,
}
