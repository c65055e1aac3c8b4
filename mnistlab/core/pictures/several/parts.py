"""Pieces of ink on a sheet of many digits: joined, cut apart, and given to a network."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnistlab.core.arrays import Ink, Mask, Pixels, Probabilities
from mnistlab.core.drawing.views import view_ink
from mnistlab.core.network.numpy_forward import Network, predict_views
from mnistlab.core.pictures.ink.contrast import histogram, upper_mean
from mnistlab.core.pictures.ink.coverage import cover
from mnistlab.core.pictures.pen import fit_pen
from mnistlab.core.pictures.reading import Box

FEW_CUTS, MOST_CUTS = 4, 8
"""Columns at which touching digits may be cut: in a part as wide as one digit, and in a wider."""

ANOTHER = 0.5
"""The surprise at one more digit, so that a stroke is not cut into ones."""

NARROWEST, WIDEST = 0.12, 1.25
"""Of the usual height: the width of a digit."""


@dataclass(frozen=True, eq=False)
class Part:
    """Ink that may be one digit.

    Attributes:
        box: In the page's pixels.
        inside: Which pixels of the box are its ink, (height, width).
        ink: 0 to 1, (height, width).
        level: Its contrast with the paper, of 255.
        probabilities: The network's, (10,).
    """

    box: Box
    inside: Mask
    ink: Ink
    level: float
    probabilities: Probabilities

    @property
    def width(self) -> int:
        """In pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """In pixels."""
        return self.box[3] - self.box[1]

    @property
    def surprise(self) -> float:
        """How little the network is sure of a digit: 0 if it is, 2.3 if it has no idea."""
        return -float(np.log(self.probabilities.max()))


def look_at(places: Sequence[tuple[Box, Mask]], contrast: Pixels, network: Network) -> list[Part]:
    """Return parts with the network's probabilities.

    Args:
        places: A box and which of its pixels are ink, each.
        contrast: Of the page, 0 to 255.
        network: Which predicts.
    """
    if not places:
        return []
    levels, inks = [], []
    for box, inside in places:
        values = contrast[box[1] : box[3], box[0] : box[2]]
        levels.append(upper_mean(histogram(values[inside])))
        inks.append(np.where(inside, cover(values, levels[-1]), np.float32(0)))
    views = np.stack([view_ink(fit_pen(ink)) for ink in inks])
    found = zip(places, inks, levels, predict_views(network, views), strict=True)
    return [Part(*place, ink, level, probabilities) for place, ink, level, probabilities in found]


def join(one: Part, other: Part) -> tuple[Box, Mask]:
    """Return the place that two parts take together."""
    box = (
        min(one.box[0], other.box[0]),
        min(one.box[1], other.box[1]),
        max(one.box[2], other.box[2]),
        max(one.box[3], other.box[3]),
    )
    inside = np.zeros((box[3] - box[1], box[2] - box[0]), dtype=bool)
    for part in (one, other):
        left, top = part.box[0] - box[0], part.box[1] - box[1]
        inside[top : top + part.height, left : left + part.width] |= part.inside
    return box, inside


def cut(part: Part, usual: float, contrast: Pixels, network: Network) -> list[Part]:
    """Return a part cut into touching digits, as the network is least surprised by.

    Args:
        part: Ink that may be several digits side by side.
        usual: The height of most digits.
        contrast: Of the page.
        network: Which predicts.
    """
    edges = [0, *_columns(part, usual), part.width]
    last = len(edges) - 1
    pairs = [
        (a, b)
        for a, b in itertools.combinations(range(last + 1), 2)
        if NARROWEST * usual <= edges[b] - edges[a] <= WIDEST * usual
        and (a == 0 or b == last or part.width > WIDEST * usual)  # else two at most
        and part.inside[:, edges[a] : edges[b]].any()
    ]
    places = [_slice(part, edges[a], edges[b]) for a, b in pairs]
    pieces = dict(zip(pairs, look_at(places, contrast, network), strict=True))
    best: dict[int, tuple[float, list[Part]]] = {0: (0.0, [])}
    for (a, b), piece in sorted(pieces.items(), key=lambda item: item[0][1]):
        if a not in best:
            continue
        surprise = best[a][0] + ANOTHER + piece.surprise + _odd_size(piece, usual)
        if b not in best or surprise < best[b][0]:
            best[b] = surprise, [*best[a][1], piece]
    surprise, digits = best.get(last, (np.inf, []))
    return digits if surprise < ANOTHER + part.surprise + _odd_size(part, usual) else [part]


def _odd_size(part: Part, usual: float) -> float:
    """Return the surprise at a part's size: too wide, or too low."""
    wide = max(0.0, part.width / usual - 1)
    low = max(0.0, float(np.log(0.7 * usual / part.height)))
    return 3 * wide + 2 * low


def _columns(part: Part, usual: float) -> list[int]:
    """Return the columns with least ink, some way apart, in order."""
    ink = part.inside.sum(axis=0).astype(np.float64)
    apart = max(2, round(NARROWEST * usual))
    most = MOST_CUTS if part.width > WIDEST * usual else FEW_CUTS
    chosen: list[int] = []
    for column in np.argsort(ink, kind="stable").tolist():
        far = all(abs(column - other) >= apart for other in chosen)
        if far and apart <= column <= part.width - apart:
            chosen.append(column)
        if len(chosen) == most:
            break
    return sorted(chosen)


def _slice(part: Part, start: int, end: int) -> tuple[Box, Mask]:
    """Return the columns of a part from start to end, cut to their ink."""
    inside = part.inside[:, start:end]
    rows = np.flatnonzero(inside.any(axis=1))
    left, top = part.box[0] + start, part.box[1] + int(rows[0])
    height = int(rows[-1]) + 1 - int(rows[0])
    return (left, top, left + end - start, top + height), inside[rows[0] : rows[-1] + 1]
