"""Which process trains a run, and whether it is still there."""

import functools
import os
import re
import socket
from datetime import datetime, timedelta

import psutil

ABSENCE = timedelta(seconds=60)
"""A process on another host counts as gone when it was not seen for so long."""

_CLOCK_TOLERANCE = 2.0
"""Seconds by which two readings of one process's start may differ: Linux derives it
from a boot time in whole seconds. No server queues a run, dies and has its process id
taken over in less."""

_OWNER = re.compile(r"(?P<host>.+):(?P<pid>\d{1,9}):(?P<started>\d+\.\d+)")


def this_owner() -> str:
    """Return this process's name, such as `laptop:4711:1767225600.25`."""
    return _owner_of(os.getpid())


@functools.cache
def _owner_of(pid: int) -> str:
    # Kept for the life of the process: the host's name changes when a laptop changes
    # networks, the start time when somebody sets the clock.
    return f"{socket.gethostname()}:{pid}:{psutil.Process(pid).create_time():.2f}"


def is_alive(owner: str, seen_at: datetime, now: datetime) -> bool:
    """Tell whether the process that `this_owner` once named still runs.

    Args:
        owner: What `this_owner` returned there.
        seen_at: When it last said that it is alive; decides for other hosts, whose
            processes can't be looked at.
        now: The time to compare with.
    """
    if owner == this_owner():
        return True
    named = _OWNER.fullmatch(owner)
    if named is None or named["host"] != socket.gethostname():
        return now - seen_at < ABSENCE
    return _is_running(int(named["pid"]), float(named["started"]))


def _is_running(pid: int, started: float) -> bool:
    try:
        process = psutil.Process(pid)
        # A killed process stays as a zombie until its parent asks for its exit code.
        is_same = abs(process.create_time() - started) < _CLOCK_TOLERANCE
        return bool(is_same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
