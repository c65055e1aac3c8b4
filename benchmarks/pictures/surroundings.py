"""What else is in a photo: frames, desks, printed lines, holes, fingers and stamps."""

import cv2
import numpy as np

from benchmarks.pictures.scenes import Colour, Dice, Scene, photograph, write
from mnistlab.core.arrays import Pixels


def frame(image: Pixels, dice: Dice) -> bytes:
    """A black frame of 1 to 40 pixels along the edge."""
    scene = write(image, dice)
    width = int(dice.integers(1, 41))
    inset = int(dice.choice(np.array([0, dice.integers(1, 30)])))
    _outline(scene, (inset, inset, scene.shape[1] - inset, scene.shape[0] - inset), width, 15)
    return photograph(scene, dice)


def _outline(scene: Scene, box: tuple[int, int, int, int], width: int, grey: float) -> None:
    left, top, right, bottom = box
    inside = np.zeros(scene.shape, dtype=bool)
    inside[max(top, 0) : bottom, max(left, 0) : right] = True
    inside[max(top, 0) + width : bottom - width, max(left, 0) + width : right - width] = False
    scene.surface[inside] = np.minimum(scene.surface[inside], grey)


def desk(image: Pixels, dice: Dice) -> bytes:
    """A desk of grey 25 to 115 on one or more sides of the sheet, which lies askew."""
    scene = write(image, dice, (0.3, 0.55))
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
    return photograph(scene, dice)


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
        cv2.line(share, _whole(start), _whole(end), 255, thickness, cv2.LINE_AA)
    part = (share.astype(np.float32) / 255)[:, :, np.newaxis]
    printed = 255 * (1 - part) + _line_colour(scene, dice) * part
    scene.surface = np.minimum(scene.surface, printed).astype(np.float32)


def _whole(point: tuple[float, float]) -> tuple[int, int]:
    return int(point[0]), int(point[1])


def _line_colour(scene: Scene, dice: Dice) -> Colour:
    paper = np.median(scene.surface.reshape(-1, 3), axis=0)
    tint = np.array([1, 1, 1]) if dice.random() < 0.5 else np.array([1.2, 1, 0.6])
    colour: Colour = paper * (1 - (dice.uniform(0.15, 0.55) * tint).clip(0, 0.8))
    return colour


def rules(image: Pixels, dice: Dice) -> bytes:
    """Ruled paper."""
    scene = write(image, dice)
    rule(scene, dice, upright=False, spacing=_height(scene) * dice.uniform(0.4, 1.5))
    return photograph(scene, dice)


def grid(image: Pixels, dice: Dice) -> bytes:
    """Squared paper."""
    scene = write(image, dice)
    spacing = _height(scene) * dice.uniform(0.25, 1.2)
    rule(scene, dice, upright=False, spacing=spacing)
    rule(scene, dice, upright=True, spacing=spacing)
    return photograph(scene, dice)


def _height(scene: Scene) -> int:
    return scene.box[3] - scene.box[1]


def margin_line(image: Pixels, dice: Dice) -> bytes:
    """A red line from edge to edge, beside the digit or through it."""
    scene = write(image, dice)
    thickness, at = int(dice.integers(2, 8)), int(dice.integers(5, scene.shape[1] - 12))
    colour = np.array([dice.uniform(180, 230), dice.uniform(30, 110), dice.uniform(30, 110)])
    line = scene.surface[:, at : at + thickness]
    scene.surface[:, at : at + thickness] = np.minimum(line, colour)
    return photograph(scene, dice)


def box(image: Pixels, dice: Dice) -> bytes:
    """A printed box of 2 to 8 pixels around the digit."""
    scene = write(image, dice)
    left, top, right, bottom = scene.box
    width = int(dice.integers(2, 9))
    gap = dice.uniform(0.02, 0.5, 4) * max(right - left, bottom - top) + width
    box = int(left - gap[0]), int(top - gap[1]), int(right + gap[2]), int(bottom + gap[3])
    _outline(scene, box, width, float(dice.uniform(10, 140)))
    return photograph(scene, dice)


def punch_holes(image: Pixels, dice: Dice) -> bytes:
    """Two to four dark holes along the left edge."""
    scene = write(image, dice)
    radius = round(min(scene.shape) * dice.uniform(0.02, 0.05))
    for at in np.linspace(0.15, 0.85, int(dice.integers(2, 5))):
        centre = (round(radius * 1.6), round(at * scene.shape[0]))
        cv2.circle(
            scene.surface, centre, radius, [float(dice.uniform(20, 90))] * 3, -1, cv2.LINE_AA
        )
    return photograph(scene, dice)


def finger(image: Pixels, dice: Dice) -> bytes:
    """A finger that reaches in from an edge."""
    scene = write(image, dice, (0.3, 0.55))
    height, width = scene.shape
    left, top, right, bottom = scene.box
    rooms = {"left": left, "right": width - right, "top": top, "bottom": height - bottom}
    side = max(rooms, key=lambda name: rooms[name])
    reach, half = (
        rooms[side] * dice.uniform(0.4, 0.85),
        min(height, width) * dice.uniform(0.06, 0.12),
    )
    across = dice.uniform(0.25, 0.75) * (height if side in ("left", "right") else width)
    centre = {
        "left": (0, across),
        "right": (width, across),
        "top": (across, 0),
        "bottom": (across, height),
    }[side]
    axes = (reach, half) if side in ("left", "right") else (half, reach)
    skin = np.array([225, 170, 140]) * dice.uniform(0.45, 1)
    shade = np.zeros(scene.shape, dtype=np.float32)
    cv2.ellipse(
        shade,
        tuple(round(c) for c in centre),
        tuple(round(a) for a in axes),
        0,
        0,
        360,
        1.0,
        -1,
        cv2.LINE_AA,
    )
    soft = np.asarray(cv2.GaussianBlur(shade, (0, 0), 2), dtype=np.float32)[:, :, np.newaxis]
    scene.surface = (scene.surface * (1 - soft) + skin * soft).astype(np.float32)
    return photograph(scene, dice)


def stamp(image: Pixels, dice: Dice) -> bytes:
    """Print or a stamp near a corner."""
    scene = write(image, dice, (0.35, 0.6))
    height, width = scene.shape
    size = min(height, width) * dice.uniform(0.001, 0.0022)
    colour = dice.uniform(0, 170, 3)
    text = str(dice.choice(["Name:", "Page 3", "PAID", "No.", "Class 4b"]))
    (wide, high), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 2)
    room = scene.box[1] > high + below + 20
    at = (int(dice.integers(5, max(6, width - wide - 5))), high + 8 if room else height - below - 3)
    printed = np.zeros(scene.shape, dtype=np.uint8)
    cv2.putText(printed, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, 255, max(1, round(size * 2)))
    part = (printed.astype(np.float32) / 255)[:, :, np.newaxis]
    scene.surface = (scene.surface * (1 - part) + colour * part).astype(np.float32)
    return photograph(scene, dice)
