"""Simulated photos of one digit, each with one fault of random size and strength.

`FAULTS` names them: each draws a scene from a digit's image (28, 28) and a random generator.
`UNREADABLE` draws pictures without any digit.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
from PIL import Image

from benchmarks.pictures import digit_shapes
from mnistlab.core.arrays import Float32Array, Pixels

Dice = np.random.Generator


@dataclass
class Scene:
    """A sheet in front of a camera.

    Attributes:
        coverage: How much of each pixel is inked, (height, width).
        surface: What the sheet reflects, 0 to 255, (height, width, 3).
        box: The digit's left, top, right and bottom.
        options: How the file is saved, as `Image.save` takes it.
    """

    coverage: Float32Array
    surface: Float32Array
    box: tuple[int, int, int, int]
    options: dict[str, object] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.coverage.shape[0], self.coverage.shape[1]


def write(image: Pixels, dice: Dice, share: tuple[float, float] = (0.3, 0.7)) -> Scene:
    """Draw a digit somewhere on a blank sheet, as large as a share of its shorter side."""
    height, width = (int(dice.integers(300, 1200)) for _ in range(2))
    side = int(min(height, width) * dice.uniform(*share) * 1.4)
    if dice.random() < 0.5:
        digit = digit_shapes.enlarge(image, side)
    else:
        pen = max(2, round(side * dice.uniform(0.01, 0.07)))
        digit = digit_shapes.redraw(image, side, pen)
    return place(digit, (height, width), dice)


def place(digit: Float32Array, shape: tuple[int, int], dice: Dice) -> Scene:
    """Place a digit on a sheet of white paper, whole and with a little room around it."""
    rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    crop = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = (max(s, c + 10) for s, c in zip(shape, crop.shape, strict=True))
    room = round(0.12 * min(height, width))
    top, left = (
        int(dice.integers(min(room, gap // 2), gap - min(room, gap // 2) + 1))
        for gap in (height - crop.shape[0], width - crop.shape[1])
    )
    coverage = np.zeros((height, width), dtype=np.float32)
    box = left, top, left + crop.shape[1], top + crop.shape[0]
    coverage[box[1] : box[3], box[0] : box[2]] = crop
    paper = np.full(3, dice.uniform(215, 255)) - dice.uniform(0, 12, 3)
    return Scene(coverage, _ink(coverage, paper, np.full(3, dice.uniform(5, 80))), box)


def photograph(scene: Scene, dice: Dice, noise: float | None = None) -> bytes:
    """Return the file of a scene as a camera, or a screenshot, would make it."""
    surface = scene.surface
    if noise is None:
        noise = float(dice.choice([0, 1.5, 4]))
    if noise:
        surface = surface + dice.normal(0, noise, surface.shape).astype(np.float32)
    image = Image.fromarray(surface.clip(0, 255).round().astype(np.uint8))
    return encode(image, "JPEG" if dice.random() < 0.5 else "PNG", scene.options)


def encode(image: Image.Image, kind: str, options: Mapping[str, object]) -> bytes:
    """Return an image as a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **dict(options))
    return buffer.getvalue()


def _ink(coverage: Float32Array, paper: Float32Array, ink: Float32Array) -> Float32Array:
    share = coverage[:, :, np.newaxis]
    mixed: Float32Array = (paper * (1 - share) + ink * share).astype(np.float32)
    return mixed


def _plain(image: Pixels, dice: Dice) -> bytes:
    return photograph(write(image, dice), dice)


def _half_shadow(image: Pixels, dice: Dice) -> bytes:
    """An edge of shadow through the digit, sharp or soft, at any angle."""
    scene = write(image, dice)
    scene.surface *= shade(scene, dice)[:, :, np.newaxis]
    return photograph(scene, dice)


