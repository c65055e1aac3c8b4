"""The same digits from any number of threads, also from small products of matrices."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

_SMALL = 64


@contextmanager
def steady(*sizes: int) -> Iterator[None]:
    """Compute with one thread if any of the matrices is small in one direction.

    MKL's reproducible mode (`engine/cores.py`) gives the same digits with any number of
    threads for large products, but not for those of fewer than 48 images or units (our
    own measurement, torch 2.14, layers of 1 to 2,048 units, 1 to 2,000 images, up to four
    threads). So small ones keep no more than one thread busy anyway.

    Args:
        sizes: The numbers of images, and of units in each layer.
    """
    if min(sizes) >= _SMALL:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
