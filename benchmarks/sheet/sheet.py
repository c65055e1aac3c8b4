"""How well filled-in forms are read from photos.

`python -m benchmarks sheet` fills in the PDF itself, drawn by PDFium, with MNIST's test digits,
by pens of 0.35 to 1.6 mm, 6 to 16 mm high, anywhere in their boxes, up to a half of these left
empty. With `--cells FOLDER` it does so with digits cut out of scanned forms, too: the scans whose
background is "scan cell" in the folder's `labels.csv`. Then it photographs each page: from the
side, in any orientation, bent, blurred, with shadows, noise and JPEG's losses, 1.5 to 12
megapixels. For either kind of digits:

- `sheets`, and how many were `refused`;
- `cut_right`: of the boxes that are written in, those of which the image that a network gets is
  that of the clean ink: a normalized (Pearson's) correlation of 0.9 or more, at the best of nine
  places none or one pixel away. Images are centred by whole pixels, and one that falls to the
  next pixel is cut no worse;
- `cut_right_low`, `cut_right_high`: Wilson's 95 % interval, as if all boxes were independent;
- `crippled_right`: what `cut_right` would be with the upper fifth of all clean ink cut off, as a
  measure of the measure;
- `empty_right`: of the empty boxes, those told to be empty.

`seconds` is the median from the bytes of a photo of 12 megapixels to its digits, on one core. All
shares are fractions. Seeds from 0 on were chosen on, `--seed 1000` and those after it judged on.
"""

import argparse
import csv
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from PIL import Image

from benchmarks.harness.arguments import positive
from benchmarks.sheet.camera import LARGEST, draw_megapixels, take_photo
from benchmarks.sheet.judging import Tally
from benchmarks.sheet.printing import print_form
from benchmarks.sheet.writing import DrawDigit, cut, draw_mnist, draw_scans, fill_in
from mnistlab.core.analysis.metrics import wilson_interval
from mnistlab.core.arrays import Ink
from mnistlab.core.data.archive import TEST, map_images, map_labels
from mnistlab.core.errors import PictureError
from mnistlab.core.pictures.decoding import read_picture
from mnistlab.core.settings.config import DIGITS
from mnistlab.core.sheet.layout import LAYOUTS
from mnistlab.core.sheet.reading import PHOTO_SIDE, Sheet, read_sheet

TIMED = 7
"""Photos of 12 megapixels."""

_SCANS = ("scan", "scan cell")
"""The kind and background of the scans."""

Result = float | int | str | None | Mapping[str, "Result"]


def main(arguments: Sequence[str]) -> Mapping[str, Result]:
    """Fill in, photograph and read forms; return the results by name."""
    options = _parse(arguments)
    kinds = {"mnist": draw_mnist(_load_mnist())}
    if options.cells:
        kinds["cells"] = draw_scans(_load_scans(options.cells))
    seeds = range(options.seed, options.seed + options.photos)
    return {
        **{kind: _measure(draw, seeds) for kind, draw in kinds.items()},
        "seconds": _time_reading(kinds["mnist"], options.seed),
    }


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks sheet [--json FILE]", allow_abbrev=False
    )
    parser.add_argument("--photos", type=positive, default=40, help="of each kind of digits")
    parser.add_argument("--seed", type=int, default=0, help="of the first photo")
    parser.add_argument("--cells", type=Path, help="a folder with scans of digits")
    return parser.parse_args(arguments)


def _load_mnist() -> list[np.ndarray]:
    with tempfile.TemporaryDirectory(prefix="mnistlab-") as cache:
        images, labels = map_images(Path(cache), TEST), map_labels(Path(cache), TEST)
        return [np.array(images[labels == digit]) for digit in range(DIGITS)]


def _load_scans(folder: Path) -> list[Ink]:
    """Return all scans as ink, cut to it."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    paths = [row["path"] for row in rows if (row["kind"], row["background"]) == _SCANS]
    return [_read_scan(folder / path) for path in paths]


def _read_scan(path: Path) -> Ink:
    """Return the ink of a clean scan, whose paper is brightest, without dust."""
    grey = np.asarray(Image.open(path).convert("L"), dtype=np.float32)
    paper, darkest = np.percentile(grey, (90, 1))
    share = ((paper - grey) / (paper - darkest)).clip(0, 1).astype(np.float32)
    count, marks = cv2.connectedComponents((share > 0.15).astype(np.uint8))
    amounts = np.bincount(np.ravel(marks), share.ravel(), count)
    amounts[0] = 0  # paper
    return cut(np.where((amounts > 0.03 * amounts.sum())[marks], share, np.float32(0)))


def _measure(draw: DrawDigit, seeds: range) -> Mapping[str, Result]:
    tally = Tally()
    for seed in seeds:
        dice = np.random.default_rng(seed)
        layout = LAYOUTS[seed % len(LAYOUTS)]
        filled = fill_in(print_form(layout), layout, draw, dice)
        photo = take_photo(filled.page, draw_megapixels(dice), dice)
        tally.sheets += 1
        try:
            tally.add(_read(photo), filled)
        except PictureError:
            tally.refused += 1
    interval = wilson_interval(tally.cut_right, tally.written)
    return {
        "sheets": tally.sheets,
        "refused": tally.refused,
        "written": tally.written,
        "cut_right": tally.cut_right / tally.written,
        "cut_right_low": interval.low,
        "cut_right_high": interval.high,
        "crippled_right": tally.crippled_right / tally.written,
        "empty": tally.empty,
        "empty_right": tally.empty_right / tally.empty,
    }


def _read(photo: bytes) -> Sheet:
    return read_sheet(read_picture(photo, PHOTO_SIDE))


def _time_reading(draw: DrawDigit, seed: int) -> float:
    """Return the seconds to read a photo of the largest size."""
    cv2.setNumThreads(1)
    laps = []
    for each in range(TIMED):
        dice = np.random.default_rng(seed + each)
        filled = fill_in(print_form(LAYOUTS[0]), LAYOUTS[0], draw, dice)
        photo = take_photo(filled.page, LARGEST, dice)
        began = time.perf_counter()
        _read(photo)
        laps.append(time.perf_counter() - began)
    return median(laps)
