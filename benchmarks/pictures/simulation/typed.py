"""Print: letters, foreign ones, signs and lines of text, by OpenCV's own fonts.

Letters that look like a digit are not among them.
"""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.pictures.simulation.scenes import Dice, Scene, blank_sheet, paint
from mnistlab.core.arrays import Float32Array

_LETTERS = "AEFHKMNRTWXYaefhkmnwx"
_FOREIGN = "ЖШЩЮФДЦЯЫΩΨΣΔΠΦΛ文字水木田中人山大火"
_SIGNS = "&@#%?§€$£*+=÷×~"
_WORDS = ["quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "Many", "Hands", "work"]

_LINE = 100
"""Pixels of a letter's size before it is enlarged or made smaller."""


def letter(dice: Dice) -> Scene:
    """One letter of our alphabet."""
    text = str(dice.choice(list(_LETTERS)))
    return _print(_pillow(text) if dice.random() < 0.3 else _opencv(text, dice), dice)


def foreign(dice: Dice) -> Scene:
    """One Cyrillic, Greek or Chinese letter."""
    return _print(_opencv(str(dice.choice(list(_FOREIGN))), dice), dice)


def sign(dice: Dice) -> Scene:
    """One sign."""
    return _print(_opencv(str(dice.choice(list(_SIGNS))), dice), dice)


def words(dice: Dice) -> Scene:
    """One word to eight lines of text."""
    lines = int(dice.choice([1, 1, 2, 4, 8]))
    count = 1 if lines == 1 else 5
    text = [" ".join(dice.choice(_WORDS, count).tolist()) for _ in range(lines)]
    return _print(np.concatenate([_widen(_opencv(line, dice)) for line in text]), dice)


def _opencv(text: str, dice: Dice) -> Float32Array:
    font = cv2.FontFace(str(dice.choice(["sans", "italic"])))
    drawn = np.zeros((2 * _LINE, (len(text) + 1) * _LINE), dtype=np.uint8)
    weight = int(dice.integers(200, 901))
    cv2.putText(drawn, text, (_LINE // 2, round(1.4 * _LINE)), (255,) * 4, font, _LINE, weight)
    return np.divide(drawn, 255, dtype=np.float32)


def _pillow(text: str) -> Float32Array:
    drawn = Image.new("L", ((len(text) + 1) * _LINE, 2 * _LINE))
    draw = ImageDraw.Draw(drawn)
    draw.text((_LINE // 2, _LINE // 3), text, 255, ImageFont.load_default(_LINE))
    return np.asarray(drawn, dtype=np.float32) / np.float32(255)


def _widen(line: Float32Array) -> Float32Array:
    width = 26 * _LINE
    return np.pad(line[:, :width], ((0, 0), (0, max(0, width - line.shape[1]))))


def _print(drawn: Float32Array, dice: Dice) -> Scene:
    """Place print on a sheet, slightly turned, as large as a share of it."""
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    crop = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scene = blank_sheet(dice)
    scale = min(np.divide(scene.shape, crop.shape)) * dice.uniform(0.3, 0.8)
    at = dice.uniform(0.4, 0.6, 2) * scene.shape[::-1]
    matrix = cv2.getRotationMatrix2D(
        (crop.shape[1] / 2, crop.shape[0] / 2), float(dice.normal(0, 4)), scale
    )
    matrix[:, 2] += at - np.divide(crop.shape[::-1], 2)
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    turned = cv2.warpAffine(crop, matrix, scene.shape[::-1], flags=flags)
    share = np.asarray(turned, dtype=np.float32).clip(0, 1)
    paint(scene, share, np.full(3, dice.uniform(0, 0.5)) * scene.surface[0, 0])
    return scene
