"""Prepares a worker before its first run."""

import gc

import psutil
from distributed import Worker, WorkerPlugin

from mnistlab.engine.worker import cores


def lower_priority() -> None:
    """Lower this process's priority below that of the pages."""
    lower = 10 if psutil.POSIX else getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10)
    psutil.Process().nice(lower)


def freeze_gc() -> None:
    """Exclude all existing objects from garbage collection.

    Most of them, of torch and Dask, are permanent; a collection takes 0.13 s, twice in four
    epochs of the notebook's network (our own measurement).
    """
    gc.freeze()


class WarmUp(WorkerPlugin):
    """Prepares a new worker: imports torch and reads the images."""

    name = "mnistlab-warm-up"

    def setup(self, worker: Worker) -> None:
        """Lower the priority, then import and read."""
        lower_priority()
        cores.prepare()
        from mnistlab.engine.worker import run_job as ours

        cores.use_one_thread()
        ours.images()
        freeze_gc()
