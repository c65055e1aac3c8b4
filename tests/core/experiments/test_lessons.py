"""What is at the bottom of some experiments, with real networks and the real MNIST."""

import dataclasses

import pytest

from mnistlab.core.experiments.outcome import Outcome
from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.settings.config import RunConfig
from tests.core.trainer import Trainer


def trained(trainer: Trainer, config: RunConfig) -> Outcome:
    return Outcome("a", config, trainer.train(config).history)


def shorter(name: str, label: str) -> RunConfig:
    """Return an arm's settings, for a single epoch."""
    [arm] = [arm for arm in EXPERIMENTS[name].arms if arm.label == label]
    return dataclasses.replace(arm.config, epochs=1)


@pytest.mark.parametrize(("label", "guesses"), [("ReLU, zeros", True), ("ReLU, random", False)])
def test_zero_weights_leave_a_relu_network_guessing(
    trainer: Trainer, label: str, guesses: bool
) -> None:
    run = trained(trainer, shorter("zero_initialisation", label))
    assert run.is_guessing is guesses


def test_eight_layers_learn_with_relu_and_not_with_sigmoid(trainer: Trainer) -> None:
    relu = trained(trainer, shorter("depth", "ReLU, 8"))
    sigmoid = trained(trainer, shorter("depth", "Sigmoid, 8"))
    assert relu.accuracy > 0.5
    assert sigmoid.is_guessing


def test_a_run_that_diverges_has_that_in_its_history(trainer: Trainer) -> None:
    wild = dataclasses.replace(
        EXPERIMENTS["learning_rate"].arms[-1].config, activation="none", training_images=1_000
    )
    assert trained(trainer, wild).history.divergence is not None
