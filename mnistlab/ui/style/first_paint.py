"""The stylesheet inside the HTML that a browser gets first.

What a script run sends comes after the browser's first paint, so that the page would be seen
unstyled and then move.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_END = b"</body>"
"""Here the rules come after Streamlit's own, which are in the head."""

_NOT_FOR_STYLED = (b"accept-encoding", b"if-none-match", b"if-modified-since")
"""Headers that would bring the HTML compressed, or not at all since Streamlit's part is known."""


class FirstPaint:
    """ASGI middleware that adds the stylesheet to HTML."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or "." in scope["path"].rsplit("/", 1)[-1]:
            await self._app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name not in _NOT_FOR_STYLED]
        await self._app({**scope, "headers": headers}, receive, _Styled(send))


class _Styled:
    """Sends an answer, of which HTML is styled once it is whole."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_styled(self._start)

    async def _send_styled(self, start: Message) -> None:
        from mnistlab.ui.style.stylesheet import stylesheet

        body = self._body.replace(_END, stylesheet().encode() + _END)
        MutableHeaders(raw=start["headers"])["content-length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_html(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")
