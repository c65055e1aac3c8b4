"""Splits of the real images."""

import pytest

from mnistlab.core.data import mnist
from mnistlab.core.data.mnist import Digits
from tests.core.training.runs import Split


@pytest.fixture
def split(training_digits: Digits, test_digits: Digits) -> Split:
    return lambda config: mnist.split(training_digits, test_digits, config)
