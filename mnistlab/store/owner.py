"""The name of a server process, and whether that process has certainly ended."""

import functools
import os
import re
import uuid
from pathlib import Path

import psutil

_OWNER = re.compile(
    r"[0-9a-f]{32}( (?P<place>\S+ \S+) (?P<pid>\d{1,9}) (?P<started>\d+))?( via (?P<scheduler>.+))?"
)


def this_owner(scheduler: str | None = None) -> str:
    """Return this process's name.

    It is random, on Linux followed by where to find the process, and by the address of the
    scheduler that it shares with other servers, if there is one.
    """
    name = _owner_of(os.getpid())
    return f"{name} via {scheduler}" if scheduler else name


def scheduler_of(owner: str) -> str | None:
    """Return the scheduler that an owner shares with other servers; None if it has its own."""
    named = _OWNER.fullmatch(owner)
    return named["scheduler"] if named else None


@functools.cache
def _owner_of(pid: int) -> str:
    place, found = _place(), _find(pid)
    here = f" {place} {pid} {found[1]}" if place and found else ""
    return f"{uuid.uuid4().hex}{here}"


def has_ended(owner: str) -> bool:
    """Return whether the process that `this_owner` named has certainly ended.

    Process numbers mean something only since one start of the machine and in one PID
    namespace, that is, in one container. False for any other process: its lease decides.
    """
    named = _OWNER.fullmatch(owner)
    if named is None or named["place"] is None or named["place"] != _place():
        return False
    pid = int(named["pid"])
    found = _find(pid)
    if found is None:  # or hidden from this user
        return not psutil.pid_exists(pid)
    state, started = found
    # A killed process stays as a zombie until its parent reads its exit code.
    return state in "ZX" or started != named["started"]


@functools.cache
def _place() -> str | None:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:  # not Linux
        return None


def _find(pid: int) -> tuple[str, str] | None:
    """Return a process's state and its start in clock ticks since the machine's; None if none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], fields[19]
