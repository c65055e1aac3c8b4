"""When a run's points were made in the worker, and when a page had them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil
from distributed import Client

from mnistlab.core.training.history import History

_CLUSTER = "mnistlab.cluster"
_LEAST = 1e-3
"""An epoch's share: a line's end is known to a hundredth of a pixel."""


@dataclass(frozen=True)
class Watched:
    """What it came to that a run was watched.

    Attributes:
        updates_per_second: How often its line grew.
        points_per_second: How many points it got meanwhile.
        browser_cores: Processor time of the browser, by the second.
        lags: Of each point, the seconds until the page had it.
        epochs: The seconds of each.
    """

    updates_per_second: float
    points_per_second: float
    browser_cores: float
    lags: Sequence[float]
    epochs: Sequence[float]


def judge(
    growth: Sequence[tuple[float, float]],
    made: Mapping[float, float],
    history: History,
    browser_cores: float,
) -> Watched:
    """Compare when points were made and seen.

    Args:
        growth: The times at which the line on the page grew, and to which epoch.
        made: By epoch, when its point was made.
        history: The run's curves.
        browser_cores: Processor time of the browser, by the second.
    """
    lags = []
    for epoch, at in made.items():
        seen = next((when for when, end in growth if end >= epoch - _LEAST), None)
        if seen is not None:
            lags.append(seen - at)
    return Watched(
        _per_second([at for at, _ in growth]),
        _per_second(sorted(made.values())),
        browser_cores,
        lags,
        epoch_seconds(history),
    )


def _per_second(times: Sequence[float]) -> float:
    return (len(times) - 1) / (times[-1] - times[0])


def epoch_seconds(history: History) -> list[float]:
    """Return what each epoch took, validation left out."""
    return [point.seconds for point in history.epochs if point.epoch]


def points(server: psutil.Process, run_id: str) -> dict[float, float]:
    """Return when each point of a run was made, by its epoch, from the messages' times."""
    made: dict[float, float] = {}
    with Client(_find_scheduler(server), set_as_default=False) as client:
        topics = client.get_events()
    for events in topics.values():
        for at, message in events:
            if isinstance(message, list | tuple) and message[0] == run_id:
                steps = json.loads(message[2])["steps"]
                # The last point is sent as soon as it is made.
                made |= {p["epoch"]: at - (steps[-1]["seconds"] - p["seconds"]) for p in steps}
    return made


def _find_scheduler(server: psutil.Process) -> str:
    [cluster] = [p for p in server.children() if _CLUSTER in p.cmdline()]
    offered = {c.laddr.port for c in cluster.net_connections() if c.status == psutil.CONN_LISTEN}
    # Workers' keepers listen in the same process, but the server speaks to the scheduler alone.
    [port] = offered & {c.raddr.port for c in server.net_connections() if c.raddr}
    return f"tcp://127.0.0.1:{port}"
