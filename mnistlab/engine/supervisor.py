"""A thread that does what has to be done again and again."""

import logging
import threading
from collections.abc import Callable

from mnistlab.core.errors import MnistlabError

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_ROUNDS = 1.0


class Supervisor:
    """Calls functions each second, or every few seconds; their errors are logged.

    Args:
        duties: Functions, each with the number of seconds from one call to the next.
    """

    def __init__(self, *duties: tuple[Callable[[], None], int]) -> None:
        self._duties = duties
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._supervise, daemon=True)

    def start(self) -> None:
        """Begin; the first calls are made when their time has passed once."""
        self._thread.start()

    def close(self) -> None:
        """Finish the current call, and make no others."""
        self._closing.set()
        self._thread.join()

    def _supervise(self) -> None:
        rounds = 0
        while not self._closing.wait(_SECONDS_BETWEEN_ROUNDS):
            rounds += 1
            for act, every in self._duties:
                if rounds % every == 0:
                    _guard(act)


def _guard(act: Callable[[], None]) -> None:
    try:
        act()
    except MnistlabError as error:
        logger.warning("Runs can't be supervised just now: %s", error)
    except Exception:  # the next round tries again
        logger.exception("An unforeseen error while runs were supervised")
