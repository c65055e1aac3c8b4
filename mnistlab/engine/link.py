"""A connection to a scheduler, and the errors if it fails."""

import asyncio
import contextlib
import dataclasses
import logging
import ssl
import uuid
import warnings
from collections.abc import Callable
from typing import TypeAlias

from distributed import Client, Event, Security
from distributed.client import Future
from distributed.comm.core import connect

from mnistlab.core.errors import EngineError
from mnistlab.core.run import RunResult
from mnistlab.engine.worker import rate_requests
from mnistlab.engine.worker.jobs import (
    TrainingJob,
    WorkerProfile,
    new_stop_name,
    profile_worker,
    run_job,
)
from mnistlab.engine.worker.sharing import TRAIN_PREFIX
from mnistlab.engine.worker.warm_up import WarmUp

logger = logging.getLogger(__name__)

Report: TypeAlias = tuple[float, list[str]]

_AFTER_ALL_RUNS = -1
"""A priority below that of runs, which all have Dask's default of 0: those of all servers
are then trained in the order in which the scheduler got them."""

# A checkpoint is sent inside its job and not by `scatter`: scattered data is lost with the
# worker that holds it, so that the job could not be retried.
warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)

_SECONDS_TO_CONNECT = 10
_SECONDS_TO_CLOSE = 2
_SECONDS_TO_COUNT = 2

_CERTIFICATE_SETTINGS = (
    "DASK_DISTRIBUTED__COMM__TLS__CA_FILE, DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT and "
    "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY"
)


class Link:
    """A connection to a scheduler, which counts as lost when it breaks for the first time.

    Dask's client reconnects by itself, but perhaps to a new scheduler, which has neither its
    subscriptions nor its plugins.

    Args:
        address: The scheduler's, such as tcp://10.0.0.5:8786.
        on_report: Is called with each report and its time, in Dask's own thread.

    Attributes:
        client: Dask's client.
        topic: The Dask topic on which workers report, another for each connection, so
            that reports of an earlier attempt are not received.

    Raises:
        EngineError: If the scheduler can't be reached, or its workers can't be used.
    """

    def __init__(self, address: str, on_report: Callable[[Report], None]) -> None:
        self.topic = f"mnistlab-{uuid.uuid4().hex}"
        try:
            asyncio.run(_check_reachable(address))
            self.client = Client(address, set_as_default=False, timeout=_SECONDS_TO_CONNECT)
        except Exception as error:  # an invalid address raises errors of many types
            raise _explain_unreachable(address, error) from error
        self._stream = self.client.scheduler_comm
        self._profiles: dict[str, Future[WorkerProfile | None]] = {}
        try:
            self.client.subscribe_topic(self.topic, on_report)
            self.client.register_plugin(WarmUp())
        except Exception as error:
            self.close()
            raise EngineError(
                f"The training cluster at {address} can't be used right now ({error}).",
                "The server administrator should install this version of mnistlab on all its "
                "machines.",
            ) from error

    def is_up(self) -> bool:
        """Return whether the connection is up and was never lost."""
        client = self.client
        return client.status == "running" and client.scheduler_comm is self._stream

    def count_workers(self) -> int:
        """Return how many runs can be trained at a time; 0 if the scheduler does not answer."""
        try:
            threads = self.client.nthreads(callback_timeout=_SECONDS_TO_COUNT)
        except Exception as error:  # the connection broke, or the scheduler is very busy
            logger.info("The workers can't be counted: %s", error)
            return 0
        return sum(threads.values())

    def train(self, job: TrainingJob) -> "Future[RunResult]":
        """Submit a run, to be trained after those submitted before."""
        key = f"{TRAIN_PREFIX}-{job.run_id}-{uuid.uuid4().hex}"
        job = dataclasses.replace(job, topic=self.topic)
        self._end_profiles()
        return self.client.submit(run_job, job, key=key, pure=False)

    def profile_worker(self) -> "Future[WorkerProfile | None]":
        """Submit the measurement of a worker, which is None if a run is submitted meanwhile."""
        stop_name = new_stop_name()
        future = self.client.submit(profile_worker, stop_name, pure=False, priority=_AFTER_ALL_RUNS)
        self._profiles[stop_name] = future
        return future

    def _end_profiles(self) -> None:
        while self._profiles:
            stop_name, future = self._profiles.popitem()
            if not future.done():
                self.set_event(stop_name)

    def set_event(self, name: str) -> None:
        """Set a Dask event."""
        Event(name, client=self.client).set()

    def request_rate(self, job: TrainingJob, rate: float) -> None:
        """Have the worker that trains a run change its learning rate."""
        task = f"{TRAIN_PREFIX}-{job.run_id}-"
        tasks = self.client.processing().items()
        workers = [each for each, keys in tasks if any(str(key).startswith(task) for key in keys)]
        if workers:  # none would mean all
            order = (rate_requests.request, job.stop_name, rate)
            self.client.run(*order, workers=workers, on_error="ignore")

    def close(self) -> None:
        """Close the connection, drop its tasks and stop its measurement of a worker."""
        with contextlib.suppress(OSError):  # the connection may break just now
            if self.is_up():
                self._end_profiles()
        # On a busy machine closing takes longer than the server's stop may take.
        with contextlib.suppress(TimeoutError):
            self.client.close(timeout=_SECONDS_TO_CLOSE)


async def _check_reachable(address: str) -> None:
    # A client that can't connect leaves a thread behind at each attempt.
    arguments = Security().get_connection_args("client")
    stream = await connect(address, timeout=_SECONDS_TO_CONNECT, **arguments)
    await stream.close()


def _explain_unreachable(address: str, error: Exception) -> EngineError:
    if address.startswith("tls://") and isinstance(error, TypeError):
        return EngineError(
            f"The training cluster at {address} asks for a certificate, and this server has none.",
            f"The server administrator should set {_CERTIFICATE_SETTINGS}, then restart it.",
        )
    if _is_about_certificates(error):
        return EngineError(
            f"The training cluster at {address} and this server don't trust each other's "
            "certificates.",
            f"The server administrator should correct {_CERTIFICATE_SETTINGS}, then restart it.",
        )
    if isinstance(error, ValueError | TypeError):
        return EngineError(
            f"“{address}” is not the address of a training cluster, such as tcp://10.0.0.5:8786.",
            "The server administrator should correct MNISTLAB_SCHEDULER, then restart it.",
        )
    return EngineError(
        f"The training cluster at {address} can't be reached right now.",
        "Runs wait and continue automatically; you don't need to do anything.",
    )


def _is_about_certificates(error: BaseException | None) -> bool:
    while error is not None:
        # Dask keeps only the message of an error that it converts to one of its own.
        is_about_files = isinstance(error, FileNotFoundError | PermissionError)
        if is_about_files or isinstance(error, ssl.SSLError) or "SSLError" in str(error):
            return True
        error = error.__cause__
    return False
