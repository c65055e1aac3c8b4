"""What is there before workers are forked, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

REPORT = """
import gc, os
import numpy  # whose helpers are not torch's
helpers = -len(os.listdir("/proc/self/task"))
from mnistlab.engine.worker import preload
helpers += len(os.listdir("/proc/self/task"))
print(preload.worker.images.cache_info().currsize, helpers, gc.isenabled())
"""

pytestmark = pytest.mark.skipif(not psutil.LINUX, reason="elsewhere each worker imports")


def preload(home: Path) -> str:
    environment = {**os.environ, "MNISTLAB_HOME": str(home)}
    command = [sys.executable, "-W", "error", "-c", REPORT]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return ran.stdout.strip()


def test_images_are_read_and_no_thread_started_that_a_fork_would_lose(tmp_path: Path) -> None:
    assert preload(tmp_path) == "1 0 True"


def test_images_that_cannot_be_unpacked_are_left_for_each_worker_to_complain(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    home.write_text("not a folder")
    assert preload(home) == "0 0 True"
