"""The embedded cluster: `python -m mnistlab.cluster`, started by the dashboard's server.

A Dask scheduler and its workers on the loopback interface. The scheduler's address is
the first line on standard output. Standard input is the life line: the process ends
when it closes, which the system does even for a server that was killed.
"""

import asyncio
import logging
import os
import signal
import sys
import threading

import dask
from dask.system import CPU_COUNT
from distributed import Nanny, Scheduler
from distributed.system import MEMORY_LIMIT

_BYTES_FOR_SERVER = 400 * 2**20
_BYTES_FOR_WORKER = 800 * 2**20
"""About what each keeps in memory; CONTRIBUTING has measured figures by network. They
allow two workers in the 2.7 GB of Streamlit Community Cloud."""

WORKERS = max(1, min(CPU_COUNT, (MEMORY_LIMIT - _BYTES_FOR_SERVER) // _BYTES_FOR_WORKER))
"""One for each core, as far as the memory goes: a run is trained by one of them."""

WORKER_ENVIRONMENT = {
    # Gradients are a few MB that are freed and wanted again in each step. By default
    # the C library hands such blocks back to the system, and each step faults their
    # pages in anew; 32 MB is the highest limit it accepts.
    "MALLOC_MMAP_THRESHOLD_": 32 * 2**20,
    "MALLOC_TRIM_THRESHOLD_": 2**30,
}

_SECONDS_TO_CLOSE = 3.0
_SECONDS_BETWEEN_STARTS = 1.0

logger = logging.getLogger(__name__)


async def serve() -> None:
    """Run the scheduler and its workers until standard input closes."""
    async with Scheduler(
        host="127.0.0.1", port=0, dashboard=False, dashboard_address="127.0.0.1:0"
    ) as scheduler:
        print(scheduler.address, flush=True)
        # What workers print belongs to the server's log, not into the pipe that
        # nobody reads any more.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        async with asyncio.TaskGroup() as group:
            keepers = [group.create_task(_keep_worker(scheduler.address)) for _ in range(WORKERS)]
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
            threading.Timer(_SECONDS_TO_CLOSE, os._exit, (0,)).start()
            for keeper in keepers:
                keeper.cancel()
    os._exit(0)


async def _keep_worker(scheduler: str) -> None:
    """Have one worker at all times.

    A nanny gives up on a worker that dies while it starts for the first time. That must
    not take the other workers along, with the runs that they train.
    """
    while True:
        try:
            async with _nanny(scheduler) as nanny:
                await nanny.finished()
        except Exception:
            logger.exception("A worker did not start")
        await asyncio.sleep(_SECONDS_BETWEEN_STARTS)


def _nanny(scheduler: str) -> Nanny:
    """Return the keeper of one worker, which starts it again when it dies."""
    return Nanny(
        scheduler,
        host="127.0.0.1",
        nthreads=1,
        memory_limit=0,
        dashboard_address="127.0.0.1:0",
    )


def main() -> None:
    """Configure Dask and serve."""
    # Ctrl-C in the terminal is for the server, whose end closes standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    dask.config.set(
        {
            "distributed.nanny.pre-spawn-environ": WORKER_ENVIRONMENT,
            # No web pages about the inside, and no profiler beside the training.
            "distributed.scheduler.http.routes": [],
            "distributed.worker.http.routes": [],
            "distributed.worker.profile.enabled": False,
            # By default each process looks at itself 50 times a second, which takes
            # most of what an idle cluster uses.
            "distributed.admin.tick.interval": "1s",
            "distributed.admin.system-monitor.interval": "5s",
        }
    )
    asyncio.run(serve())


if __name__ == "__main__":
    main()
