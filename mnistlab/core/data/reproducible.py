"""Results that don't depend on the number of threads, for matrices of any size.

MKL's reproducible mode (`engine/worker/cores.py`) ensures that for large products alone. Without
`reproducible` the results of `tests/core/data/test_reproducible.py` depend on the number of
threads, and those of four runs of `tests/engine/worker/test_cores.py`.
"""

import functools
from contextlib import AbstractContextManager, nullcontext

import torch

_SMALL = 64

_THREADS = (2, 4)
_SHARE = 32_768
_VECTOR = 32
"""How torch divides elementwise operations: into shares of 32,768 numbers or more, at most one
for each thread. Within a share it processes 32 at a time, on processors with AVX-512; a sigmoid
of the rest may differ in the last digit (our own measurement)."""


class SingleThread:
    """Limits the calling thread to one torch thread within its block.

    A class, since each training step enters several, and a generator is slower.
    """

    def __enter__(self) -> None:
        self._before = torch.get_num_threads()
        torch.set_num_threads(1)

    def __exit__(self, *_: object) -> None:
        torch.set_num_threads(self._before)


def reproducible(images: int, *widths: int) -> AbstractContextManager[None]:
    """Return a block with one thread where results would depend on the number of threads.

    MKL's do in products of fewer than 48 images or units (our own measurement, torch 2.14,
    layers of 1 to 2,048 units, 1 to 2,000 images, up to four threads), which occupy one thread
    anyway. A sigmoid's do where shares are uneven.

    Args:
        images: How many there are.
        widths: The number of units in each layer.
    """
    return SingleThread() if _do_threads_show(images, *widths) else nullcontext()


@functools.lru_cache(maxsize=64)
def _do_threads_show(images: int, *widths: int) -> bool:
    is_large = min(images, *widths, _SMALL) == _SMALL
    return not (is_large and all(_is_even(images * width) for width in widths))


def _is_even(numbers: int) -> bool:
    """Return whether each thread gets whole vectors, for any number of threads."""
    shares = (min(threads, -(-numbers // _SHARE)) for threads in _THREADS)
    return all(-(-numbers // share) % _VECTOR == 0 for share in shares if share > 1)
