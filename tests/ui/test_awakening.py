"""What a server that starts does first, and what it leaves for later."""

import subprocess
import sys
from pathlib import Path

from .conftest import APP

_FIRST_PAGE = """
import sys
from mnistlab.engine import engine
from mnistlab.ui import frame, services, train_page
print(*sys.modules)
"""
_AWAKEN = """
import asyncio, os, sys, threading
from mnistlab.ui import awakening

async def live():
    async with awakening.awaken(None):
        awakening.go_on()
        others = [t for t in threading.enumerate() if t.name == "awakening"]
        while any(thread.is_alive() for thread in others):
            await asyncio.sleep(0.05)
        print(*sys.modules)

asyncio.run(live())
from mnistlab.ui import services
services.get_services().engine.close()
"""


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
    assert {"streamlit", "sqlalchemy", "mnistlab.ui.train_page"} <= imported
    assert not {"torch", "distributed", "dask", "pandas", "altair"} & imported


def test_after_the_first_page_the_others_are_made_ready(tmp_path: Path) -> None:
    imported = run(_AWAKEN, tmp_path)
    pages = {f"mnistlab.ui.{page.stem}_page" for page in (Path(APP).parent / "pages").glob("*.py")}
    assert pages | {"altair"} <= imported
    assert "torch" not in imported
