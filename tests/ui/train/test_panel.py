"""How often a page looks at the run in view: only while that is news."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.run import RunStatus
from mnistlab.engine.api import Engine
from mnistlab.store import RunRecord, this_owner
from mnistlab.ui.live.pace import pause
from mnistlab.ui.services import Services
from tests.engine.conftest import processes_of
from tests.factories import LONG
from tests.ui.conftest import Open, wait_for_end, wait_for_points


def seconds_between_looks(app: AppTest) -> list[float]:
    """Return the pace of each ticker of the run in view."""
    protos = [element.proto for element in app.get("bidi_component")]
    of_the_run = [proto for proto in protos if proto.id.endswith("ticker_run")]
    return [json.loads(proto.json)["seconds"] for proto in of_the_run]


def followed(app: AppTest) -> list[Any]:
    """Return what the page is to be pushed of the run in view."""
    protos = [element.proto for element in app.get("bidi_component")]
    return [json.loads(each.json)["stream"] for each in protos if each.id.endswith("ticker_run")]


def tickers(app: AppTest) -> list[str]:
    """Name all that has a part of the page look again."""
    return [element.proto.id.rpartition("ticker_")[2] for element in app.get("bidi_component")]


@contextmanager
def no_points() -> Iterator[None]:
    """Let no point of a run arrive: the cluster stands still."""
    [cluster] = processes_of(Path(os.environ["MNISTLAB_HOME"]), "mnistlab.cluster")
    cluster.suspend()
    try:
        yield
    finally:
        cluster.resume()


def test_a_run_is_looked_at_most_often_until_its_first_point(
    open_page: Open, trained: RunRecord, server: Services
) -> None:
    with no_points():
        run = server.engine.submit(server.store.create_lab(), LONG, "Slow")
        assert seconds_between_looks(open_page(run=run)) == [0.2]
    server.engine.stop(server.store.run(run).lab, run)
    wait_for_end(server, run)


def test_a_run_is_looked_at_often_while_it_trains_and_seldom_while_it_waits(
    open_page: Open, server: Services
) -> None:
    lab = server.store.create_lab()
    engine = server.engine
    first, second = (engine.submit(lab, LONG, "Slow") for _ in range(2))
    wait_for_points(server, first)
    assert engine.look(second).status is RunStatus.QUEUED  # type: ignore[union-attr]
    assert seconds_between_looks(open_page(lab=lab, run=first)) == [1.5]
    assert seconds_between_looks(open_page(lab=lab, run=second)) == [2.0]
    [stream] = followed(open_page(lab=lab, run=first))
    assert list(stream["reached"]) == [first]
    assert stream["reached"][first] > 0
    assert {line["plot"] for line in stream["lines"]} == {"accuracy_chart", "loss_chart"}
    engine.stop(lab, second)
    engine.stop(lab, first)
    wait_for_end(server, second)
    wait_for_end(server, first)


@pytest.mark.parametrize(
    ("trained", "seconds"), [(0.3, 1.5), (7.5, 1.5), (10.0, 2.0), (15.0, 3.0), (900.0, 3.0)]
)
def test_a_line_is_looked_at_when_it_has_grown_by_a_fifth(trained: float, seconds: float) -> None:
    assert pause(trained, least=1.5, most=3.0) == pytest.approx(seconds)


def test_a_page_that_watches_a_run_asks_for_nothing_else(
    open_page: Open, server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "speed", None)  # as in a server's first run
    lab = server.store.create_lab()
    assert tickers(open_page(lab=lab)) == ["speed"]
    run = server.engine.submit(lab, LONG, "Slow")
    assert tickers(open_page(lab=lab, run=run)) == ["run"]
    server.engine.stop(lab, run)
    wait_for_end(server, run)
    assert tickers(open_page(lab=lab, run=run)) == ["speed"]


def test_a_run_that_another_server_trains_is_asked_for(open_page: Open, server: Services) -> None:
    run = server.store.create_run(server.store.create_lab(), LONG, "Elsewhere", this_owner())
    assert followed(open_page(run=run.id)) == [None]
    server.store.mark(run.id, RunStatus.STOPPED, attempt=1)


def test_a_run_that_has_ended_is_not_looked_at_again(
    open_page: Open, trained: RunRecord, server: Services
) -> None:
    assert seconds_between_looks(open_page(lab=trained.lab, run=trained.id)) == []
    visitor = server.store.create_lab()
    assert seconds_between_looks(open_page(lab=visitor, run=trained.id)) == []


def test_nothing_is_looked_at_when_no_run_is_in_view(open_page: Open) -> None:
    assert seconds_between_looks(open_page()) == []


def test_a_page_stops_looking_when_its_run_ends(open_page: Open, server: Services) -> None:
    lab = server.store.create_lab()
    run = server.engine.submit(lab, LONG, "Slow")
    app = open_page(lab=lab, run=run)
    assert len(seconds_between_looks(app)) == 1
    server.engine.stop(lab, run)
    wait_for_end(server, run)
    assert seconds_between_looks(app.run()) == []