def shade(scene: Scene, dice: Dice) -> Float32Array:
    """Return how much light is left on either side of a shadow's edge, (height, width)."""
    y, x = np.mgrid[: scene.shape[0], : scene.shape[1]].astype(np.float32)
    left, top, right, bottom = scene.box
    at = dice.uniform(left, right), dice.uniform(top, bottom)
    angle = dice.choice([0, np.pi / 2, dice.uniform(0, np.pi)]) + dice.choice([0, np.pi])
    along = (x - at[0]) * np.cos(angle) + (y - at[1]) * np.sin(angle)
    softness = dice.choice([0.01, 5, 40])
    shade = 1 - dice.uniform(0.3, 0.65) / (1 + np.exp(-(along / softness).clip(-40, 40)))
    return np.asarray(shade, dtype=np.float32)


def _slanting_light(image: Pixels, dice: Dice) -> bytes:
    """Light that falls off to a side, and towards the corners."""
    scene = write(image, dice)
    y, x = np.mgrid[0 : 1 : scene.shape[0] * 1j, 0 : 1 : scene.shape[1] * 1j]
    angle, depth = dice.uniform(0, 2 * np.pi), dice.uniform(0.2, 0.7)
    fall = ((x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle)) / 1.42 + 0.5
    corners = dice.uniform(0, 0.5) * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    scene.surface *= ((1 - depth * fall) * (1 - corners))[:, :, np.newaxis].astype(np.float32)
    return photograph(scene, dice)


def _frame(image: Pixels, dice: Dice) -> bytes:
    """A black frame of 1 to 40 pixels along the edge."""
    scene = write(image, dice)
    width = int(dice.integers(1, 41))
    inset = int(dice.choice([0, dice.integers(1, 30)]))
    _outline(scene, (inset, inset, scene.shape[1] - inset, scene.shape[0] - inset), width, 15)
    return photograph(scene, dice)


def _outline(
    scene: Scene, box: tuple[int, int, int, int], width: int, grey: float | Float32Array
) -> None:
    left, top, right, bottom = box
    inside = np.zeros(scene.shape, dtype=bool)
    inside[max(top, 0) : bottom, max(left, 0) : right] = True
    inside[max(top, 0) + width : bottom - width, max(left, 0) + width : right - width] = False
    scene.surface[inside] = np.minimum(scene.surface[inside], grey)


def _desk(image: Pixels, dice: Dice) -> bytes:
    """A desk of grey 25 to 115 on one or more sides of the sheet, which lies askew."""
    scene = write(image, dice, (0.3, 0.55))
    height, width = scene.shape
    left, top, right, bottom = scene.box
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    rooms = np.float32(
        [
            [left, top],
            [width - right, top],
            [width - right, height - bottom],
            [left, height - bottom],
        ]
    )
    inward = np.float32([[1, 1], [-1, 1], [-1, -1], [1, -1]])
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


def _line_colour(scene: Scene, dice: Dice) -> Float32Array:
    paper = np.median(scene.surface.reshape(-1, 3), axis=0)
    tint = np.array([1, 1, 1]) if dice.random() < 0.5 else np.array([1.2, 1, 0.6])
    colour: Float32Array = paper * (1 - (dice.uniform(0.15, 0.55) * tint).clip(0, 0.8))
    return colour


def _rules(image: Pixels, dice: Dice) -> bytes:
    """Ruled paper."""
    scene = write(image, dice)
    rule(scene, dice, upright=False, spacing=_height(scene) * dice.uniform(0.4, 1.5))
    return photograph(scene, dice)


def _grid(image: Pixels, dice: Dice) -> bytes:
    """Squared paper."""
    scene = write(image, dice)
    spacing = _height(scene) * dice.uniform(0.25, 1.2)
    rule(scene, dice, upright=False, spacing=spacing)
    rule(scene, dice, upright=True, spacing=spacing)
    return photograph(scene, dice)


def _height(scene: Scene) -> int:
    return scene.box[3] - scene.box[1]


