"""A picture on the Draw page: whatever the browser sends of it, and what is labelled of it."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.store import RunRecord
from mnistlab.ui.services import Services
from tests.photos import photograph
from tests.ui.conftest import Open, send, upload, words


def photo(app: AppTest) -> dict[str, Any]:
    """Return what the page shows of the picture."""
    [shown] = (each.proto for each in app.get("bidi_component") if "photo_" in each.proto.id)
    sent: dict[str, Any] = json.loads(shown.mixed.json or shown.json)
    return sent


def correct(app: AppTest, **sent: object) -> AppTest:
    """Send what a browser would, had its visitor corrected the picture."""
    view = {"turns": 0, "box": None, "excluded": [], "chosen": 0} | sent
    key = next(each.proto.id for each in app.get("bidi_component") if "photo_" in each.proto.id)
    send(app, key, json.dumps({"view": view}), "json_value")
    return app


@pytest.fixture
def app(open_page: Open, writer: RunRecord) -> AppTest:
    return upload(open_page("draw", lab=writer.lab), "one.png", photograph(7))


def labels(server: Services, lab: str) -> Sequence[int]:
    return [entry.label for entry in server.store.handwriting.entries(lab)]


def test_is_shown_with_the_outline_of_its_digit(app: AppTest) -> None:
    [found] = photo(app)["found"]
    assert found["description"].startswith("Read as ")
    assert found["box"] == pytest.approx([105, 80, 213, 300], abs=16)


def test_a_label_adds_it_once(app: AppTest, server: Services, writer: RunRecord) -> None:
    app.button(key="label_7").click().run()
    assert labels(server, writer.lab) == [7]
    assert app.button(key="label_7").disabled
    assert "Added 1 to My handwriting" in words(app)


def test_what_is_left_out_is_read_no_more(app: AppTest) -> None:
    around = [[60, 60], [300, 60], [300, 320], [60, 320]]
    correct(app, excluded=[around])
    assert photo(app)["found"] == []
    assert "in the picture" in words(app)


def test_several_are_read_in_their_order(open_page: Open, writer: RunRecord) -> None:
    app = upload(open_page("draw", lab=writer.lab), "ones.png", photograph(1, 4, 7))
    app.button_group(key="digits_in_picture").set_value("Several").run()
    lefts = [found["box"][0] for found in photo(app)["found"]]
    assert lefts == sorted(lefts)
    assert len(lefts) == 3


SENT: Sequence[dict[str, object]] = (
    {"turns": "x"},
    {"turns": 10**30},
    {"box": [1, 2]},
    {"box": [10**12, -5, 3, 2]},
    {"excluded": [[["a", "b"]]]},
    {"excluded": [[[10**30, 0]]]},
    {"excluded": [[[0, 0]]] * 1000},
    {"chosen": 10**9},
)


def test_whatever_a_browser_sends_is_read_or_left_alone(app: AppTest) -> None:
    for sent in SENT:
        correct(app, **sent)
        assert not app.error, sent
        assert "photo" in photo(app)
