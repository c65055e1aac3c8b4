"""A student's own test set: labelled drawings, and their file.

The file is an .npz of the same form as that of Unipen's pen-drawn digits, which `python -m
benchmarks drawing` reads: `points` (points, 2), y downwards; `stroke_start`
(strokes + 1,), where each stroke begins among the points, and where the last one ends;
`digit_start` (digits + 1,), where each digit begins among the strokes, likewise; and
`labels` (digits,).
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Views
from mnistlab.core.drawing.npz import Array, read_arrays
from mnistlab.core.drawing.strokes import CANVAS, MAX_POINTS, MAX_STROKES, Points, Stroke
from mnistlab.core.drawing.views import view_strokes
from mnistlab.core.errors import HandwritingError
from mnistlab.core.settings.config import DIGITS

MAX_DIGITS = 500
"""Of one lab. An accuracy of 95 % is then known to two points either way (Wilson's 95 %
interval: 92.7 to 96.6 %), and to draw more takes more than an hour. Our own measurement:
a Quick start network classifies 500 in 0.4 s, after one second to render them."""

MAX_POINTS_IN_ALL = 1_000_000
"""Of one lab's drawings: 2,000 for each of 500, where Unipen's have 57 and those of the canvas
some hundreds. As float32 they are 8 MB, less than an upload's limit."""

PEN_WIDTH = 20.0
"""Pixels: the canvas's default. The file has no widths, which only matter for a dot."""

LARGE = 200
"""Pixels of the longer side of a digit that is brought to the canvas's size."""

_SMALLEST = 1e-6
"""Extent in the file's unit below which a drawing is a dot."""

_FARTHEST = 1e9
"""Of any unit; a tablet counts some ten thousand."""

_REMEDY = "Choose a file that was exported here, or one of the same form."
_NAMES = ("points", "stroke_start", "digit_start", "labels")


@dataclass(frozen=True, eq=False)
class LabelledDrawing:
    """A drawing and its label.

    Attributes:
        label: From 0 to 9.
        strokes: In canvas pixels, at least one.

    Raises:
        HandwritingError: If it has another label, or no strokes.
    """

    label: int
    strokes: tuple[Stroke, ...]

    def __post_init__(self) -> None:
        check_label(self.label)
        if not self.strokes:
            raise HandwritingError("There is no drawing to label.", "Draw a digit first.")

    @property
    def points(self) -> int:
        """How many points its strokes have."""
        return sum(len(stroke.points) for stroke in self.strokes)


@dataclass(frozen=True)
class ReadFile:
    """The content of a file.

    Attributes:
        drawings: The first of the file's, up to the limit.
        found: How many drawings the file has.
    """

    drawings: tuple[LabelledDrawing, ...]
    found: int


def check_label(label: int) -> None:
    """Raise HandwritingError unless a label is a digit."""
    if label not in range(DIGITS):
        raise HandwritingError(f"“{label}” is not a digit from 0 to 9.", "Choose one of the ten.")


def view_drawings(drawings: Sequence[LabelledDrawing]) -> Views:
    """Return the views of drawings, at least one: (drawings, 3, 28, 28)."""
    return np.stack([view_strokes(drawing.strokes) for drawing in drawings])


def write_drawings(drawings: Sequence[LabelledDrawing]) -> bytes:
    """Return a file of drawings, at least one, without the pen's widths."""
    strokes = [stroke.points for drawing in drawings for stroke in drawing.strokes]
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        points=np.concatenate(strokes),
        stroke_start=_starts(map(len, strokes)),
        digit_start=_starts(len(drawing.strokes) for drawing in drawings),
        labels=np.array([drawing.label for drawing in drawings], dtype=np.uint8),
    )
    return buffer.getvalue()


