"""Named choices of settings such as `optimizer`.

Each table is the one place where a choice is added: the form's options, the URL, validation,
the tests and the docs use it. Torch's classes are named by attribute, so that a page can list
choices without importing torch. Activations have a table of their own
(`core/settings/activations.py`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Optimizer:
    """A rule that turns gradients into weight changes.

    Attributes:
        label: Its name for people.
        module: The class in `torch.optim`.
        takes_momentum: Whether it uses the `momentum` setting.
        has_fused: Whether torch has a fused implementation.
        is_plain: Whether, without momentum, it only subtracts the gradient times the learning
            rate (and the weight times that and the weight decay).
        operations: The cost of its update beyond plain SGD's, for the estimate of a run's
            time; momentum's costs 1. Our own measurement on 1×32, 4×64 and 2×512 units,
            batch 64, two cores.
        hint: One sentence for the form.
        newton_schulz_steps: If there are any, Muon (`core/training/muon.py`) trains the weights of
            hidden layers with so many iterations, and the class in `torch.optim` all the rest.
    """

    label: str
    module: str
    takes_momentum: bool
    has_fused: bool
    is_plain: bool
    operations: float
    hint: str
    newton_schulz_steps: int = 0


@dataclass(frozen=True)
class Initialisation:
    """How the weights are drawn before the first step.

    Attributes:
        label: Its name for people.
        function: The function in `torch.nn.init` for the weights; biases start at
            zero. None keeps the weights and biases of `torch.nn.Linear`.
        hint: One sentence for the form.
    """

    label: str
    function: str | None
    hint: str


@dataclass(frozen=True)
class Schedule:
    """How the learning rate changes during a run.

    Attributes:
        label: Its name for people.
        factor: From progress (0 at the first step, 1 at the last) to the factor of the
            learning rate.
        hint: One sentence for the form.
    """

    label: str
    factor: Callable[[float], float]
    hint: str


def _constant(progress: float) -> float:
    return 1.0


def _cosine(progress: float) -> float:
    """Fall along half a cosine wave to zero (Loshchilov & Hutter 2017, eq. 5)."""
    return (1 + math.cos(math.pi * progress)) / 2


def _one_cycle(progress: float) -> float:
    """Warm up for 30 % of the run, then cool down (Smith & Topin 2018).

    The three numbers are the defaults of `torch.optim.lr_scheduler.OneCycleLR`:
    start at 1/25 of the set rate, end at 1/10,000 of the start.
    """
    warm_up, start, end = 0.3, 1 / 25, 1 / 25e4
    if progress < warm_up:
        return 1 + (start - 1) * _cosine(progress / warm_up)
    return end + (1 - end) * _cosine((progress - warm_up) / (1 - warm_up))


def _range_test(progress: float) -> float:
    """Rise by the same ratio at each step, over seven powers of ten (Smith 2015, section 3.3).

    Smith increases it by the same difference within a known range. Without one, each power of
    ten gets as many steps.
    """
    return float(10 ** (7 * (progress - 1)))


OPTIMIZERS = {
    "sgd": Optimizer("SGD", "SGD", True, True, True, 0.0, "Steps down the slope of the loss."),
    "rmsprop": Optimizer(
        "RMSprop",
        "RMSprop",
        True,
        False,
        False,
        3.0,
        "Scales each weight's step by the size of its recent gradients.",
    ),
    "adam": Optimizer("Adam", "Adam", False, True, False, 2.0, "RMSprop with momentum built in."),
    "adamw": Optimizer(
        "AdamW", "AdamW", False, True, False, 2.0, "Adam with a better kind of weight decay."
    ),
    "muon": Optimizer(
        "Muon",
        "AdamW",
        False,
        True,
        False,
        8.0,
        "Makes the step of each hidden layer's weights equally large in all directions, and "
        "trains the rest by AdamW.",
        newton_schulz_steps=5,
    ),
}

INITIALISATIONS = {
    "default": Initialisation(
        "PyTorch default", None, "Small random weights, smaller in wider layers."
    ),
    "he": Initialisation("He (Kaiming)", "kaiming_normal_", "Random weights made for ReLU."),
    "xavier": Initialisation("Xavier (Glorot)", "xavier_normal_", "Random weights made for tanh."),
    "zeros": Initialisation("All zeros", "zeros_", "All units start identical. See what happens."),
}

SCHEDULES = {
    "constant": Schedule("Constant", _constant, "The same learning rate from start to end."),
    "cosine": Schedule("Cosine decay", _cosine, "Falls smoothly to zero."),
    "one_cycle": Schedule("One-cycle", _one_cycle, "Rises first, then falls nearly to zero."),
    "range_test": Schedule(
        "LR range test",
        _range_test,
        "Rises from almost zero to the learning rate above, to find a good one.",
    ),
}
