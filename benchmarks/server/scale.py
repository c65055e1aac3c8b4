"""How cost grows with width, depth, batch size, data and viewers: five curves that bend.

The first four train through the real loop in this process, with the cores prepared as in a
worker; what is expected is what mnistlab tells a student beforehand
(`core/training/cost/speed.py`), from ten other networks timed a moment ago. For the last,
sessions that speak the browsers' protocol watch one run on a real server, each twice a second;
what is expected is that a look waits as in a queue with one clerk: longer by as much as the
server has less time left than with one viewer (M/M/1: Kleinrock 1975, "Queueing Systems",
volume 1).

A curve's `bend` is where the cost is twice the lowest. Each is written with its picture and
its table into docs/scale.md, between its marks there; `--page` names another such file, beside
which the pictures then lie. `--only width,depth` leaves the others as they are.
"""

import argparse
import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.harness.curves import Curve, Point, round_off
from benchmarks.harness.dashboard import serve
from benchmarks.harness.pictures import open_studio
from benchmarks.server import viewers
from benchmarks.server.viewers import Watched
from mnistlab.core.settings.config import MNIST_TRAINING_IMAGES, RunConfig
from mnistlab.core.training.cost.point_interval import seconds_per_step
from mnistlab.engine.worker import cores

if TYPE_CHECKING:
    from benchmarks.training.epochs import Stopwatch

_PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
_PLAIN = dataclasses.replace(RunConfig(), dropout=0.0)
_WIDTHS = (8, 16, 32, 64, 128, 256, 512, 1024, 2048)
_DEPTHS = tuple(range(1, 9))
_BATCHES = tuple(2**power for power in range(13))
_IMAGES = (100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 55_000)
_VIEWERS = (1, 2, 5, 10, 20, 30)

_SECONDS_PER_EPOCH = 0.3
_FEWEST_STEPS = 8


def main(arguments: Sequence[str]) -> dict[str, dict[str, float | None]]:
    """Measure the curves, write them into the page, and return the results by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks scale [--json FILE]")
    parser.add_argument("--only", default=",".join(CURVES), help="some of them, with commas")
    parser.add_argument("--page", type=Path, default=_PAGE)
    options = parser.parse_args(arguments)
    names = options.only.split(",")
    if unknown := set(names) - CURVES.keys():
        parser.error(f"--only knows {', '.join(CURVES)}, not {', '.join(unknown)}")
    curves = {name: CURVES[name]() for name in names}
    with open_studio() as studio:
        for name, curve in curves.items():
            studio.draw(curve.chart(), _picture(options.page, name))
            _write_down(options.page, name, curve)
    return {name: curve.results() for name, curve in curves.items()}


def _width() -> Curve:
    configs = {width: dataclasses.replace(_PLAIN, units=(width,)) for width in _WIDTHS}
    return _step_curve("Units in each of two layers", configs)


def _depth() -> Curve:
    configs = {depth: dataclasses.replace(_PLAIN, hidden_layers=depth) for depth in _DEPTHS}
    return _step_curve("Hidden layers of 512 units", configs)


def _step_curve(x_title: str, configs: Mapping[int, RunConfig]) -> Curve:
    fitting = _with_fitting_images(configs)
    return Curve(x_title, "Milliseconds per step", _time(fitting, _milliseconds_per_step))


def _batch() -> Curve:
    configs = {batch: dataclasses.replace(_PLAIN, batch_size=batch) for batch in _BATCHES}
    points = _time(_with_fitting_images(configs), _microseconds_per_image)
    return Curve("Images in a batch", "Microseconds per image", points)


def _data() -> Curve:
    configs = {n: dataclasses.replace(_PLAIN, training_images=n) for n in _IMAGES}
    points = _time(configs, lambda config, seconds: seconds)
    return Curve("Training images", "Seconds per epoch", points)


def _milliseconds_per_step(config: RunConfig, seconds: float) -> float:
    return 1e3 * seconds / config.steps_per_epoch


def _microseconds_per_image(config: RunConfig, seconds: float) -> float:
    return 1e6 * seconds / config.training_images


def _with_fitting_images(configs: Mapping[int, RunConfig]) -> dict[int, RunConfig]:
    """Return the configs with full batches for about a third of a second, and no validation."""
    return {x: _with_batches(config) for x, config in configs.items()}


def _with_batches(config: RunConfig) -> RunConfig:
    steps = max(_FEWEST_STEPS, round(_SECONDS_PER_EPOCH / seconds_per_step(config)))
    images = config.batch_size * min(steps, MNIST_TRAINING_IMAGES // config.batch_size)
    return dataclasses.replace(config, training_images=images, validation_images=0)


def _time(
    configs: Mapping[int, RunConfig], convert: Callable[[RunConfig, float], float]
) -> list[Point]:
    """Time an epoch of each config; `convert` turns its seconds into the curve's unit."""
    stopwatch = _stopwatch()
    return [
        Point(
            x,
            convert(config, stopwatch.seconds_per_epoch(config)),
            convert(config, stopwatch.expected_seconds_per_epoch(config)),
        )
        for x, config in configs.items()
    ]


@functools.cache
def _stopwatch() -> "Stopwatch":
    cores.prepare()  # before torch is imported, as in a worker
    from benchmarks.training.epochs import Stopwatch

    return Stopwatch()


def _viewers() -> Curve:
    with serve() as server:
        seen = {number: viewers.watch(server, number) for number in _VIEWERS}
    points = [_queue_point(number, watched, seen[1]) for number, watched in seen.items()]
    return Curve("Viewers of one run", "Milliseconds per look, 95th percentile", points)


def _queue_point(number: int, watched: Watched, alone: Watched) -> Point:
    left = (1 - number * alone.server_cores) / (1 - alone.server_cores)
    return Point(
        number,
        1e3 * watched.p95_seconds,
        1e3 * alone.p95_seconds / left if left > 0 else None,
        {
            "median, ms": 1e3 * watched.p50_seconds,
            "looks a second": watched.looks_per_second,
            "server, cores": watched.server_cores,
            "run, s per epoch": watched.run_seconds_per_epoch,
        },
    )


def _picture(page: Path, name: str) -> Path:
    return page.parent / page.stem / f"{name}.svg"


def _write_down(page: Path, name: str, curve: Curve) -> None:
    """Put a curve's picture, bend and table between its two marks in the page."""
    bend = "does not bend here" if curve.bend is None else f"bends at {round_off(curve.bend)}"
    parts = (
        f"![{curve.y_title} by {curve.x_title}]({page.stem}/{name}.svg)",
        f"{curve.x_title}: the curve {bend}.",
        curve.table(),
    )
    before, mark, rest = page.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- end of {name} -->\n")
    text = before + mark + "\n" + "\n\n".join(parts) + "\n\n" + end + after
    page.write_text(text, encoding="utf-8")


CURVES = {
    "width": _width,
    "depth": _depth,
    "batch": _batch,
    "data": _data,
    "viewers": _viewers,
}
