"""Muon, for the weights of hidden layers.

K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024,
https://kellerjordan.github.io/posts/muon). As `torch.optim.Muon`, with momentum 0.95, Nesterov's
look ahead and `match_rms_adamw`, but in float32: torch's takes bfloat16, in which a step's products
are half as fast here, and forty times slower on processors without it (our own measurement, one
core, 256×784 and 512×512).
"""

import math
from collections.abc import Iterable

import torch
from torch import Tensor

from mnistlab.core.data.reproducible import reproducible

_MOMENTUM = 0.95
"""Torch's default, and the authors'."""

_ROOT_MEAN_SQUARE = 0.2
"""Of a step, times the learning rate: AdamW's usual size, so that one learning rate suits both
(Liu et al. 2025, "Muon is Scalable for LLM Training", section 2.2)."""

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the authors' polynomial: after five iterations all but the smallest singular values are from
0.68 to 1.14."""

_EPSILON = 1e-7
"""The least norm by which a matrix is divided; torch's default."""


class Muon(torch.optim.Optimizer):
    """Makes each step of a matrix about equally large in all directions.

    Args:
        weights: Matrices alone.
        lr: The learning rate.
        weight_decay: Times the learning rate, what a step takes from each weight.
        newton_schulz_steps: Iterations by which a step is orthogonalized.
    """

    def __init__(
        self, weights: Iterable[Tensor], lr: float, weight_decay: float, newton_schulz_steps: int
    ) -> None:
        super().__init__(weights, {"lr": lr, "weight_decay": weight_decay})
        self._steps = newton_schulz_steps

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Take a step along gradients that are there."""
        for group in self.param_groups:
            for weight in group["params"]:
                with reproducible(min(weight.shape)):
                    self._move(weight, weight.grad, group["lr"], group["weight_decay"])

    def _move(self, weight: Tensor, gradient: Tensor, rate: float, decay: float) -> None:
        state = self.state[weight]
        if not state:
            state["momentum_buffer"] = torch.zeros_like(weight)
        mean = state["momentum_buffer"].lerp_(gradient, 1 - _MOMENTUM)
        direction = orthogonalize(gradient.lerp(mean, _MOMENTUM), self._steps)
        size = rate * _ROOT_MEAN_SQUARE * math.sqrt(max(weight.shape))
        weight.mul_(1 - rate * decay).add_(direction, alpha=-size)


def orthogonalize(matrix: Tensor, steps: int) -> Tensor:
    """Return a matrix (m, n) of the same singular vectors, whose singular values are about 1.

    By Newton and Schulz's iteration, which needs products alone.
    """
    rows, columns = matrix.shape
    if rows > columns:
        return orthogonalize(matrix.T, steps).T
    result: Tensor = matrix / torch.linalg.vector_norm(matrix).clamp(min=_EPSILON)
    first, third, fifth = _COEFFICIENTS
    for _ in range(steps):
        squares = result @ result.T  # (m, m)
        factor = torch.addmm(squares, squares, squares, beta=third, alpha=fifth)
        result = torch.addmm(result, factor, result, beta=first)
    return result
