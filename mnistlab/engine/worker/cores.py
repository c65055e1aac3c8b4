"""A worker's share of its machine's cores.

A run alone on a machine uses all cores; several share them, so that a class gets more
done than by taking turns at one run: on two cores two runs of the notebook's network
with a thread each do an epoch in 3.0 s, one after another with two threads each in
4.2 s (our own measurement). The share may change in the middle of a run, which its
numbers must not show: a seed promises the same curve. Intel's MKL, which does torch's
arithmetic on x86, keeps that promise in its reproducible mode.
"""

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dask.system import CPU_COUNT

_MOST_USEFUL = 4
"""Networks of this size gain nothing from more threads."""

_PROCESSOR = Path("/proc/cpuinfo")

_SPINS = "2000000"
"""How long a thread that waits for the others spins before it sleeps, in rounds: here some
10 ms. Those that sleep must be woken for each of the eight products of a step: with 1,000
rounds an epoch of the notebook's network takes three times as long. Beside a browser that takes
a quarter of a core, products of 1.0 s take 1.75 s with 20,000 rounds and 1.33 s with these, or
with the default, for ever (our own measurement, two cores). But for ever would go on after the
last product."""

_runs_here = 1


def prepare() -> None:
    """Set what torch's libraries read once, when they are loaded."""
    os.environ["MKL_CBWR"] = _reproducible_mode()
    os.environ["GOMP_SPINCOUNT"] = _SPINS


def _reproducible_mode() -> str:
    """Name the instructions with which results are "identical no matter the number of threads".

    So the Intel oneMKL Developer Guide says of its "strict" mode ("Obtaining Numerically
    Reproducible Results"), which is no slower than others. AVX-512 makes products twice as fast
    as AVX2 (our own measurement); other makers' processors have only been tried with AVX2.
    """
    try:
        processor = _PROCESSOR.read_text()
    except OSError:  # not Linux
        return "AVX2,STRICT"
    has_wide = "GenuineIntel" in processor and "avx512f" in processor
    return "AVX512,STRICT" if has_wide else "AVX2,STRICT"


def _power_of_two(cores: int) -> int:
    """Return the largest power of two that is no more than `cores`: shares then come out even."""
    return 1 << (cores.bit_length() - 1)


MOST_THREADS = _power_of_two(min(CPU_COUNT, _MOST_USEFUL))


def use_one_thread() -> None:
    """Have the calling thread compute by itself, so that only the one that trains has helpers.

    The library that wakes them (libgomp) counts those of all threads. If together they are more
    than there are cores, all sleep whenever they wait, and an epoch of 1.9 s takes 2.6 (our own
    measurement, two cores).
    """
    import torch

    torch.set_num_threads(1)


@contextmanager
def flush_denormals() -> Iterator[None]:
    """Have this thread, and helpers that it wakes for the first time, flush denormals to 0.

    Adam's and RMSprop's means of the gradients of a pixel that is seldom lit fall below 1e-38,
    where a processor takes a hundred times as long for each number. No weight changes by it: beside
    what both add to the means' root, 1e-8, they are nothing. `python -m benchmarks training`,
    over_autograd adam: an epoch of AdamW, 2×256 units, dropout and batches of 16, takes one thread
    4.2 s of processor time with this, 4.8 without.
    """
    import torch

    torch.set_flush_denormal(True)  # where the processor can't, all is as it was
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def share(runs: int) -> None:
    """Note how many runs are trained on this machine."""
    global _runs_here
    _runs_here = max(1, runs)


def threads() -> int:
    """Return how many threads a run may use now."""
    share = min(CPU_COUNT // _runs_here, MOST_THREADS)
    return _power_of_two(max(fewest_threads(), share))


@functools.cache
def fewest_threads() -> int:
    """Return how few threads a run may be given.

    Without MKL the number never changes, since digits would change with it.
    """
    import torch

    return 1 if torch.backends.mkl.is_available() else MOST_THREADS
