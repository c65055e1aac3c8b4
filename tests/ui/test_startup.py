"""What a server that starts does first, and what it leaves for later."""

import subprocess
import sys
from pathlib import Path

from tests.ui.conftest import APP

_FIRST_PAGE = """
import sys
from mnistlab.engine import api as engine
from mnistlab.ui import frame, navigation, services
navigation.PAGES[0].import_parts()
print(*sys.modules)
"""
_LIVE = """
import asyncio, os, sys, threading
import app
from mnistlab.ui import startup

async def live():
    messages = iter(["startup", "shutdown"])

    async def receive():
        message = next(messages)
        if message == "shutdown":
            startup.mark_page_shown()
            [thread] = [t for t in threading.enumerate() if t.name == "startup"]
            await asyncio.to_thread(thread.join)
        return {"type": f"lifespan.{message}"}

    async def send(message):
        assert message["type"].endswith(".complete"), message

    await app.app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)

asyncio.run(live())
print(*sys.modules, flush=True)
os._exit(0)  # or the end would wait until the cluster is taken to be out of reach
"""
"""The life of a server from its start to its end, as an ASGI server such as Streamlit's has
it: the protocol is that of asgi.readthedocs.io, "Lifespan"."""


def run(code: str, home: Path) -> set[str]:
    """Run a program as a server's process is run; return the modules it imported."""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={
            "MNISTLAB_HOME": str(home),
            "MNISTLAB_SCHEDULER": "tcp://127.0.0.1:9",
            "PATH": "",
            "HOME": str(home),
        },
        cwd=Path(APP).parent,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "While getting ready" not in ran.stderr
    return set(ran.stdout.split())


def test_the_first_page_waits_for_nothing_that_takes_long_to_import(tmp_path: Path) -> None:
    imported = run(_FIRST_PAGE, tmp_path)
    assert {"streamlit", "sqlalchemy", "mnistlab.ui.train.page"} <= imported
    assert not {"torch", "distributed", "dask", "pandas", "altair"} & imported


def test_after_the_first_page_the_others_are_made_ready(tmp_path: Path) -> None:
    imported = run(_LIVE, tmp_path)
    pages = {f"mnistlab.ui.{page.stem}.page" for page in (Path(APP).parent / "pages").glob("*.py")}
    assert pages | {"altair"} <= imported
    assert "torch" not in imported
