"""Networks that predict a number and how sure it is, read from a file and evaluated in numpy.

They are trained in torch (`python -m benchmarks fit_causes`), which the server does without.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Float32Array, Float64Array
from mnistlab.core.network.numpy_forward import Layer, Network, forward
from mnistlab.core.settings.activations import ACTIVATIONS

ACTIVATION = "gelu"

LOWEST_LOG_SCALE, HIGHEST_LOG_SCALE = -4.0, 2.0
"""Between these a network may say how sure it is."""

_FARTHEST = 4.0
"""Standard deviations from the mean: beyond, inputs count as being there."""


@dataclass(frozen=True)
class Inputs:
    """How features are standardised.

    Attributes:
        mean: Of each feature, (features,).
        deviation: Its standard deviation, (features,).
        gaps: Which of them may be NaN, (features,); that itself is then an input.
    """

    mean: Float32Array
    deviation: Float32Array
    gaps: NDArray[np.bool_]

    @classmethod
    def of(cls, rows: Float64Array) -> "Inputs":
        """Return how features (n, features) are standardised that are like these."""
        is_missing = np.isnan(rows)
        known = np.where(is_missing.all(axis=0), 0.0, rows)
        deviation = np.nanstd(known, axis=0)
        deviation[deviation < 1e-9] = 1.0
        mean = np.nanmean(known, axis=0)
        gaps = np.array(is_missing.any(axis=0))
        return cls(mean.astype(np.float32), deviation.astype(np.float32), gaps)

    def prepare(self, rows: Float64Array) -> Float32Array:
        """Return what a network is given (n, inputs) for features (n, features)."""
        is_missing = np.isnan(rows)
        apart = (np.where(is_missing, self.mean, rows) - self.mean) / self.deviation
        held = apart.clip(-_FARTHEST, _FARTHEST)
        return np.hstack([held, is_missing[:, self.gaps]]).astype(np.float32)


@dataclass(frozen=True)
class Ensemble:
    """Networks that differ by their seed alone; where they disagree, little is known.

    Attributes:
        inputs: What they are given.
        networks: Each has two outputs: a number, and the logarithm of its scale.
    """

    inputs: Inputs
    networks: tuple[Network, ...]

    def predict(self, rows: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return predictions and scales, both (n, networks), for features (n, features)."""
        values = self.inputs.prepare(rows)
        outputs = np.stack([forward(network, values) for network in self.networks], axis=1)
        numbers, logs = np.moveaxis(outputs.astype(np.float64), -1, 0)  # (n, networks) each
        return numbers, np.exp(logs.clip(LOWEST_LOG_SCALE, HIGHEST_LOG_SCALE))


def write(ensemble: Ensemble, path: Path) -> None:
    """Write an ensemble; its weights are rounded to float16."""
    inputs = ensemble.inputs
    weights = {
        f"{number} {place} {name}": array.astype(np.float16)
        for number, network in enumerate(ensemble.networks)
        for place, layer in enumerate(network.layers)
        for name, array in (("weight", layer.weight), ("bias", layer.bias))
    }
    shapes = {"networks": len(ensemble.networks), "layers": len(ensemble.networks[0].layers)}
    np.savez_compressed(
        path,
        allow_pickle=False,
        mean=inputs.mean,
        deviation=inputs.deviation,
        gaps=inputs.gaps,
        **{name: np.array(count) for name, count in shapes.items()},
        **weights,
    )


def read(path: Path) -> Ensemble:
    """Read an ensemble that was written."""
    with np.load(path) as file:
        inputs = Inputs(file["mean"], file["deviation"], file["gaps"])
        layers = range(int(file["layers"]))
        numbers = range(int(file["networks"]))
        return Ensemble(inputs, tuple(_read_network(file, number, layers) for number in numbers))


def _read_network(file: Mapping[str, NDArray[np.float16]], number: int, layers: range) -> Network:
    def read_array(place: int, name: str) -> Float32Array:
        return file[f"{number} {place} {name}"].astype(np.float32)

    return Network(
        tuple(Layer(read_array(place, "weight"), read_array(place, "bias")) for place in layers),
        ACTIVATIONS[ACTIVATION],
    )
