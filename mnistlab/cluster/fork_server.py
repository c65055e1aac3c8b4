"""Where workers come from: a process that has imported what they need, and is forked.

By itself each worker would import torch anew: two at once, on two cores that the pages
and the browser want too, while the first visitor waits for the first point. What they have
in common is in memory once.
"""

import os
import sys
from multiprocessing import forkserver

AVAILABLE = sys.platform == "linux"
"""Elsewhere what torch is made of does not survive a fork, and each worker imports it."""

ENVIRONMENT = {
    # Gradients are a few MB that are freed and wanted again in each step. By default
    # the C library hands such blocks back to the system, and each step faults their
    # pages in anew; 32 MB is the highest limit it accepts.
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(2**30),
}
"""A worker's. The C library reads it when the process begins that will be forked."""


def start(module: str) -> None:
    """Start the process that workers are forked from, and have it import `module`."""
    if not AVAILABLE:
        return
    os.environ.update(ENVIRONMENT)
    forkserver.set_forkserver_preload([module])
    forkserver.ensure_running()
