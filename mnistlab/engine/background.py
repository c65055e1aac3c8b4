"""Threads in which exceptions are logged."""

import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec

logger = logging.getLogger(__name__)

P = ParamSpec("P")


class Background:
    """One thread that calls functions one after another; their exceptions are logged.

    Args:
        name: The thread's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._thread = ThreadPoolExecutor(1, name)

    def do(self, action: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call `action` after all earlier ones; do nothing once this is closed."""

        def guarded() -> None:
            try:
                action(*args, **kwargs)
            except Exception:
                logger.exception("An unforeseen error in the thread %s", self._name)

        with contextlib.suppress(RuntimeError):  # closed
            self._thread.submit(guarded)

    def do_later(
        self, seconds: float, action: Callable[P, None], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Call `action` as `do` does, but not before some seconds have passed."""
        timer = threading.Timer(seconds, self.do, (action, *args), kwargs)
        timer.daemon = True
        timer.start()

    def finish(self) -> None:
        """Call the actions so far, then close."""
        self._thread.shutdown()

    def close(self) -> None:
        """Finish the current action, and drop those that have not begun."""
        self._thread.shutdown(cancel_futures=True)
