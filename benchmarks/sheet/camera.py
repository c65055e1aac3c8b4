"""Photographs a page: from the side, bent, blurred, in bad light, with noise, as JPEG."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from benchmarks.sheet.printing import PIXELS
from mnistlab.core.arrays import Float32Array, Float64Array

Dice = np.random.Generator

SMALLEST, LARGEST = 1.5, 12.0
"""Megapixels."""

BLOCK = 8
"""Pixels on a side of blocks, between whose middles everything smooth is interpolated."""

BESIDE = -1.0
"""In place of brightness, where there is no paper."""

TINT = (1.0, 0.96, 0.88)
"""Of a lamp's light, in red, green and blue."""


@dataclass(frozen=True, eq=False)
class View:
    """Where a camera is.

    Attributes:
        size: The photo's width and height in pixels.
        to_photo: The matrix from the page's millimetres to the photo's pixels, (3, 3).
        pixels: For each millimetre of the page, in the mean.
    """

    size: tuple[int, int]
    to_photo: Float64Array
    pixels: float


def take_photo(page: Float32Array, megapixels: float, dice: Dice) -> bytes:
    """Return a photo of a page, (height, width) with `PIXELS` for each millimetre, as JPEG."""
    view = _choose_view(page.shape[1] / PIXELS, page.shape[0] / PIXELS, megapixels, dice)
    places = _see_places(view)
    bent = places + _bend(places, dice)
    sharp = _blur(page, view, dice) * dice.uniform(0.85, 0.97)
    x, y = cv2.split(cv2.resize((bent * PIXELS - 0.5).astype(np.float32), view.size))
    paper = cv2.remap(sharp, x, y, cv2.INTER_LINEAR, borderValue=BESIDE)
    reflected = np.where(paper < 0, _desk(view.size, dice), paper)
    light = cv2.resize(_light(places.shape[:2], dice), view.size)
    return _develop((reflected * light).astype(np.float32), dice)


def draw_megapixels(dice: Dice) -> float:
    """Return a photo's size at random."""
    return float(np.exp(dice.uniform(np.log(SMALLEST), np.log(LARGEST))))


def _choose_view(width: float, height: float, megapixels: float, dice: Dice) -> View:
    """Look at a page from a random side, in one of four orientations, so that it is all seen."""
    turn = dice.integers(4)
    angle = np.radians(turn * 90 + dice.normal(0, 5))
    short = np.sqrt(megapixels * 1e6 * 0.75)
    size = (short, short / 0.75) if turn % 2 == 0 else (short / 0.75, short)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float64)
    flat = (corners - (width / 2, height / 2)) @ _rotation(angle).T
    # Tilted about an axis in the page's plane, and seen from a distance.
    tilt, axis = np.radians(dice.uniform(0, 38)), _rotation(dice.uniform(0, 2 * np.pi))
    along, across = (flat @ axis).T
    depth = np.hypot(width, height) * dice.uniform(1.1, 2) + across * np.sin(tilt)
    seen = np.stack([along, across * np.cos(tilt)], axis=-1) / depth[:, None] @ axis.T
    extent = np.ptp(seen, axis=0)
    scale = (np.array(size) / extent).min() * dice.uniform(0.78, 0.97)
    room = np.array(size) - extent * scale
    in_photo = (seen - seen.min(axis=0)) * scale + room * dice.uniform(0.1, 0.9, 2)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), in_photo.astype(np.float32))
    pixels = np.sqrt(cv2.contourArea(in_photo.astype(np.float32)) / (width * height))
    return View((round(size[0]), round(size[1])), np.asarray(matrix, dtype=np.float64), pixels)