def read_drawings(content: bytes, at_most: int = MAX_DIGITS) -> ReadFile:
    """Read the first drawings of a file, which may be anything.

    Its coordinates may be in any unit. A digit that doesn't fit the canvas, or is smaller
    there than the pen, is scaled to `LARGE` and centred. Its views are the same, since they
    only depend on the box around the ink.

    Args:
        content: The whole file.
        at_most: How many drawings to read.

    Raises:
        HandwritingError: If it is no such file, too large, or has invalid arrays.
    """
    points, stroke_start, digit_start, labels = read_arrays(content, _NAMES)
    _check_points(points)
    _check_labels(labels)
    strokes = _check_starts("stroke_start", stroke_start, len(points))
    digits = _check_starts("digit_start", digit_start, len(strokes) - 1)
    if len(digits) - 1 != len(labels):
        raise _refusal(f"The file has {len(digits) - 1:,} digits, but {len(labels):,} labels.")
    _check_lengths(strokes, digits)
    drawings = (
        LabelledDrawing(int(labels[i]), _cut_out(points, strokes[digits[i] : digits[i + 1] + 1]))
        for i in range(min(at_most, len(labels)))
    )
    return ReadFile(tuple(drawings), len(labels))


def _check_points(points: Array) -> None:
    if points.ndim != 2 or points.shape[1] != 2:
        raise _refusal(f"“points” has the shape {points.shape}; it has to be (points, 2).")
    # Negated, so that a nan is refused as well.
    if not (np.abs(points.astype(np.float64)) <= _FARTHEST).all():
        raise _refusal(f"“points” has a value that is NaN, or above {_FARTHEST:,.0f}.")


def _check_labels(labels: Array) -> None:
    if labels.ndim != 1 or labels.dtype.kind == "f":
        raise _refusal("“labels” has to be a list of whole numbers.")
    if not len(labels):
        raise _refusal("The file has no digits.")
    wrong = labels[(labels < 0) | (labels >= DIGITS)]
    if len(wrong):
        raise _refusal(f"A label is {wrong[0]}; it has to be a digit from 0 to 9.")


def _check_starts(name: str, starts: Array, end: int) -> NDArray[np.int64]:
    if starts.ndim != 1 or starts.dtype.kind == "f" or len(starts) < 2:
        raise _refusal(f"“{name}” has to be a list of two whole numbers or more.")
    # Compared, not subtracted: unsigned numbers have no negative differences.
    is_rising = bool((starts[1:] > starts[:-1]).all())
    if not (is_rising and starts[0] == 0 and starts[-1] == end):
        raise _refusal(f"“{name}” has to rise from 0 to {end:,}, each number above the last.")
    return starts.astype(np.int64)


def _check_lengths(strokes: NDArray[np.int64], digits: NDArray[np.int64]) -> None:
    if np.diff(digits).max() > MAX_STROKES:
        raise _refusal(f"A digit has more than {MAX_STROKES} strokes.")
    if np.diff(strokes[digits]).max() > MAX_POINTS:
        raise _refusal(f"A digit has more than {MAX_POINTS:,} points.")


def _cut_out(points: Array, starts: NDArray[np.int64]) -> tuple[Stroke, ...]:
    fitted = _fit(points[starts[0] : starts[-1]].astype(np.float64))
    parts = np.split(fitted, starts[1:-1] - starts[0])
    return tuple(Stroke(part, PEN_WIDTH) for part in parts)


def _fit(points: NDArray[np.float64]) -> Points:
    """Scale a digit's points to the canvas if they don't fit: (n, 2)."""
    low, high = points.min(axis=0), points.max(axis=0)
    extent = float((high - low).max())
    if low.min() >= 0 and high.max() <= CANVAS and extent >= PEN_WIDTH:
        return points.astype(np.float32)
    scale = LARGE / extent if extent > _SMALLEST else 0.0
    fitted: NDArray[np.float64] = (points - (low + high) / 2) * scale + CANVAS / 2
    return fitted.astype(np.float32)


def _starts(lengths: Iterable[int]) -> NDArray[np.int32]:
    return np.cumsum([0, *lengths]).astype(np.int32)


def _refusal(problem: str) -> HandwritingError:
    return HandwritingError(problem, _REMEDY)
