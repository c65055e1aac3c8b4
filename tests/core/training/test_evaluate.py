"""Predictions and scores, against numpy and scikit-learn."""

import numpy as np
import pytest
import sklearn.metrics
import torch

from mnistlab.core.data.mnist import Digits
from mnistlab.core.network.model import MLP
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.evaluate import predict, predict_logits, score

CONFIG = RunConfig(hidden_layers=1, units=(30,), dropout=0.5)


@pytest.fixture(scope="module")
def model() -> MLP:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return MLP(CONFIG)


@pytest.fixture(scope="module")
def some_digits(test_digits: Digits) -> Digits:
    """More than one chunk of images, and a last chunk that is not full."""
    return test_digits.pick(torch.arange(4_500))


def test_probabilities_are_the_softmax_of_the_layers_worked_by_hand(
    model: MLP, some_digits: Digits
) -> None:
    weights = {name: tensor.numpy().astype(float) for name, tensor in model.state_dict().items()}
    hidden = some_digits.pixels.numpy() / 255 @ weights["layers.0.weight"].T
    hidden = np.maximum(hidden + weights["layers.0.bias"], 0)
    logits = hidden @ weights["layers.3.weight"].T + weights["layers.3.bias"]
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected = exponentials / exponentials.sum(axis=1, keepdims=True)
    probabilities = predict(model, some_digits.pixels)
    assert probabilities.dtype == np.float32
    assert probabilities == pytest.approx(expected, abs=1e-5)


def test_probabilities_sum_to_one(model: MLP, some_digits: Digits) -> None:
    probabilities = predict(model, some_digits.pixels)
    assert probabilities.shape == (4_500, 10)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(4_500), abs=1e-5)


def test_the_score_is_scikit_learn_s(model: MLP, some_digits: Digits) -> None:
    probabilities = predict(model, some_digits.pixels).astype(float)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    labels = some_digits.labels.numpy()
    measured = score(model, some_digits)
    predictions = probabilities.argmax(axis=1)
    assert measured.accuracy == sklearn.metrics.accuracy_score(labels, predictions)
    assert measured.loss == pytest.approx(sklearn.metrics.log_loss(labels, probabilities), 1e-5)


def test_one_image_or_none_can_be_predicted(model: MLP, some_digits: Digits) -> None:
    pixels = some_digits.pixels
    assert predict(model, pixels[:1]) == pytest.approx(predict(model, pixels)[:1], abs=1e-6)
    assert predict(model, pixels[:0]).shape == (0, 10)


@pytest.mark.parametrize("training", [True, False])
def test_dropout_is_off_and_the_model_left_as_it_was(
    model: MLP, some_digits: Digits, training: bool
) -> None:
    model.train(training)
    first, second = (predict_logits(model, some_digits.pixels) for _ in range(2))
    assert torch.equal(first, second)
    assert model.training is training
    assert not first.requires_grad
    assert all(parameter.grad is None for parameter in model.parameters())
