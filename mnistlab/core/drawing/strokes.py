"""Reads the strokes of a drawing from the pad's JSON.

The pad sends each stroke as a path: a move, quadratic curves between the midpoints of the pen's
samples, and a line to the last. Drawings kept by earlier versions are Fabric.js's JSON: the same
path, and beside it numbers that move, turn and scale the stroke.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.errors import PictureError

Points = NDArray[np.float32]
"""Points as x, y in pixels, y downwards: (n, 2)."""

CANVAS = 280
"""The canvas's side in pixels of its own, however large it is shown."""

MAX_STROKES = 500
MAX_POINTS = 20_000
"""Some twenty times a digit's; with the widest pen they take a second or two to draw."""
MAX_COORDINATE = 5_000
"""Pixels. Strokes may go beyond the canvas, but no screen is larger."""
MIN_WIDTH, MAX_WIDTH = 0.01, 100
"""Pixels. A dot is enlarged by its width, which must not be nearly 0."""

CURVE_STEPS = 4
"""Straight pieces for one curve. A quick pen is sampled every 20 pixels or so, and even
a right angle drawn in two such steps is then a quarter of a pixel off its curve."""

STEPS = 64
"""Pieces of equal length into which a stroke is divided where its shape is asked for."""

Curves = NDArray[np.float64]
"""The pieces of a path, each as start, control point and end: (n, 3, 2)."""

Drawing = dict[str, object]
"""A drawing as JSON."""

REMEDY = "Clear the canvas and draw one digit."


@dataclass(frozen=True, eq=False)
class Stroke:
    """One stroke of the pen.

    Attributes:
        points: One point or more, (n, 2); see `Points`.
        width: The pen's width in pixels.
    """

    points: Points
    width: float


def read_strokes(canvas: Mapping[str, object]) -> list[Stroke]:
    """Read the pen strokes of a drawing; what is not a path is left out.

    Args:
        canvas: The drawing, which comes from a browser and is not trusted.

    Raises:
        PictureError: If it is too large, or a path is not of the pen's form.
    """
    strokes = [_follow(curves, width) for curves, width in _read_paths(canvas)]
    _check_length(sum(len(stroke.points) for stroke in strokes))
    return strokes


def plain_drawing(canvas: Mapping[str, object]) -> Drawing:
    """Return a drawing of the same strokes with nothing but their paths and widths.

    What Fabric keeps beside a path is applied to it, so that paths alone can be shown.

    Raises:
        PictureError: As `read_strokes` does.
    """
    paths = _read_paths(canvas)
    return {"objects": [_write_path(curves, width) for curves, width in paths]}


def divide(points: Points) -> NDArray[np.float64]:
    """Return points at equal distances along a stroke, (`STEPS` + 1, 2)."""
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))]
    places = np.linspace(0, along[-1], STEPS + 1)
    return np.stack([np.interp(places, along, points[:, i]) for i in range(2)], axis=1)


def _read_paths(canvas: Mapping[str, object]) -> list[tuple[Curves, float]]:
    """Return the curves and the pen's width of each stroke."""
    paths = _paths(canvas)
    # Counted before and after: commands bound the time to read them, points to draw them.
    _check_length(sum(len(commands) for _, commands in paths))
    return [_read_path(item, commands) for item, commands in paths if commands]


def _paths(canvas: Mapping[str, object]) -> list[tuple[Mapping[str, object], list[object]]]:
    objects = canvas.get("objects", []) if isinstance(canvas, Mapping) else None
    if not isinstance(objects, list):
        raise _unreadable()
    if len(objects) > MAX_STROKES:
        raise PictureError(f"The drawing has more than {MAX_STROKES} strokes.", REMEDY)
    items = [item for item in objects if isinstance(item, Mapping)]
    return [(item, item["path"]) for item in items if isinstance(item.get("path"), list)]


def _check_length(points: int) -> None:
    if points > MAX_POINTS:
        raise PictureError(f"The drawing is too long: more than {MAX_POINTS:,} points.", REMEDY)


