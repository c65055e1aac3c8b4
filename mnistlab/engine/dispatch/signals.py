"""Signals to runs that are being trained: to stop, and to change the learning rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mnistlab.engine.background import Background
from mnistlab.engine.worker.jobs import TrainingJob

if TYPE_CHECKING:
    from mnistlab.engine.link import Link


class Signals:
    """Sends signals in threads of its own, which the fetching of results does not delay.

    Args:
        find_job: Returns the job of a run, None if it has ended.
        find_link: Returns the connection to the cluster, None if there is none.
    """

    def __init__(
        self,
        find_job: Callable[[str], TrainingJob | None],
        find_link: Callable[[], Link | None],
    ) -> None:
        self._find_job = find_job
        self._find_link = find_link
        self._stopping: set[str] = set()
        self._stop_thread = Background("mnistlab-stop")
        self._rate_thread = Background("mnistlab-rate")  # which a worker that hangs holds up

    def stop(self, run_id: str) -> None:
        """Request a run's stop; it ends after its current step."""
        self._stop_thread.do(self._stop, run_id)

    def change_rate(self, run_id: str, rate: float) -> None:
        """Request another learning rate for a run that is being trained, from its next step on."""
        self._rate_thread.do(self._change_rate, run_id, rate)

    def set_stop(self, job: TrainingJob) -> None:
        """Stop a job, if it is being trained."""
        if link := self._find_link():
            link.set_event(job.stop_name)

    def repeat(self, job: TrainingJob) -> None:
        """Stop a job that is sent again, if its run's stop was requested."""
        if job.run_id in self._stopping:
            self.set_stop(job)

    def forget(self, run_id: str) -> None:
        """Note that a run has ended or was withdrawn."""
        self._stopping.discard(run_id)

    def close(self) -> None:
        """Send no more signals."""
        self._stop_thread.close()
        self._rate_thread.close()

    def _stop(self, run_id: str) -> None:
        self._stopping.add(run_id)  # first, since the job may be about to be sent again
        if job := self._find_job(run_id):
            self.set_stop(job)
        else:
            self._stopping.discard(run_id)

    def _change_rate(self, run_id: str, rate: float) -> None:
        if (job := self._find_job(run_id)) and (link := self._find_link()):
            link.request_rate(job, rate)
