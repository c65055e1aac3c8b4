"""Pages by Streamlit's own test runner, on a real engine and a real database."""

import functools
import io
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from unittest import mock

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from streamlit.components.v2 import manifest_scanner
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.pages_manager import PagesManager
from streamlit.source_util import PageHash, PageInfo
from streamlit.testing.v1 import AppTest, app_test
from streamlit.testing.v1.element_tree import TextInput

from mnistlab.core.drawing.handwriting import LabelledDrawing
from mnistlab.core.drawing.strokes import Stroke
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import RunRecord
from mnistlab.ui import services
from mnistlab.ui.services import Services
from tests.factories import DIGITS, SECONDS, SMALL, wait_until

APP = str(Path(__file__).parents[2] / "app.py")


class Logged(logging.Handler):
    """Notes the errors that are logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(self.format(record))


class ServersPages(PagesManager):
    """Takes what AppTest sets at each run, or it would leave out app.py as a new server does."""


# A server looks once for the components of all installed packages; AppTest does at each run.
_scan_once = functools.cache(manifest_scanner.scan_component_manifests)


class CheckedApp(AppTest):
    """The dashboard, of which every single answer is checked.

    A page catches its errors and shows an excuse, so that `exception` alone tells nothing.
    """

    def __init__(self) -> None:
        super().__init__(APP, default_timeout=60)

    def _run(self, widget_state: WidgetStates | None = None, timeout: float | None = None) -> Self:
        logged = Logged()
        logging.getLogger().addHandler(logged)
        PagesManager.uses_pages_directory = False  # as `startup` has it
        try:
            with (
                mock.patch.object(app_test, "PagesManager", ServersPages),
                mock.patch.object(manifest_scanner, "scan_component_manifests", _scan_once),
            ):
                super()._run(widget_state, timeout)
        finally:
            logging.getLogger().removeHandler(logged)
        assert not self.exception
        assert "Something went wrong" not in words(self)
        assert logged.messages == []
        return self


Open = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNISTLAB_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[Services]:
    """The store and engine that the pages use; one cluster for all page tests."""
    running = services.get_services()
    yield running
    running.engine.close()
    running.store.close()
    services._services = None


@pytest.fixture
def open_page(server: Services) -> Open:
    """Open a page as a link does: its file's name, and its query."""

    def open_page(page: str = "train", **query: str) -> AppTest:
        return open_link(page, query)

    return open_page


def open_link(page: str, query: Mapping[str, str | list[str]]) -> AppTest:
    """Open a page by a link, in which a name may be there several times."""
    app = CheckedApp()
    app.query_params.update(query)
    if page != "train":
        app._registered_pages = _registered_pages()
        app.switch_page(f"pages/{page}.py")
    return app.run()


def unfold(app: AppTest) -> AppTest:
    """Unfold the settings that are folded at first."""
    app.session_state["more_settings"] = True
    return app.run()


@functools.cache
def _registered_pages() -> dict[PageHash, PageInfo]:
    """Return the pages by their addresses, which AppTest learns only from a run of the app.

    A link leads to its page at once; the run of another one before it takes as long.
    """
    return CheckedApp().run()._registered_pages


@pytest.fixture(scope="session")
def trained(server: Services) -> RunRecord:
    """A small run that has ended, in a lab of its own."""
    return train(server, server.store.create_lab(), SMALL)


@pytest.fixture
def writer(server: Services, trained: RunRecord) -> Iterator[RunRecord]:
    """A run that has ended; what is drawn and kept in its lab goes when the test ends."""
    yield trained
    server.store.handwriting.delete_all(trained.lab)
    server.store.save_drawing(trained.lab, '{"objects": []}')


def wait_for_points(server: Services, run_id: str) -> None:
    """Wait for the first points of a run."""
    wait_until(
        lambda: bool((live := server.engine.look(run_id)) and live.history.steps), "The first point"
    )


