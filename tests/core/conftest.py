"""A trainer on the real images, and one thread to compute in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mnistlab.core.data.mnist import Digits
    from tests.core.trainer import Trainer


@pytest.fixture(autouse=True)
def _one_thread(one_thread: None) -> None:
    """Compute in one thread, since two wait for each other in small networks most of the time."""


@pytest.fixture
def trainer(training_digits: Digits, test_digits: Digits) -> Trainer:
    from tests.core.trainer import Trainer

    return Trainer(training_digits, test_digits)
