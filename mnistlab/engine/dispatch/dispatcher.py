"""The talk with the Dask cluster: orders go out, points and results come back.

All that may wait for the cluster happens in one thread, in turn, so that no order is
sent to a cluster that is just being replaced. Dask is imported there too, when the cluster
answers: a server that starts has no time for it before the first page.
"""

from __future__ import annotations

import dataclasses
import functools
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from mnistlab.core.errors import EngineError, MnistlabError, WorkerDiedError
from mnistlab.core.run import RunResult
from mnistlab.core.training.cost.point_interval import seconds_per_run
from mnistlab.core.training.history import History
from mnistlab.engine.background import Background
from mnistlab.engine.connection import Connection
from mnistlab.engine.dispatch.fair_queue import Turns
from mnistlab.engine.dispatch.outcome import Outcome, explain_deaths, read_outcome
from mnistlab.engine.dispatch.retry_policy import ATTEMPTS_OF_ALL, Patience
from mnistlab.engine.worker.jobs import Introduction, Order, new_stop_name
from mnistlab.engine.worker.sharing import Sharing

if TYPE_CHECKING:
    from distributed.client import Future

    from mnistlab.engine.link import Link, Report

logger = logging.getLogger(__name__)

_SECONDS_FOR_THE_FIRST = 60
"""For runs that come before a worker has introduced itself, which takes all cores for a second.
If they end sooner, it does so at once."""


