"""The scheduler and its workers, on the loopback interface."""

import asyncio
import logging
import os
import sys
import threading
from typing import TextIO

import dask
import distributed.utils
from dask.system import CPU_COUNT
from distributed import Nanny, Scheduler
from distributed.system import MEMORY_LIMIT

from mnistlab.cluster import fork_server

_BYTES_FOR_SERVER = 400 * 2**20
_BYTES_FOR_WORKER = 800 * 2**20
"""Approximate memory of each. They allow two workers in the 2.7 GB of Streamlit Community
Cloud."""

WORKERS = max(1, min(CPU_COUNT, (MEMORY_LIMIT - _BYTES_FOR_SERVER) // _BYTES_FOR_WORKER))
"""One for each core, or fewer if memory is short; each trains one run at a time."""

_SECONDS_TO_CLOSE = 3.0
_SECONDS_BETWEEN_STARTS = 1.0

logger = logging.getLogger(__name__)


async def serve(answer: TextIO) -> None:
    """Write the scheduler's address, and run it with its workers until standard input closes."""
    async with Scheduler(
        host="127.0.0.1", port=0, dashboard=False, dashboard_address="127.0.0.1:0"
    ) as scheduler:
        with answer:
            print(scheduler.address, file=answer)
        async with asyncio.TaskGroup() as group:
            # One after another, since the first one unpacks MNIST for all.
            turn = asyncio.Lock()
            keepers = [
                group.create_task(_keep_worker(scheduler.address, turn)) for _ in range(WORKERS)
            ]
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
            threading.Timer(_SECONDS_TO_CLOSE, os._exit, (0,)).start()
            for keeper in keepers:
                keeper.cancel()
    os._exit(0)


async def _keep_worker(scheduler: str, turn: asyncio.Lock) -> None:
    """Keep one worker running; workers start one at a time.

    A nanny raises an error if its worker dies during its first start, which must not end the
    other workers.
    """
    while True:
        try:
            async with turn:
                nanny = await _nanny(scheduler)
            async with nanny:
                await nanny.finished()
        except Exception:
            logger.exception("A worker did not start")
        await asyncio.sleep(_SECONDS_BETWEEN_STARTS)


def _nanny(scheduler: str) -> Nanny:
    """Return the nanny of one worker, which restarts it when it dies."""
    return Nanny(
        scheduler,
        host="127.0.0.1",
        nthreads=1,
        memory_limit=0,
        dashboard_address="127.0.0.1:0",
    )


def main(answer: TextIO) -> None:
    """Configure Dask and serve."""
    if fork_server.AVAILABLE:
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
        # `python -m benchmarks start`, first_point_cold_s: Dask would import 354 modules here for
        # a process that runs already, 0.3 s of processor time.
        distributed.utils._forkserver_preload_set = True
    dask.config.set(
        {
            "distributed.nanny.pre-spawn-environ": fork_server.ENVIRONMENT,
            # `python -m benchmarks training`, watched_ratio: an idle cluster takes 1.0 % of a core
            # without profiler and with less monitoring, 9.6 % by default.
            "distributed.scheduler.http.routes": [],
            "distributed.worker.http.routes": [],
            "distributed.worker.profile.enabled": False,
            "distributed.admin.tick.interval": "1s",
            "distributed.admin.system-monitor.interval": "5s",
            # No result of a worker has copies.
            "distributed.scheduler.active-memory-manager.start": False,
        }
    )
    asyncio.run(serve(answer))
