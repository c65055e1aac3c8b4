"""The engine: submits runs to a cluster, and writes their curves and results to the store.

Pages call it from many threads, so no call takes longer than a second.
"""

import contextlib
import dataclasses
import functools
import logging
import threading
from collections.abc import Callable

from mnistlab.core.analysis.diagnosis.remedies import remedied
from mnistlab.core.errors import MnistlabError, NotFoundError
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.distortions import Samples
from mnistlab.core.settings.limits import WIDEST, Limits
from mnistlab.core.training.cost.speed import Speed
from mnistlab.core.training.history import History
from mnistlab.engine.connection import Connection
from mnistlab.engine.dispatch.dispatcher import Dispatcher
from mnistlab.engine.dispatch.outcome import Outcome
from mnistlab.engine.live import LiveRun, LiveRuns, estimate_wait
from mnistlab.engine.requests import check_rate_change, longer, name_of_test
from mnistlab.engine.worker.jobs import Continuation, TrainingJob, new_stop_name
from mnistlab.engine.writer import RunEnd, Writer
from mnistlab.store import Explains, RunRecord, RunStore, this_owner

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_CHECKS = 1.0
_CHECKS_BETWEEN_HEARTBEATS = 5
_SECONDS_TO_TAKE_EFFECT = 0.7  # most take a quarter, so that the page can show it at once

_WITHOUT_ANSWER = (RunStatus.FAILED, RunStatus.INTERRUPTED, RunStatus.STOPPED)


