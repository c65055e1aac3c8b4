"""The form's corner marks: ArUco markers, made and found by OpenCV.

S. Garrido-Jurado et al., "Automatic generation and detection of highly reliable fiducial markers
under occlusion" (2014). A marker is found in a photo from any side, its corners to a fraction of
a pixel, and its id says which corner of which form it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Float64Array
from mnistlab.core.errors import PictureError
from mnistlab.core.sheet.layout import CORNERS, Layout, find_layouts

if TYPE_CHECKING:
    import cv2

Grey = NDArray[np.uint8]
"""Brightness of a photo from 0 to 255, (height, width)."""

MODULES = 6
"""On a mark's side: four that tell its id, and a black border."""

FEWEST = 3
"""Marks. Each has four corners, so that three show the form's plane with room to spare; two
beside each other say too little about the other end of the page."""

REMEDY = (
    "Photograph the whole page from above, in even light, with all four black squares in the "
    "picture."
)


@dataclass(frozen=True, eq=False)
class FoundMarks:
    """The marks of one form in a photo.

    Attributes:
        layout: The form.
        corners: By a mark's index in `CORNERS`, its corners in the photo's pixels, clockwise
            from the one that is its upper left on the form, (4, 2).
    """

    layout: Layout
    corners: Mapping[int, Float64Array]


def mark_modules(mark: int) -> NDArray[np.bool_]:
    """Return which modules of a mark are black, (6, 6)."""
    import cv2  # imported with the first form and not when a server starts

    drawn = cv2.aruco.generateImageMarker(_dictionary(), mark, MODULES)
    return np.asarray(drawn, dtype=np.uint8) < 128


def find_marks(photo: Grey) -> FoundMarks:
    """Find a form's marks in a photo, in any orientation.

    Raises:
        PictureError: If fewer than three are found, or those of two forms.
    """
    found = _detect(photo)
    layouts = find_layouts(found)
    if len(layouts) > 1:
        raise PictureError("There are two forms in the photo.", "Photograph one at a time.")
    if len(found) < FEWEST:
        raise _missing([mark % len(CORNERS) for mark in found])
    first = layouts[0].first_mark
    return FoundMarks(layouts[0], {mark - first: corners for mark, corners in found.items()})


def missing_marks(found: FoundMarks) -> PictureError:
    """Return the error for marks that have to be in the photo and are not."""
    return _missing(list(found.corners))


def _detect(photo: Grey) -> dict[int, Float64Array]:
    """Return the corners in pixels of each mark, (4, 2), by its id."""
    import cv2

    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    detector = cv2.aruco.ArucoDetector(_dictionary(), parameters)
    corners, ids, _ = detector.detectMarkers(photo)
    if ids is None:
        return {}
    places = (np.asarray(each, dtype=np.float64).reshape(4, 2) for each in corners)
    found = zip(map(int, np.ravel(ids)), places, strict=True)
    return {mark: place for mark, place in found if find_layouts([mark])}


def _dictionary() -> "cv2.aruco.Dictionary":
    import cv2

    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)


def _missing(found: list[int]) -> PictureError:
    if not found:
        return PictureError("None of the form's four corner marks is in the photo.", REMEDY)
    missing = [name for place, name in enumerate(CORNERS) if place not in found]
    are = "is" if len(missing) == 1 else "are"
    return PictureError(
        f"Only {len(found)} of the form's four corner marks can be found: the {_listed(missing)} "
        f"{are} missing, or in the shade.",
        REMEDY,
    )


def _listed(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
