"""Printed lines are found, and what crosses them is not."""

import cv2
import numpy as np
import pytest

from mnistlab.core.pictures.ink.lines import find_lines


def blank() -> np.ndarray:
    return np.zeros((200, 300), dtype=np.uint8)


@pytest.mark.parametrize("askew", [-8, 0, 8])
def test_a_rule_is_found(askew: int) -> None:
    sheet = blank()
    cv2.line(sheet, (0, 100), (299, 100 + askew), 1, 3)
    assert find_lines(sheet > 0, 5, 0.5).sum() >= 0.9 * sheet.sum()


@pytest.mark.parametrize("turned", [False, True])
def test_a_stroke_across_it_stays(turned: bool) -> None:
    sheet = blank()
    cv2.line(sheet, (0, 100), (299, 100), 1, 3)
    rule = sheet > 0
    cv2.line(sheet, (120, 40), (150, 160), 1, 6)
    mask = sheet > 0
    lines = find_lines(mask.T, 5, 0.5).T if turned else find_lines(mask, 5, 0.5)
    left = mask & ~lines
    assert left[40:160].any(axis=1).all()
    assert (left & rule).sum() < 0.08 * rule.sum()


def test_a_box_is_found_on_all_sides() -> None:
    sheet = blank()
    cv2.rectangle(sheet, (20, 20), (280, 180), 1, 4)
    assert not (sheet.astype(bool) & ~find_lines(sheet > 0, 7, 0.5))[30:170].any()


def test_short_and_round_strokes_are_none() -> None:
    sheet = blank()
    cv2.ellipse(sheet, (150, 100), (30, 45), 0, 0, 360, 1, 5)
    cv2.line(sheet, (60, 50), (130, 50), 1, 4)
    assert not find_lines(sheet > 0, 8, 0.5).any()
