"""What happens in a worker process: one run, from its order to its result."""

import functools
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import distributed
import torch
from distributed import get_worker

from mnistlab import environment
from mnistlab.cluster import THREADS
from mnistlab.core import data
from mnistlab.core.checkpoint import Checkpoint
from mnistlab.core.config import RunConfig
from mnistlab.core.data import Digits, Splits
from mnistlab.core.errors import DivergedError
from mnistlab.core.evaluate import predict
from mnistlab.core.history import Event, History
from mnistlab.core.model import pack, restore, unpack
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.speed import Speed, measure_speed
from mnistlab.core.train import Start, Trained, train
from mnistlab.engine.orders import Continuation, Order

_SECONDS_BETWEEN_MESSAGES = 0.25
_SECONDS_BETWEEN_LOOKS = 0.5


@functools.cache
def images() -> tuple[Digits, Digits]:
    """Return MNIST's training and test images, read once for this process."""
    cache = environment.images_cache()
    return data.load(cache, train=True), data.load(cache, train=False)


def measure() -> Speed:
    """Time a few training steps, with the threads that runs get."""
    torch.set_num_threads(THREADS)
    return measure_speed()


def train_order(order: Order) -> RunResult:
    """Train a run, reporting on the way; return what it leaves behind."""
    torch.set_num_threads(THREADS)
    splits = data.split(*images(), order.config)
    reporter = Reporter(order)
    start = _read_start(order.continuation)
    try:
        with _watched(order.stop_name) as stop:
            trained = train(order.config, splits, reporter.emit, stop.is_set, start)
    except DivergedError as error:
        return RunResult(RunStatus.FAILED, str(error), reporter.history)
    return _result(order.config, trained, splits)


class Reporter:
    """Sends a run's points to the server, several at once, at most four times a second."""

    def __init__(self, order: Order) -> None:
        before = order.continuation
        self.history = before.history.copy() if before else History()
        self._order = order
        self._worker = get_worker()
        # A run that moves to another worker starts again; its points carry a new mark,
        # at which the server drops the old ones.
        self._attempt = uuid.uuid4().hex
        self._waiting = History()
        self._send()

    def emit(self, event: Event) -> None:
        """Send the point now, or with the next ones."""
        self.history.add(event)
        self._waiting.add(event)
        if time.monotonic() - self._sent_at >= _SECONDS_BETWEEN_MESSAGES:
            self._send()

    def _send(self) -> None:
        message = [self._order.run_id, self._attempt, self._waiting.to_json()]
        self._worker.log_event(self._order.topic, message)
        self._waiting = History()
        self._sent_at = time.monotonic()


@contextmanager
def _watched(stop_name: str) -> Iterator[threading.Event]:
    """Watch a Dask event from a thread of its own, so that a step costs no message."""
    stop, done = threading.Event(), threading.Event()

    def watch() -> None:
        remote = distributed.Event(stop_name)
        while not done.is_set():
            if remote.wait(timeout=_SECONDS_BETWEEN_LOOKS):
                stop.set()
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield stop
    finally:
        done.set()


def _read_start(continuation: Continuation | None) -> Start | None:
    if continuation is None:
        return None
    checkpoint = Checkpoint.from_bytes(continuation.checkpoint)
    return Start(checkpoint, continuation.history, unpack(continuation.weights))


def _result(config: RunConfig, trained: Trained, splits: Splits) -> RunResult:
    """Touch the test images, for the first and only time."""
    probabilities = predict(restore(config, trained.best_weights), splits.test.pixels)
    correct = int((probabilities.argmax(axis=1) == splits.test.labels.numpy()).sum())
    return RunResult(
        RunStatus.STOPPED if trained.stopped else RunStatus.FINISHED,
        "",
        trained.history,
        pack(trained.best_weights),
        trained.checkpoint.to_bytes(),
        probabilities,
        correct,
    )
