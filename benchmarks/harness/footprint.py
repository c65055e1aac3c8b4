"""What a server and its cluster take of the machine: memory and processor time."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

_SECONDS_BETWEEN_LOOKS = 1.0


@dataclass
class Peak:
    """The most memory seen, in MB of proportional set size.

    What several processes share, such as torch's libraries, counts once.
    """

    server: float = 0.0
    total: float = 0.0

    def note(self, server: psutil.Process) -> None:
        """Look at the processes now."""
        own = pss_mb(server.pid)
        below = sum(pss_mb(child.pid) for child in server.children(recursive=True))
        self.server = max(self.server, own)
        self.total = max(self.total, own + below)


@contextmanager
def watch_memory(server: psutil.Process) -> Iterator[Peak]:
    """Look at the memory of a server and all below it, once a second, within the block."""
    peak, done = Peak(), threading.Event()

    def watch() -> None:
        while not done.wait(_SECONDS_BETWEEN_LOOKS):
            peak.note(server)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def cpu_percent(server: psutil.Process, seconds: float) -> float:
    """Return what a server and all below it use for a while, in percent of one core."""
    processes = [server, *server.children(recursive=True)]
    began, before = time.monotonic(), cpu_seconds(processes)
    time.sleep(seconds)
    return 100 * (cpu_seconds(processes) - before) / (time.monotonic() - began)


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """Return the processor time that some processes have used since they began."""
    times = [process.cpu_times() for process in processes]
    return sum(each.user + each.system for each in times)


def pss_mb(pid: int) -> float:
    """Return what a process takes in MB of proportional set size; nothing once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0.0
    kilobytes = next((line.split()[1] for line in lines if line.startswith("Pss:")), "0")
    return int(kilobytes) / 1024
