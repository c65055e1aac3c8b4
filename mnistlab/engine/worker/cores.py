"""A worker's share of its machine's cores.

A single run uses all cores; several share them, which is faster than training them in turn:
on two cores two runs of the notebook's network take 3.0 s for an epoch with a thread each,
4.2 s one after another with two threads each (our own measurement). The share may change in
the middle of a run without a change of its numbers, since a seed has to give the same curve.
Intel's MKL, which does torch's arithmetic on x86, ensures that in its reproducible mode.
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
"""How many rounds a waiting thread spins before it sleeps: here some 10 ms. Sleeping threads
have to be woken for each of the eight products of a step: with 1,000 rounds an epoch of the
notebook's network takes three times as long. Beside a browser that takes a quarter of a core,
products of 1.0 s take 1.75 s with 20,000 rounds and 1.33 s with these, or without a limit, the
default (our own measurement, two cores), which would continue after the last product."""

_runs_here = 1


def prepare() -> None:
    """Set what torch's libraries read once, when they are loaded."""
    os.environ["MKL_CBWR"] = _reproducible_mode()
    os.environ["GOMP_SPINCOUNT"] = _SPINS


def _reproducible_mode() -> str:
    """Return the mode with which results are "identical no matter the number of threads".

    That is the "strict" mode of the Intel oneMKL Developer Guide ("Obtaining Numerically
    Reproducible Results"), which is no slower than others. AVX-512 makes products twice as fast
    as AVX2 (our own measurement); processors of other makers were tested with AVX2 alone.
    """
    try:
        processor = _PROCESSOR.read_text()
    except OSError:  # not Linux
        return "AVX2,STRICT"
    has_wide = "GenuineIntel" in processor and "avx512f" in processor
    return "AVX512,STRICT" if has_wide else "AVX2,STRICT"


def _power_of_two(cores: int) -> int:
    """Return the largest power of two up to `cores`, so that shares are equal."""
    return 1 << (cores.bit_length() - 1)


MOST_THREADS = _power_of_two(min(CPU_COUNT, _MOST_USEFUL))


def use_one_thread() -> None:
    """Limit the calling thread to itself, so that only the training thread has a pool.

    The pools' library (libgomp) counts the threads of all pools. If they are more than the
    cores, all sleep whenever they wait, and an epoch of 1.9 s takes 2.6 (our own measurement,
    two cores).
    """
    import torch

    torch.set_num_threads(1)


@contextmanager
def flush_denormals() -> Iterator[None]:
    """Flush denormals to 0 in this thread, and in the pool that it starts.

    Adam's and RMSprop's means of the gradients of a pixel that is seldom lit fall below 1e-38,
    where a processor takes a hundred times as long for each number. No weight changes by it,
    since both add 1e-8 to the means' root. `python -m benchmarks training`, over_autograd adam:
    an epoch of AdamW, 2×256 units, dropout and batches of 16, takes one thread 4.2 s of
    processor time with this, 4.8 without.
    """
    import torch

    torch.set_flush_denormal(True)  # does nothing on processors that can't
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def share(runs: int) -> None:
    """Note how many runs are trained on this machine."""
    global _runs_here
    _runs_here = max(1, runs)


def threads() -> int:
    """Return the number of threads that a run may use now."""
    share = min(CPU_COUNT // _runs_here, MOST_THREADS)
    return _power_of_two(max(fewest_threads(), share))


@functools.cache
def fewest_threads() -> int:
    """Return the least number of threads of a run.

    Without MKL the number never changes, since results would change with it.
    """
    import torch

    return 1 if torch.backends.mkl.is_available() else MOST_THREADS
