"""How well each preset's network reads pen strokes that real people wrote.

`python -m benchmarks drawing STROKES.npz` takes any file of the form that `pen.read_digits`
describes. It trains the presets' networks, or takes those kept in a folder by an earlier
run, draws each digit on a canvas of 280 pixels, large and centred, and at a random size
and place, with pens of three widths, and has it read as the Draw page does:

- `accuracy`: from the pen's strokes, as of what is drawn on the pad;
- `accuracy_by_site`: the same by where digits were collected, if the file says so, the mean over
  all sizes, places and pens; what helps the writers of one site may harm those of another;
- `picture_accuracy`: from the canvas as a picture, as of what is uploaded;
- `resized_accuracy`: the canvas made smaller and nothing else, what most demos do;
- `test_accuracy`: on MNIST's 10,000 test images;
- `prediction_ms`: from what the canvas reports to probabilities, the median, one core.

All accuracies are fractions.
"""

import argparse
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.drawing.pen import Points, WrittenDigit, draw, read_digits
from benchmarks.harness import images
from mnistlab.core.arrays import Views
from mnistlab.core.data import mnist
from mnistlab.core.drawing.mnist_image import render_strokes
from mnistlab.core.drawing.strokes import CANVAS, read_strokes
from mnistlab.core.drawing.views import view_ink, view_plain_strokes, view_strokes
from mnistlab.core.network.model import pack, restore, unpack
from mnistlab.core.network.numpy_forward import Network, predict_views, read_network
from mnistlab.core.pictures.pen import fit_pen
from mnistlab.core.settings.presets import PRESETS
from mnistlab.core.training.evaluate import predict
from mnistlab.core.training.loop import train

PENS = (12, 20, 28)
_LARGE = 200.0
_SMALLEST, _LARGEST = 80.0, 230.0

Canvas = dict[str, object]
Result = float | int | str | None | Mapping[str, "Result"]


class Case(NamedTuple):
    """A way from strokes to an image, a preset, a size and place, and a pen's width."""

    way: str
    network: str
    placement: str
    pen: int


Hits = dict[Case, NDArray[np.bool_]]
"""By case, which of the digits are read as what they are, (digits,)."""


def main(arguments: Sequence[str]) -> Mapping[str, Result]:
    """Train, draw and read; return the results by name."""
    options = _parse(arguments)
    digits = read_digits(options.strokes)
    weights = {name: preset_weights(name, options.networks) for name in PRESETS}
    networks = {name: read_network(PRESETS[name].config, weights[name]) for name in PRESETS}
    hits = _find_hits(digits, networks)
    return {
        "digits": len(digits),
        **_accuracy(hits),
        "accuracy_by_site": {name: _by_site(digits, name, hits) for name in PRESETS},
        "test_accuracy": {name: _test(name, weights[name]) for name in PRESETS},
        "prediction_ms": _time_prediction(networks["handwriting"], digits),
    }


def _find_hits(digits: Sequence[WrittenDigit], networks: Mapping[str, Network]) -> Hits:
    labels = np.array([digit.label for digit in digits])
    hits: Hits = {}
    for (placement, place), pen in itertools.product(PLACEMENTS.items(), PENS):
        drawings = _draw_all(digits, place, pen)
        for way, view in _WAYS.items():
            views = np.stack([view(drawing) for drawing in drawings])
            for name, network in networks.items():
                predictions = predict_views(network, views).argmax(axis=1)
                hits[Case(way, name, placement, pen)] = predictions == labels
    return hits


def _accuracy(hits: Hits) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    accuracy: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    for (way, name, placement, pen), right in hits.items():
        cells = accuracy.setdefault(way, {}).setdefault(name, {})
        cells.setdefault(placement, {})[str(pen)] = float(right.mean())
    return accuracy


def _by_site(digits: Sequence[WrittenDigit], network: str, hits: Hits) -> dict[str, float]:
    """Return a network's mean accuracy on the strokes of each site."""
    cases = [hits[case] for case in hits if (case.way, case.network) == ("accuracy", network)]
    right = np.mean(cases, axis=0)  # (digits,)
    sites = np.array([digit.site for digit in digits])
    return {site: float(right[sites == site].mean()) for site in np.unique(sites) if site}


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks drawing STROKES.npz [--json FILE]", allow_abbrev=False
    )
    parser.add_argument("strokes", type=Path, metavar="STROKES.npz")
    parser.add_argument(
        "--networks", type=Path, help="a folder to keep trained networks in, or to take them from"
    )
    return parser.parse_args(arguments)


def _centre(digit: WrittenDigit, dice: np.random.Generator) -> list[Points]:
    return digit.fit(_LARGE, (CANVAS / 2, CANVAS / 2))


def _scatter(digit: WrittenDigit, dice: np.random.Generator) -> list[Points]:
    """Place a digit anywhere on the canvas, with room around it for half the widest pen."""
    size = dice.uniform(_SMALLEST, _LARGEST)
    reach = size / 2 + max(PENS) / 2
    x, y = dice.uniform(reach, CANVAS - reach, 2)
    return digit.fit(size, (x, y))


PLACEMENTS: Mapping[str, Callable[[WrittenDigit, np.random.Generator], list[Points]]] = {
    "centred": _centre,
    "random": _scatter,
}


def _draw_all(
    digits: Sequence[WrittenDigit],
    place: Callable[[WrittenDigit, np.random.Generator], list[Points]],
    pen: int,
) -> list[Canvas]:
    # The same places for each pen, so that pens alone differ.
    dice = np.random.default_rng(0)
    return [draw(place(digit, dice), pen) for digit in digits]


def _view_strokes(drawing: Canvas) -> Views:
    return view_strokes(read_strokes(drawing))


def _view_picture(drawing: Canvas) -> Views:
    return view_ink(fit_pen(render_strokes(read_strokes(drawing))))


def _view_resized(drawing: Canvas) -> Views:
    return view_plain_strokes(read_strokes(drawing))


_WAYS: Mapping[str, Callable[[Canvas], Views]] = {
    "accuracy": _view_strokes,
    "picture_accuracy": _view_picture,
    "resized_accuracy": _view_resized,
}


def preset_weights(name: str, kept: Path | None) -> bytes:
    """Take a preset's weights from a folder, or train its network and keep them there."""
    file = kept and kept / f"{name}.safetensors"
    if file and file.exists():
        return file.read_bytes()
    config = PRESETS[name].config
    splits = mnist.split(images.load(train=True), images.load(train=False), config)
    weights = pack(train(config, splits, lambda event: None, lambda: False).best_weights or {})
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(weights)
    return weights


def _test(name: str, weights: bytes) -> float:
    test = images.load(train=False)
    model = restore(PRESETS[name].config, unpack(weights))
    predictions = predict(model, test.pixels).argmax(axis=1)
    return float((predictions == test.labels.numpy()).mean())


def _time_prediction(network: Network, digits: Sequence[WrittenDigit]) -> float:
    """Return milliseconds from the canvas's report to probabilities."""
    torch.set_num_threads(1)
    laps = []
    for drawing in _draw_all(digits[:300], _scatter, 20):
        began = time.perf_counter()
        predict_views(network, _view_strokes(drawing))
        laps.append(time.perf_counter() - began)
    return median(laps) * 1000
