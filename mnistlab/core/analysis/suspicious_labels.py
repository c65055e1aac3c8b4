"""Training images whose labels are likely wrong, from their margins during training.

`python -m benchmarks labels` measures how many of those named are wrong, and how far the estimate
of their number is off.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from mnistlab.core.arrays import Float32Array
from mnistlab.core.data.mnist import Digits, places
from mnistlab.core.network.model import restore
from mnistlab.core.run import SuspiciousLabels
from mnistlab.core.settings.config import MNIST_TRAINING_IMAGES, RunConfig
from mnistlab.core.training.checkpoint import Trained, Weights
from mnistlab.core.training.evaluate import predict_logits

MOST = 200
"""Images that are listed: 3 kB in the store."""

_THRESHOLD = 0.5
"""Of the median positive margin: a margin as far below zero likely has a wrong label."""

_OWN_MISTAKES = 0.5
"""Of the validation error: as many right labels may have such a margin. Both numbers were chosen on
60 runs: the 15 with right labels had at most 0.46 times as many, those with 5 to 40 % shuffled at
least 0.55 times (`docs/decisions/labels.md`)."""


def find_suspicious_labels(
    trained: Trained, config: RunConfig, train: Digits
) -> SuspiciousLabels | None:
    """Return the training images whose labels the network resisted longest.

    Args:
        trained: The result of training.
        config: Its settings.
        train: Its training images, in the order of `mnist.split`.

    Returns:
        None if no margins were kept, or they are infinite.
    """
    if trained.margins is None or trained.best_weights is None:
        return None
    margins = trained.margins.numpy()
    if not np.isfinite(margins).all():
        return None
    negative = int((margins < 0).sum())
    lowest = margins.argsort(kind="stable")[: min(negative, MOST)]
    shown = train.pick(torch.from_numpy(lowest))
    best = trained.history.best_epoch
    accuracy = best.validation_accuracy if best else None
    return SuspiciousLabels(
        places(MNIST_TRAINING_IMAGES, config)[0].numpy()[lowest].astype(np.int32),
        shown.labels.numpy().astype(np.int8),
        _strongest_others(config, trained.best_weights, shown),
        margins[lowest],
        negative,
        None if accuracy is None else estimate_wrong(margins, 1 - accuracy),
    )


def estimate_wrong(margins: Float32Array, validation_error: float) -> int:
    """Return about how many labels are wrong; 0 if the network's mistakes explain as many.

    A network rejects a wrong label about as firmly as it accepts a right one, while the margins
    of images that are merely hard are near zero. So those count that are below minus half the
    median positive margin, unless they are fewer than half of what the network gets wrong among
    validation images.

    Args:
        margins: Mean margin of each training image in nats, (images,).
        validation_error: Share of the validation images that are misclassified, from 0 to 1.
    """
    positive = margins[margins > 0]
    if not len(positive):
        return 0
    wrong = int((margins < -_THRESHOLD * np.median(positive)).sum())
    return wrong if wrong > _OWN_MISTAKES * validation_error * len(margins) else 0


def _strongest_others(config: RunConfig, weights: Weights, digits: Digits) -> NDArray[np.int8]:
    """Return the most probable digit other than the label, int8 (n,)."""
    if not len(digits):
        return np.empty(0, np.int8)
    logits = predict_logits(restore(config, weights), digits.pixels)  # (n, 10)
    others = logits.scatter(1, digits.labels[:, None], -torch.inf)
    return others.argmax(dim=1).numpy().astype(np.int8)
