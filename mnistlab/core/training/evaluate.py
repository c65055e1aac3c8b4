"""Predictions and scores of a network, without training."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from mnistlab.core.arrays import Probabilities
from mnistlab.core.data.mnist import Digits, scale

_CHUNK = 2_000
"""Images at a time: 2,000 × 2,048 activations as float32 are 16 MB a layer."""


@dataclass(frozen=True)
class Score:
    """A network's figures on a set of images.

    Attributes:
        loss: Mean cross-entropy, in nats for each image.
        accuracy: Share classified correctly, from 0 to 1.
        losses: Each image's cross-entropy, (images,).
        hits: Whether each was classified correctly, (images,).
    """

    loss: float
    accuracy: float
    losses: NDArray[np.float32]
    hits: NDArray[np.bool_]


def predict_logits(model: nn.Module, pixels: Tensor) -> Tensor:
    """Return logits (n, 10) for images (n, 784) with brightness from 0 to 255, dropout off."""
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        logits = torch.cat([model(scale(chunk)) for chunk in pixels.split(_CHUNK)])
    model.train(was_training)
    return logits


def predict(model: nn.Module, pixels: Tensor) -> Probabilities:
    """Return probabilities (n, 10) for images (n, 784) with brightness from 0 to 255."""
    return predict_logits(model, pixels).softmax(dim=1).numpy()


def score(model: nn.Module, digits: Digits) -> Score:
    """Measure loss and accuracy on `digits`, of which there must be at least one."""
    logits = predict_logits(model, digits.pixels)
    losses = functional.cross_entropy(logits, digits.labels, reduction="none").numpy()  # (images,)
    hits = (logits.argmax(dim=1) == digits.labels).numpy()  # (images,)
    # numpy adds in the same order whatever the number of threads.
    loss, accuracy = losses.mean(dtype=np.float64), hits.mean(dtype=np.float64)
    return Score(float(loss), float(accuracy), losses, hits)
