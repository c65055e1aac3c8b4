"""What makes a worker ready before its first run."""

import gc

import psutil
from distributed import Worker, WorkerPlugin

from mnistlab.engine.worker import cores


def lower_priority() -> None:
    """Have the system prefer the pages to this process whenever both want a core."""
    lower = 10 if psutil.POSIX else getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10)
    psutil.Process().nice(lower)


def freeze_gc() -> None:
    """Have Python's collector of garbage pass over all that there is now.

    Most of it, torch and Dask, stays for good; to go through it takes 0.13 s, twice in four
    epochs of the notebook's network (our own measurement).
    """
    gc.freeze()


class WarmUp(WorkerPlugin):
    """Makes a new worker ready before its first run: torch imported, images read."""

    name = "mnistlab-warm-up"

    def setup(self, worker: Worker) -> None:
        """Give way to the pages in everything, then import and read."""
        lower_priority()
        cores.prepare()
        from mnistlab.engine.worker import run_job as ours

        cores.use_one_thread()
        ours.images()
        freeze_gc()
