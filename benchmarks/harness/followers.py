"""Visitors without browsers who follow a run as a page does: by its stream, or by asking."""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from benchmarks.harness.visitors import View, Visitor, visit

_SPREAD = 0.2
"""As in `mnistlab/ui/components/ticker/ticker.js`."""

_SECONDS_OF_SILENCE = 12.0

News = Mapping[str, Any]
Watching = Callable[[threading.Event], None]
"""Goes on until the event."""


class Page:
    """A page that shows a run that goes on.

    Args:
        tab: Of its own.
        address: The server's.
        run_id: The run.
    """

    def __init__(self, tab: Visitor, address: str, run_id: str) -> None:
        self._tab = tab
        self._address = address
        self._run_id = run_id
        self._take(tab.open("train", {"run": run_id}))

    def poll(self, over: threading.Event) -> None:
        """Ask again and again, as a page does that is told nothing."""
        while not over.wait(self._ticker["seconds"] * random.uniform(1 - _SPREAD, 1 + _SPREAD)):
            self._rerun()

    def follow(self, over: threading.Event) -> None:
        """Read what is pushed, and ask at epochs' ends, as a page does."""
        due = float("inf")
        reached = self._ticker["stream"]["reached"][self._run_id]
        with follow_stream(self._address, self._run_id, reached) as stream:
            while not over.is_set():
                news = read_news(stream, until=min(due, time.monotonic() + 0.5))
                if news and news["validation"] and due == float("inf"):
                    due = self._due()
                if time.monotonic() >= due:
                    self._rerun()
                    due = float("inf")

    def _due(self) -> float:
        stream = self._ticker["stream"]
        now = time.monotonic() + float(stream["spread"]) * random.random()
        return max(now, self._shown_at + float(stream["seconds"]))

    def _rerun(self) -> None:
        self._take(self._tab.switch("whole_range", False))

    def _take(self, view: View) -> None:
        self._ticker = _read_ticker(view)
        self._shown_at = time.monotonic()


@contextmanager
def open_pages(address: str, run_id: str, count: int) -> Iterator[Sequence[Page]]:
    """Open so many tabs with a run that goes on."""
    with ExitStack() as stack:
        tabs = [stack.enter_context(visit(address)) for _ in range(count)]
        yield [Page(tab, address, run_id) for tab in tabs]


def follow_stream(address: str, run_id: str, after: int) -> ClientConnection:
    """Connect to a run's stream."""
    query = urlencode({"run": run_id, "after": after})
    return connect(f"ws://{urlsplit(address).netloc}/live/train?{query}")


def read_news(stream: ClientConnection, until: float | None = None) -> News:
    """Return the next message; an empty one if the time is over, or the run is."""
    end = time.monotonic() + _SECONDS_OF_SILENCE if until is None else until
    try:
        news: News = json.loads(stream.recv(max(0.0, end - time.monotonic())))
    except (TimeoutError, ConnectionClosed):
        return {}
    return news


def _read_ticker(view: View) -> dict[str, Any]:
    components = (element.bidi_component for element in view.elements)
    [ticker] = [each for each in components if each.id.endswith("ticker_run")]
    data: dict[str, Any] = json.loads(ticker.json or ticker.mixed.json)
    return data
