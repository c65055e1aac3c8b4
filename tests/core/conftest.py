"""A trainer on the real images. Torch is imported by the tests that need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mnistlab.core.data.mnist import Digits
    from tests.core.trainer import Trainer


@pytest.fixture
def trainer(training_digits: Digits, test_digits: Digits) -> Trainer:
    from tests.core.trainer import Trainer

    return Trainer(training_digits, test_digits)
