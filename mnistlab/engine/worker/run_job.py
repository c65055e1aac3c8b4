"""Trains a job in a worker process."""

import dataclasses
import functools
import logging
import math
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import distributed
import torch
from distributed import Reschedule, get_client, get_worker

from mnistlab import environment
from mnistlab.core.analysis.suspicious_labels import find_suspicious_labels
from mnistlab.core.data import mnist
from mnistlab.core.data.augment.affine import make_samples
from mnistlab.core.data.mnist import Digits, Splits
from mnistlab.core.network.model import pack, restore, unpack
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.checkpoint import Checkpoint, Start, Trained
from mnistlab.core.training.cost.timing import solve_for_costs, time_steps
from mnistlab.core.training.evaluate import predict
from mnistlab.core.training.events import Event, Probe
from mnistlab.core.training.history import History
from mnistlab.core.training.loop import Trainer
from mnistlab.engine.worker import cores, rate_requests
from mnistlab.engine.worker.jobs import Continuation, TrainingJob, WorkerProfile
from mnistlab.engine.worker.thread_tuner import ThreadTuner

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_MESSAGES = 0.15
"""Of points every 0.08 or 0.16 s, which are usual, that takes every second or each one; with 0.2 s
pages moved 3.4 times a second, with this 4.4 times (`python -m benchmarks live`)."""

_SECONDS_BETWEEN_LOOKS = 5.0
_SAMPLES = 3


@functools.cache
def images() -> tuple[Digits, Digits]:
    """Return MNIST's training and test images, read once for this process."""
    cache = environment.images_cache()
    return mnist.load(cache, train=True), mnist.load(cache, train=False)


@cores.flush_denormals()
def profile(stop_name: str) -> WorkerProfile | None:
    """Time a few training steps, with all the threads that a run may get; distort a few digits.

    Returns:
        None if a run was submitted meanwhile, which needs the threads.
    """
    torch.set_num_threads(cores.MOST_THREADS)
    training, _ = images()
    seconds: list[float] = []
    with _watched(stop_name) as stop:
        for each in time_steps():
            if stop.is_set():
                return None
            seconds.append(each)
    return WorkerProfile(solve_for_costs(seconds), make_samples(training, _SAMPLES))


@cores.flush_denormals()
def run_job(job: TrainingJob) -> RunResult:
    """Train a run, reporting on the way; return its result."""
    start = _read_start(job.continuation)
    # First, so that the beginning is reported even if the worker soon dies of too little memory.
    reporter = Reporter(job, start.history if start else History())
    splits = mnist.split(*images(), job.config)
    trainer = Trainer(_with_known_changes(job), splits, reporter.emit)
    if start is not None:
        trainer.resume(start)
    with _watched(job.stop_name) as stop, rate_requests.receive(job.stop_name) as take_rate:
        trainer.run(_before_step(stop, take_rate, trainer.change_rate))
    return _result(trainer.result(), trainer.config, splits)


def _with_known_changes(job: TrainingJob) -> RunConfig:
    """Return a job's settings with the changes that a worker made before it died."""
    logged = get_client().get_events(job.changes_topic)
    changes = (RateChange(*change) for _, (name, *change) in logged if name == job.stop_name)
    return job.config.with_rate_changes(changes)


class Reporter:
    """Sends a run's points to the server, several at once, at most seven times a second.

    Args:
        job: The run.
        before: The curves of its earlier part, which are sent first.
    """

    def __init__(self, job: TrainingJob, before: History) -> None:
        self._job = job
        self._worker = get_worker()
        # A run that is retried on another worker starts again, and the server drops the points
        # of another attempt.
        self._attempt = uuid.uuid4().hex
        self._waiting = before.copy()
        self._send()
        self._sent_at = -math.inf  # so that the first point is sent at once

    def emit(self, event: Event) -> None:
        """Send the event, now or with the next ones."""
        self._waiting.add(event)
        if isinstance(event, RateChange):
            # First, so that the server knows of no change that the next worker would not make.
            change = [self._job.stop_name, event.step, event.learning_rate]
            self._worker.log_event(self._job.changes_topic, change)
            self._send()
        elif not isinstance(event, Probe) and self._is_due():
            self._send()

    def _is_due(self) -> bool:
        return time.monotonic() - self._sent_at >= _SECONDS_BETWEEN_MESSAGES

    def _send(self) -> None:
        message = [self._job.run_id, self._attempt, self._waiting.to_json()]
        self._worker.log_event(self._job.topic, message)
        self._waiting = History()
        self._sent_at = time.monotonic()


@contextmanager
def _watched(stop_name: str) -> Iterator[threading.Event]:
    """Watch a Dask event in another thread, so that steps don't wait for messages."""
    stop, done = threading.Event(), threading.Event()
    remote = distributed.Event(stop_name, client=get_client())

    def watch() -> None:
        try:
            while not done.is_set() and not remote.wait(timeout=_SECONDS_BETWEEN_LOOKS):
                pass
        except (OSError, AttributeError):  # Dask's client has no scheduler once it is closed
            logger.warning("The scheduler is gone, so training stops")
        stop.set()

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield stop
    finally:
        done.set()


def _before_step(
    stop: threading.Event,
    take_rate: Callable[[], float | None],
    change_rate: Callable[[float], None],
) -> Callable[[], bool]:
    """Return what is called before each step: it sets threads and rate, and checks for a stop."""
    tuner = ThreadTuner(cores.fewest_threads())
    worker = get_worker()
    key = worker.get_current_task()

    def is_stopped() -> bool:
        tuner.apply(cores.threads())
        if worker.state.tasks[key].state == "cancelled":  # its server has ended
            raise Reschedule
        if (rate := take_rate()) is not None:
            change_rate(rate)
        return stop.is_set()

    return is_stopped


def _read_start(continuation: Continuation | None) -> Start | None:
    if continuation is None:
        return None
    checkpoint = Checkpoint.from_bytes(continuation.checkpoint)
    # A server that was killed may have saved points beyond the checkpoint.
    history = continuation.history.up_to(checkpoint.progress.step)
    return Start(checkpoint, history, unpack(continuation.weights))


def _result(trained: Trained, config: RunConfig, splits: Splits) -> RunResult:
    """Return what is stored of a run. The test images are used here and nowhere else."""
    result = RunResult(_status(trained), trained.history)
    if trained.best_weights is None:
        return result
    probabilities = predict(restore(config, trained.best_weights), splits.test.pixels)
    return dataclasses.replace(
        result,
        weights=pack(trained.best_weights),
        checkpoint=trained.checkpoint.to_bytes() if trained.checkpoint else None,
        test_probabilities=probabilities,
        test_correct=int((probabilities.argmax(axis=1) == splits.test.labels.numpy()).sum()),
        validation=trained.validation,
        suspicious_labels=find_suspicious_labels(trained, config, splits.train),
    )


def _status(trained: Trained) -> RunStatus:
    if trained.history.divergence is not None:
        return RunStatus.DIVERGED
    return RunStatus.STOPPED if trained.stopped else RunStatus.FINISHED
