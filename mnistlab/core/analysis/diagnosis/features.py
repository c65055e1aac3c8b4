"""Settings and curves of a run as numbers, from which the outcome of another is predicted.

Everything that may span powers of ten is its logarithm, held within bounds, so that no run,
however it went, gives a number that is not finite.
"""

import itertools
import math
import statistics
from collections.abc import Callable, Iterable, Mapping

from mnistlab.core.analysis.diagnosis.convergence import Convergence, State
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import EpochPoint, LayerState, Probe
from mnistlab.core.training.history import History


def log(number: float, low: float = 1e-9, high: float = 1e9) -> float:
    """Return the decimal logarithm of a number, moved between two bounds; NaN is the upper."""
    return math.log10(min(max(number, low), high)) if number == number else math.log10(high)


def _is(name: str, value: str) -> Callable[[RunConfig], float]:
    return lambda config: float(getattr(config, name) == value)


def _steps(config: RunConfig) -> int:
    return config.epochs * config.steps_per_epoch


def _rate(config: RunConfig) -> float:
    """Return the learning rate, the mean over all steps if it changes on the way."""
    steps = _steps(config)
    begins = [0, *(min(each.step, steps) for each in config.rate_changes), steps]
    return sum(
        config.base_rate(begin) * ((end - begin) / steps)
        for begin, end in itertools.pairwise(begins)
    )


def _pull(config: RunConfig) -> float:
    """Return how much of a weight its decay alone takes away in a run, as a logarithm."""
    return _rate(config) * config.weight_decay * _steps(config)


FITTED_CHOICES: Mapping[str, tuple[str, ...]] = {
    "optimizer": ("sgd", "rmsprop", "adam", "adamw"),
    "activation": ("relu", "leaky_relu", "gelu", "tanh", "sigmoid", "none"),
    "initialisation": ("default", "he", "xavier", "zeros"),
    "schedule": ("constant", "cosine", "one_cycle"),
}
"""Those that the networks of `outlook.py` were fitted to, one input each. A choice that is added
to a table is unknown to them until `python -m benchmarks fit_causes` has drawn it."""


def find_unfitted(config: RunConfig) -> list[str]:
    """Return the settings whose choice the networks were not fitted to."""
    return [name for name, known in FITTED_CHOICES.items() if getattr(config, name) not in known]


OF_CONFIG: dict[str, Callable[[RunConfig], float]] = {
    **{
        f"{name} {value}": _is(name, value)
        for name, values in FITTED_CHOICES.items()
        for value in values
    },
    "rate": lambda c: log(_rate(c)),
    "momentum": lambda c: -log(1 - c.momentum),
    "rate with momentum": lambda c: log(_rate(c) / (1 - c.momentum)),
    "way": lambda c: log(_rate(c) / (1 - c.momentum) * _steps(c)),
    "decay": lambda c: log(c.weight_decay, 1e-6),
    "pull": lambda c: log(_pull(c), 1e-6, 1e3),
    "dropout": lambda c: c.dropout if c.hidden_layers else 0.0,
    "kept": lambda c: log((1 - c.dropout) * min(c.widths, default=784)),
    "depth": lambda c: float(c.hidden_layers),
    "narrowest": lambda c: log(min(c.widths, default=784)),
    "first width": lambda c: log(c.layer_sizes[1] if c.hidden_layers else 784),
    "last width": lambda c: log(c.layer_sizes[-2]),
    "parameters": lambda c: log(c.parameter_count),
    "batch": lambda c: log(c.batch_size),
    "images": lambda c: log(c.training_images),
    "epochs": lambda c: log(c.epochs),
    "steps": lambda c: log(_steps(c)),
    "shuffled": lambda c: c.shuffled_labels,
    "distorted": lambda c: float(c.is_distorted),
}
"""By name, from the settings alone."""


def of_config(config: RunConfig) -> list[float]:
    """Return the features of settings, in the order of `OF_CONFIG`."""
    return [feature(config) for feature in OF_CONFIG.values()]


class Run:
    """A run's curves, as its features read them."""

    def __init__(self, history: History, convergence: Convergence) -> None:
        self.history = history
        self.convergence = convergence
        self.epochs = [point for point in history.epochs if point.epoch > 0]
        self.best = history.best_epoch

    @property
    def now(self) -> EpochPoint | None:
        """The latest epoch."""
        return self.epochs[-1] if self.epochs else None

    def layers(self, read: Callable[[LayerState], float | None]) -> list[float]:
        """Return a figure of each layer at the latest probe that has it."""
        for probe in reversed(self.history.probes):
            found = [figure for layer in probe.layers if (figure := read(layer)) is not None]
            if found:
                return found
        return []

    def median(self, read: Callable[[Probe], float | None]) -> float:
        """Return the median of a figure over all probes; NaN without any."""
        found = [figure for probe in self.history.probes if (figure := read(probe)) is not None]
        return statistics.median(found) if found else math.nan


