"""The embedded cluster: `python -m mnistlab.cluster`, started by the dashboard's server.

A Dask scheduler and one worker on the loopback interface. The scheduler's address is
the first line on standard output. Standard input is the life line: the process ends
when it closes, which the system does even for a server that was killed.
"""

import asyncio
import os
import signal
import sys
import threading

import dask
from distributed import Nanny, Scheduler

THREADS = min(os.cpu_count() or 1, 4)
"""Threads that share a step's arithmetic. Fixed while the machine is the same, since
another number of threads adds in another order and gives other last digits. On two
cores an epoch of the notebook's network takes 1.8 s with two threads, 2.7 s with one
(our own measurement)."""

_WORKER_ENVIRONMENT = {
    "OMP_NUM_THREADS": THREADS,
    "MKL_NUM_THREADS": THREADS,
    # Gradients are a few MB that are freed and wanted again in each step. By default
    # the C library hands such blocks back to the system, and each step faults their
    # pages in anew; 32 MB is the highest limit it accepts.
    "MALLOC_MMAP_THRESHOLD_": 32 * 2**20,
    "MALLOC_TRIM_THRESHOLD_": 2**30,
}

_SECONDS_TO_CLOSE = 3.0


async def serve() -> None:
    """Run the scheduler and its worker until standard input closes."""
    async with Scheduler(host="127.0.0.1", port=0, dashboard_address="127.0.0.1:0") as scheduler:
        print(scheduler.address, flush=True)
        # What workers print belongs to the server's log, not into the pipe that
        # nobody reads any more.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        async with Nanny(
            scheduler.address,
            host="127.0.0.1",
            nthreads=1,
            memory_limit=0,
            dashboard_address="127.0.0.1:0",
        ):
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
            threading.Timer(_SECONDS_TO_CLOSE, os._exit, (0,)).start()
    os._exit(0)


def main() -> None:
    """Configure Dask and serve."""
    # Ctrl-C in the terminal is for the server, whose end closes standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    dask.config.set(
        {
            "distributed.nanny.pre-spawn-environ": _WORKER_ENVIRONMENT,
            # No web pages about the inside, and no profiler beside the training.
            "distributed.scheduler.http.routes": [],
            "distributed.worker.http.routes": [],
            "distributed.worker.profile.enabled": False,
        }
    )
    asyncio.run(serve())


if __name__ == "__main__":
    main()
