"""Pen strokes from a file, and what the drawing pad makes of a pen that follows them."""

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Points as x, y, y downwards, (n, 2)."""

_CLOSEST = 0.4
"""Pixels. Fabric.js 7 leaves out what is closer to the point before (`PencilBrush.decimate`)."""


@dataclass(frozen=True)
class WrittenDigit:
    """A digit that somebody wrote.

    Attributes:
        label: The digit.
        strokes: Where the pen was, stroke by stroke, in any unit.
    """

    label: int
    strokes: list[Points]

    def fit(self, size: float, middle: tuple[float, float]) -> list[Points]:
        """Return the strokes with the longer side `size` long, around `middle`."""
        points = np.concatenate(self.strokes)
        low, high = points.min(axis=0), points.max(axis=0)
        # A dot has no size.
        scale = size / max(float((high - low).max()), 1e-9)
        return [(stroke - (low + high) / 2) * scale + middle for stroke in self.strokes]


def read_digits(path: Path) -> list[WrittenDigit]:
    """Read digits from an .npz file.

    Args:
        path: It has all `points` (n, 2), of all strokes one after another; where each of
            `stroke_start` begins among them, and each of `digit_start` among the strokes,
            both with the end at last; and the `labels`.
    """
    with np.load(path) as file:
        points = file["points"].astype(np.float64)
        strokes = [points[a:b] for a, b in itertools.pairwise(file["stroke_start"])]
        places = itertools.pairwise(file["digit_start"])
        return [
            WrittenDigit(int(label), [stroke for stroke in strokes[a:b] if len(stroke)])
            for label, (a, b) in zip(file["labels"], places, strict=True)
        ]


def draw(strokes: list[Points], width: float) -> dict[str, object]:
    """Return what the canvas reports when a pen has followed strokes, in canvas pixels.

    As Fabric.js 7.2 does it (`PencilBrush`): points too close together are left out, and
    quadratic curves lead from the middle between two points to the middle between the next.
    `python -m benchmarks canvas` holds it to the real canvas.
    """
    return {"objects": [{"path": _path(stroke, width), "strokeWidth": width} for stroke in strokes]}


def _path(stroke: Points, width: float) -> list[list[object]]:
    points = _thin_out(stroke)
    if len(points) == 1:
        points = np.concatenate([points, points])
    correction = width / 1000
    start, end = points[0], points[-1]
    if len(points) > 2:
        start = start - np.sign(points[2] - points[1]) * correction
        end = end + np.sign(end - points[-2]) * correction
    path: list[list[object]] = [["M", *start.tolist()]]
    for point, following in itertools.pairwise(points):
        if not np.array_equal(point, following):
            path.append(["Q", *point.tolist(), *((point + following) / 2).tolist()])
    return [*path, ["L", *end.tolist()]]


def _thin_out(stroke: Points) -> Points:
    kept = [stroke[0]]
    # Fabric never looks at the last point but one.
    for point in stroke[1:-2]:
        if np.hypot(*(point - kept[-1])) >= _CLOSEST:
            kept.append(point)
    return np.array([*kept, stroke[-1]] if len(stroke) > 1 else kept)
