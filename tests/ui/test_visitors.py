"""Whatever a visitor sends, each page answers: no traceback, no excuse, no logged error."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from streamlit.testing.v1 import AppTest

from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.store import RunRecord
from mnistlab.ui.navigation import PAGES
from mnistlab.ui.services import Services
from tests import strategies
from tests.factories import SMALL
from tests.ui.conftest import id_of, open_link, press, report, send, train, unfold, upload

LEAK = 80.0
"""Megabytes. A leak of 1 MB a page would be more, in the cases below."""

Check = Callable[[Any], None]
Query = list[tuple[str, str]]

# What is no UTF-8 or JSON, Streamlit refuses before a page of ours is asked.
texts = st.text(max_size=30) | st.sampled_from([*strategies.MARKUP, "\0", "9" * 400])
values = texts | strategies.numbers.map(str)
names = st.sampled_from([*SETTINGS, "lab", "run", "compare", "experiment", "guesses"])
queries = st.lists(st.tuples(names | texts, values | st.sampled_from([*EXPERIMENTS])), max_size=6)
numbers = st.floats(-1e300, 1e300) | st.integers(-(2**53), 2**53)
CHOICES = {
    "preset": ["quick_start", "notebook"],
    "way": ["Test digit", "Picture"],
    "mistakes_of": ["My handwriting", "Test set"],
    "compared_measure": ["loss", "accuracy"],
    "compared_axis": ["step", "seconds"],
}
CHOICES |= {f"guess_{name}": [*each.options] for name, each in EXPERIMENTS.items()}
CHOICES |= {f"{name}_measure": ["loss", "accuracy"] for name in EXPERIMENTS}
TOO_MUCH = {"train", "continue", "run_again", "delete", "run_experiment"}
"""Buttons that would train, or leave nothing to look at."""


@pytest.fixture(scope="module")
def guest(server: Services) -> RunRecord:
    """A run of a lab that only these tests use."""
    return train(server, server.store.create_lab(), SMALL)


@pytest.fixture
def calm(caplog: pytest.LogCaptureFixture) -> Callable[[AppTest], None]:
    """Check that no trouble was logged, by the server's other threads either."""

    def check(_: AppTest) -> None:
        assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []

    return check


def open_with(page: str, query: Query) -> AppTest:
    texts: dict[str, str | list[str]] = {}
    for name, text in query:
        texts[name] = [*texts.get(name, []), text]
    return open_link(page, texts)


def follow(sent: tuple[str, bool, Query], guest: RunRecord) -> AppTest:
    """Open a link, with any query behind or before a known lab and run."""
    page, is_known, query = sent
    known = [("lab", guest.lab), ("run", guest.id)] if is_known else []
    return open_with(page, [*query, *known])


def fill_in(sent: tuple[str, list[tuple[int, float, str]]], guest: RunRecord) -> AppTest:
    """Put anything into some of a page's fields, and press one of its buttons."""
    page, entries = sent
    where = [("lab", guest.lab), ("run", guest.id)]
    guide = [("experiment", "luck")] if page == "experiments" else []
    app = unfold(open_with(page, [*where, *guide]))
    for place, number, text in entries:
        _enter(app, place, number, text)
    return app


def _enter(app: AppTest, place: int, number: float, text: str) -> None:
    able = [button for button in app.button if not button.disabled]
    buttons = [button for button in able if button.key not in TOO_MUCH]
    fields = [*app.text_input, *app.selectbox, *app.toggle]
    fields += [*app.slider, *app.button_group, *buttons]
    field = fields[place % len(fields)]
    if field in app.selectbox:
        options = [*field.options, text]  # as named on the page, or anything
        send(app, field.proto.id, options[place % len(options)], "string_value")
        return
    if field in app.button_group:
        field.set_value(CHOICES[str(field.key)][place % 2])
    elif field in app.text_input:
        field.set_value(str(number) if place % 2 else text)
    elif field in buttons:
        field.click()
    else:
        field.set_value(place % 2)
    app.run()


def draw(sent: object, guest: RunRecord) -> AppTest:
    """Have the pad report anything, label it if there is a digit, take it back, and clear it."""
    app = open_with("draw", [("lab", guest.lab)])
    send(app, id_of(app, "bidi_component", "canvas"), json.dumps(sent))
    for key in ("label_3", "take_back"):
        for button in app.button:
            if button.key == key and not button.disabled:
                button.click().run()
    send(app, id_of(app, "bidi_component", "canvas"), json.dumps(report(app, [])))
    return app


def press_both(sent: tuple[object, object], guest: RunRecord) -> AppTest:
    """Have the matrix and the tiles report that anything was pressed."""
    cell, tile = sent
    app = open_with("mistakes", [("lab", guest.lab)])
    press(app, "confusion_matrix", cell)
    return press(app, "digit_grid", tile)


def choose_row(sent: object, guest: RunRecord) -> AppTest:
    """Have the runs table report that anything was chosen."""
    app = open_with("train", [("lab", guest.lab)])
    selection = json.dumps({"selection": {"rows": sent}})
    send(app, app.dataframe[0].proto.id, selection, "string_value")
    return app


def send_file(sent: bytes, guest: RunRecord) -> AppTest:
    """Upload anything."""
    return upload(open_with("draw", [("lab", guest.lab)]), "picture.png", sent)


def send_set(sent: bytes, guest: RunRecord) -> AppTest:
    """Import anything as a set of drawings."""
    app = open_with("draw", [("lab", guest.lab)])
    app.file_uploader[0].set_value(("digits.npz", sent, "application/octet-stream")).run()
    return app


pages = st.sampled_from([page.name for page in PAGES])
reports = st.fixed_dictionaries(
    {},
    optional={
        "drawing": st.fixed_dictionaries(
            {"objects": strategies.objects}, optional={"turn": st.just(1) | strategies.json_values}
        )
        | strategies.json_values,
    },
)
digits = st.integers(-1, 10) | strategies.json_values
cells = strategies.json_values | st.lists(digits | st.none(), min_size=2, max_size=2)
entries = st.lists(st.tuples(st.integers(0, 999), numbers, texts), min_size=1, max_size=3)
WAYS: dict[str, tuple[SearchStrategy[Any], Callable[[Any, RunRecord], AppTest], int]] = {
    "by a link": (st.tuples(pages, st.booleans(), queries), follow, 300),
    "in a form": (st.tuples(pages, entries), fill_in, 300),
    "on the canvas": (reports, draw, 150),
    "as a press": (st.tuples(cells, digits), press_both, 50),
    "as a row": (strategies.json_values | st.lists(st.integers(-2, 3)), choose_row, 50),
    "as a file": (strategies.uploads, send_file, 150),
    "as a set of drawings": (strategies.sets_of_drawings, send_set, 50),
}


@pytest.mark.parametrize("way", WAYS)
def test_is_answered(way: str, guest: RunRecord, calm: Callable[[AppTest], None]) -> None:
    strategy, act, _ = WAYS[way]
    strategies.cases(15, strategy, lambda sent: calm(act(sent, guest)))


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_hundreds_are_answered_and_leave_nothing_behind(
    way: str, guest: RunRecord, calm: Callable[[AppTest], None]
) -> None:
    strategy, act, count = WAYS[way]
    grown = strategies.cases(count, strategy, lambda sent: calm(act(sent, guest)))
    print(f"{count:,} {way}: {grown:+.1f} MB")
    assert grown < LEAK
