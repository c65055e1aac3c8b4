"""What is at the bottom of some experiments, with real networks and the real MNIST."""

import dataclasses

import pytest

from mnistlab.core.data import mnist
from mnistlab.core.data.mnist import Digits
from mnistlab.core.experiments.outcome import Outcome
from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.core.training.loop import train


def trained(digits: Digits, config: RunConfig) -> Outcome:
    history = History()
    train(config, mnist.split(digits, digits, config), history.add, lambda: False)
    return Outcome("a", config, history)


def shorter(name: str, label: str) -> RunConfig:
    """Return an arm's settings, for a single epoch."""
    [arm] = [arm for arm in EXPERIMENTS[name].arms if arm.label == label]
    return dataclasses.replace(arm.config, epochs=1)


@pytest.mark.parametrize(("label", "guesses"), [("ReLU, zeros", True), ("ReLU, random", False)])
def test_zero_weights_leave_a_relu_network_guessing(
    training_digits: Digits, label: str, guesses: bool
) -> None:
    run = trained(training_digits, shorter("zero_initialisation", label))
    assert run.is_guessing is guesses


def test_eight_layers_learn_with_relu_and_not_with_sigmoid(training_digits: Digits) -> None:
    relu = trained(training_digits, shorter("depth", "ReLU, 8"))
    sigmoid = trained(training_digits, shorter("depth", "Sigmoid, 8"))
    assert relu.accuracy > 0.5
    assert sigmoid.is_guessing


def test_a_run_that_diverges_has_that_in_its_history(training_digits: Digits) -> None:
    wild = dataclasses.replace(
        EXPERIMENTS["learning_rate"].arms[-1].config, activation="none", training_images=1_000
    )
    assert trained(training_digits, wild).history.divergence is not None