def accuracy_of(history: History) -> float:
    """Return what a run reached: validation accuracy at its best epoch, or else in training."""
    best = history.best_epoch
    if best is not None and best.validation_accuracy is not None:
        return best.validation_accuracy
    return max((point.train_accuracy or 0.0 for point in history.epochs), default=0.1) or 0.1


def _updates(read: Callable[[Iterable[float]], float]) -> Callable[[Run], float]:
    def feature(run: Run) -> float:
        def of_probe(probe: Probe) -> float | None:
            found = [layer.update for layer in probe.layers if layer.update is not None]
            return read(found) if found else None

        return log(run.median(of_probe))

    return feature


def _gradient_ratio(run: Run) -> float:
    def of_probe(probe: Probe) -> float:
        first, last = probe.layers[0].gradient, probe.layers[-1].gradient
        return log(first, 1e-20) - log(last, 1e-20)

    return run.median(of_probe)


def _at_start(read: Callable[[LayerState], float | None]) -> Callable[[Run], float]:
    def feature(run: Run) -> float:
        if not run.history.probes:
            return math.nan
        layers = run.history.probes[0].layers
        return max((read(layer) or 0.0 for layer in layers), default=0.0)

    return feature


def _at_end(
    read: Callable[[LayerState], float | None], choose: Callable[[list[float]], float] = max
) -> Callable[[Run], float]:
    def feature(run: Run) -> float:
        found = run.layers(read)
        return choose(found) if found else math.nan

    return feature


def _logged(feature: Callable[[Run], float]) -> Callable[[Run], float]:
    return lambda run: log(feature(run))


def _of_now(name: str, if_none: float) -> Callable[[Run], float]:
    def feature(run: Run) -> float:
        value = getattr(run.now, name) if run.now else None
        return if_none if value is None else min(value, 1e4)

    return feature


def _of_trend(name: str) -> Callable[[Run], float]:
    def feature(run: Run) -> float:
        trend = run.convergence.trend
        return min(max(getattr(trend, name), -9.0), 9.0) if trend else math.nan

    return feature


def _gap(run: Run) -> float:
    if run.now is None or run.now.validation_loss is None or run.now.train_loss is None:
        return 0.0
    return log(run.now.validation_loss) - log(run.now.train_loss)


_NO_LOSS = 2.4

OF_RUN: dict[str, Callable[[Run], float]] = {
    **{str(state): lambda run, s=state: float(run.convergence.state is s) for state in State},  # type: ignore[misc]
    "accuracy": lambda run: accuracy_of(run.history),
    "best loss": lambda run: min((run.best.validation_loss or 9.0) if run.best else 9.0, 9.0),
    "best at": lambda run: run.best.epoch / len(run.epochs) if run.best else 0.0,
    "validation loss": _logged(_of_now("validation_loss", _NO_LOSS)),
    "validation accuracy": _of_now("validation_accuracy", 0.1),
    "train loss": _logged(_of_now("train_loss", _NO_LOSS)),
    "train accuracy": _of_now("train_accuracy", 0.1),
    "gap": _gap,
    "first epoch": lambda run: log(
        (run.epochs[0].validation_loss or _NO_LOSS) if run.epochs else _NO_LOSS
    ),
    "pace": _of_trend("pace"),
    "training pace": _of_trend("training_pace"),
    "oscillation": _of_trend("oscillation"),
    "worst": lambda run: log(max((point.train_loss for point in run.history.steps), default=2.3)),
    "diverged": lambda run: float(run.history.divergence is not None),
    "greatest update": _updates(max),
    "least update": _updates(min),
    "first update": _logged(_at_start(lambda layer: layer.update)),
    "gradient ratio": _gradient_ratio,
    "first gradient": _logged(_at_start(lambda layer: layer.gradient)),
    "dead": _at_end(lambda layer: layer.dead),
    "dead at start": _at_start(lambda layer: layer.dead),
    "flat": _at_end(lambda layer: layer.flat),
    "flat at start": _at_start(lambda layer: layer.flat),
    "copies": _at_end(lambda layer: layer.copies),
    "greatest distance": _logged(_at_end(lambda layer: layer.distance)),
    "least distance": _logged(_at_end(lambda layer: layer.distance, min)),
}
"""By name, from the curves."""


def of_run(history: History, convergence: Convergence) -> list[float]:
    """Return the features of a run's curves, in the order of `OF_RUN`; NaN where unknown."""
    run = Run(history, convergence)
    return [feature(run) for feature in OF_RUN.values()]
