"""Visitors who speak the browser's protocol, on a real server."""

import time
from collections.abc import Iterator

import pytest

from benchmarks.harness.dashboard import Server
from benchmarks.harness.visitors import View, Visitor, visit
from tests.factories import SECONDS


@pytest.fixture
def address(server: Server) -> str:
    return server.address


@pytest.fixture
def visitor(address: str) -> Iterator[Visitor]:
    with visit(address) as visitor:
        yield visitor


def test_a_page_is_opened_with_what_its_link_says(visitor: Visitor) -> None:
    view = visitor.open("train", {"epochs": "3"})
    fields = {e.text_input.label: e.text_input for e in view.elements}

    assert view.query["epochs"] == "3"
    assert fields["Epochs"].value == "3"
    assert view.run_status is None
    assert not view.has_points
    assert not view.has_traceback


def test_a_run_is_watched_to_its_end_and_asked(visitor: Visitor) -> None:
    visitor.open("train", {"epochs": "1", "training_images": "1000"})
    view = visitor.press("train")
    assert view.run_status in ("queued", "running", "finished")

    view = _watch(visitor, view)
    assert view.run_status == "finished"
    assert view.has_points

    lab, run = view.query["lab"], view.query["run"]
    visitor.open("draw")
    view = visitor.choose("way", "Test digit")
    assert (view.query["lab"], view.query["run"]) == (lab, run)
    assert "data-prediction" in view.text
    assert visitor.open("train").run_status == "finished"


def _watch(visitor: Visitor, view: View) -> View:
    end = time.monotonic() + SECONDS
    while view.run_status in ("queued", "running") and time.monotonic() < end:
        time.sleep(0.5)
        view = visitor.switch("whole_range", False)
    return view


def test_a_look_leaves_the_rest_of_the_page(visitor: Visitor) -> None:
    visitor.open("train", {"epochs": "200"})
    whole = visitor.press("train")
    looked = visitor.switch("whole_range", True)
    visitor.press("stop")

    labels = [[e.checkbox.label for e in view.elements] for view in (whole, looked)]
    assert "Whole range" in labels[0]
    assert labels[0].count("Whole range") == labels[1].count("Whole range")
    assert any(e.button.label == "Train another" for e in looked.elements)
    assert looked.query == whole.query


def test_visitors_know_nothing_of_each_other(visitor: Visitor, address: str) -> None:
    with visit(address) as other:
        assert visitor.open("train").query["lab"] != other.open("train").query["lab"]


def test_what_is_not_there_cannot_be_pressed(visitor: Visitor) -> None:
    visitor.open("train")
    with pytest.raises(LookupError, match="nonsense"):
        visitor.press("nonsense")
