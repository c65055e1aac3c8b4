"""The slash of a zero is left out, and nothing else is."""

import math

import numpy as np
import pytest

from mnistlab.core.drawing.slash import remove_slash
from mnistlab.core.drawing.strokes import Stroke
from tests.factories import stroke


def arc(
    middle: tuple[float, float] = (100, 100),
    radii: tuple[float, float] = (40, 60),
    turns: float = 1,
) -> Stroke:
    """Part of an ellipse, anticlockwise on the canvas from its top."""
    angles = np.linspace(0, turns * 2 * math.pi, 40)
    x = middle[0] - radii[0] * np.sin(angles)
    y = middle[1] - radii[1] * np.cos(angles)
    return Stroke(np.stack([x, y], axis=1).astype(np.float32), 20)


RING = arc()
SLASHES = {
    "from the top right": stroke((150, 20), (50, 180)),
    "upright": stroke((102, 10), (98, 190)),
    "from below": stroke((50, 180), (150, 20)),
    "no longer than the ring": stroke((120, 60), (80, 140)),
    "with a hook": stroke((150, 20), (52, 180), (40, 165)),
    "a little bent": stroke((150, 20), (105, 90), (50, 180)),
}


@pytest.mark.parametrize("slash", SLASHES.values(), ids=SLASHES)
def test_leaves_out_a_zeros_slash(slash: Stroke) -> None:
    assert remove_slash([RING, slash]) == [RING]
    assert remove_slash([slash, RING]) == [RING]


@pytest.mark.parametrize("turns", [0.87, 0.95, 1.3])
def test_a_ring_may_end_early_or_run_on(turns: float) -> None:
    ring = arc(turns=turns)
    assert remove_slash([ring, SLASHES["upright"]]) == [ring]


OTHERS = {
    "a zero": [RING],
    "a four": [stroke((70, 40), (50, 110), (130, 110)), stroke((110, 60), (105, 170))],
    "a four whose first stroke is nearly closed": [
        stroke((110, 30), (50, 110), (150, 110)),
        stroke((112, 30), (110, 170)),
    ],
    "a crossed seven": [stroke((50, 40), (140, 40), (80, 170)), stroke((70, 105), (130, 100))],
    "a nine of two strokes": [arc((100, 70), (35, 35)), stroke((135, 60), (130, 180))],
    "a six of two strokes": [stroke((120, 20), (70, 100)), arc((95, 135), (35, 35))],
    "an eight of two rings": [arc((100, 60), (30, 30)), arc((100, 130), (40, 40))],
    "a five": [stroke((60, 40), (60, 90), (120, 110), (60, 170)), stroke((60, 40), (130, 38))],
    "an open curve with a line in it": [arc(turns=0.7), SLASHES["upright"]],
    "a nine whose stem goes through its ring": [
        arc((100, 70), (35, 35)),
        stroke((115, 30), (112, 220)),
    ],
    "a line beside a ring": [RING, stroke((180, 20), (180, 180))],
    "a line that only touches a ring": [RING, stroke((130, 60), (180, 180))],
    "a dot in a ring": [RING, stroke((100, 100))],
    "two dots": [stroke((100, 100)), stroke((120, 100))],
    "a stroke that never moved": [RING, stroke((100, 100), (100, 100))],
    "nothing": [],
}


@pytest.mark.parametrize("strokes", OTHERS.values(), ids=OTHERS)
def test_leaves_all_else_as_it_is(strokes: list[Stroke]) -> None:
    assert remove_slash(strokes) == strokes
