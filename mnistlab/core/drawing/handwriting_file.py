"""The file in which a student's own test set travels.

It is an .npz of the same form as that of Unipen's pen-drawn digits, which `python -m benchmarks
drawing` reads: `points` (points, 2), y downwards; `stroke_start` (strokes + 1,), where each stroke
begins among the points, and where the last one ends; `digit_start` (digits + 1,), where each digit
begins among the strokes, likewise; and `labels` (digits,).

Digits out of pictures follow in two arrays more, if there are any: `pictures`, brightness of ink
from 0 to 255 (pictures, 100, 100), and `picture_labels` (pictures,).
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.drawing.handwriting import (
    MAX_DIGITS,
    PICTURE_SIDE,
    LabelledDigit,
    LabelledDrawing,
    LabelledPicture,
)
from mnistlab.core.drawing.npz import Array, read_arrays
from mnistlab.core.drawing.strokes import CANVAS, MAX_POINTS, MAX_STROKES, Points, Stroke
from mnistlab.core.errors import HandwritingError
from mnistlab.core.settings.config import DIGITS

PEN_WIDTH = 20.0
"""Pixels: the canvas's default. The file has no widths, which only matter for a dot."""

LARGE = 200
"""Pixels of the longer side of a digit that is brought to the canvas's size."""

_SMALLEST = 1e-6
"""Extent in the file's unit below which a drawing is a dot."""

_FARTHEST = 1e9
"""Of any unit; a tablet counts some ten thousand."""

_REMEDY = "Choose a file that was exported here, or one of the same form."
_STROKES = ("points", "stroke_start", "digit_start", "labels")
_PICTURES = ("pictures", "picture_labels")


@dataclass(frozen=True)
class ReadFile:
    """The content of a file.

    Attributes:
        digits: The first of the file's, up to the limit; drawings before pictures.
        found: How many digits the file has.
    """

    digits: tuple[LabelledDigit, ...]
    found: int


def write_digits(digits: Sequence[LabelledDigit]) -> bytes:
    """Return a file of digits, at least one, without the pen's widths."""
    drawings = [digit for digit in digits if isinstance(digit, LabelledDrawing)]
    pictures = [digit for digit in digits if isinstance(digit, LabelledPicture)]
    arrays: dict[str, Array] = {}
    if drawings:
        arrays |= _pack_drawings(drawings)
    if pictures:
        arrays |= {
            "pictures": np.stack([picture.pixels for picture in pictures]),
            "picture_labels": _pack_labels(pictures),
        }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def read_digits(content: bytes, at_most: int = MAX_DIGITS) -> ReadFile:
    """Read the first digits of a file, which may be anything.

    Its coordinates may be in any unit. A drawing that doesn't fit the canvas, or is smaller
    there than the pen, is scaled to `LARGE` and centred. Its views are the same, since they
    only depend on the box around the ink.

    Args:
        content: The whole file.
        at_most: How many digits to read.

    Raises:
        HandwritingError: If it is no such file, too large, or has invalid arrays.
    """
    arrays = read_arrays(content, _STROKES, _PICTURES)
    digits: list[LabelledDigit] = []
    found = 0
    if "labels" in arrays:
        digits += _read_drawings(arrays, at_most)
        found += len(arrays["labels"])
    if "pictures" in arrays:
        digits += _read_pictures(arrays, at_most - len(digits))
        found += len(arrays["pictures"])
    return ReadFile(tuple(digits), found)


def _pack_drawings(drawings: Sequence[LabelledDrawing]) -> dict[str, Array]:
    strokes = [stroke.points for drawing in drawings for stroke in drawing.strokes]
    return {
        "points": np.concatenate(strokes),
        "stroke_start": _starts(map(len, strokes)),
        "digit_start": _starts(len(drawing.strokes) for drawing in drawings),
        "labels": _pack_labels(drawings),
    }


def _pack_labels(digits: Sequence[LabelledDigit]) -> NDArray[np.uint8]:
    return np.array([digit.label for digit in digits], dtype=np.uint8)


def _read_drawings(arrays: Mapping[str, Array], at_most: int) -> list[LabelledDrawing]:
    points, labels = arrays["points"], arrays["labels"]
    _check_points(points)
    _check_labels("labels", labels)
    strokes = _check_starts("stroke_start", arrays["stroke_start"], len(points))
    digits = _check_starts("digit_start", arrays["digit_start"], len(strokes) - 1)
    if len(digits) - 1 != len(labels):
        raise _refusal(f"The file has {len(digits) - 1:,} digits, but {len(labels):,} labels.")
    _check_lengths(strokes, digits)
    return [
        LabelledDrawing(int(labels[i]), _cut_out(points, strokes[digits[i] : digits[i + 1] + 1]))
        for i in range(min(at_most, len(labels)))
    ]


def _read_pictures(arrays: Mapping[str, Array], at_most: int) -> list[LabelledPicture]:
    pictures, labels = arrays["pictures"], arrays["picture_labels"]
    _check_pictures(pictures)
    _check_labels("picture_labels", labels)
    if len(pictures) != len(labels):
        raise _refusal(f"The file has {len(pictures):,} pictures, but {len(labels):,} labels.")
    return [
        LabelledPicture(int(label), picture.astype(np.uint8))
        for label, picture in zip(labels[:at_most], pictures[:at_most], strict=True)
    ]


def _check_pictures(pictures: Array) -> None:
    if pictures.ndim != 3 or pictures.shape[1:] != (PICTURE_SIDE, PICTURE_SIDE):
        raise _refusal(
            f"“pictures” has the shape {pictures.shape}; it has to be (pictures, {PICTURE_SIDE}, "
            f"{PICTURE_SIDE})."
        )
    if pictures.dtype != np.uint8:
        raise _refusal("“pictures” has to be of whole numbers from 0 to 255, as bytes (uint8).")
    if not pictures.any(axis=(1, 2)).all():
        raise _refusal("One of the “pictures” has no ink.")


def _check_points(points: Array) -> None:
    if points.ndim != 2 or points.shape[1] != 2:
        raise _refusal(f"“points” has the shape {points.shape}; it has to be (points, 2).")
    # Negated, so that a nan is refused as well.
    if not (np.abs(points.astype(np.float64)) <= _FARTHEST).all():
        raise _refusal(f"“points” has a value that is NaN, or above {_FARTHEST:,.0f}.")


def _check_labels(name: str, labels: Array) -> None:
    if labels.ndim != 1 or labels.dtype.kind == "f":
        raise _refusal(f"“{name}” has to be a list of whole numbers.")
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