def wait_for_end(server: Services, run_id: str, seconds: float = SECONDS) -> RunRecord:
    """Wait until a run is over and written down; return it."""
    wait_until(lambda: not server.store.run(run_id).status.is_active, "The end", seconds)
    wait_until(lambda: server.engine.look(run_id) is None)
    return server.store.run(run_id)


def train(server: Services, lab: str, config: RunConfig, seconds: float = SECONDS) -> RunRecord:
    """Train a run to its end."""
    return wait_for_end(server, server.engine.submit(lab, config, "A small one"), seconds)


def words(app: AppTest) -> str:
    """Return all that a page says in words."""
    parts = [*app.title, *app.subheader, *app.markdown, *app.caption, *app.warning, *app.error]
    written = [str(part.value) for part in parts]
    return "\n".join([*written, *(element.proto.body for element in app.get("html"))])


def query(app: AppTest) -> dict[str, str]:
    """Return the URL's query; of a name that is there several times the last value."""
    values = dict(app.query_params)
    return {name: value[-1] if isinstance(value, list) else value for name, value in values.items()}


def stroke(*points: tuple[float, float]) -> dict[str, object]:
    """Return the JSON of one stroke, as the pad sends it."""
    path = [["M", *points[0]], *(["L", *point] for point in points[1:])]
    return {"path": path, "strokeWidth": 20}


def draw(app: AppTest, *strokes: object) -> AppTest:
    """Have the pad report strokes, which may be anything; without any, that it was cleared."""
    app.session_state["canvas"] = report(app, list(strokes))
    return app.run()


def report(app: AppTest, objects: object) -> dict[str, object]:
    """Return what the pad sends of a drawing after the server's last word on it."""
    return {"drawing": {"turn": shown_on_pad(app)["turn"], "objects": objects}}


def shown_on_pad(app: AppTest) -> dict[str, Any]:
    """Return what the server has the pad show."""
    [pad] = (each.proto for each in app.get("bidi_component") if each.proto.id.endswith("canvas"))
    shown: dict[str, Any] = json.loads(pad.mixed.json or pad.json)
    return shown


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a picture as a file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def send(app: AppTest, element: str, content: str | bool, kind: str = "json_value") -> None:
    """Send what a browser could for an element, where AppTest would not.

    Args:
        app: The page.
        element: The element's id, as the server gave it.
        content: Any text; JSON where the element's browser part sends that.
        kind: Which of Streamlit's kinds of value the browser part sends.
    """
    states = app._tree.get_widget_states()
    state = next((state for state in states.widgets if state.id == element), None)
    setattr(state or states.widgets.add(id=element), kind, content)
    app._run(states)


def continue_field(app: AppTest) -> TextInput | None:
    """Return the field for the epoch until which a run is trained on, if there is one."""
    return next((f for f in app.text_input if str(f.key).startswith("continue_epochs")), None)


def press(app: AppTest, key: str, value: object) -> AppTest:
    """Press something in a component, whose browser part then sends this value."""
    element = id_of(app, "bidi_component", key)
    presses = json.dumps([{"event": "pressed", "value": value}])
    send(app, f"$$STREAMLIT_INTERNAL_KEY_{element}__events", presses, "json_trigger_value")
    return app


def id_of(app: AppTest, kind: str, key: str) -> str:
    """Return the id of the element with this key, to send something for it."""
    ids = (str(element.proto.id) for element in app.get(kind))
    return next(each for each in ids if each.endswith(f"-{key}"))


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    """Upload a picture on the Draw page."""
    app.button_group(key="way").set_value("Picture").run()
    app.file_uploader(key="picture").set_value((name, content, "image/png")).run()
    return app


def by_hand(digit: int, label: int | None = None, size: float = 2.0) -> LabelledDrawing:
    """Return a digit as a hand draws it, and as it is labelled."""
    strokes = (
        Stroke(np.array(points, dtype=np.float32) * size + 40, 20.0) for points in DIGITS[digit]
    )
    return LabelledDrawing(digit if label is None else label, tuple(strokes))
