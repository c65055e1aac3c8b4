"""What the browser says was drawn, which may be anything."""

import contextlib

import numpy as np
import pytest

from mnistlab.core.errors import PictureError
from mnistlab.core.strokes import MAX_POINTS, MAX_STROKES, read_strokes


def path(*commands: list[object], **more: object) -> dict[str, object]:
    return {"type": "Path", "path": list(commands), "strokeWidth": 20, **more}


LINE = path(["M", 60, 59], ["Q", 60, 60, 60, 120], ["L", 60, 200])


def test_reads_the_pens_way() -> None:
    [stroke] = read_strokes({"objects": [LINE]})
    assert stroke.width == 20
    assert stroke.points[0] == pytest.approx((60, 59))
    assert stroke.points[-1] == pytest.approx((60, 200))
    assert np.all(np.diff(stroke.points[:, 1]) >= 0)


def test_follows_a_curve() -> None:
    """A quadratic curve from (0, 0) by (10, 0) to (10, 10) is at (7.5, 2.5) half-way."""
    [stroke] = read_strokes({"objects": [path(["M", 0, 0], ["Q", 10, 0, 10, 10])]})
    distances = np.hypot(*(stroke.points - (7.5, 2.5)).T)
    assert distances.min() < 0.01


@pytest.mark.parametrize("canvas", [{}, {"objects": []}, {"objects": [{"type": "Circle"}]}])
def test_nothing_drawn_is_no_stroke(canvas: dict[str, object]) -> None:
    assert read_strokes(canvas) == []


HOSTILE: list[object] = [
    None,
    7,
    "objects",
    [None],
    [[[]]],
    [path()],
    [path(["M"])],
    [path(["M", "a", "b"])],
    [path(["M", float("nan"), 1.0])],
    [path(["M", float("inf"), 1.0])],
    [path(["M", 1e300, 1.0])],
    [path(["M", True, {}])],
    [path(["Z", 1, 2])],
    [path(["M", 1, 2], strokeWidth=-5)],
    [path(["M", 1, 2], strokeWidth="wide")],
    [path(["M", 1, 2], strokeWidth=1e9)],
    [path(["M", 1, 2], scaleX=float("nan"))],
    [LINE] * (MAX_STROKES + 1),
    [path(*([["L", 1, 1]] * (MAX_POINTS + 1)))],
]


@pytest.mark.parametrize("objects", HOSTILE, ids=lambda objects: repr(objects)[:40])
def test_what_is_no_drawing_is_refused_or_left_out(objects: object) -> None:
    strokes = []
    with contextlib.suppress(PictureError):
        strokes = read_strokes({"objects": objects})
    assert all(np.isfinite(stroke.points).all() for stroke in strokes)
    assert sum(len(stroke.points) for stroke in strokes) <= MAX_POINTS
