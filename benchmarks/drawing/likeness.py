"""How often the Draw page says "this hardly looks like a digit", of digits and of other things.

`python -m benchmarks likeness [STROKES.npz] [--images N] [--json FILE]`. STROKES.npz has
digits written with a pen: `points` (n, 2) with y downwards, and where in it each stroke
begins (`stroke_start`), and where among these each digit (`digit_start`).

`accused_…` are the shares that are said to look like no digit, by
`mnistlab/core/analysis/likeness.py` with its limit: of MNIST's test images, of the strokes, and
of what `benchmarks/drawing/scribbles.py` draws. `limit_for_…` are the limits that one in a
hundred test images or strokes is beyond.
Other measures follow, each with the limit that one in a hundred real digits is beyond
(of test images or of strokes, whichever is higher): the distance to the nearest training
image and the mean of the eight nearest, both as shares of the image's own norm; and for a
network of 2 × 128 units trained for three epochs, how far its highest probability is below 1,
and its energy (Liu et al., "Energy-based out-of-distribution detection", 2020).
`auroc_…` is the probability that a letter is stranger than a test image, which needs no limit.
"""

import argparse
import itertools
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.drawing import scribbles
from mnistlab.core.analysis import likeness
from mnistlab.core.analysis.neighbours import Neighbours, TrainingImages, find_nearest, prepare
from mnistlab.core.arrays import Pixels
from mnistlab.core.data import mnist
from mnistlab.core.data.archive import TEST, TRAINING, map_images, map_labels
from mnistlab.core.data.mnist import scale
from mnistlab.core.drawing.strokes import Stroke
from mnistlab.core.drawing.views import view_strokes
from mnistlab.core.network.model import MLP
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.loop import Trainer

Values = NDArray[np.float64]
Measures = Mapping[str, Values]
"""What each measure makes of the same images; more is stranger."""

_DRAWN = 600
_ACCUSED = 0.01
_NETWORK = RunConfig(hidden_layers=2, units=(128,), epochs=3)
_PEN, _SIZE = 20.0, 200.0
"""Pixels. The page draws strokes anew, so that neither matters much."""


def main(arguments: Sequence[str]) -> Mapping[str, float | int | str | None]:
    """Measure everything and return the results by name."""
    options = _parse(arguments)
    with tempfile.TemporaryDirectory(prefix="mnistlab-") as folder:
        cache = Path(folder)
        training = prepare(map_images(cache, TRAINING), map_labels(cache, TRAINING))
        model = _train(cache)
        images = _gather(options, map_images(cache, TEST))
        measures = {name: measure(some, training, model) for name, some in images.items()}
    return {**_accusations(measures), **_comparison(measures)}


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks likeness")
    parser.add_argument("strokes", type=Path, nargs="?")
    parser.add_argument("--images", type=int, default=10_000)
    return parser.parse_args(arguments)


def _train(cache: Path) -> MLP:
    training = mnist.load(cache, train=True)
    trainer = Trainer(_NETWORK, mnist.split(training, training, _NETWORK), lambda event: None)
    trainer.run(should_stop=lambda: False)
    return trainer.model.eval()


def _gather(options: argparse.Namespace, test: Pixels) -> Mapping[str, Pixels]:
    """Return the images of each kind as a network sees them, (n, 28, 28)."""
    images = {"test": test[: options.images]}
    if options.strokes is not None:
        images["strokes"] = _see(read_digits(options.strokes)[: options.images])
    count = min(_DRAWN, options.images)
    drawn = {kind: _see(scribbles.draw(kind, count)) for kind in scribbles.KINDS}
    return {**images, **drawn}


def read_digits(path: Path) -> list[list[Stroke]]:
    """Return the digits of a file of pen strokes, as if drawn on the canvas."""
    with np.load(path) as file:
        points, stroke_start, digit_start = (
            file[name] for name in ("points", "stroke_start", "digit_start")
        )
    lines = np.split(points, stroke_start[1:-1])
    return [_on_canvas(lines[first:last]) for first, last in itertools.pairwise(digit_start)]


def _on_canvas(lines: Sequence[NDArray[np.float32]]) -> list[Stroke]:
    points = np.concatenate(lines)
    low = points.min(axis=0)
    extent = max(float(np.ptp(points, axis=0).max()), 1e-3)
    return [Stroke((line - low) * (_SIZE / extent) + 40, _PEN) for line in lines]


def _see(drawings: Iterable[Sequence[Stroke]]) -> Pixels:
    return np.stack([view_strokes(drawing)[0] for drawing in drawings])


def measure(images: Pixels, training: TrainingImages, model: MLP) -> Measures:
    """Return what all measures make of images (n, 28, 28)."""
    logits = _logits(images, model)
    near = [find_nearest(training, image, likeness.NEIGHBOURS) for image in images]
    pairs = list(zip(images, near, strict=True))
    return {
        "strangeness": np.array([likeness.novelty_score(*pair) for pair in pairs]),
        "nearest": np.array([_distance(*pair, count=1) for pair in pairs]),
        "mean_of_8": np.array([_distance(*pair, count=8) for pair in pairs]),
        "probability": 1 - torch.softmax(logits, dim=1).amax(dim=1).numpy(),
        "energy": -torch.logsumexp(logits, dim=1).numpy(),
    }


def _logits(images: Pixels, model: MLP) -> torch.Tensor:
    pixels = torch.from_numpy(images.reshape(len(images), -1).copy())
    with torch.inference_mode():
        logits: torch.Tensor = model(scale(pixels))
    return logits.double()


def _distance(image: Pixels, neighbours: Neighbours, count: int) -> float:
    norm = float(np.linalg.norm(image.astype(np.float32) / 255))
    return float(neighbours.distances[:count].mean()) / norm


def _accusations(measures: Mapping[str, Measures]) -> dict[str, float]:
    """Return the shares that the page accuses, and the limits that would accuse one in 100."""
    values = {kind: of_kind["strangeness"] for kind, of_kind in measures.items()}
    shares = {f"accused_{kind}": _share(some, likeness.LIMIT) for kind, some in values.items()}
    limits = {f"limit_for_{kind}": _limit(values[kind]) for kind in _digits(measures)}
    return {**shares, **limits}


def _comparison(measures: Mapping[str, Measures]) -> dict[str, float]:
    """Return what each measure would catch, accusing as many real digits as any other."""
    results = {}
    for name in measures["test"]:
        limit = max(_limit(measures[kind][name]) for kind in _digits(measures))
        for kind in scribbles.KINDS:
            results[f"{name}_catches_{kind}"] = _share(measures[kind][name], limit)
        results[f"auroc_{name}"] = auroc(measures["letters"][name], measures["test"][name])
    return results


def _digits(measures: Mapping[str, Measures]) -> list[str]:
    return [kind for kind in measures if kind not in scribbles.KINDS]


def _limit(values: Values) -> float:
    return float(np.quantile(values, 1 - _ACCUSED))


def _share(values: Values, limit: float) -> float:
    return float((values > limit).mean())


def auroc(strange: Values, usual: Values) -> float:
    """Return the probability that one of the strange is above one of the usual; ties count half."""
    usual = np.sort(usual)
    below = np.searchsorted(usual, strange, side="left")
    up_to = np.searchsorted(usual, strange, side="right")
    return float((below + up_to).mean() / (2 * len(usual)))
