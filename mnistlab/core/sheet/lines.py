"""The boxes' printed lines on the straightened page: where they are, and the page without them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from mnistlab.core.arrays import Float32Array, Float64Array
from mnistlab.core.settings.config import DIGITS
from mnistlab.core.sheet.layout import BOX_HEIGHT, BOX_WIDTH, Layout
from mnistlab.core.sheet.raster import PIXELS, pixel

MARGIN = 0.1
"""Of a piece's length at either end, where other lines cross it."""

NOISE = 4.0
"""Standard deviations of what is beside it by which a line is darker."""

FAINTEST = 0.01
"""Darkness of a line that is found; more than rounding to 255 levels makes of none."""

HALF_WIDTH = 1.0
"""Millimetres on either side of a line's place in which a line is removed."""

DARKEST = 2.0
"""Times the darkness of most lines. Where it is darker, ink lies along the line."""


class Offsets(NamedTuple):
    """How far lines of one direction are from their places.

    Attributes:
        places: The middles of pieces between crossings, x and y in millimetres: (n, 2).
        distances: Of each piece across the lines, in millimetres: (n,).
    """

    places: Float64Array
    distances: Float64Array


class _Piece(NamedTuple):
    """A piece of a line that runs downwards, in millimetres."""

    x: float
    top: float
    bottom: float


def find_upright_offsets(darkness: Float32Array, layout: Layout, reach: float) -> Offsets:
    """Return how far to the right of their places lines that run downwards are.

    Args:
        darkness: The straightened page's.
        layout: The form.
        reach: Millimetres from its place at which a line is looked for.
    """
    return _find_offsets(darkness, list(_upright(layout, parts=1)), reach)


def find_level_offsets(darkness: Float32Array, layout: Layout, reach: float) -> Offsets:
    """Return how far below their places lines that run across are; else as above."""
    found = _find_offsets(darkness.T, list(_level(layout, parts=1)), reach)
    return Offsets(found.places[:, ::-1], found.distances)


def remove_lines(darkness: Float32Array, layout: Layout) -> Float32Array:
    """Return the darkness without what lines add to it.

    What a line adds is the median along a piece of it, at each distance from its middle: ink that
    crosses a line covers less than half of a piece, and stays.
    """
    page = darkness.copy()
    _remove(page, list(_upright(layout, parts=2)))
    _remove(page.T, list(_level(layout, parts=2)))
    return page


def _upright(layout: Layout, parts: int) -> Iterator[_Piece]:
    """Give the pieces of lines that run downwards, each side of a box in so many parts."""
    length = BOX_HEIGHT / parts
    for line in range(DIGITS + 1):
        for part in range(layout.rows * parts):
            yield _Piece(line * BOX_WIDTH, part * length, (part + 1) * length)


def _level(layout: Layout, parts: int) -> Iterator[_Piece]:
    """Give those of lines that run across, as on a page turned over its diagonal."""
    length = BOX_WIDTH / parts
    for line in range(layout.rows + 1):
        for part in range(DIGITS * parts):
            yield _Piece(line * BOX_HEIGHT, part * length, (part + 1) * length)


def _strip(darkness: Float32Array, piece: _Piece, reach: float) -> Float32Array:
    """Return the pixels around a piece, the same number on either side of it."""
    middle, half = pixel(piece.x), round(reach * PIXELS)
    margin = (piece.bottom - piece.top) * MARGIN
    rows = slice(pixel(piece.top + margin), pixel(piece.bottom - margin))
    return darkness[rows, max(middle - half, 0) : middle + half]


def _find_offsets(darkness: Float32Array, pieces: list[_Piece], reach: float) -> Offsets:
    found = []
    for piece in pieces:
        distance = _find_line(np.median(_strip(darkness, piece, reach), axis=0))
        if distance is not None:
            found.append((piece.x, (piece.top + piece.bottom) / 2, distance))
    x, y, distances = np.array(found).reshape(-1, 3).T
    return Offsets(np.stack([x, y], axis=-1), distances)


def _find_line(profile: Float32Array) -> float | None:
    """Return where a profile across a line is darkest, in millimetres from its middle."""
    smooth = np.convolve(profile, (0.25, 0.5, 0.25), mode="same")[1:-1]
    smooth = smooth - np.median(smooth)
    noise = 1.4826 * float(np.median(np.abs(smooth)))
    peak = int(smooth[1:-1].argmax()) + 1
    before, at, after = smooth[peak - 1 : peak + 2].tolist()
    if at < max(NOISE * noise, FAINTEST) or at < max(before, after):
        return None
    # The top of the parabola through the darkest pixel and its neighbours.
    vertex = (before - after) / 2 / (before - 2 * at + after)
    return float(peak + vertex - (len(smooth) - 1) / 2) / PIXELS


def _remove(darkness: Float32Array, pieces: list[_Piece]) -> None:
    """Subtract the pieces' profiles in place."""
    strips = [_whole_strip(darkness, piece) for piece in pieces]
    profiles = np.stack([np.median(strip, axis=0) for strip in strips])  # (pieces, across)
    most = DARKEST * np.median(profiles, axis=0).clip(min=0)
    for strip, profile in zip(strips, profiles, strict=True):
        strip -= profile.clip(0, most)


def _whole_strip(darkness: Float32Array, piece: _Piece) -> Float32Array:
    """Return the pixels of a piece from crossing to crossing, a view."""
    middle, half = pixel(piece.x), round(HALF_WIDTH * PIXELS)
    return darkness[pixel(piece.top) : pixel(piece.bottom), middle - half : middle + half]
