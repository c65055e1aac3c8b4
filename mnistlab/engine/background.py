"""Threads of the engine's own, in which nobody would see an exception."""

import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec

logger = logging.getLogger(__name__)

P = ParamSpec("P")


class Background:
    """One thread that does things in turn; what goes wrong in one is logged.

    Args:
        name: The thread's name.
    """

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, name)

    def do(self, action: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Do something after all that was asked for before; nothing once it is closed."""

        def guarded() -> None:
            try:
                action(*args, **kwargs)
            except Exception:
                logger.exception("While talking to the cluster")

        with contextlib.suppress(RuntimeError):
            self._thread.submit(guarded)

    def do_later(
        self, seconds: float, action: Callable[P, None], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Do something in its turn once some seconds have passed."""
        timer = threading.Timer(seconds, self.do, (action, *args), kwargs)
        timer.daemon = True
        timer.start()

    def close(self) -> None:
        """End what is being done, and forget what has not begun."""
        self._thread.shutdown(cancel_futures=True)
