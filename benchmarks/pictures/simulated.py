"""How well simulated photos of digits are read, each with one fault of random size and strength.

`python -m benchmarks simulated` writes MNIST's test digits on the sheets of
`FAULTS` and has them read as `pictures` does, with the same figures for each fault; and it
draws sheets without a digit, `unreadable.UNREADABLE`, of which `wrong_above_90` is the share that
was answered with more than 90 % confidence. Another `--seed` makes other pictures.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.harness import images
from benchmarks.harness.arguments import positive
from benchmarks.pictures.pictures import Answer, answer, load_model, summarize
from benchmarks.pictures.simulation import scenes
from benchmarks.pictures.simulation.faults import FAULTS
from benchmarks.pictures.simulation.unreadable import UNREADABLE
from mnistlab.core.arrays import Labels, Pixels
from mnistlab.core.pictures.evidence import DigitModel

_PICTURES = 40


def main(arguments: Sequence[str]) -> Mapping[str, Mapping[str, float | int]]:
    """Draw, read and count; return the results by name."""
    options = _parse(arguments)
    cv2.setNumThreads(1)
    model = load_model(options.networks)
    test = images.load(train=False)
    pixels, labels = test.pixels.numpy().reshape(-1, 28, 28), test.labels.numpy()
    read = {
        fault: _read(fault, pixels, labels, model, options) for fault in (options.only or FAULTS)
    }
    results = {"readable": summarize([one for answers in read.values() for one in answers])}
    if not options.only:
        blank = {kind: _refuse(kind, model, options) for kind in UNREADABLE}
        results["unreadable"] = summarize([one for answers in blank.values() for one in answers])
        read |= blank
    return {**results, **{name: summarize(answers) for name, answers in read.items()}}


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks simulated [--json FILE]", allow_abbrev=False
    )
    parser.add_argument("--pictures", type=positive, default=_PICTURES, help="of each fault")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", choices=FAULTS, help="these faults alone")
    parser.add_argument("--networks", type=Path, help="as for `pictures`")
    return parser.parse_args(arguments)


def _read(
    fault: str, pixels: Pixels, labels: Labels, model: DigitModel, options: argparse.Namespace
) -> list[Answer]:
    dice = np.random.default_rng([options.seed, *fault.encode()])
    chosen = dice.choice(len(pixels), options.pictures, replace=False)
    return [answer(FAULTS[fault](pixels[i], dice), int(labels[i]), model) for i in chosen]


def _refuse(kind: str, model: DigitModel, options: argparse.Namespace) -> list[Answer]:
    dice = np.random.default_rng([options.seed, *kind.encode()])
    return [
        answer(scenes.photograph(UNREADABLE[kind](dice), dice), None, model)
        for _ in range(options.pictures)
    ]
