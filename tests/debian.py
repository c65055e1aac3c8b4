"""Debian's packages that the tests need, installed where that may be done.

`python tests/debian.py PACKAGE…` needs nothing but Python, so that it can run while the tests'
other dependencies are installed.
"""

import os
import shutil
import subprocess
import sys


def may_install() -> bool:
    """Return whether there is Debian's package manager, and the right to use it."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def install(*packages: str) -> None:
    """Install packages, after another installation that goes on has ended."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wait = ["-o", "DPkg::Lock::Timeout=300"]
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "-q", *wait, *arguments], env=quiet, check=True)


if __name__ == "__main__":
    if may_install():
        install(*sys.argv[1:])
