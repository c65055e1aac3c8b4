"""Labelled digits as bytes: strokes as safetensors, a picture's pixels packed by zlib."""

import zlib
from collections.abc import Sequence

import numpy as np
import safetensors.numpy

from mnistlab.core.drawing.handwriting import (
    PICTURE_SIDE,
    LabelledDigit,
    LabelledDrawing,
    LabelledPicture,
)
from mnistlab.core.drawing.strokes import Stroke

STROKES, PICTURE = "strokes", "picture"
"""Kinds of content."""


def pack(digit: LabelledDigit) -> tuple[str, bytes]:
    """Return a digit's kind of content and its content, without the label."""
    if isinstance(digit, LabelledDrawing):
        return STROKES, _pack_strokes(digit.strokes)
    return PICTURE, zlib.compress(digit.pixels.tobytes())


def unpack(kind: str, label: int, content: bytes) -> LabelledDigit:
    """Return the digit of what `pack` wrote."""
    if kind == STROKES:
        return LabelledDrawing(label, _unpack_strokes(content))
    pixels = np.frombuffer(zlib.decompress(content), dtype=np.uint8)
    return LabelledPicture(label, pixels.reshape(PICTURE_SIDE, PICTURE_SIDE))


def _pack_strokes(strokes: Sequence[Stroke]) -> bytes:
    return safetensors.numpy.save(
        {
            "points": np.concatenate([stroke.points for stroke in strokes]),
            "lengths": np.array([len(stroke.points) for stroke in strokes], dtype=np.int32),
            "widths": np.array([stroke.width for stroke in strokes], dtype=np.float64),
        }
    )


def _unpack_strokes(content: bytes) -> tuple[Stroke, ...]:
    kept = safetensors.numpy.load(content)
    parts = np.split(kept["points"], np.cumsum(kept["lengths"])[:-1])
    return tuple(
        Stroke(part, width) for part, width in zip(parts, kept["widths"].tolist(), strict=True)
    )
