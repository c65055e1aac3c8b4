"""The stylesheet in the HTML of a page, and in nothing else."""

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from mnistlab.ui.style.first_paint import FirstPaint
from mnistlab.ui.style.stylesheet import stylesheet

HTML = b"<html><head></head><body><div id=root></div></body></html>"


class Site:
    """Answers every request in two parts, and notes what it was asked."""

    def __init__(self, content_type: bytes) -> None:
        self.content_type = content_type
        self.asked: Scope = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked = scope
        headers = [(b"content-type", self.content_type), (b"content-length", b"%d" % len(HTML))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": HTML[:20], "more_body": True})
        await send({"type": "http.response.body", "body": HTML[20:]})


def answer(site: Site, path: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope: Scope = {"type": "http", "method": "GET", "path": path, "headers": list(headers)}
    asyncio.run(FirstPaint(site)(scope, receive, send))
    return sent


def body(messages: list[Message]) -> bytes:
    return b"".join(message["body"] for message in messages[1:])


def test_html_has_the_rules_after_all_others() -> None:
    messages = answer(Site(b"text/html; charset=utf-8"), "/train")
    assert body(messages).endswith(stylesheet().encode() + b"</body></html>")
    assert dict(messages[0]["headers"])[b"content-length"] == str(len(body(messages))).encode()


@pytest.mark.parametrize(
    ("path", "content_type"), [("/app.js", b"text/html"), ("/_stcore/health", b"text/plain")]
)
def test_everything_else_stays_as_it_is(path: str, content_type: bytes) -> None:
    messages = answer(Site(content_type), path)
    assert body(messages) == HTML
    assert len(messages) == 3


def test_a_page_is_asked_for_whole_and_plain() -> None:
    site = Site(b"text/html")
    answer(site, "/", ((b"if-none-match", b"1"), (b"accept-encoding", b"gzip"), (b"host", b"x")))
    assert site.asked["headers"] == [(b"host", b"x")]