def _margin_line(image: Pixels, dice: Dice) -> bytes:
    """A red line from edge to edge, beside the digit or through it."""
    scene = write(image, dice)
    thickness, at = int(dice.integers(2, 8)), int(dice.integers(5, scene.shape[1] - 12))
    colour = np.array([dice.uniform(180, 230), dice.uniform(30, 110), dice.uniform(30, 110)])
    line = scene.surface[:, at : at + thickness]
    scene.surface[:, at : at + thickness] = np.minimum(line, colour)
    return photograph(scene, dice)


def _box(image: Pixels, dice: Dice) -> bytes:
    """A printed box of 2 to 8 pixels around the digit."""
    scene = write(image, dice)
    left, top, right, bottom = scene.box
    width = int(dice.integers(2, 9))
    gap = dice.uniform(0.02, 0.5, 4) * max(right - left, bottom - top) + width
    box = int(left - gap[0]), int(top - gap[1]), int(right + gap[2]), int(bottom + gap[3])
    _outline(scene, box, width, float(dice.uniform(10, 140)))
    return photograph(scene, dice)


def _punch_holes(image: Pixels, dice: Dice) -> bytes:
    """Two to four dark holes along the left edge."""
    scene = write(image, dice)
    radius = round(min(scene.shape) * dice.uniform(0.02, 0.05))
    for at in np.linspace(0.15, 0.85, int(dice.integers(2, 5))):
        centre = (round(radius * 1.6), round(at * scene.shape[0]))
        cv2.circle(
            scene.surface, centre, radius, [float(dice.uniform(20, 90))] * 3, -1, cv2.LINE_AA
        )
    return photograph(scene, dice)


def _finger(image: Pixels, dice: Dice) -> bytes:
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
    shade = cv2.GaussianBlur(shade, (0, 0), 2)[:, :, np.newaxis]
    scene.surface = scene.surface * (1 - shade) + (skin * shade).astype(np.float32)
    return photograph(scene, dice)


def _stamp(image: Pixels, dice: Dice) -> bytes:
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


def _recolour(scene: Scene, paper: Float32Array, ink: Float32Array) -> None:
    scene.surface = _ink(scene.coverage, paper, ink)


def _pencil(image: Pixels, dice: Dice) -> bytes:
    """Pencil, faint and uneven along its line."""
    scene = write(image, dice)
    pressure = cv2.resize(dice.uniform(0.6, 1, (9, 9)).astype(np.float32), scene.shape[::-1])
    scene.coverage *= pressure
    paper = np.full(3, dice.uniform(200, 250))
    _recolour(scene, paper, paper * (1 - dice.uniform(0.15, 0.4)))
    return photograph(scene, dice, noise=float(dice.uniform(0, 3)))


def _faint(image: Pixels, dice: Dice) -> bytes:
    """Ink hardly darker than its paper, without noise, such as 232 on 250."""
    scene = write(image, dice)
    paper = np.full(3, dice.uniform(200, 252))
    _recolour(scene, paper, paper * (1 - dice.uniform(0.06, 0.15)))
    return photograph(scene, dice, noise=float(dice.uniform(0, 1)))


def _coloured(image: Pixels, dice: Dice) -> bytes:
    """Ink of one colour on paper of another, equally bright or not."""
    scene = write(image, dice)
    while True:
        ink, paper = dice.uniform(20, 235, 3), dice.uniform(60, 245, 3)
        tints = [colour - colour.mean() for colour in (ink, paper)]
        if np.linalg.norm(tints[0] - tints[1]) > 90:
            break
    _recolour(scene, paper, ink)
    return photograph(scene, dice)


def _light_on_dark(image: Pixels, dice: Dice) -> bytes:
    """Chalk on a board, or a screen in dark mode."""
    scene = write(image, dice)
    paper = dice.uniform(0, 90)
    _recolour(scene, np.full(3, paper), np.full(3, dice.uniform(paper + 60, 255)))
    return photograph(scene, dice)


def _fine(image: Pixels, dice: Dice) -> bytes:
    """Lines of 1 to 3 pixels on a sheet of 1,000."""
    digit = digit_shapes.redraw(image, int(dice.integers(400, 1000)), int(dice.integers(1, 4)))
    return photograph(place(digit, (1000, 1000), dice), dice, noise=0)


