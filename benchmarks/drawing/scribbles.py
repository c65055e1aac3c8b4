"""What somebody might draw who draws no digit: letters, signs, scribbles, several digits.

Made up from a few corners each, and drawn as a hand would: larger or smaller, slanting,
turned, narrower or wider, and with a wobble. Letters that look like a digit when written
in haste are not among them: B, D, G, I, J, L, O, P, Q, S, U, V, Z, C.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.drawing.strokes import CANVAS, Stroke

Line = Sequence[tuple[float, float]]
"""Corners of a stroke as x, y in a box from 0 to 1, y downwards."""
Shape = Sequence[Line]

_PIECES = 40
"""Straight pieces of a stroke, whose wobble is that of a hand and not of an earthquake."""


def _arc(x: float, y: float, radius: float, start: float, end: float) -> Line:
    """Return an arc about (x, y), from and to these degrees, clockwise from the right."""
    angles = np.radians(np.linspace(start, end, 24))
    points = np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1)
    return [(float(right), float(down)) for right, down in points]


def _heart() -> Line:
    t = np.linspace(0, 2 * math.pi, 40)
    x = 0.5 + np.sin(t) ** 3 / 2
    y = 0.45 - (13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 32
    return [(float(right), float(down)) for right, down in zip(x, y, strict=True)]


def _star() -> Line:
    angles = [math.radians(-90 + 144 * i) for i in range(6)]
    return [(0.5 + 0.5 * math.cos(a), 0.5 + 0.5 * math.sin(a)) for a in angles]


LETTERS: Mapping[str, Shape] = {
    "A": [[(0.05, 1), (0.5, 0), (0.95, 1)], [(0.2, 0.62), (0.8, 0.62)]],
    "E": [[(0.8, 0), (0.1, 0), (0.1, 1), (0.85, 1)], [(0.1, 0.5), (0.7, 0.5)]],
    "F": [[(0.85, 0), (0.15, 0), (0.15, 1)], [(0.15, 0.48), (0.7, 0.48)]],
    "H": [[(0.1, 0), (0.1, 1)], [(0.9, 0), (0.9, 1)], [(0.1, 0.5), (0.9, 0.5)]],
    "K": [[(0.12, 0), (0.12, 1)], [(0.85, 0), (0.12, 0.55)], [(0.3, 0.42), (0.9, 1)]],
    "M": [[(0, 1), (0.08, 0), (0.5, 0.7), (0.92, 0), (1, 1)]],
    "N": [[(0.1, 1), (0.1, 0), (0.9, 1), (0.9, 0)]],
    "R": [
        [(0.12, 1), (0.12, 0)],
        [(0.12, 0.02), (0.6, 0), (0.85, 0.13), (0.85, 0.36), (0.6, 0.5), (0.12, 0.5)],
        [(0.5, 0.5), (0.9, 1)],
    ],
    "T": [[(0.02, 0), (0.98, 0)], [(0.5, 0), (0.5, 1)]],
    "W": [[(0, 0), (0.25, 1), (0.5, 0.25), (0.75, 1), (1, 0)]],
    "X": [[(0.05, 0), (0.95, 1)], [(0.95, 0), (0.05, 1)]],
    "Y": [[(0.05, 0), (0.5, 0.5)], [(0.95, 0), (0.5, 0.5), (0.5, 1)]],
}

LINE_STYLES: Mapping[str, Shape] = {
    "plus": [[(0, 0.5), (1, 0.5)], [(0.5, 0), (0.5, 1)]],
    "equals": [[(0, 0.3), (1, 0.3)], [(0, 0.7), (1, 0.7)]],
    "question mark": [
        [*_arc(0.5, 0.25, 0.25, 180, 400), (0.5, 0.55), (0.5, 0.72)],
        [(0.5, 0.95), (0.5, 0.98)],
    ],
    "heart": [_heart()],
    "star": [_star()],
    "smiley": [
        _arc(0.5, 0.5, 0.5, 0, 360),
        [(0.33, 0.32), (0.33, 0.4)],
        [(0.67, 0.32), (0.67, 0.4)],
        _arc(0.5, 0.5, 0.28, 20, 160),
    ],
    "hash": [
        [(0.35, 0), (0.25, 1)],
        [(0.75, 0), (0.65, 1)],
        [(0, 0.33), (1, 0.33)],
        [(0, 0.68), (1, 0.68)],
    ],
    "house": [[(0, 0.45), (0.5, 0), (1, 0.45), (0.9, 0.45), (0.9, 1), (0.1, 1), (0.1, 0.45)]],
    "square with a cross": [
        [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)],
        [(0, 0), (1, 1)],
        [(1, 0), (0, 1)],
    ],
    "spiral": [
        [
            (0.5 + r * math.cos(18 * r), 0.5 + r * math.sin(18 * r))
            for r in np.linspace(0.02, 0.5, 60).tolist()
        ]
    ],
    "arrow": [[(0, 0.5), (1, 0.5)], [(0.7, 0.2), (1, 0.5), (0.7, 0.8)]],
}

_DIGITS: Sequence[Shape] = (
    [_arc(0.5, 0.5, 0.5, -90, 275)],
    [[(0.5, 0), (0.5, 1)]],
    [[*_arc(0.5, 0.28, 0.28, 190, 390), (0.15, 1), (0.9, 1)]],
    [[*_arc(0.45, 0.26, 0.26, 200, 440), *_arc(0.45, 0.74, 0.26, 280, 510)]],
    [[(0.4, 0), (0.1, 0.6), (0.9, 0.6)], [(0.7, 0.3), (0.7, 1)]],
    [[(0.85, 0), (0.25, 0), (0.2, 0.45), *_arc(0.45, 0.7, 0.3, 260, 500)]],
    [[(0.7, 0), (0.3, 0.45), *_arc(0.5, 0.72, 0.28, 180, 530)]],
    [[(0.1, 0), (0.9, 0), (0.4, 1)]],
)


def _several_digits(chance: np.random.Generator) -> Shape:
    """Write two or three digits side by side."""
    chosen = chance.integers(len(_DIGITS), size=int(chance.integers(2, 4)))
    return [
        [((x + 1.25 * place) * 0.25, y * 0.4) for x, y in line]
        for place, digit in enumerate(chosen)
        for line in _DIGITS[digit]
    ]


def _scribble(chance: np.random.Generator) -> Shape:
    """Go to and fro without a plan, through 6 to 24 places."""
    places = chance.uniform(0, 1, size=(int(chance.integers(6, 25)), 2))
    return [[(float(x), float(y)) for x, y in places]]


def _letter(chance: np.random.Generator) -> Shape:
    return list(LETTERS.values())[chance.integers(len(LETTERS))]


def _sign(chance: np.random.Generator) -> Shape:
    return list(LINE_STYLES.values())[chance.integers(len(LINE_STYLES))]


KINDS: Mapping[str, Callable[[np.random.Generator], Shape]] = {
    "letters": _letter,
    "signs": _sign,
    "scribbles": _scribble,
    "several_digits": _several_digits,
}


def draw(kind: str, count: int, seed: int = 0) -> Iterator[list[Stroke]]:
    """Draw things of one of the `KINDS`, each by a hand of its own, the same for a seed."""
    chance = np.random.default_rng(seed)
    for _ in range(count):
        yield draw_by_hand(KINDS[kind](chance), chance)


def draw_by_hand(shape: Shape, chance: np.random.Generator) -> list[Stroke]:
    """Draw a shape somewhere on the canvas, with a slant, a size and a wobble by chance."""
    slant, turn = chance.normal(0, 0.15), chance.normal(0, 0.08)
    shear = np.array([[1, -slant], [0, 1]])
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    scale = np.diag([np.exp(chance.normal(-0.1, 0.2)), 1]) * chance.uniform(90, 200)
    matrix = scale @ rotation @ shear
    place = chance.uniform(0.4, 0.6, size=2) * CANVAS
    width = float(chance.uniform(12, 26))
    lines = [(_wobble(line, chance) - 0.5) @ matrix.T + place for line in shape]
    return [Stroke(line.astype(np.float32), width) for line in lines]


def _wobble(line: Line, chance: np.random.Generator) -> NDArray[np.float64]:
    """Return a line in many pieces, (pieces + 1, 2), with corners rounded and a slow wobble."""
    corners = np.array(line, dtype=np.float64)
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(corners, axis=0).T))]
    places = np.linspace(0, along[-1], _PIECES + 1)
    points = np.stack([np.interp(places, along, corners[:, i]) for i in range(2)], axis=1)
    rounded = points.copy()
    rounded[1:-1] = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4
    t = np.linspace(0, 1, _PIECES + 1)[:, None]
    waves = [np.sin(math.pi * (k * t + chance.uniform(0, 2, size=2))) / k for k in (1, 2, 3)]
    wobble: NDArray[np.float64] = rounded + 0.03 * sum(waves)
    return wobble