class Dispatcher:
    """Keeps orders with a cluster until each has ended, whatever happens to the cluster.

    Args:
        connection: The way to the cluster.
        on_news: Is called with run id, attempt and new points, in Dask's own thread.
        on_end: Is called once for each order, with its result or what went wrong.
    """

    def __init__(
        self,
        connection: Connection,
        on_news: Callable[[str, str, History], None],
        on_end: Callable[[str, Outcome], None],
    ) -> None:
        self.introduction: Introduction | None = None
        self.trouble: EngineError | None = None
        self.turns = Turns()
        self._connection = connection
        self._on_news = on_news
        self._on_end = on_end
        self._link: Link | None = None
        self._orders: dict[str, Order] = {}
        self._futures: dict[str, Future[RunResult]] = {}
        self._stopping: set[str] = set()
        self._patience = Patience()
        self._is_checking = threading.Lock()
        self._thread = Background("mnistlab-dispatch")
        # A stop must not wait behind a result that is being fetched.
        self._stop_thread = Background("mnistlab-stop")
        self._sharing = Sharing()

    def warm_up(self) -> None:
        """Connect in the background, so that the first run starts at once."""
        self._thread.do(self._connect)

    def send(self, order: Order) -> None:
        """Have a run trained, as soon as its turn comes."""
        self.turns.add(order.run_id, order.lab, seconds_per_run(order.config))
        self._thread.do(self._accept, order)

    def stop(self, run_id: str) -> None:
        """Tell a run to stop; it ends as soon as its current step is done."""
        self._stop_thread.do(self._stop, run_id)

    def note_begin(self, run_id: str) -> None:
        """Note that a run is being trained: its round has come, and the cores are shared anew."""
        self.turns.begin(run_id)
        self._patience.note_begin(run_id)
        self._share_cores()

    def withdraw(self, run_id: str) -> None:
        """Take back an order that has not begun; `on_end` is not called for it."""
        self._thread.do(self._cancel, run_id)

    def check(self) -> None:
        """Connect again to a cluster that is gone, and send it all that has not ended."""
        if not self._is_connected() and self._is_checking.acquire(blocking=False):
            self._thread.do(self._reconnect)

    def close(self) -> None:
        """Let go of the cluster; orders under way are lost."""
        self._orders.clear()
        self._thread.close()
        self._stop_thread.close()
        self._sharing.close()
        self._disconnect()
        self._connection.close()

    def _accept(self, order: Order) -> None:
        self._orders[order.run_id] = order
        self._submit_ready()

    def _is_connected(self) -> bool:
        link = self._link
        return link is not None and link.is_up() and self._connection.is_open()

    def _reconnect(self) -> None:
        try:
            if not self._is_connected():  # it may have been done meanwhile
                self._connect()
        finally:
            self._is_checking.release()

    def _connect(self) -> None:
        """Connect anew, and send all orders that have not ended."""
        self._disconnect()
        try:
            address = self._connection.open()
        except MnistlabError as error:
            logger.exception("The cluster does not start")
            if self._patience.ends_after_failed_start():
                self._end_all(error)
            return
        self._patience.note_start()
        from mnistlab.engine.link import Link

        try:
            self._link = Link(address, self._hear)
        except EngineError as error:
            self._note_trouble(error)
            return
        self.trouble = None
        self._send_again(self._link)
        self._thread.do_later(_SECONDS_FOR_THE_FIRST, self._meet_worker, self._link)

    def _note_trouble(self, error: EngineError) -> None:
        if str(error) != str(self.trouble):  # it is met again every few seconds
            logger.warning("%s", error, exc_info=error)
        self.trouble = error

    def _disconnect(self) -> None:
        link, self._link = self._link, None
        self._futures.clear()
        if link is not None:
            link.close()

    def _send_again(self, link: Link) -> None:
        for order in list(self._orders.values()):
            if self._patience.ends_after_loss(order.run_id):
                self._end(order.run_id, explain_deaths(ATTEMPTS_OF_ALL))
                continue
            # If it was the connection alone that broke, a worker may be at it still.
            link.set_event(order.stop_name)
            renewed = dataclasses.replace(order, stop_name=new_stop_name())
            self._orders[order.run_id] = renewed
            if order.run_id in self._stopping:
                self._set_stop(renewed)
        self._submit_ready()

    def _submit_ready(self) -> None:
        """Give Dask the runs whose turn it is; others follow when one of these has ended."""
        if self._link is None or not self._is_connected():
            return  # all go when there is a connection again
        for run_id in self.turns.ready(self._link.count_workers()):
            if run_id in self._orders and run_id not in self._futures:
                self._submit(self._link, self._orders[run_id])
        if not self._orders:
            self._meet_worker(self._link)

    def _submit(self, link: Link, order: Order) -> None:
        future = link.train(order, priority=-self.turns.round_of(order.run_id))
        self._futures[order.run_id] = future
        finish = functools.partial(self._finish, order)
        future.add_done_callback(lambda done: self._thread.do(finish, done))

    def _finish(self, order: Order, future: Future[RunResult]) -> None:
        if self._futures.get(order.run_id) is not future:
            return  # of a cluster that has been replaced, or of a run taken back
        del self._futures[order.run_id]
        outcome = read_outcome(future)
        if outcome is not None and not self._is_innocent(order.run_id, outcome):
            self._end(order.run_id, outcome)
        self._submit_ready()
        self._share_cores()

    def _is_innocent(self, run_id: str, outcome: Outcome) -> bool:
        has_died = isinstance(outcome, WorkerDiedError)
        return has_died and not self._patience.ends_after_deaths(run_id)

    def _share_cores(self) -> None:
        if self._link is not None and self._is_connected():
            self._sharing.renew(self._link.client)

    def _end(self, run_id: str, outcome: Outcome) -> None:
        self.turns.remove(run_id)
        self._stopping.discard(run_id)
        self._patience.forget(run_id)
        if self._orders.pop(run_id, None) is not None:
            self._on_end(run_id, outcome)

    def _end_all(self, error: MnistlabError) -> None:
        for run_id in list(self._orders):
            self._end(run_id, error)

    def _stop(self, run_id: str) -> None:
        self._stopping.add(run_id)  # first: the order may be about to be sent again
        order = self._orders.get(run_id)
        if order is None:
            self._stopping.discard(run_id)
        else:
            self._set_stop(order)

    def _cancel(self, run_id: str) -> None:
        self.turns.remove(run_id)
        self._patience.forget(run_id)
        order = self._orders.pop(run_id, None)
        future = self._futures.pop(run_id, None)
        self._submit_ready()
        if order is None or future is None or not self._is_connected():
            return
        future.cancel()
        # It may have begun a moment ago, and what has begun can't be cancelled.
        self._set_stop(order)

    def _set_stop(self, order: Order) -> None:
        if self._link is not None and self._is_connected():
            self._link.set_event(order.stop_name)

    def _hear(self, report: Report) -> None:
        run_id, attempt, news = report[1]
        self._on_news(run_id, attempt, History.from_json(news))

    def _meet_worker(self, link: Link) -> None:
        if self.introduction is None and link is self._link:
            link.introduce_worker().add_done_callback(self._note_introduction)

    def _note_introduction(self, future: Future[Introduction | None]) -> None:
        if future.status == "finished":
            self.introduction = future.result()
