"""What the browser says was drawn, which may be anything."""

from typing import Any

import numpy as np
import pytest

from mnistlab.core.drawing.mnist_image import render_strokes
from mnistlab.core.drawing.strokes import MAX_POINTS, MAX_STROKES, plain_drawing, read_strokes
from mnistlab.core.errors import PictureError


def path(*commands: object, **more: object) -> dict[str, object]:
    return {"type": "Path", "path": list(commands), "strokeWidth": 20, **more}


LINE = path(["M", 60, 59], ["Q", 60, 60, 60, 120], ["L", 60, 200])


class TestAPath:
    def test_is_the_pens_way(self) -> None:
        [stroke] = read_strokes({"objects": [LINE]})
        assert stroke.width == 20
        assert stroke.points.dtype == np.float32
        assert stroke.points[0] == pytest.approx((60, 59))
        assert stroke.points[-1] == pytest.approx((60, 200))
        assert np.all(np.diff(stroke.points[:, 1]) > 0)

    def test_is_followed_round_a_curve(self) -> None:
        """A quadratic curve from (0, 0) by (10, 0) to (10, 10) is at (7.5, 2.5) half-way."""
        [stroke] = read_strokes({"objects": [path(["M", 0, 0], ["Q", 10, 0, 10, 10])]})
        distances = np.hypot(*(stroke.points - (7.5, 2.5)).T)
        assert distances.min() < 0.01

    @pytest.mark.parametrize("commands", [[["M", 7, 9]], [["M", 7, 9], ["L", 7, 9]]])
    def test_may_be_a_dot(self, commands: list[list[object]]) -> None:
        [stroke] = read_strokes({"objects": [path(*commands)]})
        assert np.unique(stroke.points, axis=0) == pytest.approx(np.array([[7, 9]]))

    def test_each_is_a_stroke_in_the_order_drawn(self) -> None:
        first, second = read_strokes({"objects": [LINE, path(["M", 5, 5], strokeWidth=12)]})
        assert (first.width, second.width) == (20, 12)


def ends_and_width(**more: object) -> tuple[list[float], float]:
    """Where a line from (10, 20) to (30, 60) ends after what was done to it, by hand."""
    item = path(["M", 10, 20], ["L", 30, 60], originX="center", originY="center", **more)
    [stroke] = read_strokes({"objects": [item]})
    return [float(number) for number in stroke.points[[0, -1]].ravel()], stroke.width


class TestAStrokeThatWasMoved:
    """Its middle, (20, 40), is put to `left` and `top`."""

    def test_is_in_its_new_place(self) -> None:
        assert ends_and_width(left=120, top=40) == (pytest.approx([110, 20, 130, 60]), 20)

    def test_grows_about_its_middle_pen_and_all(self) -> None:
        ends, width = ends_and_width(left=20, top=40, scaleX=2, scaleY=2)
        assert ends == pytest.approx([0, 0, 40, 80])
        assert width == pytest.approx(40)

    def test_turns_clockwise_about_its_middle(self) -> None:
        ends, width = ends_and_width(left=20, top=40, angle=90)
        assert ends == pytest.approx([40, 30, 0, 50], abs=1e-4)
        assert width == pytest.approx(20)

    def test_is_mirrored(self) -> None:
        assert ends_and_width(left=20, top=40, flipX=True)[0] == pytest.approx([30, 20, 10, 60])

    def test_leans(self) -> None:
        ends, _ = ends_and_width(left=20, top=40, skewX=45)
        assert ends == pytest.approx([-10, 20, 50, 60], abs=1e-4)

    def test_is_drawn_where_chromium_drew_it(self) -> None:
        """A stroke drawn in Chromium, then moved, made smaller and turned with the toolbar.

        Below it, what was read off the canvas's own picture.
        """
        curves = [[60.0, 60, 75, 58], [90, 56, 105, 54.5], [120, 53, 135, 51.5]]
        curves += [[150, 50, 148, 63], [146, 76, 144.5, 89.5], [143, 103, 141.5, 116.5]]
        curves += [[140, 130, 128, 141.5], [116, 153, 104.5, 164.5], [93, 176, 81.5, 188]]
        curves += [[70, 200, 85, 201.5], [100, 203, 130, 206.5]]
        bends = [["Q", *curve] for curve in curves]
        centre = {"originX": "center", "originY": "center"}
        placed = {**centre, "left": 99.9334, "top": 125.4744, "angle": 44.8575}
        scaled = {**placed, "scaleX": 0.6657, "scaleY": 0.6657}
        long = path(["M", 59.98, 60.02], *bends, ["L", 160.02, 210.02], **scaled)
        straight = path(["M", 200, 59.98], ["L", 200, 200.02], **centre, left=200, top=130)
        dot = path(["M", 229.98, 230], ["L", 230.02, 230], **centre, left=230, top=230)
        ink = render_strokes(read_strokes({"objects": [long, straight, dot]}))
        rows, columns = np.indices(ink.shape)
        assert ink.sum() == pytest.approx(6_562, rel=0.01)
        assert (rows * ink).sum() / ink.sum() == pytest.approx(133.36, abs=0.5)
        assert (columns * ink).sum() / ink.sum() == pytest.approx(154.47, abs=0.5)
        assert np.flatnonzero((ink > 0.5).any(axis=1))[[0, -1]] == pytest.approx([50, 239], abs=1)
        assert np.flatnonzero((ink > 0.5).any(axis=0))[[0, -1]] == pytest.approx([46, 239], abs=1)


