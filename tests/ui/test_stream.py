"""What a page is told of runs that go on: by a real server, of runs that are really trained."""

import asyncio
import dataclasses
import json
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History, Measure
from mnistlab.store import RunRecord
from mnistlab.ui import stream
from mnistlab.ui.live.hub import HUB
from mnistlab.ui.live.news import MOST_POINTS, Moment, Reader
from mnistlab.ui.live.parts import Parts, Render, View
from mnistlab.ui.live.snapshot import RunSnapshot, active_snapshot
from mnistlab.ui.services import Services
from tests.factories import LONG, SECONDS, not_none, small_config, wait_until
from tests.ui.conftest import wait_for_end, wait_for_points

PATH = "/{base:path}live/{view}"
SLOW: RunConfig = small_config(training_images=20_000, epochs=4)
"""Some seconds long."""

News = dict[str, Any]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server with this address alone, which ends although pages may still follow runs."""
    app = Starlette(routes=[WebSocketRoute(PATH, stream.follow)])
    served = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="websockets-sansio"))
    thread = threading.Thread(target=lambda: asyncio.run(served.serve()))
    thread.start()
    wait_until(lambda: served.started, "The server's start")
    yield served.servers[0].sockets[0].getsockname()[1]
    served.should_exit = True
    thread.join(SECONDS)
    assert not thread.is_alive()


def follow(port: int, run: str, after: int = 0, path: str = "/live/train") -> ClientConnection:
    return connect(f"ws://127.0.0.1:{port}{path}?run={run}&after={after}")


def read(page: ClientConnection) -> News:
    """Return the next news, without what only says that the server is still there."""
    while not (news := json.loads(page.recv(SECONDS))):
        pass
    return dict(news)


def read_all(page: ClientConnection) -> list[News]:
    """Return all news until the run is over, after which the server closes."""
    with page:
        news = [read(page)]
        while not news[-1]["over"]:
            news.append(read(page))
        with pytest.raises(ConnectionClosed):
            page.recv(SECONDS)
    return news


def read_to_close(page: ClientConnection) -> None:
    while True:
        page.recv(SECONDS)


def steps(news: Sequence[News], split: str) -> list[int]:
    return [point[0] for each in news for point in each.get(split, ())]


def refusal(port: int, path: str) -> tuple[int, str]:
    """Return code and reason with which the server closes a connection at once."""
    with connect(f"ws://127.0.0.1:{port}{path}") as page:
        with pytest.raises(ConnectionClosed) as closed:
            page.recv(SECONDS)
        close = not_none(closed.value.rcvd)
        return close.code, close.reason


@pytest.fixture
def going_on(server: Services) -> Iterator[RunRecord]:
    """A run that goes on for as long as a test."""
    lab = server.store.create_lab()
    run = server.engine.submit(lab, LONG, "<b>Slow</b>")
    wait_for_points(server, run)
    yield server.store.run(run)
    server.engine.stop(lab, run)
    wait_for_end(server, run)


def test_a_page_gets_every_point_once_however_often_it_is_cut_off(
    port: int, server: Services
) -> None:
    run = server.engine.submit(server.store.create_lab(), SLOW, "Cut off")
    whole = threading.Thread(target=lambda: seen.extend(read_all(follow(port, run))))
    seen: list[News] = []
    whole.start()
    pieces: list[News] = []
    while not pieces or not pieces[-1]["over"]:
        with follow(port, run, max([0, *steps(pieces, "training")])) as page:
            pieces.append(read(page))
    whole.join(SECONDS)
    wait_for_end(server, run)
    history = server.store.history(run)
    for news in (seen, pieces):
        assert steps(news, "training") == [point.step for point in history.steps]
        # Epoch 0 is before the first step, and so in the page that is opened.
        assert steps(news, "validation") == [point.step for point in history.epochs if point.epoch]
    point, stored = seen_point(seen), history.steps[-1]
    assert point == pytest.approx(
        (stored.step, stored.epoch, stored.seconds, stored.train_loss, stored.train_accuracy),
        abs=1e-6,
    )


def seen_point(news: Sequence[News]) -> list[float]:
    """Return the last point of the training curve."""
    return [point for each in news for point in each.get("training", ())][-1]  # type: ignore[no-any-return]


def test_parts_are_told_when_they_change_and_say_no_lab(
    port: int, server: Services, going_on: RunRecord
) -> None:
    words, charts = (
        {"status", "announcement", "numbers", "verdicts"},
        {f"{m}_chart" for m in Measure},
    )
    with follow(port, going_on.id) as page:
        first = read(page)
        second = next(news for _ in range(LONG.epochs) if "status" in (news := read(page))["parts"])
    assert set(first["parts"]) == words | charts
    assert "epoch" in first["parts"]["status"]
    assert "announcement" not in second["parts"]
    assert going_on.lab not in json.dumps([first, second])
    assert going_on.name not in json.dumps([first, second])
    wait_until(lambda: HUB.count_pages() == 0, "The end of what was closed")


def test_a_whole_chart_is_told_when_its_line_has_grown(
    port: int, server: Services, going_on: RunRecord
) -> None:
    charts: list[list[News]] = []
    with follow(port, going_on.id, path="/live/train-whole-range") as page:
        while len(charts) < 3:
            charts += [rows for rows in [read(page)["parts"].get("loss_chart")] if rows]
    stored = not_none(server.engine.look(going_on.id)).history
    at = [point.epoch for point in stored.steps]
    for rows in charts:
        drawn = [row["epoch"] for row in rows if row.get("kind") == "training"]
        epochs = sum(row.get("kind") == "validation" for row in rows)
        assert drawn[-1] == pytest.approx(at[rows[0]["points"] - epochs - 1], rel=1e-5)
    assert len({rows[0]["points"] for rows in charts}) == 3


def test_points_are_told_although_parts_can_not_be_rendered(
    port: int,
    going_on: RunRecord,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: RunSnapshot) -> Parts:
        raise ZeroDivisionError

    monkeypatch.setattr(stream, "RENDERS", {View.TRAIN: Render(fail, fail)})
    with follow(port, going_on.id) as page:
        news = [read(page), read(page)]
    assert all(each["training"] and not each["parts"] for each in news)
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 2


def test_every_view_is_rendered() -> None:
    assert set(stream.RENDERS) == set(View)


@pytest.mark.parametrize("path", ["/live/train", "/lab/live/train", "/a/b/live/rate"])
def test_it_lies_below_whatever_path_the_server_does(
    port: int, going_on: RunRecord, path: str
) -> None:
    with follow(port, going_on.id, path=path) as page:
        assert read(page)["run"] == going_on.id


@pytest.mark.parametrize(
    "address",
    [
        "/live/train",
        "/live/train?run=nobody",
        "/live/nothing?run={run}",
        "/live/train?run={run}&after=-1",
        "/live/train?run={run}&after=٣",
        "/live/train?" + "&".join(f"run=r{n}" for n in range(stream.MOST_RUNS + 1)),
    ],
)
def test_what_is_not_there_is_refused_in_words(port: int, trained: RunRecord, address: str) -> None:
    code, words = refusal(port, address.format(run=trained.id))
    assert code == 4404
    assert words == "There is no such run. Check the link to it."


def test_a_run_that_has_ended_is_said_to_be_over(port: int, trained: RunRecord) -> None:
    [news] = read_all(follow(port, trained.id, after=10**9))
    assert (news["over"], news["training"], news["parts"]) == (True, [], {})


@pytest.mark.parametrize("limit", ["MOST_PAGES", "MOST_PAGES_OF_RUN"])
def test_pages_are_counted(
    port: int, going_on: RunRecord, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(stream, limit, 1)
    with follow(port, going_on.id) as page:
        read(page)
        code, words = refusal(port, f"/live/train?run={going_on.id}")
        assert (code, words.endswith("Try again later.")) == (1013, True)
    wait_until(lambda: HUB.count_pages() == 0, "The end of what was closed")
    with follow(port, going_on.id) as page:
        read(page)


def test_a_page_that_says_anything_is_closed(port: int, going_on: RunRecord) -> None:
    with follow(port, going_on.id) as page:
        page.send("Stop")
        with pytest.raises(ConnectionClosed) as closed:
            read_to_close(page)
    assert not_none(closed.value.rcvd).code == 1008


def test_an_epochs_last_point_waits_for_its_validation(going_on: RunRecord) -> None:
    """What is told by steps would else pass over the epoch's end, which has the same step."""
    active = not_none(active_snapshot(going_on))
    last, history = active.config.steps_per_epoch, active.history
    steps = [dataclasses.replace(history.steps[0], step=step) for step in (last - 1, last)]
    trained = History(steps, history.epochs[:1])
    ended = dataclasses.replace(history.epochs[0], step=last, epoch=1)
    validated = History(steps, [*history.epochs[:1], ended])
    reader = Reader(going_on.id, 0)
    news = [
        json.loads(not_none(reader.read(Moment(snapshot_of(active, each)))))
        for each in (trained, validated)
    ]
    assert [each["step"] for each in news] == [last - 1, last]
    assert [steps_of(each, "training") for each in news] == [[last - 1], [last]]
    assert [steps_of(each, "validation") for each in news] == [[], [last]]


def snapshot_of(active: RunSnapshot, history: History) -> RunSnapshot:
    compared = dataclasses.replace(active.compared, history=history)
    return dataclasses.replace(active, compared=compared)


def steps_of(news: News, split: str) -> list[int]:
    return [point[0] for point in news[split]]


def test_a_page_that_lacks_too_much_is_told_to_ask(going_on: RunRecord) -> None:
    run = not_none(active_snapshot(going_on))
    point = run.history.steps[0]
    run.compared.history.steps[:] = [point] * (MOST_POINTS + 1)
    assert isinstance(run.history, History)
    news = json.loads(not_none(Reader(going_on.id, 0).read(Moment(run))))
    assert news["lacks"]
    assert len(news["training"]) == MOST_POINTS
