"""How well real pictures of digits are read: photos, scans, screenshots, and sheets of many.

`python -m benchmarks pictures FOLDER` takes a folder with `labels.csv`
(`path,label,kind,background`) and perhaps `sheets/labels.csv` (`path,rows`, rows of digits from top
to bottom, separated by `/`, or `page full of D`). The ready-made network reads them, or with
`--networks FOLDER` the Handwriting preset's: trained, or taken from that folder. With `--half even`
or `--half odd` only pictures whose name has such a number are read, so that rules can be chosen on
one half and judged on the other. For each kind and each background, and for all, as fractions:

- `right`, `wrong` and `refused`;
- `right_above_90` and `wrong_above_90`: answered so with more than 90 % confidence.

For sheets `found`, `read` and `false`: of all digits there, those found and those read rightly, and
of all that is found what is no digit. `answer_ms` is the median, on one core, from the bytes of a
photo of 12 megapixels to probabilities.
"""

import argparse
import csv
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from benchmarks.drawing.drawing import preset_weights
from benchmarks.harness import images
from benchmarks.pictures.simulation.faults import FAULTS
from mnistlab.core.analysis import neighbours
from mnistlab.core.errors import PictureError
from mnistlab.core.network import ready_made
from mnistlab.core.network.numpy_forward import Network, predict_views, read_network
from mnistlab.core.pictures.decoding import read_picture
from mnistlab.core.pictures.doubt import temper
from mnistlab.core.pictures.evidence import DigitModel
from mnistlab.core.pictures.reader import read_digit
from mnistlab.core.pictures.several.finding import find_digits
from mnistlab.core.settings.presets import PRESETS

Result = float | int | str | None | Mapping[str, "Result"]

_SURE = 0.9
_TIMED = 9


@dataclass(frozen=True)
class Answer:
    """What one picture was read as.

    Attributes:
        label: The digit that it shows, None if it shows none.
        digit: The one that was read, None if it was refused.
        confidence: The probability that was given.
    """

    label: int | None
    digit: int | None
    confidence: float


def main(arguments: Sequence[str]) -> Mapping[str, Result]:
    """Read all pictures; return the results by name."""
    options = _parse(arguments)
    cv2.setNumThreads(1)
    model = load_model(options.networks)
    answers = _read_all(options.folder, options.half, model)
    results: dict[str, Result] = {
        name: summarize(of_kind) for name, of_kind in sorted(answers.items())
    }
    if (options.folder / "sheets" / "labels.csv").exists():
        results["sheets"] = _read_sheets(options.folder / "sheets", model)
    return {**results, "answer_ms": _time_answer(model)}


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks pictures FOLDER [--json FILE]", allow_abbrev=False
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--half", choices=["even", "odd"])
    parser.add_argument(
        "--networks", type=Path, help="a folder to keep trained networks in, or to take them from"
    )
    return parser.parse_args(arguments)


def load_model(networks: Path | None) -> DigitModel:
    """Return the network that reads pictures, and MNIST's training images.

    Args:
        networks: A folder of networks, of which the Handwriting preset's is taken, and trained if
            it is not there; None for the ready-made one.
    """
    network = ready_made.network() if networks is None else _preset_network(networks)
    training = images.load(train=True)
    pixels = training.pixels.numpy().reshape(-1, 28, 28)
    return DigitModel(network, neighbours.prepare(pixels, training.labels.numpy().astype(np.uint8)))


def _preset_network(networks: Path) -> Network:
    weights = preset_weights("handwriting", networks)
    return read_network(PRESETS["handwriting"].config, weights)


def answer(content: bytes, label: int | None, model: DigitModel) -> Answer:
    """Read a file as the Draw page does."""
    try:
        best = read_digit(read_picture(content), model)[0]
    except PictureError:
        return Answer(label, None, 0.0)
    probabilities = temper(predict_views(model.network, best.views()), best.plausibility)
    return Answer(label, int(probabilities.argmax()), float(probabilities.max()))


