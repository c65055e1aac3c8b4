"""Whether the drawings that `drawing` makes are those that a browser makes.

`python -m benchmarks canvas STROKES.npz` draws digits of the file on the real drawing pad, in
a real Chromium, with real pointer events, and asks the network of a run that it has just
trained: `agreement` is the share whose prediction on the page is the one that the same
strokes have when `pen.draw` draws them.
"""

import argparse
import dataclasses
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
from playwright.sync_api import Page

from benchmarks.drawing.drawing import PLACEMENTS
from benchmarks.drawing.pen import Points, draw, read_digits
from benchmarks.harness.dashboard import browse, serve
from mnistlab.core.drawing.strokes import CANVAS, read_strokes
from mnistlab.core.drawing.views import view_strokes
from mnistlab.core.network.numpy_forward import Network, predict_views, read_network
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import RunStore, open_store

_DIGITS = 200
_PEN = 20
"""Pixels: the pad's own width, unless a visitor changes it."""

_CONFIG = RunConfig(training_images=20_000, epochs=3)
_SECONDS = 120.0

_PAD = ".st-key-canvas svg"

_SECONDS_BETWEEN_LOOKS = 0.02


def main(arguments: Sequence[str]) -> Mapping[str, float | int]:
    """Draw, compare and count; return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks canvas STROKES.npz [--json FILE]")
    parser.add_argument("strokes", type=Path, metavar="STROKES.npz")
    parser.add_argument("--digits", type=int, default=_DIGITS)
    options = parser.parse_args(arguments)
    digits = read_digits(options.strokes)
    dice = np.random.default_rng(0)
    chosen = dice.choice(len(digits), min(options.digits, len(digits)), replace=False)
    placed = [PLACEMENTS["random"](digits[place], dice) for place in chosen]
    answers = _ask_page(placed)
    return {
        "digits": len(answers),
        "agreement": sum(answer.agrees for answer in answers) / len(answers),
        "largest_difference": max(answer.difference for answer in answers),
    }


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the page made of a drawing, beside what the benchmark makes of it.

    Attributes:
        agrees: Whether both are read as the same digit.
        difference: Of what the network sees, mean over pixels, 1 being full ink.
    """

    agrees: bool
    difference: float


def _ask_page(drawings: Sequence[list[Points]]) -> list[Answer]:
    with serve() as server, browse() as page:
        page.set_default_timeout(_SECONDS * 1000)
        page.goto(f"{server.address}/?{urlencode(_CONFIG.to_query())}")
        page.click(".st-key-train button")
        page.wait_for_selector(".st-key-share_panel")
        query = parse_qs(urlsplit(page.url).query)
        store = open_store(server.home).store
        network = read_network(_CONFIG, store.weights(query["run"][0]) or b"")
        page.click("header >> text=Draw")
        page.wait_for_selector(_PAD)
        return [_compare(page, store, query["lab"][0], strokes, network) for strokes in drawings]


def _compare(
    page: Page, store: RunStore, lab: str, strokes: list[Points], network: Network
) -> Answer:
    """Draw on the page and here; compare what comes of it."""
    page.click(".st-key-canvas .clear")
    _wait_for_strokes(store, lab, 0)
    _wait_for_blank(page)
    for count, stroke in enumerate(strokes, start=1):
        _follow(page, stroke)
        reported = _wait_for_strokes(store, lab, count)
    theirs = view_strokes(read_strokes(reported))
    ours = view_strokes(read_strokes(draw(strokes, _PEN)))
    prediction = int(predict_views(network, ours).argmax())
    agrees = _wait_for_prediction(page) == prediction
    return Answer(agrees, float(np.abs(theirs[0] / 255 - ours[0] / 255).mean()))


def _wait_for_blank(page: Page) -> None:
    """Wait until the page says nothing, and the pad shows nothing, of an earlier drawing."""
    page.wait_for_selector("[data-prediction]", state="detached")
    page.wait_for_selector(f"{_PAD} path", state="detached")


def _follow(page: Page, stroke: Points) -> None:
    """Lead the pointer along a stroke, from pressing to letting go."""
    box = page.locator(_PAD).bounding_box()
    assert box is not None
    points = (stroke * box["width"] / CANVAS + np.array([box["x"], box["y"]])).tolist()
    page.mouse.move(*points[0])
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(x, y)
    page.mouse.up()


def _wait_for_strokes(store: RunStore, lab: str, count: int) -> dict[str, object]:
    """Return the drawing as the server keeps it, once it has so many strokes."""
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        drawing: dict[str, object] = json.loads(store.drawing(lab) or '{"objects": []}')
        objects = drawing["objects"]
        if isinstance(objects, list) and len(objects) == count:
            return drawing
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    raise RuntimeError(f"The drawing never had {count} strokes")


def _wait_for_prediction(page: Page) -> int:
    """Return what the page says, once it has said all it has to say."""
    page.wait_for_selector("[data-prediction]")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    # What the last stroke is read as comes in place of what the one before was.
    page.wait_for_timeout(150)
    return int(page.get_attribute("[data-prediction]", "data-prediction") or -1)
