"""What is computed does not depend on the number of threads, where MKL alone would let it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor

from mnistlab.core.data.reproducible import SingleThread, reproducible


def with_threads(compute: Callable[[], Tensor]) -> list[Tensor]:
    """Return what is computed by 1, 2 and 4 threads."""
    found = []
    for threads in (1, 2, 4):
        torch.set_num_threads(threads)
        found.append(compute())
    return found


def all_equal(tensors: list[Tensor]) -> bool:
    return all(torch.equal(tensors[0], other) for other in tensors[1:])


@pytest.mark.parametrize(("images", "units"), [(3, 512), (30, 32), (9, 384), (64, 512), (37, 100)])
def test_products_have_the_same_digits(images: int, units: int) -> None:
    dice = torch.Generator().manual_seed(0)
    values = torch.randn(images, 784, generator=dice)
    weights = torch.randn(units, 784, generator=dice)

    def compute() -> Tensor:
        with reproducible(images, units):
            return values @ weights.T

    assert all_equal(with_threads(compute))


@pytest.mark.parametrize(("images", "units"), [(500, 401), (1_000, 401), (4_096, 64)])
def test_sigmoids_have_the_same_digits(images: int, units: int) -> None:
    sums = 3 * torch.randn(images, units, generator=torch.Generator().manual_seed(0))

    def compute() -> Tensor:
        with reproducible(images, units):
            return sums.sigmoid()

    assert all_equal(with_threads(compute))


def test_large_products_keep_their_threads() -> None:
    torch.set_num_threads(2)
    with reproducible(64, 512):
        assert torch.get_num_threads() == 2
    with reproducible(64, 32):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2


def test_the_number_of_threads_is_back_after_an_error() -> None:
    torch.set_num_threads(2)
    with pytest.raises(ValueError, match="any"), SingleThread():
        raise ValueError("any")
    assert torch.get_num_threads() == 2


def test_another_thread_of_the_process_keeps_its_own_number() -> None:
    torch.set_num_threads(2)
    with ThreadPoolExecutor(1) as other:
        assert other.submit(torch.get_num_threads).result() == 2
        with SingleThread():
            assert other.submit(torch.get_num_threads).result() == 2
        other.submit(torch.set_num_threads, 3).result()
        assert torch.get_num_threads() == 2
