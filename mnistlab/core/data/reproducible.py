"""The same digits from any number of threads, whatever the sizes of matrices.

MKL's reproducible mode (`engine/worker/cores.py`) promises them for large products alone. Without
`reproducible` the number of threads shows in `tests/core/data/test_reproducible.py`, and in four
of the runs of `tests/engine/worker/test_cores.py`.
"""

import functools
from contextlib import AbstractContextManager, nullcontext

import torch

_SMALL = 64

_THREADS = (2, 4)
_SHARE = 32_768
_VECTOR = 32
"""How torch divides what it does to each number alone: into shares of 32,768 numbers or more,
no more than there are threads. Within a share it takes 32 at a time, on processors with
AVX-512; a sigmoid of what is left over may differ in the last digit (our own measurement)."""


class SingleThread:
    """Has the calling thread compute without helpers in its block; other threads keep theirs.

    Not a generator, since each training step enters several.
    """

    def __enter__(self) -> None:
        self._before = torch.get_num_threads()
        torch.set_num_threads(1)

    def __exit__(self, *_: object) -> None:
        torch.set_num_threads(self._before)


def reproducible(images: int, *widths: int) -> AbstractContextManager[None]:
    """Return a block with one thread where the number of threads would show in the digits.

    MKL's digits depend on it in products of fewer than 48 images or units (our own measurement,
    torch 2.14, layers of 1 to 2,048 units, 1 to 2,000 images, up to four threads), which keep
    no more than one thread busy anyway. A sigmoid's do where shares are uneven.

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
    """Return whether threads get whole vectors, however many there are."""
    shares = (min(threads, -(-numbers // _SHARE)) for threads in _THREADS)
    return all(-(-numbers // share) % _VECTOR == 0 for share in shares if share > 1)