class TestAPlainDrawing:
    MOVED = path(
        ["M", 10, 20], ["Q", 15, 40, 30, 60], ["L", 40, 60], originX="center", originY="center",
        left=90, top=70, scaleX=2, scaleY=1.5, angle=30, flipX=True,
    )  # fmt: skip

    def test_is_read_as_the_same_strokes(self) -> None:
        drawing = {"objects": [LINE, {"type": "Circle"}, self.MOVED, path(["M", 7, 9])]}
        plain = plain_drawing(drawing)
        for ours, theirs in zip(read_strokes(plain), read_strokes(drawing), strict=True):
            assert ours.points == pytest.approx(theirs.points, abs=1e-3)
            assert ours.width == pytest.approx(theirs.width)

    def test_has_nothing_but_paths_and_widths(self) -> None:
        objects: Any = plain_drawing({"objects": [self.MOVED]})["objects"]
        [item] = objects
        assert set(item) == {"path", "strokeWidth"}
        assert [command[0] for command in item["path"]] == ["M", "Q", "Q"]

    def test_is_plain_already_if_it_was_made_so(self) -> None:
        once = plain_drawing({"objects": [LINE, self.MOVED]})
        assert read_strokes(plain_drawing(once))[1].points == pytest.approx(
            read_strokes(once)[1].points, abs=1e-3
        )


@pytest.mark.parametrize(
    "objects", [[], [{"type": "Circle", "radius": 3}], [None, 7, [[]]], [path()], [{"path": 5}]]
)
def test_what_is_no_path_is_left_out(objects: object) -> None:
    assert read_strokes({}) == []
    assert read_strokes({"objects": objects}) == []


NAN, INFINITY = float("nan"), float("inf")
HOSTILE: list[object] = [
    None,
    7,
    "objects",
    {"path": []},
    [path(["M"])],
    [path(["M", "a", "b"])],
    [path(["M", NAN, 1.0])],
    [path(["M", INFINITY, 1.0])],
    [path(["M", 1e300, 1.0])],
    [path(["M", 10**400, 1])],
    [path(["M", True, {}])],
    [path(["M", 1, 2, 3])],
    [path(["L", 1, 2])],
    [path(["M", 1, 2], ["Z", 1, 2])],
    [path(["M", 1, 2], ["M", 3, 4])],
    [path(["M", 1, 2], ["Q", 3, 4])],
    [path(["M", 1, 2], [])],
    [path(["M", 1, 2], None)],
    [path([["M"], 1, 2])],
    [path(["M", 1, 2], strokeWidth=-5)],
    [path(["M", 1, 2], strokeWidth=0)],
    [path(["M", 1, 2], strokeWidth=None)],
    [path(["M", 1, 2], strokeWidth="wide")],
    [path(["M", 1, 2], strokeWidth=1e9)],
    [path(["M", 1, 2], scaleX=1e-153)],
    [path(["M", 1, 2], scaleX=NAN)],
    [path(["M", 1, 2], scaleX=0)],
    [path(["M", 1, 2], ["L", 9, 9], skewX=90)],
    [path(["M", 1, 2], ["L", 9, 9], scaleX=5_000)],
    [path(["M", 1, 2], originX="center", originY="center", left="far")],
    [LINE] * (MAX_STROKES + 1),
    [path(*([["L", 1, 1]] * (MAX_POINTS + 1)))],
    [path(["M", 1, 1], *([["L", 2, 2]] * (MAX_POINTS // 2)))],
]


@pytest.mark.parametrize("objects", HOSTILE, ids=lambda objects: repr(objects)[:60])
def test_what_no_pen_draws_is_refused_with_a_remedy(objects: object) -> None:
    with pytest.raises(PictureError) as refusal:
        read_strokes({"objects": objects})
    assert refusal.value.remedy == "Clear the canvas and draw one digit."


@pytest.mark.parametrize("canvas", [None, 5, "canvas", [LINE]])
def test_what_is_no_canvas_is_refused(canvas: Any) -> None:
    with pytest.raises(PictureError, match="can't be read"):
        read_strokes(canvas)
