"""The talk with the Dask cluster: orders go out, points and results come back.

All that may wait for the cluster happens in one thread, in turn, so that no order is
sent to a cluster that is just being replaced.
"""

import contextlib
import functools
import logging
import threading
import uuid
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import distributed
from distributed import Client
from distributed.client import Future

from mnistlab.core.errors import EngineError, MnistlabError
from mnistlab.core.history import History
from mnistlab.core.run import RunResult
from mnistlab.core.speed import Speed
from mnistlab.engine.connection import Connection
from mnistlab.engine.orders import Order, WarmUp, measure_worker, train_order
from mnistlab.engine.sharing import TRAIN_PREFIX, share_cores
from mnistlab.engine.turns import Turns

logger = logging.getLogger(__name__)

# What a run goes on from travels inside its order, not by `scatter`: scattered data is
# lost with the worker that holds it, and the retry with it.
warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)

Outcome: TypeAlias = RunResult | MnistlabError

_CONNECT_SECONDS = 30


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
        self.speed: Speed | None = None
        self.turns = Turns()
        self.topic = f"mnistlab-{uuid.uuid4().hex}"
        self._connection = connection
        self._on_news = on_news
        self._on_end = on_end
        self._client: Client | None = None
        self._orders: dict[str, Order] = {}
        self._futures: dict[str, Future[RunResult]] = {}
        self._is_checking = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "mnistlab-dispatch")
        # A stop must not wait behind a result that is being fetched.
        self._stop_thread = ThreadPoolExecutor(1, "mnistlab-stop")
        # Nor may anything wait for a worker that does not answer.
        self._share_thread = ThreadPoolExecutor(1, "mnistlab-share")

    def warm_up(self) -> None:
        """Connect in the background, so that the first run starts at once."""
        self._thread.submit(self._guard, self._connect)

    def send(self, order: Order) -> None:
        """Have a run trained, as soon as its turn comes."""
        self.turns.add(order.run_id, order.lab)
        self._thread.submit(self._guard, functools.partial(self._accept, order))

    def stop(self, run_id: str) -> None:
        """Tell a run to stop; it ends as soon as its current step is done."""
        self._stop_thread.submit(self._guard, functools.partial(self._stop, run_id))

    def note_begin(self, run_id: str) -> None:
        """Note that a run is being trained: its round has come, and the cores are shared anew."""
        self.turns.begin(run_id)
        self._share_cores()

    def withdraw(self, run_id: str) -> None:
        """Take back an order that has not begun; `on_end` is not called for it."""
        self._thread.submit(self._guard, functools.partial(self._cancel, run_id))

    def check(self) -> None:
        """Replace a cluster that is gone, and send it the orders that were with it."""
        if self._connection.is_open() or not self._is_checking.acquire(blocking=False):
            return
        self._thread.submit(self._guard, self._connect).add_done_callback(
            lambda _: self._is_checking.release()
        )

    def close(self) -> None:
        """Let go of the cluster; orders under way are lost."""
        self._orders.clear()
        self._thread.shutdown(cancel_futures=True)
        self._stop_thread.shutdown(cancel_futures=True)
        self._share_thread.shutdown(wait=False, cancel_futures=True)
        self._disconnect()
        self._connection.close()

    def _do_later(self, action: Callable[[], None]) -> None:
        """Do something in the dispatcher's thread, unless it has been closed meanwhile."""
        with contextlib.suppress(RuntimeError):
            self._thread.submit(self._guard, action)

    def _guard(self, action: Callable[[], None]) -> None:
        """Run an action in a thread where nobody would see its exception."""
        try:
            action()
        except Exception:
            logger.exception("While talking to the cluster")

    def _accept(self, order: Order) -> None:
        self._orders[order.run_id] = order
        if self._client is None or not self._connection.is_open():
            self._connect()
        else:
            self._submit_ready(self._client)

    def _connect(self) -> None:
        """Connect anew, and send all orders that have not ended."""
        self._disconnect()
        try:
            self._client = self._open_client()
        except (MnistlabError, OSError) as error:
            logger.exception("The cluster can't be reached")
            self._end_all(error)
            return
        self._submit_ready(self._client)

    def _open_client(self) -> Client:
        address = self._connection.open()
        client = Client(address, set_as_default=False, timeout=_CONNECT_SECONDS)
        client.subscribe_topic(self.topic, self._hear)
        client.register_plugin(WarmUp())
        if self.speed is None:
            speed = client.submit(measure_worker, pure=False)
            speed.add_done_callback(self._note_speed)
        return client

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        self._futures.clear()
        if client is not None:
            client.close(timeout=2)

    def _submit_ready(self, client: Client) -> None:
        """Give Dask each lab's first run; the lab's next follows when that has ended."""
        for run_id in self.turns.ready():
            if run_id in self._orders and run_id not in self._futures:
                self._submit(client, self._orders[run_id])

    def _submit(self, client: Client, order: Order) -> None:
        key = f"{TRAIN_PREFIX}-{order.run_id}-{uuid.uuid4().hex}"
        priority = -self.turns.round_of(order.run_id)
        future = client.submit(train_order, order, key=key, pure=False, priority=priority)
        self._futures[order.run_id] = future
        finish = functools.partial(self._finish, order)
        future.add_done_callback(lambda done: self._do_later(functools.partial(finish, done)))

    def _finish(self, order: Order, future: "Future[RunResult]") -> None:
        if self._futures.get(order.run_id) is not future:
            return  # of a cluster that has been replaced, or of a run taken back
        del self._futures[order.run_id]
        if future.status not in ("cancelled", "lost"):
            self._end(order.run_id, _read_outcome(future))
        if self._client is not None:
            self._submit_ready(self._client)
            self._share_cores()

    def _end(self, run_id: str, outcome: Outcome) -> None:
        self.turns.remove(run_id)
        if self._orders.pop(run_id, None) is not None:
            self._on_end(run_id, outcome)

    def _share_cores(self) -> None:
        if self._client is not None:
            share = functools.partial(share_cores, self._client)
            self._share_thread.submit(self._guard, share)

    def _end_all(self, error: Exception) -> None:
        if not isinstance(error, MnistlabError):
            error = EngineError(
                f"The training cluster can't be reached ({error}).", "Try again in a minute."
            )
        for run_id in list(self._orders):
            self._end(run_id, error)

    def _stop(self, run_id: str) -> None:
        order = self._orders.get(run_id)
        if order is not None:
            self._set_stop(order)

    def _cancel(self, run_id: str) -> None:
        self.turns.remove(run_id)
        order = self._orders.pop(run_id, None)
        future = self._futures.pop(run_id, None)
        if self._client is not None:
            self._submit_ready(self._client)
        if order is None or future is None:
            return
        future.cancel()
        # It may have begun a moment ago, and what has begun can't be cancelled.
        self._set_stop(order)

    def _set_stop(self, order: Order) -> None:
        if self._client is not None:
            distributed.Event(order.stop_name, client=self._client).set()

    def _hear(self, event: tuple[float, list[str]]) -> None:
        run_id, attempt, news = event[1]
        self._on_news(run_id, attempt, History.from_json(news))

    def _note_speed(self, future: "Future[Speed]") -> None:
        if future.status == "finished":
            self.speed = future.result()


def _read_outcome(future: "Future[RunResult]") -> Outcome:
    try:
        result: RunResult = future.result()
    except MnistlabError as error:
        return error
    except Exception as error:
        reference = uuid.uuid4().hex[:8]
        logger.exception("Training failed, reference %s", reference)
        return EngineError(
            f"Training broke off unexpectedly ({type(error).__name__}, reference {reference}).",
            "Run it again; if it breaks again, show the reference to whoever keeps the server.",
        )
    return result
