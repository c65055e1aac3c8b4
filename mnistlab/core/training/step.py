"""A training step by autograd, the reference that `fast_step.py` is tested against."""

from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from mnistlab.core.data.reproducible import SingleThread
from mnistlab.core.network.model import MLP


class Step(Protocol):
    """Updates a network's weights by the gradients of a batch."""

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """Update the weights by images (batch, 784) from 0 to 1 and their labels (batch,).

        Returns:
            The log-probabilities before the step, one row for each digit, (10, batch).
        """
        ...


class AutogradStep:
    """The usual step of PyTorch, which leaves each parameter's gradient in its `grad`."""

    def __init__(self, model: MLP, optimizer: torch.optim.Optimizer) -> None:
        self._model, self._optimizer = model, optimizer

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """See `Step`. The loss is the mean cross-entropy, in nats."""
        with SingleThread():  # autograd's sums depend on the number of threads
            self._optimizer.zero_grad()
            logits = self._model(images)  # (batch, 10)
            # Rounded as in `fast_step.py`; `cross_entropy(logits, labels)` is the same otherwise.
            log_probabilities = torch.stack(logits.unbind(dim=1)).log_softmax(dim=0)  # (10, batch)
            loss = functional.nll_loss(log_probabilities.T, labels)
            loss.backward()
            self._optimizer.step()
        return log_probabilities.detach()
