"""The process that workers are forked from, which has imported torch and read the images.

Otherwise each worker imports torch anew, while the first visitor waits for the first point.
`python -m benchmarks start`, first_point_cold_s and worker_mb: 2.1 s of processor time and 633 MB
once instead of once a worker, whose own memory is 63 to 96 MB after a run.
"""

import os
import sys
from multiprocessing import forkserver

AVAILABLE = sys.platform == "linux"
"""On other systems torch's libraries don't work after a fork, so each worker imports it."""

ENVIRONMENT = {
    # By default the C library hands blocks of a few MB back to the system, and each step faults
    # their pages in anew; 32 MB is the highest limit it accepts. `python -m benchmarks training`,
    # mnistlab: 12,800 images take 0.62 s of processor time with this, 0.68 without.
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(2**30),
}
"""Of workers. The C library reads it when the process starts that they are forked from."""


def start(module: str) -> None:
    """Start the process that workers are forked from, which imports `module`."""
    if not AVAILABLE:
        return
    os.environ.update(ENVIRONMENT)
    forkserver.set_forkserver_preload([module])
    forkserver.ensure_running()
