"""The measurement of a worker, requested until there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnistlab.engine.worker.jobs import WorkerProfile

if TYPE_CHECKING:
    from distributed.client import Future

    from mnistlab.engine.link import Link


class Profiling:
    """Requests the profile of whichever worker is free first.

    Attributes:
        profile: What it measured; None until then.
    """

    def __init__(self) -> None:
        self.profile: WorkerProfile | None = None

    def request(self, link: Link) -> None:
        """Request a profile over a connection that is still up, unless there is one."""
        if self.profile is None and link.is_up():
            link.profile_worker().add_done_callback(self.note)

    def note(self, future: Future[WorkerProfile | None]) -> None:
        """Keep a measurement, unless it was stopped for a run."""
        if future.status == "finished" and (profile := future.result()) is not None:
            self.profile = profile
