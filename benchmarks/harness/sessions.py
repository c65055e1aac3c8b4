"""Visitors without browsers: real sessions of a real server, by Streamlit's agent API.

    with serve() as server:
        session = Session(server.address)
        snapshot = session.open("train", {"epochs": "2"})
        snapshot = session.press("train")
        while snapshot.element("share_panel") is None:
            snapshot = session.look()

The server runs the very pages that a browser would get; each call waits until the page
is done. What a browser does by itself is left to the caller: fragments with a timer run
only when asked, all of them by `look`, one alone by `set` on a widget inside it.
A session is for one thread at a time; several threads may have one each.
"""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = str | int | float | bool | list[str] | None

_SECONDS_FOR_A_REQUEST = 60.0
_SECONDS_FOR_A_PAGE = 120.0
_SECONDS_BEFORE_ASKING_AGAIN = 0.2
_STILL_RUNNING = 202


class RefusedError(Exception):
    """The server answered that it won't do what it was asked; `code` is Streamlit's word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class UnreachableError(Exception):
    """The server did not answer, or not to the end."""


@dataclass(frozen=True)
class Element:
    """One element or container of a page.

    Attributes:
        type: The name of the `st` function that made it.
        key: Its key; empty if it has none.
        text: Its label, body or message.
        is_disabled: Whether a visitor can't use it now.
        value: What a widget holds.
        rows: The first hundred rows of a table or chart, by column.
    """

    type: str
    key: str
    text: str
    is_disabled: bool
    value: Any
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Snapshot:
    """A page as a visitor sees it at one moment.

    Attributes:
        page: Its URL's last part.
        query: The query of its URL.
        elements: All elements, from top to bottom.
        is_broken: Whether the page's script raised.
        answer: The whole answer of the server, as it came.
    """

    page: str
    query: Mapping[str, str]
    elements: tuple[Element, ...]
    is_broken: bool
    answer: str

    def element(self, key: str) -> Element | None:
        """Return the element with this key, None if the page has none."""
        return next((element for element in self.elements if element.key == key), None)

    def of_type(self, type_: str) -> tuple[Element, ...]:
        """Return the elements that one `st` function made, such as all of `st.error`."""
        return tuple(element for element in self.elements if element.type == type_)

    @property
    def has_traceback(self) -> bool:
        """Whether the visitor is shown an exception instead of kind words."""
        spoilt = self.is_broken or bool(self.of_type("exception"))
        return spoilt or "Traceback (most recent call last)" in self.answer


class Session:
    """One visitor. Every method waits for the page and returns how it is then.

    Args:
        address: The server's, as `dashboard.serve` gives it.

    Raises:
        RefusedError: From any method, if the page has no such element or it is disabled.
        UnreachableError: From any method, if the server is not there or goes meanwhile.
    """

    def __init__(self, address: str) -> None:
        self._url = f"{address}/_stcore/agent/interact"
        self._id: str | None = None

    def open(self, page: str, query: Mapping[str, str] | None = None) -> Snapshot:
        """Go to a page, with a new query if one is given."""
        given = {name: [text] for name, text in (query or {}).items()}
        return self._ask({"page": page, "query_params": given} if given else {"page": page})

    def look(self) -> Snapshot:
        """Run the whole page once more, its fragments with it."""
        return self._ask({})

    def press(self, key: str) -> Snapshot:
        """Press a button."""
        return self._ask({"trigger": {"key": key}})

    def set(self, key: str, value: Value) -> Snapshot:
        """Set a widget; one inside a fragment runs that fragment alone, as its timer does."""
        return self._ask({"widget_state": {key: value}})

    def _ask(self, request: Mapping[str, Any]) -> Snapshot:
        status, answer = self._post(request)
        until = time.monotonic() + _SECONDS_FOR_A_PAGE
        while status == _STILL_RUNNING:
            if time.monotonic() > until:
                raise UnreachableError(f"The page was not done in {_SECONDS_FOR_A_PAGE:.0f} s")
            time.sleep(_SECONDS_BEFORE_ASKING_AGAIN)
            status, answer = self._post({})
        return _read(answer)

    def _post(self, request: Mapping[str, Any]) -> tuple[int, str]:
        """Send one request; return the status and what was answered."""
        own = {} if self._id is None else {"session_id": self._id}
        status, answer = _exchange(self._url, json.dumps({**own, **request}).encode())
        content = _parse(answer)
        self._id = content.get("session_id", self._id)
        if "error" in content and status != _STILL_RUNNING:
            raise RefusedError(content["error"]["code"], content["error"]["message"])
        return status, answer


def _exchange(url: str, body: bytes) -> tuple[int, str]:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS_FOR_A_REQUEST) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(str(error) or type(error).__name__) from error


def _parse(answer: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(answer)
    except ValueError as error:
        raise UnreachableError(f"That is no answer of Streamlit's: {answer[:200]}") from error
    return content


def _read(answer: str) -> Snapshot:
    content = _parse(answer)
    return Snapshot(
        page=content["page"]["url_path"],
        query={name: texts[-1] for name, texts in content["query_params"].items()},
        elements=tuple(_walk(content["tree"])),
        is_broken=content["status"] != "ready",
        answer=answer,
    )


def _walk(node: Mapping[str, Any]) -> Iterator[Element]:
    props = node.get("props", {})
    texts = (props.get(name) for name in ("label", "body", "message"))
    yield Element(
        type=node["type"],
        key=node.get("key", ""),
        text=next((text for text in texts if isinstance(text, str)), ""),
        is_disabled=bool(props.get("disabled")),
        value=node.get("value"),
        rows=_rows(node.get("data", {})),
    )
    for child in node.get("children", ()):
        yield from _walk(child)


def _rows(data: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    names = [column["name"] for column in data.get("columns", ())]
    rows = data.get("preview", {}).get("rows", ())
    return tuple(dict(zip(names, row, strict=True)) for row in rows)
