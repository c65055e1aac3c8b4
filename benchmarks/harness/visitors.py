"""Visitors without browsers who cost the server what a browser costs it.

    with serve() as server:
        with visit(server.address) as visitor:
            view = visitor.open("train", {"epochs": "2"})
            view = visitor.press("train")

They speak the browser's own protocol: Streamlit's protobuf messages through a websocket.
The agent API (`sessions.py`) tells more of a page, but describes all of it in each
answer: a third of the time for which thirty such students kept the server's interpreter
busy (our own measurement, by samples).

Each call waits until the page is done. A visitor is for one thread at a time.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

import pyarrow as pa
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg, RunIdentity
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets import Subprotocol
from websockets.sync.client import ClientConnection, connect

_SECONDS_FOR_A_PAGE = 120.0
_DONE = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
    ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
)
"""A run that ends early does so for another one, which follows at once."""

_STATUS = re.compile(r'data-status="(\w+)"')


@dataclass(frozen=True)
class View:
    """A page as a visitor sees it at one moment.

    Attributes:
        query: The query of its URL.
        elements: All elements, as they came.
    """

    query: Mapping[str, str]
    elements: Sequence[Element]

    @property
    def text(self) -> str:
        """All that is written on it outside of widgets."""
        return "\n".join(element.markdown.body + element.html.body for element in self.elements)

    @property
    def run_status(self) -> str | None:
        """The status of the run in view, None if there is none."""
        found = _STATUS.search(self.text)
        return found[1] if found else None

    @property
    def has_points(self) -> bool:
        """Whether a chart shows anything."""
        charts = (element.vega_lite_chart for element in self.elements)
        rows = (chart.datasets for chart in charts)
        return any(_count_rows(part.data.data) for parts in rows for part in parts)

    @property
    def has_traceback(self) -> bool:
        """Whether the visitor is shown an exception instead of kind words."""
        is_broken = any(element.HasField("exception") for element in self.elements)
        return is_broken or "Traceback (most recent call last)" in self.text


def _count_rows(arrow: bytes) -> int:
    return pa.ipc.open_stream(arrow).read_all().num_rows if arrow else 0


@contextmanager
def visit(address: str) -> Iterator["Visitor"]:
    """Open a tab at the server with this address, which `dashboard.serve` gives; close it."""
    stream = f"ws://{urlsplit(address).netloc}/_stcore/stream"
    with connect(stream, subprotocols=[Subprotocol("streamlit")], max_size=None) as socket:
        yield Visitor(socket)


class Visitor:
    """One visitor with a tab of their own, made by `visit`.

    Args:
        socket: To the server.

    Raises:
        LookupError: From whatever uses a widget, if the page has none with this key.
        TimeoutError: From any method, if the page is not done within two minutes.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._page = _Page()
        self._name = self._query = ""
        self._states: dict[str, WidgetState] = {}

    def open(self, page: str, query: Mapping[str, str] | None = None) -> View:
        """Go to a page, with a query if one is given."""
        self._name, self._query = page, urlencode(query or {})
        self._states.clear()
        return self._run("", [])

    def press(self, key: str) -> View:
        """Press a button."""
        widget, fragment = self._page.find(key)
        return self._run(fragment, [WidgetState(id=widget, trigger_value=True)])

    def switch(self, key: str, on: bool) -> View:
        """Set a toggle; one inside a fragment runs that fragment alone, as its timer does."""
        widget, fragment = self._page.find(key)
        return self._set(fragment, WidgetState(id=widget, bool_value=on))

    def choose(self, key: str, option: str) -> View:
        """Choose one option of a segmented control."""
        widget, fragment = self._page.find(key)
        state = WidgetState(id=widget)
        state.string_array_value.data.append(option)
        return self._set(fragment, state)

    def _set(self, fragment: str, state: WidgetState) -> View:
        self._states[state.id] = state
        return self._run(fragment, [])

    def _run(self, fragment: str, triggers: Sequence[WidgetState]) -> View:
        client = ClientState(page_name=self._name, query_string=self._query, fragment_id=fragment)
        client.widget_states.widgets.extend([*self._states.values(), *triggers])
        self._socket.send(BackMsg(rerun_script=client).SerializeToString())
        self._receive()
        query = {name: texts[-1] for name, texts in parse_qs(self._query).items()}
        return View(query, self._page.elements())

    def _receive(self) -> None:
        """Take what the server sends until the page is done."""
        until = time.monotonic() + _SECONDS_FOR_A_PAGE
        is_done = False
        while not is_done:
            answer = self._socket.recv(until - time.monotonic(), decode=False)
            message = ForwardMsg.FromString(answer)
            if message.HasField("page_info_changed"):
                self._query = message.page_info_changed.query_string
            is_done = self._page.take(message)


class _Page:
    """What a browser keeps of a page: the last message for each place on it."""

    def __init__(self) -> None:
        self._parts: dict[tuple[int, ...], tuple[str, Delta]] = {}
        self._run = RunIdentity()

    def take(self, message: ForwardMsg) -> bool:
        """Take a message in; tell whether it is the last one of a page."""
        if message.HasField("new_session"):
            self._run = message.metadata.run
        elif message.HasField("delta"):
            place = tuple(message.metadata.delta_path)
            self._parts[place] = (self._run.script_run_id, message.delta)
        elif message.HasField("script_finished") and message.script_finished in _DONE:
            self._drop_what_is_old()
            return True
        return False

    def elements(self) -> list[Element]:
        """Return what is on the page, from top to bottom."""
        parts = (delta for _, (_, delta) in sorted(self._parts.items(), key=lambda part: part[0]))
        return [delta.new_element for delta in parts if delta.HasField("new_element")]

    def find(self, key: str) -> tuple[str, str]:
        """Return the id of the widget with this key, and of the fragment that it is in."""
        for _, delta in self._parts.values():
            element = delta.new_element
            widget = getattr(element, element.WhichOneof("type") or "empty")
            if getattr(widget, "id", "").endswith(f"-{key}"):
                return widget.id, delta.fragment_id
        raise LookupError(f"The page has no widget {key!r}")

    def _drop_what_is_old(self) -> None:
        """Drop what the run did not send again: of the whole page, or of its fragments."""
        fragments = set(self._run.fragment_ids)
        self._parts = {
            place: (run, delta)
            for place, (run, delta) in self._parts.items()
            if run == self._run.script_run_id or (fragments and delta.fragment_id not in fragments)
        }
