"""Kills processes of a server, in an order and at moments that a seed decides."""

import contextlib
import random
import sys
import time
from collections.abc import Callable, Sequence

import psutil

from benchmarks.harness.dashboard import Server
from benchmarks.server.ledger import Ledger

TARGETS = ("worker", "cluster", "server")

_SHARE_AT_ANY_MOMENT = 0.2
_LONGEST_PAUSE = 4.0
_SECONDS_TO_BE_THERE = 120.0


class Killer:
    """Kills by SIGKILL, counting; a killed server is started again.

    Args:
        server: The server; its cluster and worker are found below it.
        ledger: Is told to note what has finished, right before each kill.
        choice: Decides.
    """

    def __init__(self, server: Server, ledger: Ledger, choice: random.Random) -> None:
        self.counts = dict.fromkeys(TARGETS, 0)
        self._server = server
        self._ledger = ledger
        self._random = choice

    def kill(self) -> None:
        """Kill one process at some moment.

        Raises:
            RuntimeError: If there is none of its kind for two minutes.
        """
        target = self._random.choice(TARGETS)
        if self._random.random() >= _SHARE_AT_ANY_MOMENT:
            _wait_until(self._ledger.has_running)
        time.sleep(self._random.uniform(0, _LONGEST_PAUSE))
        while not self._kill_one(target):
            pass  # it had ended by itself: that is no kill
        self.counts[target] += 1
        print(f"{sum(self.counts.values())}: {target}", file=sys.stderr, flush=True)
        if target == "server":
            self._server.process.wait()
            self._server.start()

    def _kill_one(self, target: str) -> bool:
        """Kill a process; tell whether it was still there."""
        victim = self._find(target)
        self._ledger.note_finished()
        try:
            victim.kill()
        except psutil.NoSuchProcess:
            return False
        return True

    def _find(self, target: str) -> psutil.Process:
        """Return a process to kill, waiting while it is just being started again."""
        found: list[psutil.Process] = []

        def look() -> bool:
            found[:] = _processes(self._server.process, target)
            return bool(found)

        if not _wait_until(look):
            raise RuntimeError(f"There was no {target} for {_SECONDS_TO_BE_THERE:.0f} s.")
        return self._random.choice(found)


def _processes(server: psutil.Process, target: str) -> list[psutil.Process]:
    """Return the server's processes of one kind that run now."""
    if target == "server":
        return [server]
    clusters = _named(server.children(), "mnistlab.cluster")
    if target == "cluster":
        return clusters
    nurseries = _named([child for one in clusters for child in _children(one)], "forkserver")
    return [child for one in nurseries for child in _children(one)]


def _children(process: psutil.Process) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        return process.children()
    return []


def _named(processes: Sequence[psutil.Process], word: str) -> list[psutil.Process]:
    named = []
    for process in processes:
        with contextlib.suppress(psutil.Error):
            if word in " ".join(process.cmdline()):
                named.append(process)
    return named


def _wait_until(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + _SECONDS_TO_BE_THERE
    while not (happened := condition()) and time.monotonic() < until:
        time.sleep(0.1)
    return happened
