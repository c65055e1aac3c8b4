"""Sessions without browsers, on a real server."""

import pytest

from benchmarks.harness.dashboard import Server
from benchmarks.harness.sessions import RefusedError, Session, UnreachableError


@pytest.fixture
def address(server: Server) -> str:
    return server.address


def test_a_page_is_opened_with_what_its_link_says(address: str) -> None:
    snapshot = Session(address).open("train", {"epochs": "3"})

    epochs, train = snapshot.element("epochs"), snapshot.element("train")
    assert snapshot.page == "train"
    assert snapshot.query["epochs"] == "3"
    assert epochs is not None
    assert epochs.value == "3"
    assert train is not None
    assert (train.type, train.text, train.is_disabled) == ("button", "Train", False)
    assert not snapshot.has_traceback


def test_a_press_has_its_effect(address: str) -> None:
    session = Session(address)
    session.open("train", {"epochs": "1", "training_images": "1000"})
    snapshot = session.press("train")

    runs = snapshot.element("runs")
    assert runs is not None
    assert str(runs.rows[0]["Epochs"]).endswith(" of 1")  # it may be done already
    assert "run" in snapshot.query
    assert session.look().query == snapshot.query
    assert session.set("whole_range", True).element("whole_range").value is True  # type: ignore[union-attr]


def test_sessions_know_nothing_of_each_other(address: str) -> None:
    one, other = (Session(address).open("train") for _ in range(2))
    assert one.query["lab"] != other.query["lab"]


def test_what_a_visitor_cannot_press_is_refused(address: str) -> None:
    session = Session(address)
    session.open("rate")
    with pytest.raises(RefusedError, match="disabled_widget"):
        session.press("stop_range_test")
    with pytest.raises(RefusedError, match="unknown_key"):
        session.press("nonsense")


def test_no_server_is_told_apart_from_a_refusal() -> None:
    with pytest.raises(UnreachableError):
        Session("http://127.0.0.1:9").open("train")
