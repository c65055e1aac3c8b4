"""The engine: submits runs to a cluster, and writes their curves and results to the store.

Pages call it from many threads, so no call takes longer than a second.
"""

import contextlib
import dataclasses
import functools
import threading
from collections.abc import Callable

from mnistlab.core.analysis.diagnosis.remedies import remedied
from mnistlab.core.errors import MnistlabError
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.distortions import Samples
from mnistlab.core.settings.limits import WIDEST, Limits
from mnistlab.core.training.cost.speed import Speed
from mnistlab.core.training.history import History
from mnistlab.engine.connection import Connection
from mnistlab.engine.derived import longer, name_of_test
from mnistlab.engine.dispatch.dispatcher import Dispatcher
from mnistlab.engine.dispatch.outcome import Outcome
from mnistlab.engine.handover import Actions, Handover
from mnistlab.engine.live import Ahead, LiveRun, LiveRuns, estimate_wait
from mnistlab.engine.other_servers import OtherServers
from mnistlab.engine.rate_request import check_rate_change
from mnistlab.engine.stored import find_owned, read_continuation
from mnistlab.engine.supervisor import Supervisor
from mnistlab.engine.worker.jobs import Continuation, TrainingJob, new_stop_name
from mnistlab.engine.writer import RunEnd, Writer
from mnistlab.store import Explains, RunRecord, RunStore, TakenOver, this_owner

_SECONDS_BETWEEN_HEARTBEATS = 5
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
        self._owner = this_owner(connection.shared)
        self._live = LiveRuns()
        self._others = OtherServers(store, self._owner)
        self._dispatcher = Dispatcher(connection, self._receive, self._end, self._others)
        self._writer = Writer(store, self._live)
        self._testing = threading.Lock()  # so that two clicks at once begin one test
        actions = Actions(self._train_taken, self._stop, self._drop, self._save_failure)
        handover = Handover(store, self._owner, self._others, self._live, actions)
        self._supervisor = Supervisor(
            (handover.follow, 1),
            (self._dispatcher.check, 1),
            (handover.renew_leases, _SECONDS_BETWEEN_HEARTBEATS),
        )

    def start(self) -> None:
        """Interrupt the runs of servers that have ended; start the cluster."""
        self._store.leases.heartbeat(self._owner)
        self._dispatcher.check()
        self._supervisor.start()

    def close(self) -> None:
        """Close the cluster; active runs are left to other servers, or interrupted."""
        self._supervisor.close()
        self._dispatcher.close()
        self._writer.close()
        with contextlib.suppress(MnistlabError):  # leases then expire
            self._store.leases.release(self._owner)

    @property
    def speed(self) -> Speed | None:
        """What a training step costs on this machine; None until it is measured."""
        profile = self._dispatcher.profiling.profile
        return profile.speed if profile else None

    @property
    def samples(self) -> Samples | None:
        """Distorted training images as examples; None until a worker has made them."""
        profile = self._dispatcher.profiling.profile
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
        run = find_owned(self._store, lab, run_id)
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
        record = find_owned(self._store, lab, run_id)
        self.limits.check(record.config)
        attempt = self._store.restart(run_id, record.config, self._owner)
        self._send(record, record.config, None, attempt)

    def train_on(self, lab: str, run_id: str, epochs: int) -> None:
        """Continue a finished or stopped run until it has `epochs` epochs in all.

        Raises:
            ConfigError: If `epochs` is not allowed, no more than it has, or too many here.
            NotFoundError: If the run is not the lab's, or has no checkpoint.
        """
        record = find_owned(self._store, lab, run_id)
        config = longer(record, epochs)
        self.limits.check(config)
        continuation = read_continuation(self._store, run_id)
        attempt = self._store.restart(run_id, config, self._owner, continues=True)
        self._send(record, config, continuation, attempt)

    def stop(self, lab: str, run_id: str) -> None:
        """End a run early, keeping its weights; a queued run is withdrawn."""
        find_owned(self._store, lab, run_id)
        if self._live.look(run_id) is None:
            self._others.stop(run_id)
        else:
            self._stop(run_id)
            self._live.wait_for_end(run_id, _SECONDS_TO_TAKE_EFFECT)

    def _stop(self, run_id: str) -> None:
        status, live = self._live.stop(run_id), self._live.look(run_id)
        if live is not None and status is RunStatus.QUEUED:
            self._dispatcher.withdraw(run_id)
            save = functools.partial(
                self._store.mark, run_id, RunStatus.STOPPED, attempt=live.attempt
            )
            self._save_end(run_id, live.attempt, save)
        else:
            self._dispatcher.signals.stop(run_id)

    def change_rate(self, lab: str, run_id: str, rate: float) -> None:
        """Change the learning rate of a run that is being trained, from its next step on.

        Raises:
            ConfigError: If it can't be changed to this rate now.
            NotFoundError: If the run is not the lab's.
        """
        live = check_rate_change(
            find_owned(self._store, lab, run_id), self._live.look(run_id), rate
        )
        self._dispatcher.signals.change_rate(run_id, rate)
        self._live.wait_for_other_config(run_id, live.config, _SECONDS_TO_TAKE_EFFECT)

    def look(self, run_id: str) -> LiveRun | None:
        """Return a snapshot of an active run, whichever server trains it; None for any other."""
        live = self._live.look(run_id)
        if live is None:
            return self._others.look(run_id, self.speed)
        if live.status is RunStatus.RUNNING:
            return live
        own = filter(None, map(self._live.look, self._dispatcher.queue.before(run_id)))
        before: list[Ahead] = [*own, *self._others.before(run_id)]
        return dataclasses.replace(live, wait=estimate_wait(before, self.speed))

    def _begin(
        self, lab: str, config: RunConfig, name: str, explains: Explains | None = None
    ) -> str:
        self.limits.check(config)
        record = self._store.create_run(lab, config, name, self._owner, explains)
        self._send(record, config, None, 1)
        return record.id

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
        else:
            self._writer.save_curve(run_id)

    def _end(self, job: TrainingJob, outcome: Outcome) -> None:
        run_id, attempt = job.run_id, job.attempt
        if isinstance(outcome, RunResult):
            save = functools.partial(self._store.save_result, run_id, outcome, attempt)
            self._save_end(run_id, attempt, save)
        else:
            self._save_failure(run_id, attempt, str(outcome))

    def _save_failure(self, run_id: str, attempt: int, reason: str) -> None:
        self._save_end(run_id, attempt, functools.partial(self._fail, run_id, attempt, reason))

    def _save_end(self, run_id: str, attempt: int, save: Callable[[], None]) -> None:
        fail = functools.partial(self._fail, run_id, attempt)
        self._writer.save_end(RunEnd(run_id, attempt, save, fail, self.limits))

    def _fail(self, run_id: str, attempt: int, reason: str) -> None:
        self._store.mark(run_id, RunStatus.FAILED, reason, attempt=attempt)

    def _train_taken(self, taken: TakenOver) -> None:
        before = read_continuation(self._store, taken.run.id) if taken.continues else None
        self._send(taken.run, taken.run.config, before, taken.attempt)

    def _drop(self, run_id: str, attempt: int) -> None:
        self._dispatcher.withdraw(run_id)
        self._live.remove(run_id, attempt)
