"""The address at which a page follows runs that go on: a websocket, read-only.

    /live/train?run=ID&after=STEP

Several runs are several pairs. Whoever knows a run's id may follow it, as with a shared link. The
messages are those of `ui/live/news.py`.
"""

import asyncio
import contextlib
import functools
from collections.abc import Mapping, Sequence

from starlette.websockets import WebSocket, WebSocketDisconnect

from mnistlab.core.errors import MnistlabError, NotFoundError
from mnistlab.store import RunRecord
from mnistlab.ui.experiments.parts import experiment_words
from mnistlab.ui.live.hub import HUB
from mnistlab.ui.live.parts import Render, View
from mnistlab.ui.rate.parts import rate_charts, rate_words
from mnistlab.ui.services import get_services
from mnistlab.ui.train.parts import train_charts, train_words

RENDERS: Mapping[str, Render] = {
    View.TRAIN: Render(train_words, functools.partial(train_charts, whole=False)),
    View.TRAIN_WHOLE_RANGE: Render(train_words, functools.partial(train_charts, whole=True)),
    View.COMPARE: Render(),
    View.EXPERIMENTS: Render(experiment_words),
    View.RATE: Render(rate_words, rate_charts, least=0.1, most=0.3),
}

MOST_RUNS = 24
"""Followed by one page."""

MOST_PAGES, MOST_PAGES_OF_RUN = 500, 200
"""That follow runs at the same time, and one run; others ask from time to time instead."""

_NOT_FOUND, _BUSY, _NOT_READ = 4404, 1013, 1008
"""Codes with which a websocket is closed: HTTP's 404 in the range for applications, since browsers
tell a page no HTTP status of a websocket; "try again later" and "against the rules" of RFC 6455."""


async def follow(socket: WebSocket) -> None:
    """Tell a page what is new about its runs, until they have ended or the page is closed."""
    await socket.accept()
    try:
        render, after = _read_address(socket)
        records = await asyncio.to_thread(_find, list(after))
    except NotFoundError:
        await socket.close(_NOT_FOUND, "There is no such run. Check the link to it.")
    except MnistlabError:
        await socket.close(_BUSY, "Runs can't be read just now. Try again later.")
    else:
        await _follow(socket, records, render, after)


async def _follow(
    socket: WebSocket, records: Sequence[RunRecord], render: Render, after: Mapping[str, int]
) -> None:
    if _is_full(records):
        await socket.close(_BUSY, "Too many pages follow runs just now. Try again later.")
        return
    telling = asyncio.create_task(_tell(socket, records, render, after))
    await asyncio.wait({telling, asyncio.create_task(_listen(socket, telling))})


def _read_address(socket: WebSocket) -> tuple[Render, dict[str, int]]:
    render = RENDERS.get(socket.path_params["view"])
    query = socket.query_params
    runs, steps = query.getlist("run"), query.getlist("after")
    if render is None or not 0 < len(runs) <= MOST_RUNS or not all(map(_is_step, steps)):
        raise NotFoundError("There is nothing to follow at this address.", "Reload the page.")
    return render, dict(zip(runs, [*map(int, steps), *[0] * len(runs)], strict=False))


def _is_step(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len("1000000000")


def _find(run_ids: Sequence[str]) -> list[RunRecord]:
    return [get_services().store.run(run_id) for run_id in run_ids]


def _is_full(records: Sequence[RunRecord]) -> bool:
    of_runs = (HUB.count_pages(record.id) for record in records)
    return HUB.count_pages() >= MOST_PAGES or max(of_runs) >= MOST_PAGES_OF_RUN


async def _tell(
    socket: WebSocket, records: Sequence[RunRecord], render: Render, after: Mapping[str, int]
) -> None:
    with contextlib.suppress(WebSocketDisconnect):  # the page was closed meanwhile
        async with contextlib.aclosing(HUB.follow(records, render, after)) as news:
            async for text in news:
                await socket.send_text(text)
        await socket.close()


async def _listen(socket: WebSocket, telling: asyncio.Task[None]) -> None:
    """End when the page is closed, or says anything: there is nothing to be said."""
    message = await socket.receive()
    if telling.cancel() and message["type"] == "websocket.receive":
        await socket.close(_NOT_READ)
