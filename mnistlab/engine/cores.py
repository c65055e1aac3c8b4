"""A worker's share of its machine's cores.

A run alone on a machine uses all cores; several share them, so that a class gets more
done than by taking turns at one run: on two cores two runs of the notebook's network
with a thread each do an epoch in 3.0 s, one after another with two threads each in
4.2 s (our own measurement). The share may change in the middle of a run, which its
numbers must not show: a seed promises the same curve. Intel's MKL, which does torch's
arithmetic on x86, keeps that promise in its reproducible mode.
"""

import os

from dask.system import CPU_COUNT

MOST_THREADS = min(CPU_COUNT, 4)
"""Networks of this size gain nothing from more."""

_ENVIRONMENT = {
    # "Identical results no matter the number of threads" (Intel oneMKL Developer Guide,
    # "Obtaining Numerically Reproducible Results"); no slower than without.
    "MKL_CBWR": "AVX2,STRICT",
    # How long a thread that waits for the others spins before it sleeps, in rounds. By
    # default for ever: if pages, a browser or another run want the cores too, threads
    # wait for ones that are not being run, and an epoch of 2 s takes 6 to 100. Those
    # that sleep at once (OMP_WAIT_POLICY=passive) need 4 s. These need 2 s, and 3.4 s
    # beside a program that wants half a core (our own measurement, two cores).
    "GOMP_SPINCOUNT": "1000",
}

_runs_here = 1


def prepare() -> None:
    """Set what torch's libraries read once, when they are loaded."""
    os.environ.update(_ENVIRONMENT)


def share(runs: int) -> None:
    """Note how many runs are trained on this machine."""
    global _runs_here
    _runs_here = max(1, runs)


def threads() -> int:
    """Return how many threads a run may use now.

    Without MKL the number never changes, since digits would change with it.
    """
    import torch

    if not torch.backends.mkl.is_available():
        return MOST_THREADS
    return max(1, min(CPU_COUNT // _runs_here, MOST_THREADS))
