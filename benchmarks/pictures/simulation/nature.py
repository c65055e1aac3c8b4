"""What a camera sees that is no sheet: leaves, clouds, a desk, keys, photographs."""

import functools

import cv2
import numpy as np
from sklearn.datasets import load_sample_images

from benchmarks.pictures.simulation.scenes import Dice, Scene, blank_sheet, grain, whole
from mnistlab.core.arrays import Pixels


def leaves(dice: Dice) -> Scene:
    """Round things of all sizes that lie on each other.

    Their statistics are those of natural images (A. B. Lee, D. Mumford & J. Huang, "Occlusion
    models for natural images", 2001).
    """
    scene = blank_sheet(dice)
    height, width = scene.shape
    least = dice.uniform(0.02, 0.2)
    for _ in range(int(dice.integers(5, 400))):
        radius = min(height, width) * min(0.5, least / dice.uniform(0.1, 1))
        axes = whole((radius, radius * dice.uniform(0.3, 1)))
        centre = whole((dice.uniform(0, width), dice.uniform(0, height)))
        colour = (dice.uniform(0, 255) + dice.normal(0, 30, 3)).tolist()
        cv2.ellipse(scene.surface, centre, axes, float(dice.uniform(0, 180)), 0, 360, colour, -1)
    return _soften(scene, dice)


def clouds(dice: Dice) -> Scene:
    """Light and dark in waves of all lengths, the longer the stronger."""
    scene = blank_sheet(dice)
    steepness = dice.uniform(0.8, 2)
    size = (64, 64)
    frequency = np.hypot(*np.meshgrid(*(np.fft.fftfreq(n) for n in size)))
    waves = dice.normal(0, 1, size) + 1j * dice.normal(0, 1, size)
    small = np.fft.ifft2(waves / np.maximum(frequency, 1 / 64) ** steepness).real
    large = cv2.resize(small.astype(np.float32), scene.shape[::-1], interpolation=cv2.INTER_CUBIC)
    scene.surface += (large / large.std() * dice.uniform(10, 50))[:, :, np.newaxis]
    return scene


def desk(dice: Dice) -> Scene:
    """Wood, with pens, sheets and coins."""
    scene = blank_sheet(dice)
    grain(scene, dice, float(dice.uniform(2, 15)))
    height, width = scene.shape
    for _ in range(int(dice.integers(1, 7))):
        at = dice.uniform(0, 1, 2) * (width, height)
        size = min(height, width) * dice.uniform(0.02, 0.6, 2)
        colour = dice.uniform(0, 255, 3).tolist()
        box = (at.tolist(), size.tolist(), float(dice.uniform(0, 180)))
        if dice.random() < 0.25:
            cv2.circle(scene.surface, whole(at), int(size.min() / 2), colour, -1)
        else:
            cv2.fillConvexPoly(scene.surface, np.rint(cv2.boxPoints(box)).astype(np.int32), colour)
    return _soften(scene, dice)


def keyboard(dice: Dice) -> Scene:
    """Rows of keys, with letters."""
    scene = blank_sheet(dice)
    height, width = scene.shape
    pitch = int(min(height, width) / dice.uniform(2, 8))
    surface = scene.surface.astype(np.uint8)
    key, gap = dice.uniform(0, 255), max(2, round(pitch * dice.uniform(0.05, 0.2)))
    printed = [(key + 128) % 256] * 3
    shift, thickness = dice.uniform(0, 0.5), max(1, pitch // 25)
    for row in range(height // pitch + 1):
        for column in range(-1, width // pitch + 1):
            left, top = int((column + shift * (row % 3)) * pitch), row * pitch
            right, bottom = left + pitch - gap, top + pitch - gap
            cv2.rectangle(surface, (left, top), (right, bottom), [key] * 3, -1)
            text, at = str(dice.choice(list("QWERTYUIOPASDF"))), (left + gap, bottom - 2 * gap)
            size = pitch / 60
            cv2.putText(surface, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, printed, thickness)
    scene.surface = surface.astype(np.float32)
    return _soften(scene, dice)


def photograph(dice: Dice) -> Scene:
    """A part of a photo of a temple or of a flower."""
    scene = blank_sheet(dice)
    photos = _photos()
    photo = photos[dice.integers(len(photos))]
    side = int(dice.integers(60, 400))
    top, left = (int(dice.integers(0, size - side + 1)) for size in photo.shape[:2])
    part = photo[top : top + side, left : left + side]
    scene.surface = np.asarray(
        cv2.resize(part, scene.shape[::-1], interpolation=cv2.INTER_CUBIC), dtype=np.float32
    )
    return scene


@functools.cache
def _photos() -> list[Pixels]:
    return list(load_sample_images().images)


def _soften(scene: Scene, dice: Dice) -> Scene:
    surface = cv2.GaussianBlur(scene.surface, (0, 0), float(dice.uniform(0.5, 4)))
    scene.surface = np.asarray(surface, dtype=np.float32)
    return scene