def _read_path(item: Mapping[str, object], commands: list[object]) -> tuple[Curves, float]:
    path = _read_curves(commands)
    matrix = _matrix(item)
    curves: Curves = (path - _centre(path)) @ matrix.T + _position(item, path)
    width = _number(item, "strokeWidth") * math.sqrt(abs(np.linalg.det(matrix)))
    # Negated, so that a nan is refused as well.
    if not (np.abs(curves).max() <= MAX_COORDINATE and MIN_WIDTH <= width <= MAX_WIDTH):
        raise PictureError("A stroke is far outside the canvas, or too thick or thin.", REMEDY)
    return curves, width


def _write_path(curves: Curves, width: float) -> Drawing:
    move = ["M", *curves[0, 0].tolist()]
    bends = [["Q", *numbers] for numbers in curves[:, 1:].reshape(-1, 4).tolist()]
    return {"path": [move, *bends], "strokeWidth": width}


def _read_curves(commands: list[object]) -> Curves:
    curves = []
    start = _coordinates(commands[0], "M", 2)
    # A path of one point is a piece of no length.
    for command in commands[1:] or [["L", *start]]:
        kind = command[0] if isinstance(command, list) and command else None
        numbers = _coordinates(command, "Q", 4) if kind == "Q" else _coordinates(command, "L", 2)
        end = numbers[-2:]
        middle = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2]
        curves.append([start, numbers[:2] if kind == "Q" else middle, end])
        start = end
    return np.array(curves)


def _coordinates(command: object, kind: str, count: int) -> list[float]:
    if not isinstance(command, list) or len(command) != count + 1 or command[0] != kind:
        raise _unreadable()
    return [_bounded(number) for number in command[1:]]


def _follow(curves: Curves, width: float) -> Stroke:
    """Return the stroke of a pen that follows curves."""
    start, control, end = (curves[:, None, i] for i in range(3))
    t = np.linspace(0, 1, CURVE_STEPS + 1)[1:, None]
    along = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    points = np.concatenate([curves[0, :1], along.reshape(-1, 2)])
    return Stroke(points.astype(np.float32), width)


def _centre(curves: Curves) -> NDArray[np.float64]:
    """Return the point about which Fabric rotates and scales a path.

    It is the middle of the path's bounding box, for which Fabric replaces each quadratic curve
    by the cubic one with its control point twice, which bulges further.
    """
    start, control, end = (curves[:, None, i] for i in range(3))
    t = np.linspace(0, 1, 33)[:, None]
    along = (1 - t) ** 3 * start + 3 * t * (1 - t) * control + t**3 * end
    middle: NDArray[np.float64] = (along.min(axis=(0, 1)) + along.max(axis=(0, 1))) / 2
    return middle


def _matrix(item: Mapping[str, object]) -> NDArray[np.float64]:
    """Return Fabric's matrix of an object's rotation, scale, flip and skew, (2, 2)."""
    angle, skew_x, skew_y = (
        math.radians(_number(item, key, 0)) for key in ("angle", "skewX", "skewY")
    )
    flip = [-1 if item.get(key) is True else 1 for key in ("flipX", "flipY")]
    scale = [_number(item, key, 1) for key in ("scaleX", "scaleY")]
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    skew = np.array([[1, math.tan(skew_x)], [0, 1]]) @ [[1, 0], [math.tan(skew_y), 1]]
    matrix: NDArray[np.float64] = turn @ np.diag(np.multiply(flip, scale)) @ skew
    return matrix


def _position(item: Mapping[str, object], curves: Curves) -> NDArray[np.float64]:
    """Return the place of the path's centre on the canvas, which differs once it is moved.

    Fabric's canvas always sent the origin "center"; others are not moved.
    """
    if (item.get("originX"), item.get("originY")) != ("center", "center"):
        return _centre(curves)
    return np.array([_number(item, "left"), _number(item, "top")])


def _number(item: Mapping[str, object], key: str, default: float | None = None) -> float:
    return _bounded(item.get(key, default))


def _bounded(number: object) -> float:
    # A bool is an int to Python. A nan compares false, and so is refused.
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise _unreadable()
    if not abs(number) <= MAX_COORDINATE:
        raise _unreadable()
    return float(number)


def _unreadable() -> PictureError:
    return PictureError("The drawing can't be read.", REMEDY)
