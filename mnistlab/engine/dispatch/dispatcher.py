"""Sends jobs to the Dask cluster, and receives its reports and results.

All calls that may block on the cluster are made in one thread, so that no job is sent to a
cluster that is being replaced. Dask is imported there too: that would delay the first page.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from mnistlab.core.errors import MnistlabError, WorkerDiedError
from mnistlab.core.run import RunResult
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.cost.point_interval import seconds_per_run
from mnistlab.core.training.history import History
from mnistlab.engine.background import Background
from mnistlab.engine.connection import Connection
from mnistlab.engine.dispatch.fair_queue import FairQueue
from mnistlab.engine.dispatch.outcome import Outcome, explain_deaths, explain_failure, read_outcome
from mnistlab.engine.dispatch.profiling import Profiling
from mnistlab.engine.dispatch.retry_policy import ATTEMPTS_OF_ALL, RetryPolicy
from mnistlab.engine.dispatch.signals import Signals
from mnistlab.engine.other_servers import OtherServers
from mnistlab.engine.worker.jobs import TrainingJob, new_stop_name
from mnistlab.engine.worker.sharing import Sharing

if TYPE_CHECKING:
    from distributed.client import Future

    from mnistlab.engine.link import Link, Report

logger = logging.getLogger(__name__)

_SECONDS_BEFORE_PROFILE = 60
"""A worker is measured sooner if the first runs have ended: that takes all cores for a second."""


class Dispatcher:
    """Resubmits jobs until each has ended, even if the cluster is lost.

    Args:
        connection: Leads to the cluster.
        on_news: Is called with run id, attempt and new points, in Dask's own thread.
        on_end: Is called once for each job, with it and its result or error.
        others: The runs of other servers, which take turns with these.

    Attributes:
        profiling: What the first free worker measured.
        trouble: Why there is no cluster; None while there is one.
        queue: The runs that have not ended, in order.
        signals: Stops runs, and changes their learning rates.
    """

    def __init__(
        self,
        connection: Connection,
        on_news: Callable[[str, str, History], None],
        on_end: Callable[[TrainingJob, Outcome], None],
        others: OtherServers,
    ) -> None:
        self.profiling = Profiling()
        self.trouble: MnistlabError | None = None
        self.queue = FairQueue()
        self._connection = connection
        self._on_news = on_news
        self._on_end = on_end
        self._others = others
        self._link: Link | None = None
        self._jobs: dict[str, TrainingJob] = {}
        self._futures: dict[str, Future[RunResult]] = {}
        self._retries = RetryPolicy()
        self._is_checking = threading.Lock()
        self._thread = Background("mnistlab-dispatch")
        self._sharing = Sharing()
        self.signals = Signals(self._jobs.get, self._connected_link)

    def send(self, job: TrainingJob) -> None:
        """Have a run trained as soon as the queue allows."""
        self.queue.add(job.run_id, job.lab, seconds_per_run(job.config))
        self._thread.do(self._accept, job)

    def note_config(self, run_id: str, config: RunConfig) -> None:
        """Note a run's settings as they are now, for the case that it is sent again."""
        self._thread.do(self._note_config, run_id, config)

    def note_begin(self, run_id: str) -> None:
        """Note that a run's training has begun, and share the cores anew."""
        self._retries.note_begin(run_id)
        self._share_cores()

    def withdraw(self, run_id: str) -> None:
        """Withdraw a job that has not begun; `on_end` is not called for it."""
        self._thread.do(self._cancel, run_id)

    def check(self) -> None:
        """Connect if there is no connection; send all jobs that have not ended and may be sent."""
        if self._connected_link() is None and self._is_checking.acquire(blocking=False):
            self._thread.do(self._reconnect)
        elif len(self._futures) < len(self._jobs):  # another server's run may have ended
            self._thread.do(self._submit_ready)

    def close(self) -> None:
        """Disconnect from the cluster; its jobs are lost."""
        self._jobs.clear()
        self._thread.close()
        self.signals.close()
        self._sharing.close()
        self._disconnect()
        self._connection.close()

    def _accept(self, job: TrainingJob) -> None:
        if job.run_id in self._jobs:  # an attempt whose lease was lost
            self._cancel(job.run_id)
        self._jobs[job.run_id] = job
        self._submit_ready()

    def _connected_link(self) -> Link | None:
        link = self._link
        return link if link and link.is_up() and self._connection.is_open() else None

    def _reconnect(self) -> None:
        try:
            self._connect()
        finally:
            self._is_checking.release()

    def _connect(self) -> None:
        """Connect again, unless that was done meanwhile; send all jobs that have not ended."""
        if self._connected_link():
            return
        self._disconnect()
        try:
            self._link = self._open()
        except MnistlabError as error:
            if str(error) != str(self.trouble):  # the same error comes every second
                logger.warning("%s", error, exc_info=error)
            self.trouble = error
            return
        self.trouble = None
        self._send_again(self._link)
        self._thread.do_later(_SECONDS_BEFORE_PROFILE, self.profiling.request, self._link)

    def _open(self) -> Link:
        try:
            address = self._connection.open()
        except MnistlabError as error:
            if self._retries.ends_after_failed_start():
                for run_id in list(self._jobs):
                    self._end(run_id, error)
            raise
        from mnistlab.engine.link import Link

        self._retries.note_start()
        return Link(address, self._receive)

    def _disconnect(self) -> None:
        link, self._link = self._link, None
        self._futures.clear()
        if link is not None:
            link.close()

    def _send_again(self, link: Link) -> None:
        for job in list(self._jobs.values()):
            if self._retries.ends_after_loss(job.run_id):
                self._end(job.run_id, explain_deaths(ATTEMPTS_OF_ALL))
                continue
            # If only the connection was lost, a worker may still be training it.
            link.set_event(job.stop_name)
            renewed = dataclasses.replace(job, stop_name=new_stop_name())
            self._jobs[job.run_id] = renewed
            self.signals.repeat(renewed)
        self._submit_ready()

    def _submit_ready(self) -> None:
        """Submit the runs that the queue allows; others follow when one of these has ended."""
        link = self._connected_link()
        if link is None:
            return  # they are submitted with the next connection
        workers = link.count_workers() - self._others.count_labs()
        for run_id in self.queue.ready(workers, self._others.has_turn):
            if run_id in self._jobs and run_id not in self._futures:
                self._submit(link, self._jobs[run_id])
        if not self._jobs:
            self.profiling.request(link)

    def _submit(self, link: Link, job: TrainingJob) -> None:
        try:
            future = link.train(job)
        except Exception as error:  # without a connection, it is sent with the next one
            if self._connected_link() is not None:
                self._end(job.run_id, explain_failure("The run could not be sent", error))
                self._thread.do(self._submit_ready)
            return
        self._futures[job.run_id] = future
        self._others.note_submission(job.run_id)
        future.add_done_callback(lambda done: self._thread.do(self._finish, job, done))

    def _finish(self, job: TrainingJob, future: Future[RunResult]) -> None:
        if self._futures.get(job.run_id) is not future:
            return  # of a cluster that has been replaced, or of a withdrawn run
        del self._futures[job.run_id]
        outcome = read_outcome(future)
        has_died = isinstance(outcome, WorkerDiedError)
        if outcome and not (has_died and not self._retries.ends_after_deaths(job.run_id)):
            self._end(job.run_id, outcome)
        self._submit_ready()
        self._share_cores()

    def _share_cores(self) -> None:
        if link := self._connected_link():
            self._sharing.renew(link.client)

    def _end(self, run_id: str, outcome: Outcome) -> None:
        if job := self._forget(run_id):
            self._on_end(job, outcome)

    def _forget(self, run_id: str) -> TrainingJob | None:
        self.queue.remove(run_id)
        self.signals.forget(run_id)
        self._retries.forget(run_id)
        return self._jobs.pop(run_id, None)

    def _note_config(self, run_id: str, config: RunConfig) -> None:
        if job := self._jobs.get(run_id):
            self._jobs[run_id] = dataclasses.replace(job, config=config)

    def _cancel(self, run_id: str) -> None:
        job, future = self._forget(run_id), self._futures.pop(run_id, None)
        self._submit_ready()
        if job and future and self._connected_link():
            future.cancel()
            # It may have just begun, and a task that runs can't be cancelled.
            self.signals.set_stop(job)

    def _receive(self, report: Report) -> None:
        run_id, attempt, news = report[1]
        try:
            self._on_news(run_id, attempt, History.from_json(news))
        except Exception:  # the result contains all points too
            logger.exception("A report of run %s can't be used", run_id)
