"""The likeness benchmark's drawings, its reading of strokes, and how it counts."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.drawing import scribbles
from benchmarks.drawing.likeness import auroc, read_digits
from mnistlab.core.drawing.views import view_strokes


@pytest.mark.parametrize("kind", scribbles.KINDS)
class TestScribbles:
    def test_are_the_same_for_a_seed_and_others_for_another(self, kind: str) -> None:
        first, again, other = (
            [view_strokes(drawing)[0].tobytes() for drawing in scribbles.draw(kind, 4, seed)]
            for seed in (0, 0, 1)
        )
        assert first == again
        assert len({*first, *other}) == 8

    def test_are_drawn_on_the_canvas(self, kind: str) -> None:
        """Most of the ink at least: a hand may slip over the edge."""
        for drawing in scribbles.draw(kind, 20):
            points = np.concatenate([stroke.points for stroke in drawing])
            assert ((points > 0) & (points < 280)).all(axis=1).mean() > 0.7
            assert np.ptp(points, axis=0).max() > 50


def test_digits_are_read_from_their_strokes(tmp_path: Path) -> None:
    points = np.array([(0, 0), (0, 50), (10, 0), (20, 0), (20, 100)], dtype=np.float32)
    path = tmp_path / "strokes.npz"
    # A dash and a stroke make the first digit, one stroke the second.
    np.savez(path, points=points, stroke_start=[0, 2, 3, 5], digit_start=[0, 2, 3])
    first, second = read_digits(path)
    assert [len(stroke.points) for stroke in first] == [2, 1]
    assert first[0].points.tolist() == [[40, 40], [40, 240]]  # 200 pixels high
    assert second[0].points.tolist() == [[40, 40], [40, 240]]


@pytest.mark.parametrize(
    ("strange", "usual", "expected"),
    [([3, 4], [1, 2], 1.0), ([1, 2], [3, 4], 0.0), ([2], [1, 2, 3], 0.5), ([1, 3], [2], 0.5)],
)
def test_auroc_counts_the_pairs_in_order(
    strange: list[float], usual: list[float], expected: float
) -> None:
    assert auroc(np.array(strange), np.array(usual)) == expected
