"""Learning rates that are requested for the runs of this worker while it trains them."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_requested: dict[str, deque[float]] = {}


def request(job_name: str, rate: float) -> None:
    """Have a job's learning rate changed, if it is trained here. Dask calls it in each worker."""
    if job_name in _requested:
        _requested[job_name].append(rate)


@contextmanager
def receive(job_name: str) -> Iterator[Callable[[], float | None]]:
    """Receive the requests for a job; yield what takes the latest one, None if there is none."""
    requests = _requested[job_name] = deque[float](maxlen=1)
    try:
        yield lambda: requests.pop() if requests else None
    finally:
        del _requested[job_name]