def _blurred(image: Pixels, dice: Dice) -> bytes:
    """Out of focus, with grain."""
    scene = write(image, dice)
    spread = (scene.box[3] - scene.box[1]) * dice.uniform(0.01, 0.04)
    scene.surface = cv2.GaussianBlur(scene.surface, (0, 0), spread)
    return photograph(scene, dice, noise=float(dice.uniform(0, 4)))


def _broken(image: Pixels, dice: Dice) -> bytes:
    """A dry pen, whose line has gaps."""
    scene = write(image, dice)
    size = max(scene.box[3] - scene.box[1], scene.box[2] - scene.box[0])
    left, top, right, bottom = scene.box
    for _ in range(int(dice.integers(2, 7))):
        centre = (int(dice.integers(left, right)), int(dice.integers(top, bottom)))
        cv2.circle(scene.coverage, centre, max(1, round(size * 0.015)), 0.0, -1)
    _recolour(scene, np.full(3, 240.0), np.full(3, dice.uniform(20, 110)))
    return photograph(scene, dice)


def _deep(image: Pixels, dice: Dice) -> bytes:
    """16 bits, of which a scanner may use 10, 12 or all."""
    grey = write(image, dice).surface[:, :, 0] / 255
    top = 2 ** int(dice.choice([10, 12, 16])) - 1
    return encode(Image.fromarray((grey * top).round().astype(np.uint16)), "PNG", {})


def _palette(image: Pixels, dice: Dice) -> bytes:
    """A picture of 4 to 32 colours."""
    scene = write(image, dice)
    pixels = scene.surface.clip(0, 255).astype(np.uint8)
    reduced = Image.fromarray(pixels).quantize(int(dice.integers(4, 33)))
    return encode(reduced, "PNG", {})


def _sixteen_levels(image: Pixels, dice: Dice) -> bytes:
    """Values from 0 to 16, in a picture of 14 pixels or more."""
    side = int(dice.choice([14, 28, 100, 500]))
    coverage = (
        digit_shapes.enlarge(image, side)
        if side > 28
        else cv2.resize(image.astype(np.float32) / 255, (side, side), interpolation=cv2.INTER_AREA)
    )
    levels = coverage if dice.random() < 0.5 else 1 - coverage
    return encode(Image.fromarray((levels * 16).round().astype(np.uint8)), "PNG", {})


def _large(image: Pixels, dice: Dice) -> bytes:
    """A ballpoint's line of 5 to 9 pixels on a photo of 12 megapixels."""
    size = int(dice.integers(500, 2200))
    digit = digit_shapes.redraw(image, size, int(dice.integers(5, 10)))
    scene = place(digit, (3024, 4032), dice)
    _recolour(scene, np.full(3, 225.0), np.array([60.0, 60.0, 140.0]))
    scene.surface *= shade(scene, dice)[:, :, np.newaxis]
    scene.options = {"quality": 85}
    image_file = Image.fromarray(scene.surface.clip(0, 255).astype(np.uint8))
    return encode(image_file, "JPEG", scene.options)


FAULTS: Mapping[str, Callable[[Pixels, Dice], bytes]] = {
    "plain": _plain,
    "half_shadow": _half_shadow,
    "slanting_light": _slanting_light,
    "frame": _frame,
    "desk": _desk,
    "rules": _rules,
    "grid": _grid,
    "margin_line": _margin_line,
    "box": _box,
    "punch_holes": _punch_holes,
    "finger": _finger,
    "stamp": _stamp,
    "pencil": _pencil,
    "faint": _faint,
    "coloured": _coloured,
    "light_on_dark": _light_on_dark,
    "fine": _fine,
    "blurred": _blurred,
    "broken": _broken,
    "deep": _deep,
    "palette": _palette,
    "sixteen_levels": _sixteen_levels,
    "large": _large,
}
