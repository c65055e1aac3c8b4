"""Pictures of digits, as of what somebody wrote on paper."""

import io

from PIL import Image, ImageDraw

from tests.factories import DIGITS

PAPER, INK, PEN = (232, 230, 222), (40, 44, 90), 14
SIDE = 240
"""Pixels from one digit to the next."""


def photograph(*digits: int, blot: bool = False) -> bytes:
    """Return a picture of digits beside each other, with a blot of ink after them or without."""
    image = Image.new("RGB", (SIDE * (len(digits) + blot) + 80, SIDE + 160), PAPER)
    pen = ImageDraw.Draw(image)
    for place, digit in enumerate(digits):
        left, top = 40 + place * SIDE + 40, 80
        for stroke in DIGITS[digit]:
            points = [(left + x * 1.5, top + y * 2.2) for x, y in stroke]
            pen.line(points, INK, PEN, joint="curve")
    if blot:
        left = 40 + len(digits) * SIDE
        pen.ellipse((left + 60, 120, left + 150, 200), INK)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