def summarize(answers: Sequence[Answer]) -> dict[str, float | int]:
    """Count what was read rightly, wrongly and not at all, as shares."""
    right = np.array([a.digit is not None and a.digit == a.label for a in answers])
    refused = np.array([a.digit is None for a in answers])
    sure = np.array([a.confidence > _SURE for a in answers])
    return {
        "pictures": len(answers),
        "right": float(np.mean(right)),
        "wrong": float(np.mean(~(right | refused))),
        "refused": float(np.mean(refused)),
        "right_above_90": float(np.mean(sure & right)),
        "wrong_above_90": float(np.mean(sure & ~right)),
    }


def _read_all(folder: Path, half: str | None, model: DigitModel) -> dict[str, list[Answer]]:
    answers: dict[str, list[Answer]] = {}
    for row in _rows(folder / "labels.csv"):
        number = int((re.findall(r"\d+", row["path"]) or ["0"])[-1])
        if half is None or number % 2 == ["even", "odd"].index(half):
            content = (folder / row["path"]).read_bytes()
            read = answer(content, int(row["label"]), model)
            for name in ("all", row["kind"], f"{row['kind']}, {row['background']}"):
                answers.setdefault(name, []).append(read)
    return answers


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _read_sheets(folder: Path, model: DigitModel) -> dict[str, Result]:
    """Return the shares of all sheets together, and of each."""
    counts = {row["path"]: _read_sheet(folder, row, model) for row in _rows(folder / "labels.csv")}
    results: dict[str, Result] = {name: _shares([count]) for name, count in counts.items()}
    return {**_shares(counts.values()), **results}


@dataclass(frozen=True)
class SheetCount:
    """Digits of a sheet: there, reported, at the right place, and read rightly."""

    there: int
    reported: int
    found: int
    read: int


def _shares(counts: Iterable[SheetCount]) -> dict[str, Result]:
    there, reported, found, read = np.sum(
        [(c.there, c.reported, c.found, c.read) for c in counts], axis=0
    ).tolist()
    return {
        "digits": there,
        "found": found / there,
        "read": read / there,
        "false": (reported - found) / max(reported, 1),
    }


def _read_sheet(folder: Path, row: Mapping[str, str], model: DigitModel) -> SheetCount:
    try:
        digits = find_digits(read_picture((folder / row["path"]).read_bytes()), model.network)
    except PictureError:
        digits = ()
    lines: dict[int, str] = {}
    for digit in digits:
        prediction = predict_views(model.network, digit.views()).argmax()
        lines[digit.row] = lines.get(digit.row, "") + str(prediction)
    if full := re.fullmatch(r"page full of (\d)", row["rows"]):
        return _count_page(full[1], "".join(lines.values()), row["note"])
    return count_rows("/".join(lines[i] for i in sorted(lines)), row["rows"])


def _count_page(digit: str, read: str, note: str) -> SheetCount:
    """Count a page whose cells, of which the note tells, hold the same digit."""
    size = re.search(r"(\d+)x(\d+) cells", note)
    there = int(size[1]) * int(size[2]) if size else len(read)
    return SheetCount(there, len(read), min(len(read), there), min(read.count(digit), there))


def count_rows(read: str, rows: str) -> SheetCount:
    """Count what stands at its place, in its row: what the two texts share, and what replaces."""
    found = right = 0
    for kind, start, end, other, last in SequenceMatcher(None, rows, read, False).get_opcodes():
        theirs, ours = rows[start:end].replace("/", ""), read[other:last].replace("/", "")
        if kind == "equal":
            right += len(theirs)
        found += min(len(theirs), len(ours))
    digits = len(rows.replace("/", ""))
    return SheetCount(digits, len(read.replace("/", "")), found, right)


def _time_answer(model: DigitModel) -> float:
    """Return milliseconds of processor time for a photo of 12 megapixels."""
    test = images.load(train=False).pixels.numpy().reshape(-1, 28, 28)
    photos = [FAULTS["large"](test[i], np.random.default_rng(i)) for i in range(_TIMED)]
    return median(_time(photo, model) for photo in photos)


def _time(photo: bytes, model: DigitModel) -> float:
    began = time.process_time()
    answer(photo, None, model)
    return (time.process_time() - began) * 1000
