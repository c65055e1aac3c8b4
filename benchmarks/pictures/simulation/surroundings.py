"""What else is in a photo: frames, desks, printed lines, holes, fingers and stamps."""

from collections.abc import Mapping

import cv2
import numpy as np

from benchmarks.pictures.simulation.scenes import Change, Colour, Dice, Scene, grain, paint, whole


def _frame(scene: Scene, dice: Dice) -> None:
    """A black frame of 1 to 40 pixels along the edge."""
    width = int(dice.integers(1, 41))
    inset = int(dice.choice(np.array([0, dice.integers(1, 30)])))
    _outline(scene, (inset, inset, scene.shape[1] - inset, scene.shape[0] - inset), width, 15)


def _outline(scene: Scene, box: tuple[int, int, int, int], width: int, grey: float) -> None:
    left, top, right, bottom = box
    inside = np.zeros(scene.shape, dtype=bool)
    inside[max(top, 0) : bottom, max(left, 0) : right] = True
    inside[max(top, 0) + width : bottom - width, max(left, 0) + width : right - width] = False
    scene.surface[inside] = np.minimum(scene.surface[inside], grey)


def _desk(scene: Scene, dice: Dice) -> None:
    """A desk of grey 25 to 115 on one or more sides of the sheet, which lies askew."""
    height, width = scene.shape
    left, top, right, bottom = scene.box
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    rooms = np.array(
        [
            [left, top],
            [width - right, top],
            [width - right, height - bottom],
            [left, height - bottom],
        ],
        dtype=np.float32,
    )
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], dtype=np.float32)
    sheet = corners + inward * rooms * dice.uniform(-0.3, 0.8, (4, 2)).astype(np.float32)
    on_sheet = np.zeros(scene.shape, dtype=np.uint8)
    cv2.fillConvexPoly(on_sheet, np.rint(sheet).astype(np.int32), 1)
    desk = dice.uniform(25, 115) + dice.uniform(-12, 12, 3)
    scene.surface[on_sheet == 0] = desk


def rule(scene: Scene, dice: Dice, upright: bool, spacing: float) -> None:
    """Print lines at equal distances, slightly askew, at 15 to 55 % contrast."""
    height, width = scene.shape
    reach = max(height, width) * 2
    slope, thickness = np.tan(np.radians(dice.normal(0, 1.5))), int(dice.integers(2, 6))
    share = np.zeros(scene.shape, dtype=np.uint8)
    for at in np.arange(dice.uniform(0, spacing) - reach, reach, spacing):
        start, end = (-50.0, at - 50 * slope), (float(reach), at + reach * slope)
        if upright:
            start, end = start[::-1], end[::-1]
        cv2.line(share, whole(start), whole(end), 255, thickness, cv2.LINE_AA)
    part = (share.astype(np.float32) / 255)[:, :, np.newaxis]
    printed = 255 * (1 - part) + _line_colour(scene, dice) * part
    scene.surface = np.minimum(scene.surface, printed).astype(np.float32)


def _line_colour(scene: Scene, dice: Dice) -> Colour:
    paper = np.median(scene.surface.reshape(-1, 3), axis=0)
    tint = np.array([1, 1, 1]) if dice.random() < 0.5 else np.array([1.2, 1, 0.6])
    colour: Colour = paper * (1 - (dice.uniform(0.15, 0.55) * tint).clip(0, 0.8))
    return colour


def _rules(scene: Scene, dice: Dice) -> None:
    """Ruled paper."""
    rule(scene, dice, upright=False, spacing=_height(scene) * dice.uniform(0.4, 1.5))


def _grid(scene: Scene, dice: Dice) -> None:
    """Squared paper."""
    spacing = _height(scene) * dice.uniform(0.25, 1.2)
    rule(scene, dice, upright=False, spacing=spacing)
    rule(scene, dice, upright=True, spacing=spacing)


def _height(scene: Scene) -> int:
    return scene.box[3] - scene.box[1]


def _margin_line(scene: Scene, dice: Dice) -> None:
    """A red line from edge to edge, beside the digit or through it."""
    thickness, at = int(dice.integers(2, 8)), int(dice.integers(5, scene.shape[1] - 12))
    colour = np.array([dice.uniform(180, 230), dice.uniform(30, 110), dice.uniform(30, 110)])
    line = scene.surface[:, at : at + thickness]
    scene.surface[:, at : at + thickness] = np.minimum(line, colour)


def _box(scene: Scene, dice: Dice) -> None:
    """A printed box of 2 to 8 pixels around the digit."""
    left, top, right, bottom = scene.box
    width = int(dice.integers(2, 9))
    gap = dice.uniform(0.02, 0.5, 4) * max(right - left, bottom - top) + width
    box = int(left - gap[0]), int(top - gap[1]), int(right + gap[2]), int(bottom + gap[3])
    _outline(scene, box, width, float(dice.uniform(10, 140)))


def _punch_holes(scene: Scene, dice: Dice) -> None:
    """Two to four dark holes along the left edge."""
    radius = round(min(scene.shape) * dice.uniform(0.02, 0.05))
    for at in np.linspace(0.15, 0.85, int(dice.integers(2, 5))):
        centre = (round(radius * 1.6), round(at * scene.shape[0]))
        cv2.circle(
            scene.surface, centre, radius, [float(dice.uniform(20, 90))] * 3, -1, cv2.LINE_AA
        )