class Engine:
    """Trains the runs of a store.

    Args:
        store: Keeps the runs.
        connection: Leads to the cluster that trains them.
        limits: What may be trained and kept.

    Attributes:
        limits: The same.
    """

    def __init__(self, store: RunStore, connection: Connection, limits: Limits = WIDEST) -> None:
        self.limits = limits
        self._store = store
        self._owner = this_owner()
        self._live = LiveRuns()
        self._dispatcher = Dispatcher(connection, self._receive, self._end)
        self._writer = Writer(store, self._live)
        self._testing = threading.Lock()  # so that two clicks at once begin one test
        self._closing = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)

    def start(self) -> None:
        """Interrupt the runs of servers that have ended; start the cluster."""
        self._store.leases.heartbeat(self._owner)
        self._dispatcher.check()
        self._supervisor.start()

    def close(self) -> None:
        """Close the cluster; active runs are interrupted."""
        self._closing.set()
        self._supervisor.join()
        self._dispatcher.close()
        self._writer.close()
        with contextlib.suppress(MnistlabError):  # leases then expire
            self._store.leases.release(self._owner)

    @property
    def speed(self) -> Speed | None:
        """What a training step costs on this machine; None until it is measured."""
        profile = self._dispatcher.profile
        return profile.speed if profile else None

    @property
    def samples(self) -> Samples | None:
        """Distorted training images as examples; None until a worker has made them."""
        profile = self._dispatcher.profile
        return profile.samples if profile else None

    @property
    def trouble(self) -> str:
        """Why runs can't be trained or saved now, and the remedy; empty if they can."""
        return str(self._dispatcher.trouble or self._writer.trouble)

    def submit(self, lab: str, config: RunConfig, name: str) -> str:
        """Submit a new run; return its id.

        Raises:
            ConfigError: If it is too big for this server.
        """
        return self._begin(lab, config, name)

    def test(self, lab: str, run_id: str, remedy: str) -> str:
        """Train a run's settings with one of `REMEDIES`, as a test of it; return the test's id.

        A remedy is tested once: a test that is active, finished or diverged is left as it is,
        another is trained again.

        Raises:
            ConfigError: If the remedy changes nothing, or makes the run too big for this server.
            NotFoundError: If the run is not the lab's.
            StoreError: If it is a test itself.
        """
        run = self._owned(lab, run_id)
        with self._testing:
            tests = {test.remedy: test for test in self._store.tests(run_id)}
            if remedy not in tests:
                config, name = remedied(run.config, remedy), name_of_test(run.name, remedy)
                return self._begin(lab, config, name, Explains(run_id, remedy))
            test = tests[remedy]
            if test.status in _WITHOUT_ANSWER:
                self.run_again(lab, test.id)
            return test.id

    def run_again(self, lab: str, run_id: str) -> None:
        """Train a run again from its seed, replacing its result.

        Raises:
            ConfigError: If it is too big for this server.
            NotFoundError: If the run is not the lab's.
        """
        record = self._owned(lab, run_id)
        self.limits.check(record.config)
        attempt = self._store.restart(run_id, record.config, self._owner)
        self._send(record, record.config, None, attempt)

    def train_on(self, lab: str, run_id: str, epochs: int) -> None:
        """Continue a finished or stopped run until it has `epochs` epochs in all.

        Raises:
            ConfigError: If `epochs` is not allowed, no more than it has, or too many here.
            NotFoundError: If the run is not the lab's, or has no checkpoint.
        """
        record = self._owned(lab, run_id)
        config = longer(record, epochs)
        self.limits.check(config)
        continuation = self._read_continuation(run_id)
        attempt = self._store.restart(run_id, config, self._owner)
        self._send(record, config, continuation, attempt)

    def stop(self, lab: str, run_id: str) -> None:
        """End a run early, keeping its weights; a queued run is withdrawn."""
        self._owned(lab, run_id)
        status, live = self._live.stop(run_id), self._live.look(run_id)
        if live is not None and status is RunStatus.QUEUED:
            self._dispatcher.withdraw(run_id)
            save = functools.partial(
                self._store.mark, run_id, RunStatus.STOPPED, attempt=live.attempt
            )
            self._save_end(run_id, live.attempt, save)
        else:
            self._dispatcher.signals.stop(run_id)
        self._live.wait_for_end(run_id, _SECONDS_TO_TAKE_EFFECT)

    def change_rate(self, lab: str, run_id: str, rate: float) -> None:
        """Change the learning rate of a run that is being trained, from its next step on.

        Raises:
            ConfigError: If it can't be changed to this rate now.
            NotFoundError: If the run is not the lab's.
        """
        live = check_rate_change(self._owned(lab, run_id), self._live.look(run_id), rate)
        self._dispatcher.signals.change_rate(run_id, rate)
        self._live.wait_for_other_config(run_id, live.config, _SECONDS_TO_TAKE_EFFECT)

    def look(self, run_id: str) -> LiveRun | None:
        """Return a snapshot of an active run; None for any other."""
        live = self._live.look(run_id)
        if live is None or live.status is RunStatus.RUNNING:
            return live
        before = filter(None, map(self._live.look, self._dispatcher.queue.before(run_id)))
        return dataclasses.replace(live, wait=estimate_wait(list(before), self.speed))

    def _begin(
        self, lab: str, config: RunConfig, name: str, explains: Explains | None = None
    ) -> str:
        self.limits.check(config)
        record = self._store.create_run(lab, config, name, self._owner, explains)
        self._send(record, config, None, 1)
        return record.id

    def _owned(self, lab: str, run_id: str) -> RunRecord:
        record = self._store.run(run_id)
        if record.lab != lab:
            raise NotFoundError(
                "This run is not one of your lab's.", "You can view it, or train your own."
            )
        return record

    def _read_continuation(self, run_id: str) -> Continuation:
        checkpoint, weights = self._store.checkpoint(run_id), self._store.weights(run_id)
        if checkpoint is None or weights is None:
            raise NotFoundError("This run has nothing to continue from.", "Run it again instead.")
        return Continuation(checkpoint, weights, self._store.history(run_id))

    def _send(
        self, run: RunRecord, config: RunConfig, continuation: Continuation | None, attempt: int
    ) -> None:
        before = continuation.history if continuation else History()
        self._live.add(run.id, config, before, attempt)
        job = TrainingJob(run.id, run.lab, config, new_stop_name(), attempt, continuation)
        self._dispatcher.send(job)

    def _receive(self, run_id: str, attempt: str, news: History) -> None:
        if self._live.update(run_id, attempt, news):
            self._dispatcher.note_begin(run_id)
        if news.rate_changes and (live := self._live.look(run_id)):
            self._dispatcher.note_config(run_id, live.config)
            self._writer.save_change(run_id)
        elif news.epochs or not news.steps:
            self._writer.save_curve(run_id)

    def _end(self, job: TrainingJob, outcome: Outcome) -> None:
        run_id, attempt = job.run_id, job.attempt
        if isinstance(outcome, RunResult):
            save = functools.partial(self._store.save_result, run_id, outcome, attempt)
        else:
            save = functools.partial(self._fail, run_id, attempt, str(outcome))
        self._save_end(run_id, attempt, save)

    def _save_end(self, run_id: str, attempt: int, save: Callable[[], None]) -> None:
        fail = functools.partial(self._fail, run_id, attempt)
        self._writer.save_end(RunEnd(run_id, attempt, save, fail, self.limits))

    def _fail(self, run_id: str, attempt: int, reason: str) -> None:
        self._store.mark(run_id, RunStatus.FAILED, reason, attempt=attempt)

    def _supervise(self) -> None:
        checks = 0
        while not self._closing.wait(_SECONDS_BETWEEN_CHECKS):
            checks += 1
            try:
                self._dispatcher.check()
                if checks % _CHECKS_BETWEEN_HEARTBEATS == 0:
                    self._store.leases.heartbeat(self._owner)
            except MnistlabError as error:
                logger.warning("Runs can't be supervised just now: %s", error)
            except Exception:  # the next round tries again
                logger.exception("An unforeseen error while runs were supervised")
