"""Pen strokes from a file, and what the drawing pad makes of a pen that follows them."""

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Points as x, y, y downwards, (n, 2)."""

_CLOSEST = 0.4
"""Of the pad's 280. It leaves out what is closer to the point before."""


@dataclass(frozen=True)
class WrittenDigit:
    """A digit that somebody wrote.

    Attributes:
        label: The digit.
        strokes: Where the pen was, stroke by stroke, in any unit.
        site: Where it was collected; empty if the file does not say.
    """

    label: int
    strokes: list[Points]
    site: str = ""

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
            both with the end at last; and the `labels`. It may have the `sites`, a name for
            each digit.
    """
    with np.load(path) as file:
        points = file["points"].astype(np.float64)
        strokes = [points[a:b] for a, b in itertools.pairwise(file["stroke_start"])]
        places = itertools.pairwise(file["digit_start"])
        labels = file["labels"]
        sites = file["sites"] if "sites" in file else [""] * len(labels)
        return [
            WrittenDigit(int(label), [stroke for stroke in strokes[a:b] if len(stroke)], str(site))
            for label, site, (a, b) in zip(labels, sites, places, strict=True)
        ]


def draw(strokes: list[Points], width: float) -> dict[str, object]:
    """Return what the pad reports when a pen has followed strokes, in the pad's coordinates.

    As `mnistlab/ui/components/pad/pad.js` does it: points too close together are left out, and
    quadratic curves lead from the middle between two points to the middle between the next.
    `python -m benchmarks canvas` holds it to the real pad.
    """
    return {"objects": [{"path": _path(stroke), "strokeWidth": width} for stroke in strokes]}


def _path(stroke: Points) -> list[list[object]]:
    points = _thin_out(stroke)
    curves: list[list[object]] = [
        ["Q", *point.tolist(), *((point + following) / 2).tolist()]
        for point, following in itertools.pairwise(points)
    ]
    return [["M", *points[0].tolist()], *curves, ["L", *points[-1].tolist()]]


def _thin_out(stroke: Points) -> Points:
    kept = [stroke[0]]
    for point in stroke[1:]:
        if np.hypot(*(point - kept[-1])) >= _CLOSEST:
            kept.append(point)
    return np.array(kept)