def _finger(scene: Scene, dice: Dice) -> None:
    """A finger that reaches in from the edge with most room."""
    height, width = scene.shape
    left, top, right, bottom = scene.box
    ends = {(0, 1): left, (2, 1): width - right, (1, 0): top, (1, 2): height - bottom}
    side, room = max(ends.items(), key=lambda item: item[1])
    reach, half = room * dice.uniform(0.4, 0.85), min(height, width) * dice.uniform(0.06, 0.12)
    across = dice.uniform(0.25, 0.75)
    # 0 and 2 are the edges; 1 is between them.
    share = [across if at == 1 else at / 2 for at in side]
    centre = share[0] * width, share[1] * height
    axes = (half, reach) if side[0] == 1 else (reach, half)
    skin = np.array([225, 170, 140]) * dice.uniform(0.45, 1)
    shape = np.zeros(scene.shape, dtype=np.float32)
    cv2.ellipse(shape, whole(centre), whole(axes), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    soft = np.asarray(cv2.GaussianBlur(shape, (0, 0), 2), dtype=np.float32)
    paint(scene, soft, skin)


def _stamp(scene: Scene, dice: Dice) -> None:
    """Print or a stamp near a corner."""
    height, width = scene.shape
    size = min(height, width) * dice.uniform(0.001, 0.0022)
    colour = dice.uniform(0, 170, 3)
    text = str(dice.choice(["Name:", "Page 3", "PAID", "No.", "Class 4b"]))
    (wide, high), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 2)
    room = scene.box[1] > high + below + 20
    at = (int(dice.integers(5, max(6, width - wide - 5))), high + 8 if room else height - below - 3)
    printed = np.zeros(scene.shape, dtype=np.uint8)
    cv2.putText(printed, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, 255, max(1, round(size * 2)))
    paint(scene, printed.astype(np.float32) / 255, colour)


def _shine_through(scene: Scene, dice: Dice) -> None:
    """Writing on the other side of the paper, mirrored and faint."""
    height, width = scene.shape
    size = min(height, width) * dice.uniform(0.001, 0.004)
    printed = np.zeros(scene.shape, dtype=np.uint8)
    for row in range(int(dice.integers(1, 6))):
        text = "".join(chr(97 + code) for code in dice.integers(0, 26, 12))
        at = int(dice.uniform(-0.2, 0.4) * width), int((row + dice.uniform(0.3, 1)) * height / 4)
        cv2.putText(printed, text, at, cv2.FONT_HERSHEY_COMPLEX, size, 255, max(1, round(size * 2)))
    mirrored = np.asarray(cv2.GaussianBlur(printed[:, ::-1], (0, 0), 2), dtype=np.float32) / 255
    ink = np.minimum(np.median(scene.surface, axis=(0, 1)), scene.surface.min())
    paint(scene, mirrored * np.float32(dice.uniform(0.04, 0.15)), ink)


def _dirt(scene: Scene, dice: Dice) -> None:
    """Specks, dots and short hairs, here and there."""
    height, width = scene.shape
    dirt = np.zeros(scene.shape, dtype=np.uint8)
    for _ in range(int(dice.integers(3, 30))):
        at = dice.uniform(0, 1, 2) * (width, height)
        end = at + dice.normal(0, 0.01, 2) * min(height, width)
        cv2.line(dirt, whole(at), whole(end), 255, int(dice.integers(1, 5)), cv2.LINE_AA)
    paint(scene, dirt.astype(np.float32) / 255 * np.float32(dice.uniform(0.3, 0.9)), np.zeros(3))


def _neighbour(scene: Scene, dice: Dice) -> None:
    """A part of what is written beside, cut off by the picture's edge."""
    width = scene.shape[1]
    left, top, right, bottom = scene.box
    drawn = np.zeros(scene.shape, dtype=np.uint8)
    size = (bottom - top) / 22 * dice.uniform(0.7, 1.1)
    text, thickness = str(dice.choice(list("0123456789AEHKRX"))), max(2, round(size * 2))
    (wide, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, thickness)
    reach = dice.uniform(0.1, 0.7)
    inside = round(min(reach * wide, 0.8 * max(left, width - right)))
    x = width - inside if width - right > left else inside - wide
    cv2.putText(drawn, text, (x, bottom), cv2.FONT_HERSHEY_SIMPLEX, size, 255, thickness)
    paint(scene, drawn.astype(np.float32) / 255, scene.surface.min() * np.ones(3))


def _textured(scene: Scene, dice: Dice) -> None:
    """Rough paper, or a napkin."""
    grain(scene, dice, float(dice.uniform(3, 10)))


SURROUNDINGS: Mapping[str, Change] = {
    "frame": _frame,
    "desk": _desk,
    "rules": _rules,
    "grid": _grid,
    "margin_line": _margin_line,
    "box": _box,
    "punch_holes": _punch_holes,
    "finger": _finger,
    "stamp": _stamp,
    "shine_through": _shine_through,
    "dirt": _dirt,
    "neighbour": _neighbour,
    "textured": _textured,
}

BESIDE = {"desk", "finger", "stamp", "neighbour"}
"""Those that need room beside the digit."""
