"""mnistlab: `streamlit run app.py`.

Streamlit uses this file twice: as a module, whose `app` starts with the server, and as the
script of each page.
"""

import asyncio
import importlib

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from mnistlab.ui import startup
from mnistlab.ui.style.first_paint import FirstPaint


def main() -> None:
    """Show the page that the URL names, inside the common frame."""
    from mnistlab.ui import frame, navigation

    st.set_page_config(page_title="mnistlab", page_icon=frame.ICON, layout="wide")
    frame.begin()
    page = st.navigation(navigation.make_pages(), position="top")
    frame.show_top(page)
    frame.run(page)
    startup.mark_page_shown()


async def follow(socket: WebSocket) -> None:
    """Tell a page what is new about runs that go on."""
    # In a thread, since the first import would keep all pages waiting.
    stream = await asyncio.to_thread(importlib.import_module, "mnistlab.ui.stream")
    await stream.follow(socket)


if __name__ == "__main__":
    main()
else:
    app = st.App(
        __file__,
        lifespan=startup.prepare_server,
        middleware=[Middleware(FirstPaint)],
        # Below whatever path the server lies, as `server.baseUrlPath` or a proxy has it.
        routes=[WebSocketRoute("/{base:path}live/{view}", follow)],
    )
