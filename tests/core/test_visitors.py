"""Whatever a visitor sends is read, or refused in plain words: thousands of cases."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis.strategies import SearchStrategy

from mnistlab.core.drawing.handwriting import view_digits
from mnistlab.core.drawing.handwriting_file import read_digits, write_digits
from mnistlab.core.drawing.mnist_image import strokes_to_mnist, to_mnist
from mnistlab.core.drawing.strokes import read_strokes
from mnistlab.core.errors import ConfigError, HandwritingError, PictureError
from mnistlab.core.pictures.candidates import find_candidates
from mnistlab.core.pictures.decoding import WORKING_SIDE, read_picture
from mnistlab.core.pictures.ink.segmentation import segment
from mnistlab.core.pictures.page import prepare
from mnistlab.core.pictures.pen import fit_pen
from mnistlab.core.pictures.reading import NO_CORRECTIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import SETTINGS
from tests import strategies
from tests.queries import read_query

LEAK = 60.0
"""Megabytes. A leak of 30 kB a case would be more, in the cases below."""


def check_query(query: dict[str, str]) -> None:
    given = {name: text for name, text in query.items() if name in SETTINGS}
    config, errors = RunConfig.nearest(given)
    assert read_query(config.to_query()) == config
    for error in errors:
        assert error.setting in SETTINGS
        assert len(str(error)) < 400
    if not errors:
        assert read_query(given) == config
        return
    with pytest.raises(ConfigError):
        read_query(given)


def check_canvas(canvas: Any) -> None:
    try:
        strokes = read_strokes(canvas)
    except PictureError:
        return
    if strokes:
        check_image(strokes_to_mnist(strokes))


def check_upload(content: bytes) -> None:
    try:
        picture = read_picture(content)
        assert max(picture.size) <= WORKING_SIDE
        for candidate in find_candidates(segment(prepare(picture, NO_CORRECTIONS))):
            check_image(to_mnist(fit_pen(candidate.ink)))
    except PictureError:
        return


def check_set(content: bytes) -> None:
    try:
        read = read_digits(content)
    except HandwritingError:
        return
    views = view_digits(read.digits)
    assert views.shape == (read.found, 3, 28, 28)
    assert all(view.any() for view in views[:, 0])
    again = read_digits(write_digits(read.digits)).digits
    assert [drawing.label for drawing in again] == [drawing.label for drawing in read.digits]


def check_image(image: np.ndarray) -> None:
    assert image.shape == (28, 28)
    assert image.min() >= 0
    assert 0 < image.max() <= 1.001


WAYS: dict[str, tuple[SearchStrategy[Any], Callable[[Any], None], int]] = {
    "in a URL": (strategies.queries, check_query, 3_000),
    "on the canvas": (strategies.canvases, check_canvas, 3_000),
    "as a file": (strategies.uploads, check_upload, 3_000),
    "as a set of drawings": (strategies.sets_of_drawings, check_set, 3_000),
}


@pytest.mark.parametrize("way", WAYS)
def test_is_read_or_refused(way: str) -> None:
    strategy, check, _ = WAYS[way]
    strategies.cases(150, strategy, check)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_thousands_are_read_or_refused_and_leave_nothing_behind(way: str) -> None:
    strategy, check, count = WAYS[way]
    grown = strategies.cases(count, strategy, check)
    print(f"{count:,} {way}: {grown:+.1f} MB in the last two thirds")
    assert grown < LEAK
