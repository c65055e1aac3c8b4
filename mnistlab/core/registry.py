"""Named choices: what a setting such as `activation` may be.

Each table is the one place where a choice is added: the form's options, the URL,
validation, the tests and the docs all read it. Entries name what they build in
torch by attribute, so that a page can list them without importing torch; what a page
needs to predict is there in numpy.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]


@dataclass(frozen=True)
class Kernel:
    """Torch's own function that takes errors back through an activation, as autograd does.

    Attributes:
        name: In `torch.ops.aten`.
        of: What it is given beside the errors: the "sums" that went into the activation, or
            the "values" that came out.
        arguments: What it is given besides.
    """

    name: str
    of: str
    arguments: tuple[float, ...] = ()


@dataclass(frozen=True)
class Activation:
    """A non-linearity between layers.

    Attributes:
        label: Its name for people.
        module: The class in `torch.nn`, which trains.
        function: The same in numpy, which predicts: float32 of any shape to the like.
        derivative: How fast `function` rises at each number, likewise. Where it has a
            corner, what torch's autograd takes.
        kernel: The same in torch, for training; None if errors pass as they are.
        hint: One sentence for the form.
    """

    label: str
    module: str
    function: Callable[[Numbers], Numbers]
    derivative: Callable[[Numbers], Numbers]
    kernel: Kernel | None
    hint: str


@dataclass(frozen=True)
class Optimizer:
    """A rule that turns gradients into weight changes.

    Attributes:
        label: Its name for people.
        module: The class in `torch.optim`.
        takes_momentum: Whether the `momentum` setting means anything to it.
        has_fused: Whether torch can do all its arithmetic in one pass over memory.
        is_plain: Whether, without momentum, it does no more than subtract the gradient times
            the learning rate (and the weight times that and the weight decay).
        memory_passes: What its update costs beside SGD's, for the estimate of a run's
            time. Our own measurement, 2×512 units, batch 64, two cores.
        hint: One sentence for the form.
    """

    label: str
    module: str
    takes_momentum: bool
    has_fused: bool
    is_plain: bool
    memory_passes: float
    hint: str


@dataclass(frozen=True)
class Initialisation:
    """How the weights are drawn before the first step.

    Attributes:
        label: Its name for people.
        function: The function in `torch.nn.init` for the weights; biases start at
            zero. None keeps what `torch.nn.Linear` does by itself.
        hint: One sentence for the form.
    """

    label: str
    function: str | None
    hint: str


@dataclass(frozen=True)
class Schedule:
    """How the learning rate moves while a run goes on.

    Attributes:
        label: Its name for people.
        factor: From progress (0 at the first step, 1 at the last) to the share of
            the set learning rate that is used.
        hint: One sentence for the form.
    """

    label: str
    factor: Callable[[float], float]
    hint: str


def _relu(sums: Numbers) -> Numbers:
    return sums.clip(min=0)


def _relu_slope(sums: Numbers) -> Numbers:
    return (sums > 0).astype(np.float32)


def _leaky_relu(sums: Numbers) -> Numbers:
    return np.where(sums > 0, sums, 0.01 * sums)


def _leaky_relu_slope(sums: Numbers) -> Numbers:
    return np.where(sums > 0, np.float32(1), np.float32(0.01))


_erf = np.vectorize(math.erf, otypes=[np.float32])


def _normal_share(sums: Numbers) -> Numbers:
    """Return the share of a standard normal distribution that is below each number."""
    share: Numbers = (1 + _erf(sums / math.sqrt(2))) / 2
    return share


def _gelu(sums: Numbers) -> Numbers:
    """Weigh each number by a normal distribution below it (Hendrycks & Gimpel 2016)."""
    return sums * _normal_share(sums)


def _gelu_slope(sums: Numbers) -> Numbers:
    # Beyond 20 the density is 0 in float32 anyway, and squares might overflow.
    near = sums.clip(-20, 20)
    density = np.exp(-near * near / 2) / math.sqrt(2 * math.pi)
    slope: Numbers = (_normal_share(sums) + near * density).astype(np.float32)
    return slope


def _tanh_slope(sums: Numbers) -> Numbers:
    slope: Numbers = 1 - np.square(np.tanh(sums))
    return slope


def _sigmoid(sums: Numbers) -> Numbers:
    # The usual 1 / (1 + exp(-x)) overflows for sums below -88.
    squeezed: Numbers = np.tanh(sums * 0.5)
    return squeezed * 0.5 + 0.5


def _sigmoid_slope(sums: Numbers) -> Numbers:
    squeezed = _sigmoid(sums)
    return squeezed * (1 - squeezed)


def _identity(sums: Numbers) -> Numbers:
    return sums


def _identity_slope(sums: Numbers) -> Numbers:
    return np.ones_like(sums)


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

    Smith rises by the same difference, within a range that is known to be about right.
    Where nothing is known, powers of ten count alike.
    """
    return float(10 ** (7 * (progress - 1)))


ACTIVATIONS = {
    "relu": Activation(
        "ReLU",
        "ReLU",
        _relu,
        _relu_slope,
        Kernel("threshold_backward", "values", (0,)),
        "Passes what is positive, blocks the rest.",
    ),
    "leaky_relu": Activation(
        "Leaky ReLU",
        "LeakyReLU",
        _leaky_relu,
        _leaky_relu_slope,
        Kernel("leaky_relu_backward", "values", (0.01, True)),
        "ReLU that lets a little through.",
    ),
    "gelu": Activation(
        "GELU",
        "GELU",
        _gelu,
        _gelu_slope,
        Kernel("gelu_backward", "sums"),
        "A smooth ReLU, used in language models.",
    ),
    "tanh": Activation(
        "tanh",
        "Tanh",
        np.tanh,
        _tanh_slope,
        Kernel("tanh_backward", "values"),
        "Squeezes everything between −1 and 1.",
    ),
    "sigmoid": Activation(
        "Sigmoid",
        "Sigmoid",
        _sigmoid,
        _sigmoid_slope,
        Kernel("sigmoid_backward", "values"),
        "Squeezes everything between 0 and 1.",
    ),
    "none": Activation(
        "None",
        "Identity",
        _identity,
        _identity_slope,
        None,
        "All layers together stay one straight-line rule.",
    ),
}

OPTIMIZERS = {
    "sgd": Optimizer("SGD", "SGD", True, True, True, 1.0, "Steps straight down the slope."),
    "rmsprop": Optimizer(
        "RMSprop", "RMSprop", True, False, False, 4.0, "Scales each weight's step by its history."
    ),
    "adam": Optimizer("Adam", "Adam", False, True, False, 2.5, "RMSprop with momentum built in."),
    "adamw": Optimizer(
        "AdamW", "AdamW", False, True, False, 2.5, "Adam with weight decay done right."
    ),
}

INITIALISATIONS = {
    "default": Initialisation("PyTorch's default", None, "Small random weights, by layer width."),
    "he": Initialisation("He", "kaiming_normal_", "Random weights made for ReLU."),
    "xavier": Initialisation("Xavier", "xavier_normal_", "Random weights made for tanh."),
    "zeros": Initialisation("All zeros", "zeros_", "Every unit starts the same: see what happens."),
}

SCHEDULES = {
    "constant": Schedule("Constant", _constant, "The same rate from start to end."),
    "cosine": Schedule("Cosine", _cosine, "Falls smoothly to zero at the end."),
    "one_cycle": Schedule("One cycle", _one_cycle, "Warms up, then falls nearly to zero."),
    "range_test": Schedule(
        "Range test", _range_test, "Rises from next to nothing to the set rate, to find a good one."
    ),
}
