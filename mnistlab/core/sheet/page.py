"""The page of a photo, straightened: its boxes as if scanned.

The corner marks give the plane's homography. Paper also curls and lenses bend, so what is left
between the printed lines and their places is measured and removed.
"""

import numpy as np

from mnistlab.core.arrays import Float32Array, Float64Array
from mnistlab.core.sheet import raster
from mnistlab.core.sheet.darkness import measure_darkness
from mnistlab.core.sheet.layout import Layout
from mnistlab.core.sheet.lines import Offsets, find_level_offsets, find_upright_offsets
from mnistlab.core.sheet.marks import FoundMarks, Grey, missing_marks

REACHES = (5.0, 2.0)
"""Millimetres from its place at which a line is looked for, first and then once more."""

NEIGHBOURS = 9
"""Pieces of lines, a piece itself and those around it, whose median it should be close to."""

STRAY = 1.0
"""Millimetres from that median at which a piece is not a line, but ink beside it. Our own
measurement: on 40 empty forms, up to 4 mm from their places, 99.9 % of pieces are 0.73 mm or less
from it."""

FEWEST_PIECES = 3 * NEIGHBOURS
"""Pieces of lines. With fewer, marks alone count."""

SMOOTHING = 1.0
"""Of the thin plate through the pieces, by SciPy's measure: small enough to follow a wrinkle, and
enough to average the last tenth of a millimetre."""


def straighten(photo: Grey, marks: FoundMarks) -> Float32Array:
    """Return the pixels of `raster`: brightness from 0 to 1.

    Args:
        photo: In any orientation.
        marks: The marks found in it.

    Raises:
        PictureError: If a part of the boxes is outside of the photo.
    """
    homography = _fit_homography(marks)
    _check_inside(photo, homography, marks)
    on_form = raster.block_places(marks.layout)
    bent = on_form
    page = _look_up(photo, _project(homography, bent), marks.layout)
    for reach in REACHES:
        bent = bent + _measure_bend(page, marks.layout, reach, on_form)
        page = _look_up(photo, _project(homography, bent), marks.layout)
    return page


def _fit_homography(marks: FoundMarks) -> Float64Array:
    """Return the matrix from the form's millimetres to the photo's pixels, (3, 3)."""
    import cv2

    on_form = np.concatenate([marks.layout.mark_corners(place) for place in marks.corners])
    in_photo = np.concatenate(list(marks.corners.values()))
    homography, _ = cv2.findHomography(on_form, in_photo)
    return np.asarray(homography, dtype=np.float64)


def _check_inside(photo: Grey, homography: Float64Array, marks: FoundMarks) -> None:
    width, height = marks.layout.width, marks.layout.height
    corners = np.array([(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)])
    x, y = _project(homography, corners).T
    if min(x.min(), y.min()) < 0 or x.max() >= photo.shape[1] or y.max() >= photo.shape[0]:
        raise missing_marks(marks)


def _look_up(photo: Grey, blocks: Float64Array, layout: Layout) -> Float32Array:
    """Return the page's brightness from 0 to 1; `blocks` says where in the photo blocks are."""
    import cv2

    height, width = raster.shape(layout)
    in_photo = cv2.resize(blocks.astype(np.float32), (width, height))
    x, y = cv2.split(in_photo)
    found = cv2.remap(photo, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, dtype=np.float32) / np.float32(255)


def _project(homography: Float64Array, places: Float64Array) -> Float64Array:
    """Project places, (..., 2)."""
    x, y, scale = np.moveaxis(places @ homography[:, :2].T + homography[:, 2], -1, 0)
    return np.stack([x / scale, y / scale], axis=-1)


def _measure_bend(
    page: Float32Array, layout: Layout, reach: float, places: Float64Array
) -> Float64Array:
    """Return how far off, in x and in y, the page is at places of the form, in millimetres."""
    darkness = measure_darkness(page)
    offsets = (
        find_upright_offsets(darkness, layout, reach),
        find_level_offsets(darkness, layout, reach),
    )
    return np.stack([_interpolate(each, places) for each in offsets], axis=-1)


def _interpolate(offsets: Offsets, places: Float64Array) -> Float64Array:
    """Return the offsets at any places, (...): those of a thin plate through what was found."""
    from scipy.interpolate import RBFInterpolator  # imported with the first form

    if len(offsets.distances) < FEWEST_PIECES:
        return np.zeros(places.shape[:-1])
    kept = _without_strays(offsets)
    plate = RBFInterpolator(kept.places, kept.distances, smoothing=SMOOTHING)
    return np.asarray(plate(places.reshape(-1, 2))).reshape(places.shape[:-1])


def _without_strays(offsets: Offsets) -> Offsets:
    """Leave out pieces that are elsewhere than those around them."""
    apart = np.linalg.norm(offsets.places[:, None] - offsets.places, axis=-1)
    nearest = apart.argsort(axis=1)[:, :NEIGHBOURS]
    expected = np.median(offsets.distances[nearest], axis=1)
    keep = np.abs(offsets.distances - expected) < STRAY
    return Offsets(offsets.places[keep], offsets.distances[keep])