def _rotation(angle: float) -> Float64Array:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _see_places(view: View) -> Float64Array:
    """Return where on the page the middle of each block of the photo is, in millimetres."""
    width, height = (side // BLOCK for side in view.size)
    x, y = np.meshgrid(
        (np.arange(width) + 0.5) * view.size[0] / width - 0.5,
        (np.arange(height) + 0.5) * view.size[1] / height - 0.5,
    )
    places = np.stack([x, y, np.ones_like(x)], axis=-1) @ np.linalg.inv(view.to_photo).T
    return places[..., :2] / places[..., 2:]


def _bend(places: Float64Array, dice: Dice) -> Float64Array:
    """Return how far paper that curls and has wrinkles seems to be moved, in millimetres."""
    moved = np.zeros_like(places)
    for most, shortest, longest in ((1.5, 250, 600), (1.0, 120, 250), (0.25, 30, 80)):
        wave = dice.uniform(0, 2 * np.pi), dice.uniform(shortest, longest)
        direction = _rotation(dice.uniform(0, 2 * np.pi))[0]
        phase = places @ direction * 2 * np.pi / wave[1] + wave[0]
        moved += np.sin(phase)[..., None] * dice.normal(0, most / 2, 2).clip(-most, most)
    return moved


def _blur(page: Float32Array, view: View, dice: Dice) -> Float32Array:
    """Blur a page by the size of the photo's pixels, by focus, and sometimes by movement."""
    focus = dice.uniform(0, 0.25)
    sigma = np.hypot(0.5 / view.pixels, focus) * PIXELS
    blurred = cv2.GaussianBlur(page, (0, 0), float(sigma))
    length = dice.uniform(0, 0.6) * PIXELS if dice.random() < 0.3 else 0
    if length > 2:
        kernel = np.zeros((11, 11), dtype=np.float32)
        step = _rotation(dice.uniform(0, np.pi))[0] * length / 2
        ends = [tuple((5 + sign * step).round().astype(int).tolist()) for sign in (-1, 1)]
        cv2.line(kernel, ends[0], ends[1], 1)
        blurred = cv2.filter2D(blurred, -1, kernel / kernel.sum())
    return np.asarray(blurred, dtype=np.float32)


def _desk(size: tuple[int, int], dice: Dice) -> Float32Array:
    """Return a desk with a grain."""
    grain = cv2.resize(dice.normal(0, 0.04, (size[1] // 4 + 1, 12)).astype(np.float32), size)
    return np.asarray(dice.uniform(0.1, 0.85) + grain, dtype=np.float32).clip(0.02, 1)


def _light(shape: tuple[int, int], dice: Dice) -> Float32Array:
    """Return a lamp's light, which falls off to one side and has shadows in it."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    where = np.stack([x, y], axis=-1)
    light = np.exp(where @ _rotation(dice.uniform(0, 2 * np.pi))[0] * dice.uniform(0, 0.45))
    light *= 1 - dice.uniform(0, 0.25) * (x * x + y * y) / 2
    for _ in range(dice.integers(3)):
        side = where @ _rotation(dice.uniform(0, 2 * np.pi))[0] + dice.uniform(-0.8, 0.8)
        softness = np.exp(dice.uniform(np.log(0.01), np.log(0.5)))
        light *= 1 - dice.uniform(0.2, 0.6) / (1 + np.exp(-np.clip(side / softness * 4, -30, 30)))
    brightest = np.percentile(light, 95)
    return np.asarray(light / brightest * dice.uniform(0.5, 1.1), dtype=np.float32)


def _develop(seen: Float32Array, dice: Dice) -> bytes:
    """Return a photo as JPEG, with a sensor's noise."""
    noise = dice.uniform(0.003, 0.03)
    exposed = seen + dice.standard_normal(seen.shape, dtype=np.float32) * noise
    levels = (exposed.clip(0, 1) * 255).astype(np.uint8)
    image = Image.merge(
        "RGB", [Image.fromarray((levels * share).astype(np.uint8)) for share in TINT]
    )
    content = io.BytesIO()
    image.save(content, "JPEG", quality=int(dice.integers(50, 96)))
    return content.getvalue()
