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

REACHES = (3.0, 1.2)
"""Millimetres from its place at which a line is looked for, first and then once more."""

DEGREE = 3
"""Of the polynomial in x and y by which paper bends."""

POWERS = [(i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)]
"""Of x and y in each of its terms."""

FEWEST_PIECES = 3 * len(POWERS)
"""Pieces of lines to fit it to. With fewer, marks alone count."""

ROUNDS = 8
"""Of fitting it with weights that nearly leave out what doesn't fit (iteratively reweighted least
squares, Holland & Welsch 1977)."""

TOLERANCE = 0.3
"""Millimetres of misfit at which the weight is half."""


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
    terms = _terms(on_form, marks.layout)
    bend = np.zeros((len(POWERS), 2))
    page = _look_up(photo, _project(homography, on_form), marks.layout)
    for reach in REACHES:
        bend = bend + _measure_bend(page, marks.layout, reach)
        page = _look_up(photo, _project(homography, on_form + terms @ bend), marks.layout)
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
    in_photo = cv2.resize(
        blocks.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR
    )
    found = cv2.remap(photo, in_photo, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, dtype=np.float32) / np.float32(255)


def _project(homography: Float64Array, places: Float64Array) -> Float64Array:
    """Project places, (..., 2)."""
    x, y, scale = np.moveaxis(places @ homography[:, :2].T + homography[:, 2], -1, 0)
    return np.stack([x / scale, y / scale], axis=-1)


def _measure_bend(page: Float32Array, layout: Layout, reach: float) -> Float64Array:
    """Return the terms' coefficients for how far lines are off in x and in y, (terms, 2)."""
    darkness = measure_darkness(page)
    offsets = (
        find_upright_offsets(darkness, layout, reach),
        find_level_offsets(darkness, layout, reach),
    )
    return np.stack([_fit(each, layout) for each in offsets], axis=-1)


def _fit(offsets: Offsets, layout: Layout) -> Float64Array:
    """Return the terms' coefficients for these offsets, (terms,); 0 if there are too few."""
    coefficients = np.zeros(len(POWERS))
    if len(offsets.distances) < FEWEST_PIECES:
        return coefficients
    terms = _terms(offsets.places, layout)
    # A line is a few tenths of a millimetre off, and ink beside it a millimetre or more.
    residuals = offsets.distances - np.median(offsets.distances)
    for _ in range(ROUNDS):
        weights = 1 / (1 + np.square(residuals / TOLERANCE))
        root = np.sqrt(weights)
        coefficients = np.linalg.lstsq(terms * root[:, None], offsets.distances * root)[0]
        residuals = offsets.distances - terms @ coefficients
    return coefficients


def _terms(places: Float64Array, layout: Layout) -> Float64Array:
    """Return products of powers of x and y, which are from -1 to 1 on the boxes: (..., terms)."""
    x, y = np.moveaxis(places / (layout.width, layout.height) * 2 - 1, -1, 0)
    return np.stack([x**i * y**j for i, j in POWERS], axis=-1)
